import net from 'node:net'
import type {Duplex} from 'node:stream'
import tls from 'node:tls'

/** One address of a server, and whom to trust there. */
export interface TransportTarget {
  readonly host: string
  readonly port: number
  /** resolves and judges a name */
  readonly lookup: net.LookupFunction
  /** PEM; the system's roots unless given */
  readonly ca?: string | undefined
  /** name that the certificate must have; `host` unless given */
  readonly servername?: string | undefined
}

/** One connection that carries bytes to a server and back. */
export interface Transport {
  /**
   * Connects, for `createConnection` of an HTTP request.
   *
   * @param made gets the stream, whose errors from then on are its own; or why there is no connection
   */
  connect(made: (error: Error | null, stream?: Duplex) => void): void
  /** Ends it at once; what was written and has not left this machine never will. */
  reset(): void
}

/** How a connection to one address is made. */
export type OpenTransport = (target: TransportTarget) => Transport

/**
 * TLS on a TCP socket of our own. Of a socket that is destroyed the kernel goes on delivering what it holds; only a reset throws
 * that away, and only a TCP socket can be reset, not the TLS on it.
 */
export class TlsTransport implements Transport {
  readonly #target: TransportTarget
  #tcp: net.Socket | undefined

  constructor(target: TransportTarget) {
    this.#target = target
  }

  /**
   * TLS begins when TCP is there: a name with several addresses may take several sockets until one connects.
   *
   * @param made gets the TLS socket before its handshake
   */
  connect(made: (error: Error | null, socket?: tls.TLSSocket) => void): void {
    const {host, port, lookup, ca, servername = net.isIP(host) === 0 ? host : ''} = this.#target
    const tcp = net.connect({host, port, lookup, noDelay: true})
    this.#tcp = tcp
    tcp.once('connect', () => {
      tcp.off('error', made)
      // TLS hears of it too; one that nobody hears ends the process.
      tcp.on('error', () => undefined)
      made(null, tls.connect({socket: tcp, host, servername, rejectUnauthorized: true, ...(ca !== undefined && {ca})}))
    })
    tcp.once('error', made)
  }

  reset(): void {
    if (this.#tcp?.connecting === true) this.#tcp.destroy()
    else if (this.#tcp?.destroyed === false) this.#tcp.resetAndDestroy()
  }
}
