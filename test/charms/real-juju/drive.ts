import {sleep, systemClock} from '../../../src/time/clock.ts'
import type {Clock} from '../../../src/time/clock.ts'
import {charmUrl} from '../../juju-simulator/world/charm-origin.ts'
import type {Charm} from '../machine.ts'
import type {ModelSeed} from '../model-seed.ts'
import {CharmRevisions} from './charm-revisions.ts'
import {ControlClient} from './control-client.ts'
import {RealHost} from './host.ts'
import {PlayedApplication} from './played-application.ts'

export interface DriveOptions {
  /** URL of the server's control port. */
  readonly control: string
  readonly jujuVersion: string
  /** The models that the server was seeded with, with the UUIDs that they got. */
  readonly models: readonly {readonly uuid: string; readonly seed: ModelSeed}[]
  /** Revisions that applications may be refreshed to, besides those that they were deployed with. */
  readonly charms?: readonly Charm[]
  /** Default: the machine's time. */
  readonly clock?: Clock
  /** How often it looks for tasks, in ms. Default 100. */
  readonly tasksEvery?: number
  /** How often it looks for changed options, units and relations, in ms. Default 500. */
  readonly changesEvery?: number
  /** How often `update-status` runs, in ms. Default: five minutes, as in Juju. */
  readonly updateStatusEvery?: number
}

/** Charm machines that play on a real Juju. */
export interface DrivenJuju {
  /** Runs `update-status` on every unit now, and waits until it has ended. */
  updateStatus(): Promise<void>
  /** What went wrong in machines so far. */
  readonly problems: readonly unknown[]
  /** Lets go at once; actions that run are not waited for. @throws AggregateError of what went wrong in machines */
  stop(): Promise<void>
}

/**
 * Plays the agents of a real Juju: the same charm machines as in the simulator, behind the server's control port.
 * Resolves when every application has settled.
 */
export async function driveRealJuju(options: DriveOptions): Promise<DrivenJuju> {
  const {tasksEvery = 100, changesEvery = 500, updateStatusEvery = 300_000, clock = systemClock} = options
  const ending = new AbortController()
  const problems: unknown[] = []
  const note = (error: unknown): void => void (ending.signal.aborted || problems.push(error))
  const track = (work: Promise<void>): void => void work.catch(note)
  const models = options.models.map(({uuid, seed}) =>
    playModel(options, {clock, uuid, seed, track, ending: ending.signal}),
  )
  const applications = models.flatMap(model => model.applications)
  for (const application of applications) await application.install()
  // A second look: what one application published, the other one has to take up.
  for (const application of applications) await application.install()
  const ended = new Promise<void>(resolve => {
    ending.signal.addEventListener('abort', () => resolve(), {once: true})
  })
  const repeat = async (everyMs: number, work: () => Promise<void>): Promise<void> => {
    while (!ending.signal.aborted) {
      await Promise.race([work().catch(note), ended])
      await sleep(clock, everyMs, ending.signal).catch(note)
    }
  }
  const takeTasks = async ({control, applications: own}: PlayedModel): Promise<void> => {
    const tasks = await control.openTasks()
    for (const application of own) application.take(tasks)
  }
  const updateStatus = async (): Promise<void> => {
    for (const application of applications) await application.updateStatus()
  }
  const loops = [
    ...models.map(model => repeat(tasksEvery, () => takeTasks(model))),
    ...applications.map(application => repeat(changesEvery, () => application.look())),
    sleep(clock, updateStatusEvery, ending.signal)
      .then(() => repeat(updateStatusEvery, updateStatus))
      .catch(note),
  ]
  return {
    updateStatus,
    problems,
    stop: async () => {
      ending.abort(new Error('stopped'))
      await Promise.all(loops)
      if (problems.length > 0) throw new AggregateError(problems, 'charm machines failed')
    },
  }
}

interface PlayedModel {
  readonly control: ControlClient
  readonly applications: readonly PlayedApplication[]
}

interface ModelToPlay {
  readonly clock: Clock
  readonly uuid: string
  readonly seed: ModelSeed
  readonly track: (work: Promise<void>) => void
  readonly ending: AbortSignal
}

function playModel({control: url, jujuVersion, charms = []}: DriveOptions, played: ModelToPlay): PlayedModel {
  const {clock, uuid, seed, track, ending} = played
  const control = new ControlClient(url, uuid, ending)
  const all = [...charms, ...seed.applications.map(({charm}) => charm)]
  const byUrl = new Map(all.map(charm => [charmUrl(charm.description), charm]))
  const applications = seed.applications.map(({name}) => {
    const model = {name: seed.name, uuid}
    const host = new RealHost({clock, control, model, jujuVersion, application: name, track})
    return new PlayedApplication({name, control, track, revisions: new CharmRevisions(host, byUrl)})
  })
  return {control, applications}
}
