import type {Logger} from '../observability/log.ts'
import {EndpointNotAllowed} from '../net/endpoint-policy.ts'
import {Backoff} from '../time/backoff.ts'
import type {Clock, Random, Timer} from '../time/clock.ts'
import {CallAborted, ConnectionLost, JujuError, NotTrusted, Unreachable} from './errors.ts'
import {classify, saysUpgrading} from './faults.ts'

export interface CircuitDeps {
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
}

/** How one attempt wants to be treated. */
export interface AttemptOptions {
  readonly signal?: AbortSignal | undefined
  /** hears, each time, what is wrong with the controller, and waits; absent: the attempt fails with it at once */
  readonly patient?: ((error: unknown) => void) | undefined
}

interface Waiter {
  readonly go: () => void
  /** the controller does not answer */
  readonly hear: (error: unknown) => void
}

/** How many logins a controller that answers is asked for at a time: after its restart hundreds of models come back. */
const loginsAtOnce = 8

const initialDelayMs = 1000
const maxDelayMs = 60_000

/**
 * The attempts of one process to log in to one controller, of all of its models.
 *
 * While nobody knows whether the controller answers, one attempt is made and the others wait for what comes of it. When it
 * does not answer, the next attempt is made after a pause that grows from 1 s to 60 s (full jitter) whoever it is for; so a
 * dead controller costs the same with one model and with hundreds. Once it answers, those that waited follow, a few at a
 * time and in their order. A controller that refuses a login (credentials, an unknown model) has answered.
 */
export class Circuit {
  readonly #deps: CircuitDeps
  readonly #backoff: Backoff
  readonly #queue = new Set<Waiter>()
  #running = 0
  #answers = false
  /** why the latest attempt failed; undefined: it did not, or there was none */
  #failure: {readonly error: unknown} | undefined
  /** how often the circuit was opened: an attempt that began before says nothing new */
  #opened = 0
  /** monotonic ms of the next attempt */
  #notBefore = Number.NEGATIVE_INFINITY
  #timer: Timer | undefined

  constructor(deps: CircuitDeps) {
    this.#deps = deps
    this.#backoff = new Backoff({initialMs: initialDelayMs, maxMs: maxDelayMs, jitter: 'full', random: deps.random})
  }

  /** Whether the controller did not answer when it was asked last. */
  get isOpen(): boolean {
    return this.#failure !== undefined
  }

  /** Nobody makes an attempt, or waits to make one. */
  get isIdle(): boolean {
    return this.#running === 0 && this.#queue.size === 0
  }

  /**
   * Makes an attempt when its turn has come.
   *
   * @param attempt dials and logs in; what it throws tells whether the controller answers
   * @throws what `attempt` throws; without patience, the failure of another attempt; the signal's reason while it waits
   */
  async run<T>(attempt: () => Promise<T>, options: AttemptOptions = {}): Promise<T> {
    await this.#turn(options)
    const opened = this.#opened
    try {
      const result = await attempt()
      this.#closeAgain()
      return result
    } catch (error) {
      if (options.signal?.aborted !== true) this.#judge(error, opened)
      throw error
    } finally {
      this.#running--
      this.#admit()
    }
  }

  /** A connection that stood was lost: whether the controller still answers is for one attempt to find out. */
  doubt(): void {
    this.#answers = false
  }

  /** Resolves when an attempt may begin; it is counted as running then. */
  #turn({signal, patient}: AttemptOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#queue.delete(waiter)
        signal?.removeEventListener('abort', abort)
      }
      const abort = (): void => {
        leave()
        this.#admit()
        reject(signal?.reason as Error)
      }
      const waiter: Waiter = {
        go: () => {
          leave()
          resolve()
        },
        hear: error => {
          if (patient !== undefined) return patient(error)
          leave()
          reject(error as Error)
        },
      }
      if (signal?.aborted === true) return reject(signal.reason as Error)
      const failure = this.#failure
      if (failure !== undefined && patient === undefined && this.#pauseMs() > 0) return reject(failure.error as Error)
      signal?.addEventListener('abort', abort, {once: true})
      this.#queue.add(waiter)
      this.#admit()
      if (failure !== undefined && this.#queue.has(waiter)) patient?.(failure.error)
    })
  }

  /** Lets as many begin as may; one timer wakes those that wait for the end of the pause. */
  #admit(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#queue.size === 0) return
    const pause = this.#pauseMs()
    if (pause > 0) {
      this.#timer = this.#deps.clock.setTimer(pause, () => this.#admit())
      return
    }
    const limit = this.#answers ? loginsAtOnce : 1
    for (const waiter of this.#queue) {
      if (this.#running >= limit) return
      this.#running++
      waiter.go()
    }
  }

  #pauseMs(): number {
    return this.#notBefore - this.#deps.clock.monotonic()
  }

  #judge(error: unknown, opened: number): void {
    if (!blamesController(error)) this.#closeAgain()
    else if (opened === this.#opened) this.#open(error)
  }

  #open(error: unknown): void {
    const {reason, message, final} = classify(error)
    const pause = final ? maxDelayMs * (0.5 + this.#deps.random()) : this.#backoff.next()
    if (!this.isOpen) this.#deps.log.warn('no login to the controller is possible', {reason, error: message})
    this.#answers = false
    this.#failure = {error}
    this.#opened++
    this.#notBefore = this.#deps.clock.monotonic() + pause
    for (const waiter of this.#queue) waiter.hear(error)
  }

  #closeAgain(): void {
    if (this.isOpen) this.#deps.log.info('the controller answers again')
    this.#answers = true
    this.#failure = undefined
    this.#notBefore = Number.NEGATIVE_INFINITY
    this.#backoff.reset()
  }
}

/**
 * Whether an attempt to log in failed because of the controller, so that it would fail for every model: nobody answered, the
 * connection ended before the login did, or the controller is being upgraded. A refused login is an answer, and so is
 * whatever an HTTP server says that is no fault of its own.
 */
export function blamesController(error: unknown): boolean {
  if (error instanceof Unreachable) return !error.wasRefused
  if (error instanceof JujuError) return saysUpgrading(error)
  if (error instanceof CallAborted) return false
  return error instanceof ConnectionLost || error instanceof NotTrusted || error instanceof EndpointNotAllowed
}
