/** One call that reached the server. */
export interface LoggedCall {
  /** ms since the epoch, by the world's clock */
  readonly at: number
  /** Number of the connection it came on. */
  readonly connection: number
  readonly user: string
  /** Model UUID, '' on a controller connection. */
  readonly model: string
  readonly facade: string
  readonly version: number
  readonly method: string
  /** As sent, but for the secrets of a login. */
  readonly params: unknown
  /** Juju's words when the whole call failed. */
  error?: string
  /** The reply never left, or left garbled by a fault. */
  fault?: string
}

const secrets = new Set(['credentials', 'client-secret', 'session-token', 'token', 'macaroons'])

/** All calls since the start, for assertions like "exactly one create-backup was enqueued". */
export class CallLog {
  readonly all: LoggedCall[] = []
  readonly #listeners: ((call: LoggedCall) => void)[] = []

  add(call: LoggedCall): LoggedCall {
    const logged = call.facade === 'Admin' ? {...call, params: redacted(call.params)} : call
    this.all.push(logged)
    for (const listener of this.#listeners) listener(logged)
    return logged
  }

  /** @param listener hears of each call before it is answered */
  onCall(listener: (call: LoggedCall) => void): void {
    this.#listeners.push(listener)
  }

  /** Calls of `Facade.Method`. */
  of(name: string): readonly LoggedCall[] {
    return this.all.filter(call => `${call.facade}.${call.method}` === name)
  }

  count(name: string): number {
    return this.of(name).length
  }

  /** Calls that asked for an action of that name, whether or not they had a reply. */
  enqueued(action: string): readonly LoggedCall[] {
    return this.of('Action.EnqueueOperation').filter(({params}) =>
      (params as {actions?: readonly {name?: string}[]}).actions?.some(({name}) => name === action),
    )
  }

  clear(): void {
    this.all.length = 0
  }
}

function redacted(params: unknown): unknown {
  if (typeof params !== 'object' || params === null) return params
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, secrets.has(key) ? 'REDACTED' : value]))
}
