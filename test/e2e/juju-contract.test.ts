/** The contract of the Juju client, on Juju's own API server. */
import {systemClock} from '../../src/time/clock.ts'
import {memoryPostgresqlModel} from '../charms/postgresql-model.ts'
import {startRealJuju} from '../env/juju/real-juju.ts'
import {makeWorkDirectory} from '../env/work-directory.ts'
import {jujuContract, type JujuUnderTest} from '../unit/juju/contract.ts'

async function real(): Promise<JujuUnderTest> {
  const work = await makeWorkDirectory()
  const {seed} = memoryPostgresqlModel({clock: systemClock})
  const juju = await startRealJuju({dir: work.path, models: [seed]})
  return {
    endpoint: juju.endpoint,
    caCertificate: juju.caCertificate,
    controllerUUID: juju.controllerUUID,
    modelUUID: juju.modelUUID,
    passwords: juju.passwords,
    stop: () => juju.stop(),
  }
}

jujuContract("the client on Juju's own API server", /^4\./, real)
