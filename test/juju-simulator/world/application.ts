import type {Charm, CharmMachine} from '../../charms/machine.ts'
import {changeStatus} from './status.ts'
import type {StatusSince} from './status.ts'

/** A unit of an application with its agent. */
export interface Unit {
  readonly name: string
  readonly number: number
  /** Id of the machine it runs on; '' on Kubernetes. */
  readonly machine: string
  workload: StatusSince
  agent: StatusSince
  life: 'alive' | 'dying' | 'dead'
  /** The charm it still runs, while that is not its application's. */
  charmUrl: string | undefined
  /** Its agent is gone: hooks and actions no longer run. */
  agentLost: boolean
  /** Tasks wait while this is set, as behind a long hook. */
  held: boolean
  /** What the unit itself put into each of its relations. */
  readonly databag: Record<string, string>
}

/** A deployed application. */
export class Application {
  readonly name: string
  charm: Charm
  machine: CharmMachine | undefined
  readonly units = new Map<string, Unit>()
  /** Options that were set. */
  readonly config: Map<string, unknown>
  /** The unit that holds the leadership lease, if one does. */
  leader: string | undefined
  trust = false
  /** What the charm said of the whole application, once it did. */
  ownStatus: StatusSince | undefined
  life: 'alive' | 'dying' = 'alive'
  #next = 0

  constructor(name: string, charm: Charm, config: Readonly<Record<string, unknown>> = {}) {
    this.name = name
    this.charm = charm
    this.config = new Map(Object.entries(config))
  }

  /** For example `ch:amd64/postgresql-468`, or `local:postgresql-0`. */
  get charmUrl(): string {
    const {name, revision, local = false} = this.charm.description
    return `${local ? 'local:' : 'ch:amd64/'}${name}-${revision}`
  }

  addUnit(machine: (number: number) => string, now: number): Unit {
    const number = this.#next
    this.#next += 1
    const unit: Unit = {
      name: `${this.name}/${number}`,
      number,
      machine: machine(number),
      workload: {status: 'unknown', message: '', since: now},
      agent: {status: 'idle', message: '', since: now},
      life: 'alive',
      charmUrl: undefined,
      agentLost: false,
      held: false,
      databag: {'ingress-address': `10.0.0.${number + 1}`},
    }
    this.units.set(unit.name, unit)
    this.leader ??= unit.name
    return unit
  }

  /** Removes a unit; the lease passes to the lowest that is left. */
  removeUnit(name: string): void {
    this.units.delete(name)
    if (this.leader === name) this.leader = this.units.keys().next().value
  }

  /** Options with a value: the set ones, else their defaults. */
  settings(): Record<string, unknown> {
    const values: Record<string, unknown> = {}
    for (const [name, option] of Object.entries(this.charm.description.options)) {
      const value = this.config.get(name) ?? option.default
      if (value !== undefined) values[name] = value
    }
    return values
  }

  /** What the charm said of the application; as long as it said nothing, the worst of its units. */
  status(now: number): StatusSince {
    if (this.ownStatus !== undefined) return this.ownStatus
    const order = ['error', 'blocked', 'maintenance', 'waiting', 'active', 'unknown', 'terminated', 'unset']
    const worst = [...this.units.values()]
      .map(unit => unit.workload)
      .sort((one, other) => order.indexOf(one.status) - order.indexOf(other.status))[0]
    return worst ?? changeStatus(undefined, {status: 'unknown', message: ''}, now)
  }
}
