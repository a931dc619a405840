/** One cause of a refused object, as in metav1.StatusCause: which field, and what is wrong with it. */
export interface StatusCause {
  readonly reason?: string
  readonly field?: string
  readonly message?: string
}

/** The parts of metav1.Status that we read. */
export interface Status {
  readonly code?: number
  readonly reason?: string
  readonly message?: string
  readonly details?: {readonly causes?: readonly StatusCause[]; readonly retryAfterSeconds?: number}
}

/** Which call failed; safe to print, as paths hold no secrets. */
export interface CallName {
  readonly method: string
  readonly path: string
}

/** The longest part of a server's text that becomes part of our message. */
const longestServerText = 1024

/**
 * The API server answered with an error. The message is made of the call and the parsed `Status`; neither the request,
 * nor the raw body, nor headers are kept, because they may hold secrets.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** The HTTP status code, or the `code` of an ERROR event in a watch. */
  readonly status: number
  /** metav1.StatusReason, such as `NotFound`; derived from the code when the server sent none. */
  readonly reason: string
  readonly causes: readonly StatusCause[]
  /** How long the server asked us to stay away, in ms. */
  readonly retryAfterMs?: number

  constructor(call: CallName, code: number, status: Status, retryAfterMs?: number) {
    const reason = status.reason !== undefined && status.reason !== '' ? status.reason : reasonOfCode(code)
    const text = (status.message ?? '').slice(0, longestServerText)
    super(`${call.method} ${call.path}: ${code} ${reason}${text === '' ? '' : `: ${text}`}`)
    this.status = code
    this.reason = reason
    this.causes = status.details?.causes ?? []
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs
  }
}

/** No complete answer came: the connection failed or broke, or time ran out. */
export class TransportError extends Error {
  override readonly name: string = 'TransportError'
  /** The system's word, such as ECONNREFUSED, where there is one. */
  readonly code: string
  /** False only where it is certain that the request never reached the server. */
  readonly outcomeUnknown: boolean

  constructor(call: CallName, cause: unknown, outcomeUnknown: boolean) {
    const code = codeOf(cause)
    super(`${call.method} ${call.path}: ${messageOf(cause)}`, {cause})
    this.code = code
    this.outcomeUnknown = outcomeUnknown
  }
}

/** The call took longer than it may. Whether it had an effect is unknown. */
export class RequestTimeout extends TransportError {
  override readonly name = 'RequestTimeout'

  constructor(call: CallName, timeoutMs: number) {
    super(call, new Error(`no complete answer within ${timeoutMs} ms`), true)
  }
}

/** A watch was silent for longer than its server lets a living one be; the connection is probably half-open. */
export class WatchIdle extends TransportError {
  override readonly name = 'WatchIdle'

  constructor(call: CallName, idleMs: number) {
    super(call, new Error(`the watch was silent for ${idleMs} ms`), false)
  }
}

/** A line of a watch could not be understood. The cache can no longer be trusted: list again. */
export class WatchGarbled extends Error {
  override readonly name = 'WatchGarbled'
}

/** This process does not (or no longer) hold the lease that it needs to change anything. */
export class NotLeader extends Error {
  override readonly name = 'NotLeader'

  constructor(lease: string) {
    super(`this process does not hold the lease ${lease}`)
  }
}

const hasCode = (error: unknown, code: number): boolean => error instanceof ApiError && error.status === code

export const isNotFound = (error: unknown): boolean => hasCode(error, 404)
export const isForbidden = (error: unknown): boolean => hasCode(error, 403)
export const isUnauthorized = (error: unknown): boolean => hasCode(error, 401)
export const isInvalid = (error: unknown): boolean => hasCode(error, 422)
export const isTooManyRequests = (error: unknown): boolean => hasCode(error, 429)

/** A precondition (uid, resourceVersion) or a field's owner was in the way; read again. */
export const isConflict = (error: unknown): boolean => hasCode(error, 409) && (error as ApiError).reason === 'Conflict'
export const isAlreadyExists = (error: unknown): boolean =>
  hasCode(error, 409) && (error as ApiError).reason === 'AlreadyExists'

/** The resourceVersion or continue token is too old; list again. Comes as HTTP status or as an event in a watch. */
export const isGone = (error: unknown): boolean =>
  hasCode(error, 410) || (error instanceof ApiError && error.reason === 'Expired')

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}

function reasonOfCode(code: number): string {
  return reasons[code] ?? 'Unknown'
}

function codeOf(cause: unknown): string {
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' ? code : 'Unknown'
}

function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'failed'
  return cause.message === '' ? codeOf(cause) : cause.message
}
