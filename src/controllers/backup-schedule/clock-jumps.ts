import type {Clock, Timer} from '../../time/clock.ts'

/** How often the two clocks are compared, ms: after a jump, slots are at most this late. */
const lookEveryMs = 10_000
/** Less than this is drift, which the next look of each schedule evens out, ms. */
const notableMs = 250

/**
 * Notices when the wall clock jumps against the monotonic one: it was set, or the machine was suspended. Timers know nothing of
 * that, and slots are moments of the wall clock.
 */
export class ClockJumps {
  readonly #clock: Clock
  readonly #onJump: (byMs: number) => void
  #offset: number
  #timer: Timer | undefined

  constructor(clock: Clock, onJump: (byMs: number) => void) {
    this.#clock = clock
    this.#onJump = onJump
    this.#offset = this.#currentOffset()
    this.#arm()
  }

  /** For the end of the process. */
  close(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #currentOffset(): number {
    return this.#clock.now() - this.#clock.monotonic()
  }

  #arm(): void {
    this.#timer = this.#clock.setTimer(lookEveryMs, () => {
      const byMs = this.#currentOffset() - this.#offset
      if (Math.abs(byMs) >= notableMs) {
        this.#offset += byMs
        this.#onJump(byMs)
      }
      this.#arm()
    })
  }
}
