import type {Clock, Timer} from '../../../src/time/clock.ts'

interface Turn<T> {
  readonly members: Set<T>
  timer: Timer
}

/**
 * Lets `update-status` come round: each member's turn comes an interval after it joined, and again every interval. Members
 * that joined at the same moment share one timer, so a fleet costs as many timers as there were moments.
 */
export class UpdateStatusWheel<T> {
  readonly #clock: Clock
  readonly #every: number
  readonly #run: (members: Iterable<T>) => void
  /** By the moment within the interval. */
  readonly #turns = new Map<number, Turn<T>>()

  /** @param every ms; 0: never */
  constructor(clock: Clock, every: number, run: (members: Iterable<T>) => void) {
    this.#clock = clock
    this.#every = every
    this.#run = run
  }

  join(member: T): void {
    if (this.#every <= 0) return
    const moment = this.#clock.monotonic() % this.#every
    const turn = this.#turns.get(moment)
    if (turn === undefined) this.#turns.set(moment, {members: new Set([member]), timer: this.#arm(moment)})
    else turn.members.add(member)
  }

  leave(isGone: (member: T) => boolean): void {
    for (const [moment, {members, timer}] of this.#turns) {
      for (const member of members) if (isGone(member)) members.delete(member)
      if (members.size > 0) continue
      timer.cancel()
      this.#turns.delete(moment)
    }
  }

  stop(): void {
    for (const {timer} of this.#turns.values()) timer.cancel()
    this.#turns.clear()
  }

  #arm(moment: number): Timer {
    return this.#clock.setTimer(this.#every, () => {
      const turn = this.#turns.get(moment)
      if (turn === undefined) return
      turn.timer = this.#arm(moment)
      this.#run(turn.members)
    })
  }
}
