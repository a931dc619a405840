/** An error that Juju answers, of a whole call or of one item in it. */
export class JujuFault extends Error {
  readonly code: string
  readonly info: Readonly<Record<string, unknown>> | undefined

  /** @param code Juju's code, '' when Juju gives none */
  constructor(message: string, code = '', info?: Readonly<Record<string, unknown>>) {
    super(message)
    this.name = 'JujuFault'
    this.code = code
    this.info = info
  }

  /** As an item of a bulk call's results carries it. */
  get item(): {message: string; code: string} {
    return {message: this.message, code: this.code}
  }
}

export const notFound = (message: string): JujuFault => new JujuFault(message, 'not found')
export const denied = (): JujuFault => new JujuFault('permission denied', 'unauthorized access')
export const badLogin = (): JujuFault => new JujuFault('invalid entity name or password', 'unauthorized access')
