import type {Clock, Timer} from './clock.ts'

/**
 * A signal that aborts after a time, or when the caller's signal does, whichever is first.
 *
 * Unlike `AbortSignal.any` with `AbortSignal.timeout` it runs on the handed-in clock and leaves nothing behind after `clear`.
 */
export class Deadline {
  readonly #controller = new AbortController()
  readonly #timer: Timer
  readonly #parent: AbortSignal | undefined
  readonly #abortWithParent = (): void => this.#controller.abort(this.#parent?.reason)
  #expired = false

  /** @param reason makes the error with which the signal aborts when time runs out */
  constructor(clock: Clock, timeoutMs: number, parent: AbortSignal | undefined, reason: () => Error) {
    this.#parent = parent
    this.#timer = clock.setTimer(timeoutMs, () => {
      this.#expired = true
      this.#controller.abort(reason())
    })
    if (parent?.aborted === true) this.#abortWithParent()
    else parent?.addEventListener('abort', this.#abortWithParent, {once: true})
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Time ran out before `clear`. */
  get expired(): boolean {
    return this.#expired
  }

  /** Ends the deadline; always call it, or the timer and the listener stay. */
  clear(): void {
    this.#timer.cancel()
    this.#parent?.removeEventListener('abort', this.#abortWithParent)
  }
}
