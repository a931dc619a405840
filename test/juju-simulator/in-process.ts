import type {OpenTransport, Transport, TransportTarget} from '../../src/juju/transport.ts'
import type {LinkEnd} from './rpc/memory-link.ts'
import type {SimulatedJuju} from './simulator.ts'

/**
 * A network within this process that leads to these controllers, for tests that are not about sockets: nothing on it takes real
 * time. Every other address refuses, and so does one whose port is closed.
 */
export function inProcess(...jujus: readonly SimulatedJuju[]): OpenTransport {
  return target =>
    new Link(
      target,
      jujus.find(juju => juju.server.port === target.port),
    )
}

class Link implements Transport {
  readonly #target: TransportTarget
  readonly #juju: SimulatedJuju | undefined
  #end: LinkEnd | undefined
  #isReset = false

  constructor(target: TransportTarget, juju: SimulatedJuju | undefined) {
    this.#target = target
    this.#juju = juju
  }

  connect(made: Parameters<Transport['connect']>[0]): void {
    const juju = this.#trusted(this.#juju)
    setImmediate(() => {
      if (this.#isReset) return
      this.#end = juju?.server.link()
      if (this.#end === undefined) made(this.#refused())
      else made(null, this.#end)
    })
  }

  reset(): void {
    this.#isReset = true
    this.#end?.resetAndDestroy()
  }

  /** @throws Error when a certificate would decide: there are none here */
  #trusted(juju: SimulatedJuju | undefined): SimulatedJuju | undefined {
    if (juju === undefined || juju.caCertificate === this.#target.ca) return juju
    throw new Error('whom a client trusts is for a test with sockets: there are no certificates within a process')
  }

  #refused(): Error {
    const {host, port} = this.#target
    return Object.assign(new Error(`connect ECONNREFUSED ${host}:${port}`), {code: 'ECONNREFUSED', syscall: 'connect'})
  }
}
