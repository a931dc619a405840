import {createHash} from 'node:crypto'
import {numberOf} from '../unit-numbers.ts'
import type {ClusterStatus, Member, MemberState} from './engine.ts'

interface Instance {
  state: MemberState
  /** mysqld's process. */
  running: boolean
  /** Its data directory has a database in it. */
  data: boolean
  offline: boolean
  hidden: boolean
}

/** The instances of a MySQL application and the replication group that they form. */
export class MemoryGroup {
  readonly name: string
  /** MySQL Shell's word for the group, when it is not what follows from its members. */
  stated: string | undefined
  readonly #instances = new Map<string, Instance>()
  #primary: string | undefined
  #generation = 0

  constructor(name: string) {
    this.name = name
  }

  /** A new UUID for every group that is created: a restored cluster is another one. */
  get id(): string {
    const hex = createHash('md5').update(`${this.name} ${this.#generation}`).digest('hex')
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  }

  /** How many members it should have. */
  get size(): number {
    return this.#instances.size
  }

  get primary(): string | undefined {
    return this.#primary
  }

  /** Another member is the primary from now on, as after a failover. */
  set primary(unit: string | undefined) {
    this.#primary = unit
  }

  setUnits(units: readonly string[]): void {
    for (const unit of this.#instances.keys()) if (!units.includes(unit)) this.#instances.delete(unit)
    for (const unit of units)
      if (!this.#instances.has(unit))
        this.#instances.set(unit, {state: 'ONLINE', running: true, data: true, offline: false, hidden: false})
    this.elect()
  }

  /** @throws Error when there is no such unit */
  instance(unit: string): Instance {
    const found = this.#instances.get(unit)
    if (found === undefined) throw new Error(`there is no MySQL on ${unit}`)
    return found
  }

  /** undefined: nothing answers there. */
  member(unit: string): Member | undefined {
    const found = this.#instances.get(unit)
    if (found === undefined || !found.running || !found.data) return undefined
    return {role: unit === this.#primary ? 'PRIMARY' : 'SECONDARY', state: found.state}
  }

  /** Whether a unit is out of service, as during a backup. */
  offlineAndHidden(): boolean {
    return [...this.#instances.values()].some(({offline, hidden}) => offline && hidden)
  }

  /** mysqld stops, in good order or not. */
  stop(unit: string): void {
    const instance = this.#instances.get(unit)
    if (instance === undefined) return
    instance.running = false
    instance.state = 'OFFLINE'
    // Lost with the process; the tag that hides a unit lies in the cluster's metadata and stays.
    instance.offline = false
    this.elect()
  }

  /** mysqld starts, if it has data, and joins the group, if there is one to join. */
  start(unit: string): void {
    const instance = this.instance(unit)
    if (!instance.data) return
    instance.running = true
    if (this.#online().length > 0) instance.state = 'ONLINE'
    this.elect()
  }

  /** The unit makes a group of its own, of which it is the only member. */
  create(unit: string): void {
    this.#generation += 1
    this.reboot(unit)
  }

  /** The group comes back after all of its members were off. */
  reboot(unit: string): void {
    this.instance(unit).state = 'ONLINE'
    this.#primary = unit
  }

  /** The lowest member that is online takes over when the primary cannot go on. */
  elect(): void {
    const online = this.#online()
    if (this.#primary === undefined || !online.includes(this.#primary)) this.#primary = online[0]
  }

  /** @returns undefined when the unit is not part of a group that works */
  status(): ClusterStatus | undefined {
    const online = this.#online().length
    if (this.#primary === undefined) return undefined
    const {status, statusText} = health(this.#instances.size, online)
    const primary = this.#address(this.#primary)
    const topology = Object.fromEntries([...this.#instances.keys()].map(unit => [label(unit), this.#member(unit)]))
    return {
      clusterName: this.name,
      clusterRole: 'PRIMARY',
      defaultReplicaSet: {
        name: 'default',
        primary,
        ssl: 'REQUIRED',
        status: this.stated ?? status,
        statusText,
        topology,
        topologyMode: 'Single-Primary',
      },
      domainName: this.#domain,
      groupInformationSourceMember: primary,
    }
  }

  setStatus(): Readonly<Record<string, unknown>> | undefined {
    if (this.#primary === undefined) return undefined
    const primary = this.#address(this.#primary)
    return {
      clusters: {[this.name]: {clusterRole: 'PRIMARY', globalStatus: 'OK', primary}},
      domainName: this.#domain,
      globalPrimaryInstance: primary,
      primaryCluster: this.name,
      status: 'HEALTHY',
      statusText: 'All Clusters available.',
    }
  }

  get #domain(): string {
    return this.name.replace('cluster-', 'cluster-set-')
  }

  /** Members that are online, lowest number first. */
  #online(): readonly string[] {
    const online = [...this.#instances].filter(([, {running, state}]) => running && state === 'ONLINE')
    return online.map(([unit]) => unit).sort((one, other) => numberOf(one) - numberOf(other))
  }

  #member(unit: string): Readonly<Record<string, string>> {
    const member = this.member(unit)
    const primary = member?.role === 'PRIMARY'
    const online = member?.state === 'ONLINE'
    const {offline, hidden} = this.instance(unit)
    return {
      address: this.#address(unit),
      ...(hidden ? {hiddenFromRouter: 'true'} : {}),
      ...(offline ? {instanceErrors: 'WARNING: Instance has offline_mode enabled.'} : {}),
      memberRole: primary ? 'PRIMARY' : 'SECONDARY',
      mode: online ? (primary ? 'R/W' : 'R/O') : 'n/a',
      role: 'HA',
      status: member === undefined ? '(MISSING)' : member.state,
      version: '8.0.39',
    }
  }

  #address(unit: string): string {
    return `${label(unit)}.lxd:3306`
  }
}

const label = (unit: string): string => unit.replace('/', '-')

/** MySQL Shell's words: a group of one or two members is `OK_NO_TOLERANCE`. */
function health(members: number, online: number): {status: string; statusText: string} {
  const away = members - online
  const suffix = away === 0 ? '' : ` ${away} member${away === 1 ? ' is' : 's are'} not active.`
  const failures = Math.floor((online - 1) / 2)
  if (failures === 0)
    return {
      status: away === 0 ? 'OK_NO_TOLERANCE' : 'OK_NO_TOLERANCE_PARTIAL',
      statusText: `Cluster is NOT tolerant to any failures.${suffix}`,
    }
  const words = failures === 1 ? 'ONE failure' : `${failures} failures`
  return {
    status: away === 0 ? 'OK' : 'OK_PARTIAL',
    statusText: `Cluster is ONLINE and can tolerate up to ${words}.${suffix}`,
  }
}
