import type {Charm} from '../../charms/machine.ts'
import type {ModelAccess, ModelType} from '../../charms/model-seed.ts'
import {Application} from './application.ts'
import type {Unit} from './application.ts'
import {ModelCharms} from './model-charms.ts'
import {Operations} from './operations.ts'
import {usualRetention} from './pruner.ts'
import type {Resource} from './resources.ts'
import {Secrets} from './secrets.ts'

/** A relation between two endpoints, or of one with itself (peers). */
export interface Relation {
  readonly id: number
  readonly interface: string
  readonly ends: readonly RelationEnd[]
  readonly since: number
}

export interface RelationEnd {
  readonly application: string
  readonly endpoint: string
  readonly role: 'provider' | 'requirer' | 'peer'
  /** What the application published. */
  data: Readonly<Record<string, string>>
}

/** A machine of the cloud. */
export interface Machine {
  readonly id: string
  readonly base: {readonly name: string; readonly channel: string}
  readonly since: number
  /** Its agent has come up. */
  started: boolean
  life: 'alive' | 'dying'
}

/** Sets of commands that `juju disable-command` knows, in the API's words. */
export type BlockType = 'BlockDestroy' | 'BlockRemove' | 'BlockChange'

export interface ModelIdentity {
  readonly uuid: string
  readonly name: string
  /** The owner's user name on 3.x, the qualifier on 4.x. */
  readonly owner: string
  readonly type: ModelType
}

/** The endpoint, and its interface, that every application provides. */
const implicit = 'juju-info'

/** A model and all that is in it. */
export class Model {
  readonly uuid: string
  readonly name: string
  readonly owner: string
  readonly type: ModelType
  readonly applications = new Map<string, Application>()
  readonly relations: Relation[] = []
  readonly operations: Operations
  retention = usualRetention
  /** Annotations by tag. */
  readonly annotations = new Map<string, Map<string, string>>()
  readonly access = new Map<string, ModelAccess>()
  readonly created: number
  readonly machines = new Map<string, Machine>()
  readonly charms = new ModelCharms()
  readonly secrets = new Secrets()
  /** Resources that wait for the refresh which uses them, by pending id. */
  readonly pendingResources = new Map<string, Resource>()
  /** What `juju disable-command` has disabled, with its message. */
  readonly blocks = new Map<BlockType, string>()
  #relations = 0
  #machines = 0

  constructor({uuid, name, owner, type}: ModelIdentity, firstOperation: number, now: number) {
    this.uuid = uuid
    this.name = name
    this.owner = owner
    this.type = type
    this.operations = new Operations(firstOperation)
    this.created = now
  }

  addApplication(
    name: string,
    charm: Charm,
    units: number,
    config: Readonly<Record<string, unknown>> | undefined,
    now: number,
  ): Application {
    const application = new Application(name, charm, config ?? {}, now)
    this.applications.set(name, application)
    this.charms.add(charm)
    if (this.type === 'caas') application.scale = units
    for (const [endpoint, spec] of Object.entries(charm.description.peers))
      this.#addRelation(spec.interface, [{application: name, endpoint, role: 'peer', data: {}}], now)
    for (let count = 0; count < units; count++) this.addUnit(application, now)
    return application
  }

  /** A unit that is up. */
  addUnit(application: Application, now: number): Unit {
    return application.addUnit(() => this.#addMachine(application, now), now)
  }

  #addMachine(application: Application, now: number): string {
    if (this.type === 'caas' || application.charm.description.subordinate === true) return ''
    const id = String(this.#machines)
    this.#machines += 1
    this.machines.set(id, {id, base: application.charm.description.base, since: now, started: true, life: 'alive'})
    return id
  }

  /** Relates `application:endpoint` with `application:endpoint`. @throws Error when the charms do not fit */
  relate(one: string, other: string, now: number): Relation {
    const ends = [this.#end(one), this.#end(other)]
    const provider = ends.find(end => end.role === 'provider')
    if (provider === undefined || ends.every(end => end.role === 'provider'))
      throw new Error(`${one} and ${other} do not relate: one has to provide what the other requires`)
    return this.#addRelation(this.#interface(provider), ends, now)
  }

  /** The application is gone, with its units and relations; what was asked of them stays on record. */
  removeApplication(name: string): void {
    for (const {relation} of this.relationsOf(name)) this.unrelate(relation.id)
    this.applications.delete(name)
    this.annotations.delete(`application-${name}`)
  }

  unrelate(id: number): void {
    const at = this.relations.findIndex(relation => relation.id === id)
    if (at >= 0) this.relations.splice(at, 1)
  }

  unit(name: string): Unit | undefined {
    return this.applications.get(name.replace(/\/\d+$/, ''))?.units.get(name)
  }

  /** Relations of an application, each with its own end and the other one (the same end for peers). */
  relationsOf(application: string): {relation: Relation; own: RelationEnd; other: RelationEnd}[] {
    return this.relations.flatMap(relation => {
      const own = relation.ends.find(end => end.application === application)
      if (own === undefined) return []
      return [{relation, own, other: relation.ends.find(end => end !== own) ?? own}]
    })
  }

  #end(text: string): RelationEnd {
    const [application = '', endpoint = ''] = text.split(':')
    const description = this.applications.get(application)?.charm.description
    if (description === undefined) throw new Error(`there is no application ${application}`)
    const provided = endpoint in description.provides || (endpoint === implicit && !(endpoint in description.requires))
    const role = provided ? 'provider' : 'requirer'
    if (role === 'requirer' && !(endpoint in description.requires))
      throw new Error(`${application} has no endpoint ${endpoint}`)
    return {application, endpoint, role, data: {}}
  }

  #interface({application, endpoint}: RelationEnd): string {
    const {provides = {}} = this.applications.get(application)?.charm.description ?? {}
    return provides[endpoint]?.interface ?? (endpoint === implicit ? implicit : '')
  }

  #addRelation(wire: string, ends: readonly RelationEnd[], now: number): Relation {
    const relation: Relation = {id: this.#relations, interface: wire, ends, since: now}
    this.#relations += 1
    this.relations.push(relation)
    return relation
  }
}
