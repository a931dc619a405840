import {systemClock, type Clock, type Timer} from '../../src/time/clock.ts'

/** The machine's time; but whoever waits for `heldMs` or longer waits until `release`, so that long work ends when the bench says so. */
export class HeldClock implements Clock {
  readonly #heldMs: number
  readonly #held = new Set<() => void>()

  constructor(heldMs: number) {
    this.#heldMs = heldMs
  }

  now(): number {
    return systemClock.now()
  }

  monotonic(): number {
    return systemClock.monotonic()
  }

  setTimer(ms: number, fire: () => void): Timer {
    if (ms < this.#heldMs) return systemClock.setTimer(ms, fire)
    this.#held.add(fire)
    return {cancel: () => void this.#held.delete(fire)}
  }

  /** Their time has come. */
  release(): void {
    const due = [...this.#held]
    this.#held.clear()
    for (const fire of due) fire()
  }
}
