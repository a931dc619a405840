import type {Clock} from './clock.ts'

/**
 * Lets through `perSecond` on average and `burst` at once.
 *
 * Taking a token always succeeds; what it returns is the time to wait before using it (Go's `rate.Limiter.Reserve`).
 */
export class TokenBucket {
  readonly #clock: Clock
  readonly #perMs: number
  readonly #burst: number
  #tokens: number
  #refilledAt: number

  /** @throws RangeError unless both numbers are positive */
  constructor(clock: Clock, perSecond: number, burst: number) {
    if (!(perSecond > 0) || !(burst >= 1))
      throw new RangeError(`a rate of ${perSecond}/s with bursts of ${burst} lets nothing through`)
    this.#clock = clock
    this.#perMs = perSecond / 1000
    this.#burst = burst
    this.#tokens = burst
    this.#refilledAt = clock.monotonic()
  }

  /** Takes a token, if need be one of the future. @returns the wait in ms, 0 if none */
  reserve(): number {
    this.#refill()
    this.#tokens -= 1
    return this.#tokens >= 0 ? 0 : -this.#tokens / this.#perMs
  }

  /** Takes a token only if there is one now. */
  tryTake(): boolean {
    this.#refill()
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  #refill(): void {
    const now = this.#clock.monotonic()
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#refilledAt) * this.#perMs)
    this.#refilledAt = now
  }
}
