import type {JujuFault} from '../juju-fault.ts'

/** A request as it came over the wire. */
export interface Request {
  readonly id: number
  readonly facade: string
  readonly version: number
  readonly method: string
  readonly params: unknown
  /** Id of a watcher, when the call is about one. */
  readonly object: string
}

/** @returns undefined for what makes Juju close the connection: no JSON, or no request id that is a number above zero */
export function parseRequest(text: string): Request | undefined {
  const frame = parseJson(text)
  const id = frame?.['request-id']
  if (frame === undefined || typeof id !== 'number' || id <= 0) return undefined
  return {
    id,
    facade: stringOf(frame['type']),
    version: typeof frame['version'] === 'number' ? frame['version'] : 0,
    method: stringOf(frame['request']),
    params: frame['params'] ?? {},
    object: stringOf(frame['id']),
  }
}

export type Reply = Readonly<Record<string, unknown>>

export function success(id: number, response: unknown): Reply {
  return {'request-id': id, response: response ?? {}}
}

export function failure(id: number, {message, code, info}: JujuFault): Reply {
  return {
    'request-id': id,
    error: message,
    ...(code === '' ? {} : {'error-code': code}),
    ...(info === undefined ? {} : {'error-info': info}),
    response: {},
  }
}

/** As Juju sends it: one line of JSON. */
export function frameText(reply: Reply): string {
  return `${JSON.stringify(reply)}\n`
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
