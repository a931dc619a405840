/**
 * A simulated Juju with a fleet of models: says where it is, and then answers what its parent asks. Backups that take ten minutes
 * (of virtual time) run until the parent says that these are over; shorter ones take their time.
 */
import {systemClock} from '../../src/time/clock.ts'
import {fleet} from '../../test/juju-simulator/fleet.ts'
import {startSimulatedJuju} from '../../test/juju-simulator/simulator.ts'
import {HeldClock} from '../support/held-clock.ts'
import type {FleetAnswer, FleetQuestion} from '../support/juju-fleet.ts'

const [, , models = '200', applications = '5', backupMs = '600000'] = process.argv
const clock = new HeldClock(600_000)
const seeds = fleet({
  clock,
  models: Number(models),
  applications: Number(applications),
  durations: {full: Number(backupMs)},
}).map(model => model.seed)
const juju = await startSimulatedJuju({
  profile: '3.6.14',
  clock: systemClock,
  models: seeds,
  updateStatusEvery: 0,
  checksParams: false,
})

const answers: Readonly<Record<FleetQuestion, () => FleetAnswer>> = {
  enqueued: () => {
    const calls = juju.calls.enqueued('create-backup')
    return {count: calls.length, lastAt: calls.at(-1)?.at ?? 0, times: calls.map(({at}) => at)}
  },
  calls: () => {
    const counts: Record<string, number> = {}
    for (const {facade, method} of juju.calls.all)
      counts[`${facade}.${method}`] = (counts[`${facade}.${method}`] ?? 0) + 1
    return {counts}
  },
  end: () => {
    clock.release()
    return {}
  },
}

process.on('message', question => process.send?.(answers[question as FleetQuestion]()))
process.on('disconnect', () => process.exit(0))
const {endpoint, caCertificate, username, password, world} = juju
process.send?.({endpoint, caCertificate, username, password, modelUUIDs: [...world.models.keys()]})
