import {type Clock, type Random, sleep} from '../time/clock.ts'
import {Deadline} from '../time/deadline.ts'
import type {TokenBucket} from '../time/token-bucket.ts'
import {ApiError, RequestTimeout, type Status, TransportError} from './errors.ts'
import type {RequestMetrics} from './metrics.ts'
import {isRetryable, neverReachedServer, parseRetryAfter, retryBackoff, type RetryPolicy} from './retry.ts'
import type {HttpRequest, HttpResponse, Transport} from './transport.ts'

/** One call to the API server, described; what HTTP makes of it is the caller's business. */
export interface Call {
  /** For metrics: `get`, `list`, `watch`, `create`, `replace`, `patch`, `delete`. */
  readonly verb: string
  readonly method: HttpRequest['method']
  readonly path: string
  /** Without the question mark; may be empty. */
  readonly query: string
  /** `backupjobs.charmkeeper.dev`, for metrics. */
  readonly resource: string
  /** May run twice without harm. */
  readonly idempotent: boolean
  readonly accept?: string
  readonly contentType?: string
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
  /** For one try, in ms. */
  readonly timeoutMs: number
  /** In all; the policy's number unless told. */
  readonly attempts?: number | undefined
  /** Runs before each try; throws to forbid it. */
  readonly permit?: (() => void) | undefined
}

export interface CallerOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly metrics: RequestMetrics
  readonly retry: RetryPolicy
  /** Client-side rate limit; absent: none (the API server's own fairness decides). */
  readonly bucket?: TokenBucket | undefined
}

/** Runs calls: rate limit, permission, time-out, retries, typed errors, metrics. */
export class Caller {
  readonly #options: CallerOptions
  readonly #host: string

  constructor(options: CallerOptions) {
    this.#options = options
    const {host, port} = options.transport.endpoint
    this.#host = `${host}:${port}`
  }

  /**
   * The parsed JSON of a successful answer.
   *
   * @throws ApiError, TransportError, RequestTimeout, what `permit` threw, or the reason of the caller's signal
   */
  async json<T>(call: Call): Promise<T> {
    const {random, retry} = this.#options
    const attempts = call.attempts ?? retry.attempts
    const backoff = retryBackoff(random)
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#try<T>(call)
      } catch (error) {
        const pause = attempt < attempts ? this.#pauseBeforeRetry(error, call, backoff.next()) : undefined
        if (pause === undefined) throw error
        await sleep(this.#options.clock, pause, call.signal)
      }
    }
  }

  /**
   * Sends once and hands over the answer with its body unread, as a watch needs it. The caller's `ending` ends the
   * request and the body; it also fires when the headers do not come in time.
   *
   * @throws as `json` does
   */
  async open(call: Call, ending: AbortController): Promise<HttpResponse> {
    await this.#awaitTurn(call)
    const {clock} = this.#options
    const started = clock.monotonic()
    const timer = clock.setTimer(call.timeoutMs, () => ending.abort(timeout(call)))
    try {
      const response = await this.#send(call, ending.signal, 'watch')
      if (response.status >= 400) throw await this.#apiError(call, response)
      this.#observe(call, started, String(response.status))
      return response
    } catch (error) {
      throw this.#fault(call, started, error, ending.signal)
    } finally {
      timer.cancel()
    }
  }

  async #try<T>(call: Call): Promise<T> {
    await this.#awaitTurn(call)
    const started = this.#options.clock.monotonic()
    const deadline = new Deadline(this.#options.clock, call.timeoutMs, call.signal, () => timeout(call))
    try {
      const response = await this.#send(call, deadline.signal, 'unary')
      if (response.status >= 400) throw await this.#apiError(call, response)
      const value = JSON.parse(await response.body.text()) as T
      this.#observe(call, started, String(response.status))
      return value
    } catch (error) {
      throw this.#fault(call, started, error, deadline.signal)
    } finally {
      deadline.clear()
    }
  }

  /** The permission comes last, right before the request: waiting may have outlived it. */
  async #awaitTurn(call: Call): Promise<void> {
    const wait = this.#options.bucket?.reserve() ?? 0
    if (wait > 0) await sleep(this.#options.clock, wait, call.signal)
    call.signal?.throwIfAborted()
    call.permit?.()
  }

  #send(call: Call, signal: AbortSignal, kind: HttpRequest['kind']): Promise<HttpResponse> {
    const headers: Record<string, string> = {accept: call.accept ?? 'application/json'}
    if (call.contentType !== undefined) headers['content-type'] = call.contentType
    return this.#options.transport.send({
      method: call.method,
      path: call.query === '' ? call.path : `${call.path}?${call.query}`,
      headers,
      signal,
      kind,
      ...(call.body === undefined ? {} : {body: JSON.stringify(call.body)}),
    })
  }

  async #apiError(call: Call, response: HttpResponse): Promise<ApiError> {
    const status = parseStatus(await response.body.text())
    const header = parseRetryAfter(response.header('retry-after'), this.#options.clock.now())
    const seconds = status.details?.retryAfterSeconds
    return new ApiError(call, response.status, status, header ?? (seconds ? seconds * 1000 : undefined))
  }

  #fault(call: Call, started: number, error: unknown, signal: AbortSignal): unknown {
    this.#observe(call, started, error instanceof ApiError ? String(error.status) : '<error>')
    if (error instanceof ApiError) return error
    if (signal.aborted) return signal.reason
    return new TransportError(call, error, !neverReachedServer(error))
  }

  #observe(call: Call, started: number, code: string): void {
    const seconds = (this.#options.clock.monotonic() - started) / 1000
    const {verb, method, resource} = call
    this.#options.metrics.requestFinished({verb, method, resource, host: this.#host, code, seconds})
  }

  /** undefined: do not try again. */
  #pauseBeforeRetry(error: unknown, call: Call, backoffMs: number): number | undefined {
    if (call.signal?.aborted === true || !isRetryable(error, call.idempotent)) return undefined
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0
    if (asked > this.#options.retry.longestPauseMs) return undefined
    const reason = error instanceof ApiError ? String(error.status) : (error as TransportError).code
    this.#options.metrics.requestRetried(call.verb, reason)
    return asked + backoffMs
  }
}

function timeout(call: Call): RequestTimeout {
  return new RequestTimeout(call, call.timeoutMs)
}

/** Proxies answer with HTML; then the code alone has to tell. */
function parseStatus(text: string): Status {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}
