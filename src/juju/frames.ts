export interface Request {
  readonly facade: string
  readonly version: number
  readonly method: string
  readonly params: unknown
}

/** What Juju says in answer to one request. */
export interface Reply {
  readonly requestID: number
  readonly response: unknown
  /** '' when the call succeeded, as is `code` */
  readonly error: string
  readonly code: string
  readonly info: unknown
}

/** One request as Juju wants it. @param watcher the watcher that it is for; named beside the params */
export function requestFrame(requestID: number, request: Request, watcher: string | undefined): string {
  const {facade, version, method, params} = request
  const type = `"type":${JSON.stringify(facade)},"version":${version},"request":${JSON.stringify(method)}`
  const id = watcher === undefined ? '' : `,"id":${JSON.stringify(watcher)}`
  return `{"request-id":${requestID},${type}${id},"params":${JSON.stringify(params ?? {})}}`
}

/**
 * The reply in a frame; undefined for what is none. It is checked by hand, as this runs for every call: a schema here takes
 * longer than all the rest of it. What is in `response` is checked by the schema of the call.
 */
export function replyIn(frame: string): Reply | undefined {
  const value = parseJSON(frame)
  if (typeof value !== 'object' || value === null) return undefined
  const {'request-id': requestID, response, error, 'error-code': code, 'error-info': info} = value as WireReply
  if (!Number.isSafeInteger(requestID) || !isText(error) || !isText(code)) return undefined
  return {requestID: requestID as number, response, error: error ?? '', code: code ?? '', info}
}

type WireReply = Readonly<Partial<Record<'request-id' | 'response' | 'error' | 'error-code' | 'error-info', unknown>>>

/** A Go string: null and absent mean empty. */
function isText(value: unknown): value is string | null | undefined {
  return typeof value === 'string' || value === undefined || value === null
}

/** @returns undefined for what is not JSON */
function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
