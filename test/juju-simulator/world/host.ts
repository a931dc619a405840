import type {Clock} from '../../../src/time/clock.ts'
import type {CharmHost, RelationView, SecretLookup, UnitStatus, UnitView, WorkloadStatus} from '../../charms/machine.ts'
import type {Application} from './application.ts'
import type {Model} from './model.ts'
import {changeStatus} from './status.ts'
import type {World} from './world.ts'

/** Where a model lives: its controller, which changes when the model is migrated. */
export interface Home {
  readonly world: World
  /** An application changed its data in a relation; the other side is told. */
  published(model: Model, other: {application: string; endpoint: string}): void
  /** Work of a charm machine that nobody waits for. */
  background(work: Promise<void>): void
}

/** What a charm machine sees of the simulated Juju. */
export class SimulatedHost implements CharmHost {
  readonly clock: Clock
  readonly model: {readonly name: string; readonly uuid: string}
  readonly application: string
  readonly #home: () => Home
  readonly #model: Model
  readonly #own: Application

  constructor(home: () => Home, model: Model, application: Application) {
    this.clock = home().world.clock
    this.model = {name: model.name, uuid: model.uuid}
    this.application = application.name
    this.#home = home
    this.#model = model
    this.#own = application
  }

  get jujuVersion(): string {
    return this.#home().world.profile.serverVersion
  }

  async units(): Promise<readonly UnitView[]> {
    const views: UnitView[] = []
    for (const {name, workload, started} of this.#own.units.values()) {
      const status = {status: workload.status as WorkloadStatus, message: workload.message}
      if (started) views.push({name, leader: this.#own.leader === name, status})
    }
    return views
  }

  async setUnitStatus(name: string, status: UnitStatus): Promise<void> {
    const unit = this.#own.units.get(name)
    if (unit !== undefined && !unit.agentLost)
      unit.workload = changeStatus(unit.workload, status, this.#home().world.now())
  }

  async setApplicationStatus(status: UnitStatus): Promise<void> {
    this.#own.ownStatus = changeStatus(this.#own.ownStatus, status, this.#home().world.now())
  }

  async config(): Promise<Readonly<Record<string, unknown>>> {
    return this.#own.settings()
  }

  async relations(endpoint: string): Promise<readonly RelationView[]> {
    return this.#model
      .relationsOf(this.application)
      .filter(({own}) => own.endpoint === endpoint)
      .map(({relation, other}) => ({id: relation.id, application: other.application, data: other.data}))
  }

  async publish(id: number, data: Readonly<Record<string, string>>): Promise<void> {
    const found = this.#model.relationsOf(this.application).find(({relation}) => relation.id === id)
    if (found === undefined || JSON.stringify(found.own.data) === JSON.stringify(data)) return
    found.own.data = data
    this.#home().published(this.#model, found.other)
  }

  async secret(uri: string): Promise<SecretLookup> {
    const found = this.#model.secrets.all.get(uri)
    if (found === undefined) return 'not found'
    if (!found.granted.has(this.application)) return 'not granted'
    const content = found.revisions.at(-1)?.content ?? {}
    return Object.fromEntries(
      Object.entries(content).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
    )
  }

  background(work: Promise<void>): void {
    this.#home().background(work)
  }
}
