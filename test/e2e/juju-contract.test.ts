/** The contract of the Juju client, on Juju's own API server. */
import {startRealJuju} from '../env/juju/real-juju.ts'
import {makeWorkDirectory} from '../env/work-directory.ts'
import {contractSeeds} from '../unit/juju/contract/seeds.ts'
import {jujuContract} from '../unit/juju/contract/suite.ts'
import type {JujuUnderTest} from '../unit/juju/contract/world.ts'

async function real(): Promise<JujuUnderTest> {
  const work = await makeWorkDirectory()
  const juju = await startRealJuju({dir: work.path, ...contractSeeds()})
  return {
    endpoint: juju.endpoint,
    caCertificate: juju.caCertificate,
    controllerUUID: juju.controllerUUID,
    modelUUID: juju.modelUUID,
    podsUUID: juju.models.find(({name}) => name === 'pods')?.uuid ?? '',
    passwords: juju.passwords,
    upgrading: async on => void (await juju.command({op: 'upgrading', status: on ? 'on' : 'off'})),
    cutConnections: () => juju.connections('cut'),
    stop: async () => {
      await juju.stop()
      await work.remove()
    },
  }
}

jujuContract("the client on Juju's own API server", {version: /^4\./}, real)
