import type {Charm, CharmMachine} from '../../charms/machine.ts'
import {charmUrl, originOf} from './charm-origin.ts'
import type {CharmOrigin} from './charm-origin.ts'
import {resourcesOf} from './resources.ts'
import type {Resource} from './resources.ts'
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
  /** The charm that it runs; not its application's while a refresh is on its way. */
  charm: Charm
  /** Its agent has run the first hooks, so that the charm counts it in. */
  started: boolean
  /** The hook that failed last; no hooks run until it was resolved, actions do. */
  failedHook: string | undefined
  /** Hooks that fail when they come. */
  readonly failingHooks: Set<string>
  /** Its agent is gone: hooks and actions no longer run. */
  agentLost: boolean
  /** Tasks wait while this is set, as behind a long hook. */
  held: boolean
  /** What the unit itself put into each of its relations. */
  readonly databag: Record<string, string>
}

/** For example `ch:amd64/postgresql-468`, or `local:postgresql-0`. */
export function charmUrlOf({description}: Charm): string {
  return charmUrl(description)
}

export const newcomers = ['come', 'fail', 'stay away'] as const
export type Newcomers = (typeof newcomers)[number]

/** A deployed application. */
export class Application {
  readonly name: string
  charm: Charm
  /** The code of its charm; while a refresh is on its way two revisions run. */
  readonly machines = new Map<Charm, CharmMachine>()
  readonly units = new Map<string, Unit>()
  /** Options that were set. */
  readonly config: Map<string, unknown>
  /** Where its charm comes from, with the channel that a refresh follows. */
  origin: CharmOrigin
  /** The resources that it uses, by name. */
  readonly resources: Map<string, Resource>
  /** How many units it is to have; only on Kubernetes. */
  scale: number | undefined
  /** What was reported last; adding a unit empties it, until that unit's charm reports its own. */
  workloadVersion: string
  /** The unit that holds the leadership lease, if one does. */
  leader: string | undefined
  /** Whether another unit takes the lease when the leader is gone. */
  hasSuccessors = true
  /** What becomes of units that are added: they come up, their `install` fails, or they never get a machine or a pod. */
  newcomers: Newcomers = 'come'
  trust = false
  /** What the charm said of the whole application, once it did. */
  ownStatus: StatusSince | undefined
  life: 'alive' | 'dying' = 'alive'
  #next = 0

  /** @param now when it is deployed */
  constructor(name: string, charm: Charm, config: Readonly<Record<string, unknown>>, now: number) {
    this.name = name
    this.charm = charm
    this.config = new Map(Object.entries(config))
    this.origin = originOf(charm.description)
    this.resources = new Map(resourcesOf(charm.description, now))
    this.workloadVersion = charm.description.workloadVersion
  }

  get charmUrl(): string {
    return charmUrlOf(this.charm)
  }

  addUnit(machine: (number: number) => string, now: number): Unit {
    const number = this.#newNumber()
    const unit: Unit = {
      name: `${this.name}/${number}`,
      number,
      machine: machine(number),
      workload: {status: 'unknown', message: '', since: now},
      agent: {status: 'idle', message: '', since: now},
      life: 'alive',
      charm: this.charm,
      started: true,
      failedHook: undefined,
      failingHooks: new Set(),
      agentLost: false,
      held: false,
      databag: {'ingress-address': `10.0.0.${number + 1}`},
    }
    this.units.set(unit.name, unit)
    if (this.units.size === 1) this.leader ??= unit.name
    return unit
  }

  /** A machine's number is never given again; pods are numbered without gaps, so that numbers come back. */
  #newNumber(): number {
    if (this.scale === undefined) return this.#next++
    let number = 0
    while (this.units.has(`${this.name}/${number}`)) number += 1
    return number
  }

  /** Removes a unit; a lease that it held is free. */
  removeUnit(name: string): void {
    this.units.delete(name)
    if (this.leader === name) this.leader = undefined
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
