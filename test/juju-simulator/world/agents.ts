import type {CharmEvent, CharmMachine} from '../../charms/machine.ts'
import {runTask} from '../../charms/unit-agents.ts'
import type {EndedTask} from '../../charms/unit-agents.ts'
import {AgentWork} from './agent-work.ts'
import type {Application, Unit} from './application.ts'
import {execAction, runExec} from './exec.ts'
import {SimulatedHost} from './host.ts'
import type {Home} from './host.ts'
import type {Model} from './model.ts'
import {hasEnded} from './operations.ts'
import type {Task} from './operations.ts'
import type {Pace} from './pace.ts'
import {RollOuts} from './roll-outs.ts'
import {UnitLife} from './unit-life.ts'
import {UpdateStatusWheel} from './update-status.ts'
import type {World} from './world.ts'

export interface AgentsOptions {
  /** ms; 0: never */
  readonly updateStatusEvery: number
  /** Somebody else plays the agents. */
  readonly external: boolean
  readonly pace: Pace
}

interface Deployed {
  readonly model: Model
  readonly application: Application
  readonly unit: Unit
}

/** The unit agents of all models: they run hooks and actions, one at a time on each unit. */
export class Agents {
  /** How units come, go, fail and come back. */
  readonly life: UnitLife
  /** How units take up another charm. */
  readonly rollOuts: RollOuts
  readonly #world: World
  readonly #external: boolean
  readonly #work: AgentWork
  readonly #wheel: UpdateStatusWheel<Deployed>
  /** By model: where it lives. A migrated model takes its entry along. */
  readonly #homes = new WeakMap<Model, {home: Home}>()

  constructor(world: World, {updateStatusEvery, external, pace}: AgentsOptions) {
    this.#world = world
    this.#external = external
    this.#work = new AgentWork(world.clock)
    this.#wheel = new UpdateStatusWheel(world.clock, updateStatusEvery, units =>
      this.#work.track(this.#updateStatuses(units)),
    )
    const deps = {world, agents: this, work: this.#work, pace, external}
    this.life = new UnitLife(deps)
    this.rollOuts = new RollOuts(deps)
  }

