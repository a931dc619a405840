import type {Clock, Timer} from '../time/clock.ts'

export interface UrgencyOptions {
  readonly clock: Clock
  /** What is urgent may hold others up for so long at a time, ms; 10 s unless told: time for ten thousand creates. */
  readonly patienceMs?: number
}

/** Urgent work that follows within this time belongs to the same burst: between two pieces nobody else shall begin. */
const lingerMs = 20
const defaultPatienceMs = 10_000

/**
 * Work that has to be done at its time, such as the slots of schedules, before work that only has to be done soon. Whoever can
 * wait asks `over` first, and is held up for a bounded time only: a burst that does not end, for the API server is away, must
 * not stop everything else.
 */
export class Urgency {
  readonly #clock: Clock
  readonly #patienceMs: number
  #pending = 0
  /** Pieces of this burst so far. */
  #size = 0
  /** Monotonic times: when this burst began, and when nothing of it was left. */
  #began = Number.NEGATIVE_INFINITY
  #ended = Number.NEGATIVE_INFINITY
  /** Since when every question about the aftermath was told to wait. */
  #restlessSince: number | undefined
  #waiting: (() => void)[] = []
  #timer: Timer | undefined

  constructor({clock, patienceMs = defaultPatienceMs}: UrgencyOptions) {
    this.#clock = clock
    this.#patienceMs = patienceMs
  }

  /** One more piece of urgent work; `end` has to follow, also when it fails. */
  begin(): void {
    const now = this.#clock.monotonic()
    if (this.#pending === 0 && now >= this.#ended + lingerMs) {
      // Long ago, nobody may have asked when the last one was over.
      if (now - this.#ended > 3 * this.#patienceMs) this.#restlessSince = undefined
      this.#began = now
      this.#size = 0
    }
    this.#pending += 1
    this.#size += 1
  }

  /** A piece of urgent work is done, or given up. @throws RangeError when none had begun */
  end(): void {
    if (this.#pending === 0) throw new RangeError('no urgent work had begun')
    this.#pending -= 1
    if (this.#pending > 0) return
    this.#ended = this.#clock.monotonic()
    if (this.#waiting.length > 0) this.#arm()
  }

  /** Pieces that have begun and not ended. */
  get pending(): number {
    return this.#pending
  }

  /**
   * How long what only has to be said had better wait, ms: a burst sets off other work, `perPieceMs` for each piece of it, but never
   * for longer than three times the patience. 0 when there is none, or when it has used up its patience: a burst that goes on and on, for
   * something is tried again and again, is as good as over then. So are bursts that follow each other: who asked in vain for six
   * times the patience waits no longer.
   */
  aftermathMs(perPieceMs: number): number {
    const leftMs = this.#aftermathMs(perPieceMs)
    if (leftMs === 0) this.#restlessSince = undefined
    else this.#restlessSince ??= this.#clock.monotonic()
    const restlessMs = this.#clock.monotonic() - (this.#restlessSince ?? Number.POSITIVE_INFINITY)
    return restlessMs < 6 * this.#patienceMs ? leftMs : 0
  }

  #aftermathMs(perPieceMs: number): number {
    const takesMs = Math.min(3 * this.#patienceMs, Math.max(lingerMs, this.#size * perPieceMs))
    if (this.#pending > 0) return this.#leftMs() > 0 ? takesMs : 0
    const endedAt = Math.min(this.#ended, this.#began + this.#patienceMs)
    return Math.max(0, endedAt + takesMs - this.#clock.monotonic())
  }

  /** Resolves when the burst is over or has taken its patience; undefined when there is nothing to wait for. */
  over(): Promise<void> | undefined {
    if (this.#leftMs() <= 0) return undefined
    return new Promise(resolve => {
      this.#waiting.push(resolve)
      if (this.#waiting.length === 1) this.#arm()
    })
  }

  #leftMs(): number {
    const quietAt = this.#pending > 0 ? Number.POSITIVE_INFINITY : this.#ended + lingerMs
    return Math.min(this.#began + this.#patienceMs, quietAt) - this.#clock.monotonic()
  }

  /** One timer for all who wait. */
  #arm(): void {
    this.#timer?.cancel()
    this.#timer = this.#clock.setTimer(Math.max(0, this.#leftMs()), () => this.#check())
  }

  #check(): void {
    if (this.#leftMs() > 0) return this.#arm()
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
