import {abortable} from '../time/abortable.ts'
import type {Clock} from '../time/clock.ts'

export interface SharedReadingOptions {
  readonly clock: Clock
  /** what was begun at most so long before it is asked for is as good as new, ms; 0 unless told: only what begins later */
  readonly maxAgeMs?: number
}

interface Begun<T> {
  /** monotonic ms */
  readonly at: number
  readonly value: Promise<T>
}

/**
 * One reading of Juju for all who want the same of this moment. Never two at once: who comes while one is under way shares the next.
 */
export class SharedReading<T> {
  readonly #read: () => Promise<T>
  readonly #clock: Clock
  readonly #maxAgeMs: number
  /** undefined: there was none, or it failed */
  #last: Begun<T> | undefined
  #running: Promise<unknown> | undefined
  #next: Promise<T> | undefined

  constructor(read: () => Promise<T>, {clock, maxAgeMs = 0}: SharedReadingOptions) {
    this.#read = read
    this.#clock = clock
    this.#maxAgeMs = maxAgeMs
  }

  /**
   * What a reading showed that began after this call, or at most `maxAgeMs` before it.
   *
   * @throws what the reading throws; the signal's reason when it aborts (the reading goes on)
   */
  get(signal?: AbortSignal): Promise<T> {
    const last = this.#last
    if (this.#maxAgeMs > 0 && last !== undefined && this.#clock.monotonic() - last.at <= this.#maxAgeMs)
      return abortable(last.value, signal)
    this.#next ??= this.#afterRunning()
    return abortable(this.#next, signal)
  }

  /** Those who ask in one go are there before it begins. */
  async #afterRunning(): Promise<T> {
    await this.#running
    this.#next = undefined
    const begun = {at: this.#clock.monotonic(), value: this.#read()}
    this.#last = begun
    this.#running = begun.value.then(
      () => undefined,
      () => {
        if (this.#last === begun) this.#last = undefined
      },
    )
    return begun.value
  }
}
