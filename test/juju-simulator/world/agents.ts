import type {Timer} from '../../../src/time/clock.ts'
import type {CharmEvent, CharmMachine} from '../../charms/machine.ts'
import {runTask, UnitQueues} from '../../charms/unit-agents.ts'
import type {Application, Unit} from './application.ts'
import {SimulatedHost} from './host.ts'
import type {Model} from './model.ts'
import {hasEnded} from './operations.ts'
import type {Task} from './operations.ts'
import type {World} from './world.ts'

/** The unit agents of all models: they run hooks and actions, one at a time on each unit. */
export class Agents {
  readonly #world: World
  readonly #updateStatusEvery: number
  /** Somebody else plays the agents. */
  readonly #external: boolean
  readonly #queues = new UnitQueues()
  readonly #timers = new Set<Timer>()
  readonly #running = new Set<Promise<void>>()
  /** Errors in the machines themselves: a test that caused one must fail. */
  readonly #problems: unknown[] = []
  #stopped = false

  constructor(world: World, {updateStatusEvery, external}: {updateStatusEvery: number; external: boolean}) {
    this.#world = world
    this.#updateStatusEvery = updateStatusEvery
    this.#external = external
  }

  /** Starts an application's charm code and runs its first hooks. */
  async deploy(model: Model, application: Application): Promise<void> {
    if (this.#external) return
    const host = new SimulatedHost(this.#world, model, application, event => this.#relationChanged(model, event))
    const machine = application.charm.deploy(host)
    application.machine = machine
    await machine.install()
    for (const {own} of model.relationsOf(application.name))
      await this.#hook(model, application, {kind: 'relation-changed', endpoint: own.endpoint})
    for (const unit of application.units.values()) this.#scheduleUpdateStatus(model, application, unit)
  }

  /** Queues a task on its unit; a held or lost agent leaves it pending. */
  accept(model: Model, task: Task): void {
    const unit = model.unit(task.unit)
    if (this.#external || unit === undefined || unit.agentLost || unit.held) return
    this.#track(this.#queues.run(this.#key(model, task.unit), () => this.#play(model, task)))
  }

  /** A unit works again: what is pending there runs. */
  release(model: Model, unit: string): void {
    for (const task of model.operations.tasks.values())
      if (task.unit === unit && task.status === 'pending') this.accept(model, task)
  }

  /** Runs a hook on the leader, after what is queued there. */
  async hook(model: Model, application: Application, event: CharmEvent): Promise<void> {
    await this.#hook(model, application, event)
  }

  /** Waits until no hook and no action is running or queued. Do not wait so for tasks that virtual time must end. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
    this.check()
  }

  /** @throws AggregateError of what went wrong inside charm machines so far */
  check(): void {
    if (this.#problems.length > 0) throw new AggregateError(this.#problems.splice(0), 'charm machines failed')
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }

  async #play(model: Model, task: Task): Promise<void> {
    const application = model.applications.get(task.unit.replace(/\/\d+$/, ''))
    const unit = model.unit(task.unit)
    const machine = application?.machine
    if (this.#stopped || machine === undefined || unit === undefined || unit.agentLost || unit.held) return
    if (task.status !== 'pending') return
    await this.#execute(machine, unit, task)
  }

  async #execute(machine: CharmMachine, unit: Unit, task: Task): Promise<void> {
    task.status = 'running'
    task.started = this.#world.now()
    unit.agent = {status: 'executing', message: `running action ${task.action}`, since: this.#world.now()}
    const {id, action, parameters, abort} = task
    const log = async (message: string): Promise<void> => {
      task.log.push({at: this.#world.now(), message})
      this.#world.changed()
    }
    const end = await runTask(machine, {id, unit: unit.name, action, parameters, signal: abort.signal, log})
    // The agent died meanwhile, or somebody ended the task by hand: Juju's record stays as it is.
    if (unit.agentLost || hasEnded(task)) return
    task.status = end.status
    task.message = end.message
    task.output = end.results
    task.completed = this.#world.now()
    unit.agent = {status: 'idle', message: '', since: this.#world.now()}
  }

  #scheduleUpdateStatus(model: Model, application: Application, unit: Unit): void {
    if (this.#updateStatusEvery <= 0 || this.#stopped) return
    const timer = this.#world.clock.setTimer(this.#updateStatusEvery, () => {
      this.#timers.delete(timer)
      if (unit.life !== 'alive' || application.units.get(unit.name) !== unit) return
      this.#track(this.#queues.run(this.#key(model, unit.name), () => this.#updateStatus(application, unit)))
      this.#scheduleUpdateStatus(model, application, unit)
    })
    this.#timers.add(timer)
  }

  async #updateStatus(application: Application, unit: Unit): Promise<void> {
    if (this.#stopped || unit.agentLost || application.units.get(unit.name) !== unit) return
    await application.machine?.hook({kind: 'update-status', unit: unit.name})
  }

  #relationChanged(model: Model, {application, endpoint}: {application: string; endpoint: string}): void {
    const other = model.applications.get(application)
    if (other?.machine === undefined) return
    this.#track(this.#hook(model, other, {kind: 'relation-changed', endpoint}))
  }

  async #hook(model: Model, application: Application, event: CharmEvent): Promise<void> {
    const unit = event.kind === 'update-status' ? event.unit : (application.leader ?? '')
    await this.#queues.run(this.#key(model, unit), async () => {
      await application.machine?.hook(event)
    })
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch((error: unknown) => void this.#problems.push(error))
      .finally(() => this.#running.delete(tracked))
    this.#running.add(tracked)
  }

  #key(model: Model, unit: string): string {
    return `${model.uuid} ${unit}`
  }
}
