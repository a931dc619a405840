import type {WorkloadStatus} from '../charms/machine.ts'
import type {ModelAccess} from '../charms/model-seed.ts'
import {LifeControl} from './life-control.ts'
import type {Application, Unit} from './world/application.ts'
import type {Model} from './world/model.ts'
import {hasEnded} from './world/operations.ts'
import type {Task, TaskStatus} from './world/operations.ts'
import {changeStatus} from './world/status.ts'
import type {World} from './world/world.ts'

/** A task as the control port lists it. */
export interface TaskLine {
  readonly operation: string
  readonly task: string
  readonly unit: string
  readonly action: string
  readonly params: Readonly<Record<string, unknown>>
  readonly status: string
}

export interface UnitLine {
  readonly name: string
  readonly leader: boolean
  readonly life: string
  readonly status: string
  readonly message: string
}

export interface RelationLine {
  readonly id: number
  readonly endpoint: string
  readonly application: string
  readonly data: Readonly<Record<string, string>>
  readonly own: Readonly<Record<string, string>>
}

export interface FinishOptions {
  readonly status?: TaskStatus
  readonly message?: string
  readonly results?: Readonly<Record<string, unknown>>
}

/**
 * What a test does to a model from behind: as its agents, as another user, as an administrator. Everything takes effect
 * at once. @throws Error for what is not there
 */
export class ModelControl {
  readonly model: Model
  /** What takes time, and what fails by itself. */
  readonly life: LifeControl
  readonly #world: World

  constructor(world: World, model: Model) {
    this.#world = world
    this.model = model
    this.life = new LifeControl(world, model)
  }

  tasks(): readonly TaskLine[] {
    return [...this.model.operations.tasks.values()].map(({operation, id, unit, action, parameters, status}) => ({
      operation,
      task: id,
      unit,
      action,
      params: parameters,
      status,
    }))
  }

  /** Another user asks for an action. @returns the task's id */
  enqueue(unit: string, action: string, parameters: Readonly<Record<string, unknown>> = {}, user = 'admin'): string {
    this.#unit(unit)
    return this.#world.enqueue(this.model, {unit, action, parameters}, user).id
  }

  /** The agent of a held unit starts a task, without running the charm's code. */
  start(id: string): void {
    const task = this.task(id)
    task.status = 'running'
    task.started = this.#world.now()
  }

  log(id: string, ...messages: readonly string[]): void {
    for (const message of messages) this.task(id).log.push({at: this.#world.now(), message})
    this.#world.changed()
  }

  /** Ends a task by hand, whatever the charm's code is still doing. */
  finish(id: string, {status = 'completed', message = '', results = {}}: FinishOptions = {}): void {
    const task = this.task(id)
    if (hasEnded(task)) throw new Error(`task ${id} has ended`)
    task.status = status
    task.message = message
    task.output = results
    task.completed = this.#world.now()
    task.abort.abort(new Error('the task was ended by hand'))
  }

  setUnitStatus(name: string, status: WorkloadStatus, message = ''): void {
    const unit = this.#unit(name)
    unit.workload = changeStatus(unit.workload, {status, message}, this.#world.now())
  }

  setAgentStatus(name: string, status: string, message = ''): void {
    this.#unit(name).agent = {status, message, since: this.#world.now()}
  }

  /** Tasks for the unit stay pending, as behind a long hook, until it is released. */
  holdUnit(name: string): void {
    this.#unit(name).held = true
  }

  releaseUnit(name: string): void {
    this.#unit(name).held = false
    this.#world.agents.release(this.model, name)
  }

  /** The machine dies: what runs there never ends, the unit stays in the model with a lost agent. */
  killAgent(name: string): void {
    this.life.killAgent(name)
  }

  async addUnit(application: string): Promise<string> {
    const found = this.application(application)
    const unit = this.model.addUnit(found, this.#world.now())
    await this.#unitsChanged(found)
    return unit.name
  }

  /** The unit is gone, with its agent. */
  async removeUnit(name: string): Promise<void> {
    const application = this.#applicationOf(name)
    this.#world.agents.life.gone(this.model, application, this.#unit(name))
    await this.#unitsChanged(application)
  }

  /** @param unit undefined: nobody holds the lease */
  setLeader(application: string, unit: string | undefined): void {
    this.#world.agents.life.lead(this.model, this.application(application), unit)
  }

  async setConfig(application: string, options: Readonly<Record<string, unknown>>): Promise<void> {
    const found = this.application(application)
    for (const [name, value] of Object.entries(options)) {
      if (value === undefined) found.config.delete(name)
      else found.config.set(name, value)
    }
    await this.#world.agents.hook(this.model, found, {kind: 'config-changed'})
    await this.#world.agents.settled()
  }

  /** @param pair two `application:endpoint` @returns the relation's id */
  async relate(...[one, other]: readonly [string, string]): Promise<number> {
    const {id} = this.model.relate(one, other, this.#world.now())
    await this.#relationsChanged([one, other])
    return id
  }

  async unrelate(id: number): Promise<void> {
    const relation = this.model.relations.find(candidate => candidate.id === id)
    this.model.unrelate(id)
    await this.#relationsChanged((relation?.ends ?? []).map(end => `${end.application}:${end.endpoint}`))
  }

  /** An application's units as the control port lists them. */
  units(application: string): readonly UnitLine[] {
    const {units, leader} = this.application(application)
    return [...units.values()].map(({name, life, workload: {status, message}}) => ({
      name,
      leader: leader === name,
      life,
      status,
      message,
    }))
  }

  /** An application's relations with other applications, with what both sides published. */
  relations(application: string): readonly RelationLine[] {
    return this.model
      .relationsOf(application)
      .filter(({own, other}) => own !== other)
      .map(({relation, own, other}) => ({
        id: relation.id,
        endpoint: own.endpoint,
        application: other.application,
        data: other.data,
        own: own.data,
      }))
  }

  /** The application publishes data in a relation. */
  publish(application: string, id: number, data: Readonly<Record<string, string>>): void {
    const found = this.model.relationsOf(application).find(({relation}) => relation.id === id)
    if (found === undefined) throw new Error(`${application} has no relation ${id}`)
    found.own.data = data
  }

  /** Forgets operations that have ended. */
  pruneOperations(): void {
    this.model.operations.prune()
  }

  grant(user: string, access: ModelAccess | undefined): void {
    if (access === undefined) this.model.access.delete(user)
    else this.model.access.set(user, access)
  }

  application(name: string): Application {
    const found = this.model.applications.get(name)
    if (found === undefined) throw new Error(`there is no application ${name}`)
    return found
  }

  task(id: string): Task {
    const task = this.model.operations.tasks.get(id)
    if (task === undefined) throw new Error(`there is no task ${id}`)
    return task
  }

  #applicationOf(unit: string): Application {
    return this.application(unit.replace(/\/\d+$/, ''))
  }

  #unit(name: string): Unit {
    const unit = this.model.unit(name)
    if (unit === undefined) throw new Error(`there is no unit ${name}`)
    return unit
  }

  async #unitsChanged(application: Application): Promise<void> {
    await this.#world.agents.hook(this.model, application, {kind: 'units-changed'})
  }

  async #relationsChanged(ends: readonly string[]): Promise<void> {
    for (const end of ends) {
      const [name = '', endpoint = ''] = end.split(':')
      await this.#world.agents.hook(this.model, this.application(name), {kind: 'relation-changed', endpoint})
    }
    await this.#world.agents.settled()
  }
}
