import type {Clock} from '../../../src/time/clock.ts'
import type {ModelAccess, ModelSeed} from '../../charms/model-seed.ts'
import {jaasFacades} from '../profiles.ts'
import type {FacadeVersions, Profile} from '../profiles.ts'
import type {Quirks} from '../quirks.ts'
import {Agents} from './agents.ts'
import {Chance} from './chance.ts'
import type {CharmStore} from './charm-store.ts'
import {Model} from './model.ts'
import type {Task, TaskRequest} from './operations.ts'
import type {Pace} from './pace.ts'
import {Pruner} from './pruner.ts'
import {Strangers} from './strangers.ts'

export interface User {
  readonly name: string
  password: string
  superuser: boolean
  /** May log in to the controller. */
  login: boolean
  disabled: boolean
}

export interface UserSeed {
  readonly name: string
  readonly password: string
  readonly superuser?: boolean
}

/** Where a migrated model went. */
export interface MovedModel {
  readonly endpoints: readonly {readonly host: string; readonly port: number}[]
  readonly caCertificate: string
  readonly controllerUUID: string
  readonly alias: string
  /** The login's error tells nothing; the client has to ask RedirectInfo, as old JAAS wants. */
  readonly silent?: boolean
}

export interface WorldOptions {
  readonly clock: Clock
  readonly profile: Profile
  /** What differs from the profile's. */
  readonly quirks: Partial<Quirks>
  readonly controllerUUID?: string | undefined
  /** How often `update-status` runs on each unit, in ms; 0: never. */
  readonly updateStatusEvery: number
  /** `external`: no charm code runs in here. */
  readonly agents: 'machines' | 'external'
  readonly pace: Pace
  /** Where everything random begins. */
  readonly seed: number
  /** Undefined: Charmhub cannot be reached from the controller. */
  readonly charmhub?: CharmStore | undefined
}

/** Everything that a controller knows, and the agents that work on it. */
export class World {
  readonly clock: Clock
  profile: Profile
  quirks: Quirks
  readonly controllerUUID: string
  readonly models = new Map<string, Model>()
  readonly users = new Map<string, User>()
  /** Service accounts of JAAS: secrets by client id. With any, user and password are refused. */
  readonly serviceAccounts = new Map<string, string>()
  /** Sessions that JAAS has given out, by token; `expires` in ms since the epoch. */
  readonly sessionTokens = new Map<string, {readonly user: string; readonly expires: number}>()
  readonly agents: Agents
  readonly charmhub: CharmStore | undefined
  readonly chance: Chance
  readonly strangers: Strangers
  /** The controller's clock is wrong by so many ms. */
  clockSkew = 0
  /** The controller is being upgraded. */
  upgrading = false
  /** Logins are refused: the controller prepares its database. */
  maintenance = false
  /** Models that are being migrated: writes are refused. */
  readonly migrating = new Set<string>()
  /** Models that live on another controller now, by UUID. */
  readonly movedAway = new Map<string, MovedModel>()
  readonly #listeners = new Set<() => void>()
  readonly #uuids: Chance
  readonly #ownQuirks: Partial<Quirks>
  readonly #pruner: Pruner

  constructor(options: WorldOptions) {
    const {clock, profile, quirks, controllerUUID, updateStatusEvery, agents, pace, seed, charmhub} = options
    this.clock = clock
    this.profile = profile
    this.#ownQuirks = quirks
    this.quirks = {...profile.quirks, ...quirks}
    this.chance = new Chance(seed)
    this.#uuids = this.chance.branch('uuids')
    this.strangers = new Strangers(this)
    const unmoved = (): Model[] => [...this.models.values()].filter(({uuid}) => !this.migrating.has(uuid))
    this.#pruner = new Pruner(clock, unmoved, () => this.now())
    this.controllerUUID = controllerUUID ?? this.#uuids.uuid()
    this.charmhub = charmhub
    this.agents = new Agents(this, {updateStatusEvery, external: agents === 'external', pace})
  }

  /** JAAS stands in front of the controller: it logs in with its own methods and has controller facades of its own. */
  get isJaas(): boolean {
    return this.serviceAccounts.size > 0 || this.sessionTokens.size > 0
  }

  /** What a login lists: of a model the controller's own facades, also behind JAAS. */
  facades(ofModel: boolean): FacadeVersions {
    if (ofModel) return this.profile.modelFacades
    return this.isJaas ? jaasFacades : this.profile.controllerFacades
  }

  /** The controller's time, ms since the epoch. */
  now(): number {
    return this.clock.now() + this.clockSkew
  }

  addUser({name, password, superuser = false}: UserSeed): void {
    this.users.set(name, {name, password, superuser, login: true, disabled: false})
  }

  /** Adds a model with its applications, and waits until they have settled. */
  async addModel(seed: ModelSeed): Promise<Model> {
    const {name, owner = 'admin', uuid = this.#uuids.uuid(), type = 'iaas'} = seed
    const firstOperation = this.profile.serverVersion.startsWith('4.') ? 0 : 1
    const model = new Model({uuid, name, owner, type}, firstOperation, this.now())
    this.models.set(uuid, model)
    const access: Readonly<Record<string, ModelAccess>> = seed.access ?? {operator: 'write', viewer: 'read'}
    for (const [user, level] of Object.entries(access)) model.access.set(user, level)
    for (const {name: application, charm, units, config} of seed.applications)
      model.addApplication(application, charm, units, config, this.now())
    for (const [one, other] of seed.relations ?? []) model.relate(one, other, this.now())
    for (const application of model.applications.values()) await this.agents.deploy(model, application)
    await this.agents.settled()
    return model
  }

  /** The controller turns into another release of Juju. */
  become(profile: Profile): void {
    this.profile = profile
    this.quirks = {...profile.quirks, ...this.#ownQuirks}
  }

  /** The model lives on another controller from now on, with all that is in it. */
  handOver(model: Model, to: World): void {
    this.models.delete(model.uuid)
    to.models.set(model.uuid, model)
    to.movedAway.delete(model.uuid)
    this.agents.handOver(model, to.agents)
  }

  /** Somebody asks for an action on one unit. */
  enqueue(model: Model, request: TaskRequest, user: string): Task {
    const operation = model.operations.open(request.action, user, this.now())
    const task = model.operations.add(operation, request, this.now())
    this.agents.accept(model, task)
    return task
  }

  /** What the user may do in the model; superusers may do all. */
  accessOf(user: User, model: Model): ModelAccess | undefined {
    return user.superuser ? 'admin' : model.access.get(user.name)
  }

  model(uuid: string): Model {
    const model = this.models.get(uuid)
    if (model === undefined) throw new Error(`there is no model ${uuid}`)
    return model
  }

  /** Calls `listener` when a task logged something. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  changed(): void {
    for (const listener of this.#listeners) listener()
  }

  stop(): void {
    this.agents.stop()
    this.strangers.stop()
    this.#pruner.stop()
  }
}
