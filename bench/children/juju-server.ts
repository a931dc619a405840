/** A simulated Juju with one model of many units and many small ones: says where it is, and serves until it is killed. */
import {systemClock} from '../../src/time/clock.ts'
import {memoryPostgresqlModel} from '../../test/charms/postgresql-model.ts'
import {startSimulatedJuju} from '../../test/juju-simulator/simulator.ts'

const [, , units = '3', smallModels = '0'] = process.argv

const seedOf = (name: string, size: number) =>
  memoryPostgresqlModel({clock: systemClock, units: size, model: {name}}).seed
const small = Array.from({length: Number(smallModels)}, (_, index) => seedOf(`small-${index}`, 3))
const juju = await startSimulatedJuju({
  profile: '3.6.14',
  models: [seedOf('big', Number(units)), ...small],
  updateStatusEvery: 0,
  checksParams: false,
})
const {endpoint, caCertificate, username, password, world} = juju
console.log(JSON.stringify({endpoint, caCertificate, username, password, modelUUIDs: [...world.models.keys()]}))
