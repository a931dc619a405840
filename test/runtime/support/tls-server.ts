import {createServer, type Server} from 'node:https'
import type {IncomingMessage, ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'

import type {CertificateWithKey} from '../../env/certificates.ts'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** A small HTTPS server that counts connections, offers HTTP/2, and can go silent without closing anything. */
export class TlsServer {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  connections = 0
  /** What clients speak, as negotiated. */
  readonly protocols = new Set<string>()
  readonly authorizations: (string | undefined)[] = []

  constructor({certificate, key}: CertificateWithKey, handler: Handler) {
    this.#server = createServer(
      {cert: certificate, key, requestCert: true, rejectUnauthorized: false},
      (request, response) => {
        this.authorizations.push(request.headers.authorization)
        this.protocols.add(request.httpVersion)
        handler(request, response)
      },
    )
    this.#server.on('secureConnection', socket => {
      this.connections += 1
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined)
    })
  }

  async listen(): Promise<URL> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve))
    return new URL(`https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`)
  }

  get open(): number {
    return this.#sockets.size
  }

  /** New handshakes show this certificate. */
  present({certificate, key}: CertificateWithKey): void {
    this.#server.setSecureContext({cert: certificate, key})
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise(resolve => this.#server.close(resolve))
  }
}
