import type {Timer} from '../time/clock.ts'
import type {FrameChannel} from './channel.ts'
import type {JujuDeps} from './deps.ts'
import {CallAborted, CallTimeout, ConnectionLost, JujuError} from './errors.ts'
import {nameOf} from './facades/call.ts'
import {requestFrame, replyIn, type Request} from './frames.ts'

export interface RequestOptions {
  /** the watcher that a call is for */
  readonly id?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** how long to wait for the reply, ms; Infinity = as long as the connection lives; 30 s unless told */
  readonly timeoutMs?: number | undefined
}

interface Pending {
  readonly request: Request
  /** monotonic ms */
  readonly startedAt: number
  /** monotonic ms; Infinity: none */
  readonly deadline: number
  readonly timeoutMs: number
  readonly resolve: (response: unknown) => void
  readonly reject: (error: Error) => void
  /** stops the listening to the caller's signal */
  readonly release: (() => void) | undefined
}

export const defaultTimeoutMs = 30_000

/**
 * Requests and replies over one channel.
 *
 * Every request settles: with its reply, with its time-out, with its signal, or with the end of the connection, whichever
 * comes first. Replies come in any order; one that nobody waits for any more is dropped.
 */
export class Rpc {
  readonly #channel: FrameChannel
  readonly #deps: Pick<JujuDeps, 'clock' | 'log' | 'metrics'>
  readonly #pending = new Map<number, Pending>()
  readonly #closed = Promise.withResolvers<string>()
  #closedBecause: string | undefined
  /** a request was sent whose reply nobody waits for any more, so that it may not have arrived yet */
  #hasGivenUp = false
  #lastId = 0
  /** wakes at the earliest deadline, for all requests together: one timer each costs more than all the rest of a call */
  #timer: Timer | undefined
  /** monotonic ms */
  #wakesAt = Infinity

  constructor(channel: FrameChannel, deps: Pick<JujuDeps, 'clock' | 'log' | 'metrics'>) {
    this.#channel = channel
    this.#deps = deps
    channel.listen({message: frame => this.#receive(frame), closed: why => this.#end(why)})
  }

  /** Resolves, never rejects, with why the connection ended. */
  get closed(): Promise<string> {
    return this.#closed.promise
  }

  get isClosed(): boolean {
    return this.#closedBecause !== undefined
  }

  /**
   * @returns the `response` of the reply, unchecked
   * @throws JujuError, CallTimeout, CallAborted, ConnectionLost; RangeError for a time-out that is negative or NaN, nothing is
   *   sent then
   */
  request(
    request: Request,
    {id: watcher, signal, timeoutMs = defaultTimeoutMs}: RequestOptions = {},
  ): Promise<unknown> {
    // NaN fails this too.
    if (!(timeoutMs >= 0)) return Promise.reject(new RangeError(`${nameOf(request)}: a time-out of ${timeoutMs} ms`))
    if (signal?.aborted === true)
      return Promise.reject(new CallAborted(nameOf(request), signal.reason as unknown, false))
    if (this.#closedBecause !== undefined)
      return Promise.reject(new ConnectionLost(`${nameOf(request)}: ${this.#closedBecause}`, false))
    const id = ++this.#lastId
    const startedAt = this.#deps.clock.monotonic()
    const deadline = startedAt + timeoutMs
    return new Promise((resolve, reject) => {
      const release = signal === undefined ? undefined : this.#abortWith(signal, id, request)
      this.#pending.set(id, {request, startedAt, deadline, timeoutMs, resolve, reject, release})
      if (deadline < this.#wakesAt) this.#wakeAt(deadline, startedAt)
      try {
        this.#channel.send(requestFrame(id, request, watcher))
      } catch (error) {
        this.#fail(id, 'lost', new ConnectionLost(`${nameOf(request)} could not be sent`, false, {cause: error}))
      }
    })
  }

  /**
   * Ends the connection, in good order if every request was answered. What is pending is lost, and as nobody waits for it any
   * more, nothing of it may arrive later.
   */
  close(why = 'closed by this side'): void {
    if (this.#pending.size > 0 || this.#hasGivenUp) return this.terminate(why)
    this.#end(why)
    this.#channel.close()
  }

  /** Gives the connection up: the other side no longer answers, or makes no sense. */
  terminate(why: string): void {
    this.#end(why)
    this.#channel.terminate()
  }

  #abortWith(signal: AbortSignal, id: number, request: Request): () => void {
    const abort = (): void => this.#giveUp(id, 'aborted', new CallAborted(nameOf(request), signal.reason, true))
    signal.addEventListener('abort', abort, {once: true})
    return () => signal.removeEventListener('abort', abort)
  }

  #wakeAt(deadline: number, now: number): void {
    this.#timer?.cancel()
    this.#wakesAt = deadline
    this.#timer = deadline === Infinity ? undefined : this.#deps.clock.setTimer(deadline - now, () => this.#expire())
  }

  /** Ends what is overdue, and waits for the next deadline. */
  #expire(): void {
    const due = this.#wakesAt
    for (const [id, {request, deadline, timeoutMs}] of this.#pending)
      if (deadline <= due) this.#giveUp(id, 'timeout', new CallTimeout(nameOf(request), timeoutMs))
    const deadlines = [...this.#pending.values()].map(({deadline}) => deadline)
    const now = this.#deps.clock.monotonic()
    this.#wakeAt(Math.max(now, Math.min(Infinity, ...deadlines)), now)
  }

  #receive(frame: string): void {
    const reply = replyIn(frame)
    if (reply === undefined) return this.terminate('the server sent a frame that is not a reply of Juju')
    const pending = this.#pending.get(reply.requestID)
    if (pending === undefined) {
      this.#deps.log.debug('reply that nobody waits for', {requestID: reply.requestID})
      return
    }
    const {requestID, error, code, info} = reply
    // An error is told by its text: a failed call has a `response` too.
    if (error === '' && code === '') {
      this.#settle(requestID, 'ok')
      pending.resolve(reply.response)
    } else {
      this.#fail(requestID, code === '' ? 'error' : code, new JujuError(nameOf(pending.request), error, code, info))
    }
  }

  #giveUp(id: number, code: string, error: Error): void {
    this.#hasGivenUp = true
    this.#fail(id, code, error)
  }

  #fail(id: number, code: string, error: Error): void {
    this.#settle(id, code)?.reject(error)
  }

  #settle(id: number, code: string): Pending | undefined {
    const pending = this.#pending.get(id)
    if (pending === undefined) return undefined
    this.#pending.delete(id)
    pending.release?.()
    if (this.#pending.size === 0) this.#wakeAt(Infinity, 0)
    const method = nameOf(pending.request)
    const seconds = (this.#deps.clock.monotonic() - pending.startedAt) / 1000
    this.#deps.metrics?.call(method, code, seconds)
    this.#deps.log.debug('juju call', {method, code, seconds})
    return pending
  }

  #end(why: string): void {
    if (this.#closedBecause !== undefined) return
    this.#closedBecause = why
    for (const [id, {request}] of this.#pending)
      this.#fail(id, 'lost', new ConnectionLost(`${nameOf(request)}: ${why}`, true))
    this.#closed.resolve(why)
  }
}
