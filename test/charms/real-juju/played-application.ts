import type {CharmEvent, CharmMachine, CharmTask} from '../machine.ts'
import {runTask, UnitQueues, type EndedTask} from '../unit-agents.ts'
import type {ApplicationLine, ControlClient, TaskLine} from './control-client.ts'
import type {CharmRevisions} from './charm-revisions.ts'
import {execAction, runExec} from './exec.ts'
import {PlayedUnits} from './played-units.ts'

export interface PlayedApplicationOptions {
  readonly name: string
  readonly control: ControlClient
  readonly revisions: CharmRevisions
  /** Told of all that was begun, so that it can wait for it and hear what went wrong. */
  readonly track: (work: Promise<void>) => void
}

/** The agents of one application on a real Juju: they run its charm machines, one thing at a time on each unit. */
export class PlayedApplication {
  readonly name: string
  readonly #control: ControlClient
  readonly #revisions: CharmRevisions
  readonly #track: (work: Promise<void>) => void
  readonly #queues = new UnitQueues()
  readonly #units: PlayedUnits
  readonly #aborts = new Map<string, AbortController>()
  #seen: ApplicationLine | undefined

  constructor({name, control, revisions, track}: PlayedApplicationOptions) {
    this.name = name
    this.#control = control
    this.#revisions = revisions
    this.#track = track
    this.#units = new PlayedUnits({application: name, control, revisions, queues: this.#queues, track})
  }

  /** The first hooks. @throws Error when the application is not there */
  async install(): Promise<void> {
    // Looked at before the charm is, so that nothing that changes meanwhile is missed.
    const seen = await this.#control.application(this.name)
    if (seen === undefined) throw new Error(`${this.name} is not in the model`)
    this.#seen = seen
    this.#units.adopt(seen)
    const machine = this.#revisions.machine(seen.charm)
    await machine.install()
    for (const {endpoint} of seen.relations) await machine.hook({kind: 'relation-changed', endpoint})
  }

  /** Takes new tasks into work and kills those that are to be aborted. */
  take(tasks: readonly TaskLine[]): void {
    const own = tasks.filter(({unit}) => this.#units.machineOf(unit) !== undefined)
    for (const {task, status} of own)
      if (status === 'aborting') this.#aborts.get(task)?.abort(new Error('the task was cancelled'))
    for (const line of own) {
      if (line.status !== 'pending' || this.#aborts.has(line.task)) continue
      const abort = new AbortController()
      this.#aborts.set(line.task, abort)
      this.#track(this.#queues.run(line.unit, () => this.#execute(line, abort.signal)))
    }
  }

  /** Lets units come, go and take up a charm, and runs the hooks for what changed in the model since the last look. */
  async look(): Promise<void> {
    const now = await this.#control.application(this.name)
    const before = this.#seen
    this.#seen = now
    if (now === undefined) return
    this.#units.follow(now)
    if (before === undefined) return
    const leader = leaderOf(now)
    if (leader !== undefined && leader !== leaderOf(before)) this.#hook({kind: 'leader-elected', unit: leader})
    if (differ(joined(before), joined(now))) this.#hook({kind: 'units-changed'})
    if (differ(before.config, now.config)) this.#hook({kind: 'config-changed'})
    if (!differ(before.relations, now.relations)) return
    for (const {endpoint} of now.relations) this.#hook({kind: 'relation-changed', endpoint})
  }

  async updateStatus(): Promise<void> {
    const units = await this.#control.units(this.name)
    const update = async (unit: string): Promise<void> =>
      await this.#units.machineOf(unit)?.hook({kind: 'update-status', unit})
    await Promise.all(units.map(({name}) => this.#queues.run(name, () => update(name))))
  }

  /** On the unit that the event names, or on the leader. */
  #hook(event: CharmEvent): void {
    const seen = this.#seen
    const unit = 'unit' in event ? event.unit : seen === undefined ? undefined : (leaderOf(seen) ?? seen.units[0]?.name)
    if (unit === undefined) return
    this.#track(this.#queues.run(unit, async () => await this.#units.machineOf(unit)?.hook(event)))
  }

  async #execute({task: id, unit, action, params}: TaskLine, signal: AbortSignal): Promise<void> {
    const machine: CharmMachine | undefined = this.#units.machineOf(unit)
    if (machine === undefined) return
    await this.#control.start(id)
    await this.#control.setAgentStatus(unit, 'executing', `running action ${action}`)
    const log = (message: string): Promise<void> => this.#control.log(id, message)
    const task: CharmTask = {id, unit, action, parameters: params ?? {}, signal, log}
    const end = action === execAction ? await this.#exec(task) : await runTask(machine, task)
    await this.#control.finish(id, end.status, end.message, end.results)
    await this.#control.setAgentStatus(unit, 'idle')
  }

  #exec({unit, parameters, signal}: CharmTask): Promise<EndedTask> {
    const {command, timeout} = parameters
    const nanoseconds = 1_000_000
    return runExec({
      control: this.#control,
      application: this.name,
      unit,
      command: String(command),
      timeout: Number(timeout) / nanoseconds,
      signal,
    })
  }
}

function leaderOf({units}: ApplicationLine): string | undefined {
  return units.find(unit => unit.leader)?.name
}

/** Names of the units that are up. */
function joined({units}: ApplicationLine): readonly string[] {
  return units
    .filter(({agent}) => agent !== 'allocating')
    .map(({name}) => name)
    .sort()
}

function differ(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other)
}
