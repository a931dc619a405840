import {z} from 'zod'
import type {Timer} from '../time/clock.ts'
import type {FrameChannel} from './channel.ts'
import type {JujuDeps} from './deps.ts'
import {CallAborted, CallTimeout, ConnectionLost, JujuError} from './errors.ts'
import {goAnyField, goString} from './facades/common.ts'

export interface RequestOptions {
  /** the watcher that a call is for */
  readonly id?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** how long to wait for the reply, ms; Infinity = as long as the connection lives; 30 s unless told */
  readonly timeoutMs?: number | undefined
}

export interface Request {
  readonly facade: string
  readonly version: number
  readonly method: string
  readonly params: unknown
}

interface Pending {
  readonly name: string
  readonly startedAt: number
  readonly resolve: (response: unknown) => void
  readonly reject: (error: Error) => void
  readonly release: () => void
}

const reply = z.object({
  'request-id': z.int(),
  response: goAnyField,
  error: goString,
  'error-code': goString,
  'error-info': goAnyField,
})

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
  #lastId = 0

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
   * @throws JujuError, CallTimeout, CallAborted, ConnectionLost
   */
  request(request: Request, options: RequestOptions = {}): Promise<unknown> {
    const name = `${request.facade}.${request.method}`
    if (options.signal?.aborted === true)
      return Promise.reject(new CallAborted(name, options.signal.reason as unknown, false))
    if (this.#closedBecause !== undefined)
      return Promise.reject(new ConnectionLost(`${name}: ${this.#closedBecause}`, false))
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      const release = this.#watch(id, name, options)
      this.#pending.set(id, {name, startedAt: this.#deps.clock.monotonic(), resolve, reject, release})
      try {
        this.#channel.send(frameOf(id, request, options.id))
      } catch (error) {
        this.#fail(id, 'lost', new ConnectionLost(`${name} could not be sent`, false, {cause: error}))
      }
    })
  }

  /** Ends the connection in good order; what is pending is lost. */
  close(why = 'closed by this side'): void {
    this.#end(why)
    this.#channel.close()
  }

  /** Gives the connection up: the other side no longer answers, or makes no sense. */
  terminate(why: string): void {
    this.#end(why)
    this.#channel.terminate()
  }

  /** Arms time-out and abort of one request; returns what disarms them. */
  #watch(id: number, name: string, {signal, timeoutMs = defaultTimeoutMs}: RequestOptions): () => void {
    const abort = (): void => this.#fail(id, 'aborted', new CallAborted(name, signal?.reason, true))
    const expire = (): void => this.#fail(id, 'timeout', new CallTimeout(name, timeoutMs))
    const timer: Timer | undefined = timeoutMs === Infinity ? undefined : this.#deps.clock.setTimer(timeoutMs, expire)
    signal?.addEventListener('abort', abort, {once: true})
    return () => {
      timer?.cancel()
      signal?.removeEventListener('abort', abort)
    }
  }

  #receive(frame: string): void {
    const parsed = reply.safeParse(parseJSON(frame))
    if (!parsed.success) return this.terminate('the server sent a frame that is not a reply of Juju')
    const {data} = parsed
    const pending = this.#pending.get(data['request-id'])
    if (pending === undefined) {
      this.#deps.log.debug('reply that nobody waits for', {requestID: data['request-id']})
      return
    }
    // An error is told by its text: a failed call has a `response` too.
    if (data.error === '' && data['error-code'] === '') {
      this.#settle(data['request-id'], 'ok')
      pending.resolve(data.response)
    } else {
      const code = data['error-code']
      const error = new JujuError(pending.name, data.error, code, data['error-info'])
      this.#fail(data['request-id'], code === '' ? 'error' : code, error)
    }
  }

  #fail(id: number, code: string, error: Error): void {
    this.#settle(id, code)?.reject(error)
  }

  #settle(id: number, code: string): Pending | undefined {
    const pending = this.#pending.get(id)
    if (pending === undefined) return undefined
    this.#pending.delete(id)
    pending.release()
    const seconds = (this.#deps.clock.monotonic() - pending.startedAt) / 1000
    this.#deps.metrics?.call(pending.name, code, seconds)
    this.#deps.log.debug('juju call', {method: pending.name, code, seconds})
    return pending
  }

  #end(why: string): void {
    if (this.#closedBecause !== undefined) return
    this.#closedBecause = why
    for (const [id, {name}] of this.#pending) this.#fail(id, 'lost', new ConnectionLost(`${name}: ${why}`, true))
    this.#closed.resolve(why)
  }
}

function frameOf(requestID: number, {facade, version, method, params}: Request, id: string | undefined): string {
  return JSON.stringify({
    'request-id': requestID,
    type: facade,
    version,
    request: method,
    ...(id === undefined ? {} : {id}),
    params: params ?? {},
  })
}

/** @returns undefined for what is not JSON */
function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