  /** Starts an application's charm code and runs its first hooks. */
  async deploy(model: Model, application: Application): Promise<void> {
    if (this.#external) return
    await this.#machine(model, application, application.charm).install()
    for (const {own} of model.relationsOf(application.name))
      await this.hook(model, application, {kind: 'relation-changed', endpoint: own.endpoint})
    for (const unit of application.units.values()) this.#wheel.join({model, application, unit})
  }

  /** Queues a task on its unit; what is held, lost or not there yet leaves it pending. */
  accept(model: Model, task: Task): void {
    const unit = model.unit(task.unit)
    if (this.#external || unit === undefined || !works(unit)) return
    this.#work.track(this.#work.queue(unit, () => this.#play(model, task)))
  }

  /** A unit works again: what is pending there runs. */
  release(model: Model, unit: string): void {
    for (const task of model.operations.tasks.values())
      if (task.unit === unit && task.status === 'pending') this.accept(model, task)
  }

  /** Runs a hook on the unit that it names, or on the leader, after what is queued there. */
  async hook(model: Model, application: Application, event: CharmEvent): Promise<void> {
    const unit = application.units.get(placeOf(application, event))
    if (unit === undefined) await this.runHook(model, application, event)
    else await this.#work.queue(unit, () => this.runHook(model, application, event))
  }

  /** The same without waiting for it: what a call to Juju sets off. */
  announce(model: Model, application: Application, event: CharmEvent): void {
    if (!this.#external) this.#work.track(this.hook(model, application, event))
  }

  /** Runs a hook now, whatever is queued; a unit whose last hook failed, or whose agent is lost, runs none. */
  async runHook(model: Model, application: Application, event: CharmEvent): Promise<void> {
    const unit = application.units.get(placeOf(application, event))
    if ('unit' in event && unit === undefined) return
    if (this.#work.stopped || this.#external || unit?.agentLost === true || unit?.failedHook !== undefined) return
    const machine = this.#machine(model, application, unit?.charm ?? application.charm)
    await dyingWith(unit, machine.hook(event))
  }

  /** No hook: the unit's machine died, and the charm's workload with it. */
  crash(model: Model, application: Application, {name, charm}: Unit): void {
    if (!this.#external) this.#work.track(this.#machine(model, application, charm).hook({kind: 'crash', unit: name}))
  }

  /** The model moves to another controller of the same clock; its units go on there, what runs on them runs on. */
  handOver(model: Model, to: Agents): void {
    const place = this.#homeOf(model)
    this.#homes.delete(model)
    place.home = to.#home
    to.#homes.set(model, place)
    for (const application of model.applications.values())
      for (const unit of application.units.values()) if (unit.started) to.#wheel.join({model, application, unit})
    this.forgetGone()
  }

  /** The unit has come up: from now on `update-status` runs there, and what is pending. */
  join(model: Model, application: Application, unit: Unit): void {
    this.#wheel.join({model, application, unit})
    this.release(model, unit.name)
  }

  /** The unit took up another charm: the hooks from `upgrade-charm` on; a new revision finds the relations that there are. */
  async upgraded(model: Model, application: Application, unit: Unit): Promise<void> {
    const isNew = !application.machines.has(unit.charm)
    const machine = this.#machine(model, application, unit.charm)
    await machine.hook({kind: 'upgrade-charm', unit: unit.name})
    await machine.hook({kind: 'config-changed'})
    if (model.type === 'caas') await machine.hook({kind: 'start', unit: unit.name})
    for (const {own} of isNew ? model.relationsOf(application.name) : [])
      await machine.hook({kind: 'relation-changed', endpoint: own.endpoint})
    await machine.hook({kind: 'update-status', unit: unit.name})
  }

  /** Units that are gone need no `update-status`. */
  forgetGone(): void {
    this.#wheel.leave(member => isGone(this.#world, member))
  }

  /** Waits until no hook and no action is running or queued. Do not wait so for tasks that virtual time must end. */
  settled(): Promise<void> {
    return this.#work.settled()
  }

  /** @throws AggregateError of what went wrong inside charm machines so far */
  check(): void {
    this.#work.check()
  }

  stop(): void {
    this.#work.stop()
    this.#wheel.stop()
  }

  /** The code of a charm; the first unit that runs a revision brings it. */
  #machine(model: Model, application: Application, charm: Application['charm']): CharmMachine {
    const known = application.machines.get(charm)
    if (known !== undefined) return known
    const place = this.#homeOf(model)
    const machine = charm.deploy(new SimulatedHost(() => place.home, model, application))
    application.machines.set(charm, machine)
    return machine
  }

  #homeOf(model: Model): {home: Home} {
    const known = this.#homes.get(model) ?? {home: this.#home}
    this.#homes.set(model, known)
    return known
  }

  get #home(): Home {
    return {
      world: this.#world,
      published: (model, other) => this.#relationChanged(model, other),
      background: work => this.#work.background(work),
    }
  }

  async #play(model: Model, task: Task): Promise<void> {
    const application = model.applications.get(task.unit.replace(/\/\d+$/, ''))
    const unit = model.unit(task.unit)
    if (this.#work.stopped || application === undefined || unit === undefined || !works(unit)) return
    if (task.status !== 'pending') return
    await this.#execute({model, application, unit}, task)
  }

  async #execute(deployed: Deployed, task: Task): Promise<void> {
    const {unit} = deployed
    task.status = 'running'
    task.started = this.#world.now()
    unit.agent = {status: 'executing', message: `running action ${task.action}`, since: this.#world.now()}
    const running = task.action === execAction ? this.#exec(deployed, task) : this.#action(deployed, task)
    const end = await dyingWith(unit, running)
    // The agent died meanwhile, or somebody ended the task by hand: Juju's record stays as it is.
    if (end === undefined || unit.agentLost || hasEnded(task)) return
    task.status = end.status
    task.message = end.message
    task.output = end.results
    task.completed = this.#world.now()
    unit.agent = {status: 'idle', message: '', since: this.#world.now()}
  }

  #action({model, application, unit}: Deployed, task: Task): Promise<EndedTask> {
    const {id, action, parameters, abort} = task
    const log = async (message: string): Promise<void> => {
      task.log.push({at: this.#world.now(), message})
      this.#world.changed()
    }
    const machine = this.#machine(model, application, unit.charm)
    return runTask(machine, {id, unit: unit.name, action, parameters, signal: abort.signal, log})
  }

  #exec(context: Deployed, {parameters, abort}: Task): Promise<EndedTask> {
    const timeout = Number(parameters['timeout'] ?? 0) / 1_000_000
    const published = (other: {application: string; endpoint: string}): void =>
      this.#relationChanged(context.model, other)
    const command = String(parameters['command'])
    return runExec({context, clock: this.#world.clock, command, timeout, signal: abort.signal, published})
  }

  async #updateStatuses(units: Iterable<Deployed>): Promise<void> {
    const running: Promise<void>[] = []
    for (const {model, application, unit} of units) {
      if (!works(unit) || unit.life !== 'alive') continue
      const event: CharmEvent = {kind: 'update-status', unit: unit.name}
      running.push(this.#work.queue(unit, () => this.runHook(model, application, event)))
    }
    await Promise.all(running)
  }

  #relationChanged(model: Model, {application, endpoint}: {application: string; endpoint: string}): void {
    const other = model.applications.get(application)
    if (other === undefined || other.machines.size === 0) return
    this.announce(model, other, {kind: 'relation-changed', endpoint})
  }
}

function placeOf({leader = ''}: Application, event: CharmEvent): string {
  return 'unit' in event ? event.unit : leader
}

/** What runs on a unit that is removed by force dies with it, wherever it stood. */
async function dyingWith<T>(unit: Unit | undefined, running: Promise<T>): Promise<T | undefined> {
  try {
    return await running
  } catch (error) {
    if (unit?.life === 'dead') return undefined
    throw error
  }
}

/** Whether the unit's agent takes on tasks and hooks. */
function works({agentLost, held, started}: Unit): boolean {
  return started && !agentLost && !held
}

function isGone(world: World, {model, application, unit}: Deployed): boolean {
  return (
    world.models.get(model.uuid) !== model ||
    model.applications.get(application.name) !== application ||
    application.units.get(unit.name) !== unit
  )
}
