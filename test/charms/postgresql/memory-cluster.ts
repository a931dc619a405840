import {sleep} from '../../../src/time/clock.ts'
import type {Clock} from '../../../src/time/clock.ts'
import type {SwitchoverEnd} from './engine.ts'

/** What a unit's PostgreSQL is like. */
export interface Member {
  readonly online: boolean
  readonly started: boolean
}

/** How long the members of a cluster take, in milliseconds. */
export interface MemberDurations {
  /** A new unit copies the primary's data, or one that was down catches up. */
  readonly join: number
  /** Until another unit takes over from a primary that died. */
  readonly failover: number
  readonly switchover: number
}

const up: Member = {online: true, started: true}
const down: Member = {online: false, started: false}

/** Patroni's members in memory: who is the primary, who follows, who is coming up or down. */
export class MemoryCluster {
  /** Units whose database is not as it should be. */
  readonly members = new Map<string, Member>()
  /** Units that replicate asynchronously: they cannot be promoted. */
  readonly asynchronous = new Set<string>()
  /** The unit with the primary; a test sets another one to play a failover. */
  primaryUnit: string | undefined
  readonly #clock: Clock
  readonly #durations: MemberDurations
  readonly #listeners = new Set<() => void>()
  #units: readonly string[] = []

  constructor(clock: Clock, durations: MemberDurations) {
    this.#clock = clock
    this.#durations = durations
  }

  /** Calls `listener` when a member came up or another one became the primary. */
  watch(listener: () => void): void {
    this.#listeners.add(listener)
  }

  member(unit: string): Member {
    return this.members.get(unit) ?? up
  }

  /** The first units make up the cluster at once; later ones copy the primary's data first. */
  unitsChanged(units: readonly string[]): void {
    const first = this.#units.length === 0
    const joining = first ? [] : units.filter(unit => !this.#units.includes(unit))
    const gone = this.#units.filter(unit => !units.includes(unit))
    this.#units = units
    for (const unit of gone) this.members.delete(unit)
    for (const unit of joining) this.#join(unit)
    if (this.primaryUnit === undefined || gone.includes(this.primaryUnit)) this.#elect()
  }

  /** The unit's database is stopped to be replaced: nobody takes over. */
  stop(unit: string): void {
    this.members.set(unit, down)
    if (this.primaryUnit === unit) this.primaryUnit = undefined
  }

  /** The database that took its place is up. */
  start(unit: string): void {
    this.members.delete(unit)
    this.#elect()
  }

  /** The unit's machine or pod died. */
  crash(unit: string): void {
    this.members.set(unit, down)
    if (this.primaryUnit !== unit) return
    this.primaryUnit = undefined
    this.#clock.setTimer(this.#durations.failover, () => this.#elect())
  }

  /** Its machine or pod is back. */
  recover(unit: string): void {
    if (this.members.get(unit) === down) this.#join(unit)
  }

  async switchover(unit: string): Promise<SwitchoverEnd> {
    if (this.asynchronous.has(unit)) return 'not-sync'
    await sleep(this.#clock, this.#durations.switchover)
    if (this.primaryUnit === unit || this.primaryUnit === undefined || !this.member(unit).started) return 'failed'
    this.primaryUnit = unit
    this.#changed()
    return 'done'
  }

  #join(unit: string): void {
    const joining: Member = {...down}
    this.members.set(unit, joining)
    this.#clock.setTimer(this.#durations.join, () => {
      if (this.members.get(unit) !== joining) return
      this.members.delete(unit)
      if (this.primaryUnit === undefined) this.#elect()
      else this.#changed()
    })
  }

  #elect(): void {
    if (this.primaryUnit !== undefined && this.#units.includes(this.primaryUnit)) return
    this.primaryUnit = this.#units.find(unit => this.member(unit).started)
    this.#changed()
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
