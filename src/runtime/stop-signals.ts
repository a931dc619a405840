/** The signals of a stop, in the order in which they fire. */
export class StopSignals {
  readonly requested: Promise<void>
  readonly #signal: AbortSignal
  readonly #controllers = {
    intake: new AbortController(),
    work: new AbortController(),
    election: new AbortController(),
    informers: new AbortController(),
  }
  readonly #onRequest: () => void

  constructor(signal: AbortSignal) {
    this.#signal = signal
    const {promise, resolve} = Promise.withResolvers<void>()
    this.requested = promise
    this.#onRequest = () => {
      this.#controllers.intake.abort(signal.reason)
      resolve()
    }
    if (signal.aborted) this.#onRequest()
    else signal.addEventListener('abort', this.#onRequest, {once: true})
  }

  get intake(): AbortSignal {
    return this.#controllers.intake.signal
  }

  get work(): AbortSignal {
    return this.#controllers.work.signal
  }

  get election(): AbortSignal {
    return this.#controllers.election.signal
  }

  get informers(): AbortSignal {
    return this.#controllers.informers.signal
  }

  abortWork(): void {
    this.#controllers.work.abort(new Error('the process stops'))
  }

  endElection(): void {
    this.#controllers.election.abort(new Error('the process stops'))
  }

  /** All that is left; at once after a loss of the lease, when nothing may go on. */
  everything(reason: unknown): void {
    for (const controller of Object.values(this.#controllers)) controller.abort(reason)
  }

  dispose(): void {
    this.#signal.removeEventListener('abort', this.#onRequest)
  }
}
