import {fleet} from '../../juju-simulator/fleet.ts'
import {startSimulatedJuju} from '../../juju-simulator/simulator.ts'
import type {SimulatedJuju} from '../../juju-simulator/simulator.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

// A month of a model, measured in a process of its own: the test runner follows every promise, which costs five times as much.

const hour = 3_600_000
const day = 24 * hour
const applications = 5

/** What the program prints. */
export interface Month {
  /** of real time */
  readonly tookMs: number
  /** of a processor: does not grow with what else the machine does */
  readonly cpuMs: number
  /** Backups in each database's repository. */
  readonly backups: readonly number[]
  /** Days since the oldest operation that Juju remembers. */
  readonly oldestDays: number
  /** Operations that somebody else asked for. */
  readonly strange: number
  /** Workload messages of the last database's units. */
  readonly messages: readonly string[]
}

/** A backup of every database each night at two, asked of both kinds of units: without TLS 14 takes it on the primary only, 16 never. */
function everyNight(clock: VirtualClock, juju: SimulatedJuju): void {
  const control = juju.control.model()
  const night = (): void => {
    for (let index = 0; index < applications; index++)
      for (const unit of [0, 1]) control.enqueue(`db${index}/${unit}`, 'create-backup')
    clock.setTimer(day, night)
  }
  clock.setTimer(14 * hour, night)
}

async function live(): Promise<Month> {
  const clock = new VirtualClock()
  const models = fleet({clock, models: 1, applications, durations: {full: hour}, seed: 3})
  const juju = await startSimulatedJuju({profile: '3.6.14', clock, models: models.map(({seed}) => seed), seed: 3})
  everyNight(clock, juju)
  const control = juju.control.model()
  control.life.stranger({action: 'list-backups', every: 6 * hour, user: 'colleague'})
  const began = performance.now()
  const cpuBefore = process.cpuUsage()
  await clock.advance(30 * day)
  const tookMs = Math.round(performance.now() - began)
  const {user, system} = process.cpuUsage(cpuBefore)
  await juju.stop()
  const operations = [...control.model.operations.all.values()]
  const engines = models.flatMap(model => [...model.engines.values()])
  return {
    tookMs,
    cpuMs: Math.round((user + system) / 1000),
    backups: engines.map(engine => engine.repository.backups.length),
    oldestDays: Math.max(...operations.map(({enqueued}) => clock.now() - enqueued)) / day,
    strange: operations.filter(({user}) => user === 'colleague').length,
    messages: control.units(`db${applications - 1}`).map(({message}) => message),
  }
}

process.stdout.write(`${JSON.stringify(await live())}\n`)
