import type {ProfileName} from '../juju-simulator/profiles.ts'
import {startSimulatedJuju} from '../juju-simulator/simulator.ts'
import {contractSeeds, contractUsers} from '../unit/juju/contract/seeds.ts'
import {jujuContract} from '../unit/juju/contract/suite.ts'
import type {JujuUnderTest} from '../unit/juju/contract/world.ts'

async function simulated(profile: ProfileName): Promise<JujuUnderTest> {
  const {models, charmhub} = contractSeeds()
  const users = contractUsers.map(name => ({name, password: `${name}-secret`, superuser: name === 'admin'}))
  const juju = await startSimulatedJuju({profile, models, charmhub, users, pace: {upgrade: 100}})
  const passwords = Object.fromEntries(users.map(({name, password}) => [name, password]))
  const podsUUID = [...juju.world.models.values()].find(({name}) => name === 'pods')?.uuid ?? ''
  return {
    ...juju,
    podsUUID,
    passwords,
    upgrading: async on => juju.faults.upgrade(on),
    cutConnections: async () => juju.faults.reset(),
    stop: () => juju.stop(),
  }
}

jujuContract('the client on a simulated Juju 3.1.10', {version: /^3\.1\.10$/, hasUserSecrets: false}, () =>
  simulated('3.1.10'),
)
jujuContract('the client on a simulated Juju 3.6.14', {version: /^3\.6\.14$/}, () => simulated('3.6.14'))
jujuContract('the client on a simulated Juju 4.0.12', {version: /^4\.0\.12$/}, () => simulated('4.0.12'))
