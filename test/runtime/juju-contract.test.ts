import {systemClock} from '../../src/time/clock.ts'
import {memoryPostgresqlModel} from '../charms/postgresql-model.ts'
import type {ProfileName} from '../juju-simulator/profiles.ts'
import {startSimulatedJuju} from '../juju-simulator/simulator.ts'
import {jujuContract, type JujuUnderTest} from '../unit/juju/contract.ts'

const users = ['admin', 'operator', 'viewer', 'nobody']

async function simulated(profile: ProfileName): Promise<JujuUnderTest> {
  const {seed} = memoryPostgresqlModel({clock: systemClock})
  const juju = await startSimulatedJuju({profile, models: [seed]})
  const passwords = Object.fromEntries(users.map(name => [name, `${name}-secret`]))
  return {...juju, passwords, stop: () => juju.stop()}
}

jujuContract('the client on a simulated Juju 3.6.14', /^3\.6\.14$/, () => simulated('3.6.14'))
jujuContract('the client on a simulated Juju 4.0.12', /^4\.0\.12$/, () => simulated('4.0.12'))
