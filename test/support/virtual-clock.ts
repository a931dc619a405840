import {assertDelay, type Clock, type Timer} from '../../src/time/clock.ts'
import {TimerHeap, type Due} from './timer-heap.ts'

interface Pending extends Due {
  readonly fire: () => void
}

/** How many turns of the event loop run between two timers, so that what one timer started can set the next. */
const turnsBetweenTimers = 3

/** Time that moves only when the test says so; wall and monotonic time move together unless `jumpWall` parts them. */
export class VirtualClock implements Clock {
  readonly #timers = new TimerHeap<Pending>()
  #wall: number
  #monotonic = 0
  #sequence = 0

  /** @param startMs wall clock at the start, ms since the epoch */
  constructor(startMs = Date.UTC(2026, 10, 22, 12)) {
    this.#wall = startMs
  }

  now(): number {
    return this.#wall
  }

  monotonic(): number {
    return this.#monotonic
  }

  setTimer(ms: number, fire: () => void): Timer {
    assertDelay(ms)
    const timer: Pending = {at: this.#monotonic + ms, sequence: this.#sequence++, fire}
    this.#timers.add(timer)
    return {cancel: () => void this.#timers.delete(timer)}
  }

  get pendingTimers(): number {
    return this.#timers.size
  }

  /** How long until the next timer is due, in ms; undefined when none is set. */
  untilNextTimer(): number | undefined {
    const next = this.#nextDue(Number.POSITIVE_INFINITY)
    return next === undefined ? undefined : Math.max(0, next.at - this.#monotonic)
  }

  /** Moves time by `ms` and fires, in order, what falls due; microtasks and immediates run before, between and after. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms
    await settle()
    for (let next = this.#nextDue(end); next !== undefined; next = this.#nextDue(end)) {
      this.#timers.delete(next)
      this.#moveTo(next.at)
      next.fire()
      await settle()
    }
    this.#moveTo(end)
    await settle()
  }

  /** Advances in steps until `condition` holds. @throws Error when it does not within `limitMs` of virtual time */
  async advanceUntil(condition: () => boolean, {stepMs = 100, limitMs = 3_600_000} = {}): Promise<void> {
    await settle()
    for (let passed = 0; !condition(); passed += stepMs) {
      if (passed >= limitMs) throw new Error(`the condition did not hold within ${limitMs} ms of virtual time`)
      await this.advance(stepMs)
    }
  }

  /** Time that work took, while it was done: what falls due meanwhile fires late, with the next advance. */
  spend(ms: number): void {
    this.#moveTo(this.#monotonic + ms)
  }

  /** Sets the wall clock forward (or back) while monotonic time stays, as NTP or a person does. */
  jumpWall(ms: number): void {
    this.#wall += ms
  }

  /** Never back: work that was done between two timers may have spent the time until the next. */
  #moveTo(time: number): void {
    const monotonic = Math.max(time, this.#monotonic)
    this.#wall += monotonic - this.#monotonic
    this.#monotonic = monotonic
  }

  #nextDue(end: number): Pending | undefined {
    const {first} = this.#timers
    return first !== undefined && first.at <= end ? first : undefined
  }
}

/** Lets microtasks and a few turns of the event loop run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < turnsBetweenTimers; turn++) await new Promise<void>(resolve => setImmediate(resolve))
}
