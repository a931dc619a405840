import {VirtualClock} from '../../support/virtual-clock.ts'
import type {CharmHost, RelationView, SecretLookup, UnitStatus, UnitView} from '../../charms/machine.ts'

export interface StubHostOptions {
  readonly application: string
  readonly units: readonly UnitView[]
  /** Relations by endpoint. Default: none. */
  readonly relations?: Readonly<Record<string, readonly RelationView[]>>
  readonly config?: Readonly<Record<string, unknown>>
}

/** A status that the charm set, in the words of the recordings. */
export interface StatusSet extends UnitStatus {
  readonly entity: 'unit' | 'app'
}

/** A Juju that only notes what the charm does. */
export class StubHost implements CharmHost {
  readonly clock = new VirtualClock()
  readonly model = {name: 'testing', uuid: '11111111-2222-4333-8444-555555555555'}
  readonly jujuVersion = '3.6.14'
  readonly application: string
  /** Every status that was set, of units and of the application, in order. */
  readonly set: StatusSet[] = []
  /** What was published last, by relation. */
  readonly published = new Map<number, Readonly<Record<string, string>>>()
  /** User secrets by URI; others are not found. */
  readonly secrets = new Map<string, SecretLookup>()
  /** Work that the charm left to go on by itself. */
  readonly left: Promise<void>[] = []
  /** What the charm sees; a test may change all of it while the charm runs. */
  views: readonly UnitView[]
  relationViews: Readonly<Record<string, readonly RelationView[]>>
  options: Readonly<Record<string, unknown>>

  constructor({application, units, relations = {}, config = {}}: StubHostOptions) {
    this.application = application
    this.views = units
    this.relationViews = relations
    this.options = config
  }

  /** The statuses that were set on units, in order. */
  get unitStatuses(): readonly UnitStatus[] {
    return this.set.filter(({entity}) => entity === 'unit').map(({status, message}) => ({status, message}))
  }

  /** What a unit shows now. @throws Error when there is no such unit */
  statusOf(name: string): UnitStatus {
    const unit = this.views.find(view => view.name === name)
    if (unit === undefined) throw new Error(`there is no unit ${name}`)
    return unit.status
  }

  async units(): Promise<readonly UnitView[]> {
    return this.views
  }

  async setUnitStatus(name: string, status: UnitStatus): Promise<void> {
    this.set.push({entity: 'unit', ...status})
    this.views = this.views.map(unit => (unit.name === name ? {...unit, status} : unit))
  }

  async setApplicationStatus(status: UnitStatus): Promise<void> {
    this.set.push({entity: 'app', ...status})
  }

  async config(): Promise<Readonly<Record<string, unknown>>> {
    return this.options
  }

  async relations(endpoint: string): Promise<readonly RelationView[]> {
    return this.relationViews[endpoint] ?? []
  }

  async publish(relation: number, data: Readonly<Record<string, string>>): Promise<void> {
    this.published.set(relation, data)
  }

  async secret(uri: string): Promise<SecretLookup> {
    return this.secrets.get(uri) ?? 'not found'
  }

  background(work: Promise<void>): void {
    this.left.push(work)
  }
}

/** As many units as that, the first of them the leader. */
export function unitViews(
  application: string,
  count: number,
  {leader = true, status = {status: 'active', message: ''}}: {leader?: boolean; status?: UnitStatus} = {},
): readonly UnitView[] {
  return Array.from({length: count}, (_, number) => ({
    name: `${application}/${number}`,
    leader: number === 0 && leader,
    status,
  }))
}
