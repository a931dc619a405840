/**
 * Juju answered, and the answer is an error. It settles a call that is one transaction: nothing of it happened. A call of several
 * steps (AddUnits) may have failed after the first ones; its description tells which errors settle it (`Write.isSettledBy`).
 */
export class JujuError extends Error {
  override readonly name = 'JujuError'
  /** Juju's own text, for example `not found`; may be empty */
  readonly code: string
  /** `Facade.Method` */
  readonly method: string
  readonly #info: unknown

  constructor(method: string, message: string, code: string, info?: unknown) {
    super(message === '' ? code : message)
    this.method = method
    this.code = code
    this.#info = info
  }

  /** `error-info`: of a login it may hold a macaroon, so that nothing that prints an error prints it. */
  get info(): unknown {
    return this.#info
  }
}

/** The connection ended before the reply came, or there is none. */
export class ConnectionLost extends Error {
  override readonly name: string = 'ConnectionLost'
  /** true: the request was handed to the socket, so Juju may have done it; false: it was never sent */
  readonly outcomeUnknown: boolean

  constructor(message: string, outcomeUnknown: boolean, options?: ErrorOptions) {
    super(message, options)
    this.outcomeUnknown = outcomeUnknown
  }
}

/** No reply in time; the connection may still live, a late reply is dropped. */
export class CallTimeout extends ConnectionLost {
  override readonly name = 'CallTimeout'

  constructor(method: string, timeoutMs: number) {
    super(`${method} was not answered within ${timeoutMs / 1000} s`, true)
  }
}

/** The caller's signal aborted; `cause` is its reason. */
export class CallAborted extends ConnectionLost {
  override readonly name = 'CallAborted'

  constructor(method: string, reason: unknown, outcomeUnknown: boolean) {
    super(`${method} was aborted by its caller`, outcomeUnknown, {cause: reason})
  }
}

/** Juju answered in a shape that this client does not understand; for a request with an effect, the effect may have happened. */
export class UnexpectedReply extends Error {
  override readonly name = 'UnexpectedReply'
  readonly method: string

  constructor(method: string, detail: string) {
    super(`the reply to ${method} is not what Juju is known to send: ${detail}`)
    this.method = method
  }
}

/** One endpoint that did not answer, and why. */
export interface FailedEndpoint {
  readonly endpoint: string
  readonly message: string
  /** what an HTTP server said instead of opening a websocket */
  readonly httpStatus?: number | undefined
}

/** No endpoint of the controller answered. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
  readonly endpoints: readonly FailedEndpoint[]

  constructor(endpoints: readonly FailedEndpoint[], options?: ErrorOptions) {
    super(endpoints.map(({endpoint, message}) => `${endpoint}: ${message}`).join('; '), options)
    this.endpoints = endpoints
  }

  /** Somebody answered, and refused the path: this says nothing of other models of the controller. */
  get wasRefused(): boolean {
    return this.endpoints.some(({httpStatus = 0}) => httpStatus >= 400 && httpStatus < 500)
  }
}

/** The server's certificate is not one that the given CA (or the system's roots) vouches for. */
export class NotTrusted extends Error {
  override readonly name = 'NotTrusted'
  readonly endpoint: string

  constructor(endpoint: string, detail: string, options?: ErrorOptions) {
    super(`the certificate of ${endpoint} is not trusted: ${detail}`, options)
    this.endpoint = endpoint
  }
}

/** The controller is of a version, or offers facades, that this client does not speak. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported'
}

/** The model lives on another controller now, which only a person may follow. */
export class ModelMigrated extends Error {
  override readonly name = 'ModelMigrated'
  /** the name that the old controller knows the new one by; may be '' */
  readonly controllerAlias: string
  readonly controllerUUID: string
  /** host:port */
  readonly addresses: readonly string[]
  readonly caCertificate: string

  constructor(to: {
    controllerAlias: string
    controllerUUID: string
    addresses: readonly string[]
    caCertificate: string
  }) {
    const name = to.controllerAlias === '' ? 'another controller' : `controller "${to.controllerAlias}"`
    const where = to.addresses.length === 0 ? '' : ` at ${to.addresses.join(', ')}`
    super(`the model was migrated to ${name}${where}`)
    this.controllerAlias = to.controllerAlias
    this.controllerUUID = to.controllerUUID
    this.addresses = to.addresses
    this.caCertificate = to.caCertificate
  }
}

/**
 * Whether a call that threw `error` may have had its effect all the same, so that it must be looked up before it is sent
 * again (api.md rule 11).
 */
export function mayHaveHappened(error: unknown): boolean {
  return error instanceof UnexpectedReply || (error instanceof ConnectionLost && error.outcomeUnknown)
}
