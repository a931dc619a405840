import type {Random} from './clock.ts'

export interface BackoffOptions {
  /** The first delay, in ms. */
  readonly initialMs: number
  /** No delay is longer than this before jitter is added, in ms. */
  readonly maxMs: number
  /** Growth from one delay to the next; 2 unless told. */
  readonly factor?: number
  /**
   * Up to this share of the delay is added at random, so that clients that failed together do not return together; 1 unless
   * told. `full`: anything from nothing to the delay, which spreads many clients best.
   */
  readonly jitter?: number | 'full'
  readonly random: Random
}

/** Exponentially growing delays with jitter (client-go's `wait.Backoff`). */
export class Backoff {
  readonly #options: BackoffOptions
  #failures = 0

  constructor(options: BackoffOptions) {
    this.#options = options
  }

  /** The delay before the next try, in ms. */
  next(): number {
    const {initialMs, maxMs, factor = 2, jitter = 1, random} = this.#options
    const base = exponentialDelay(this.#failures++, initialMs, maxMs, factor)
    return jitter === 'full' ? base * random() : base + base * jitter * random()
  }

  /** Begins again with the first delay; call it after a success. */
  reset(): void {
    this.#failures = 0
  }

  /** How often `next` was called since the last `reset`. */
  get failures(): number {
    return this.#failures
  }
}

/** `initialMs * factor^failures`, at most `maxMs`; safe for any number of failures. */
export function exponentialDelay(failures: number, initialMs: number, maxMs: number, factor = 2): number {
  return Math.min(maxMs, initialMs * factor ** failures)
}
