import {createServer as createHttpServer} from 'node:http'
import type {IncomingMessage, RequestListener, Server as HttpServer} from 'node:http'
import {createServer} from 'node:https'
import type {Server} from 'node:https'
import type {AddressInfo, Socket} from 'node:net'
import type {Duplex} from 'node:stream'
import {WebSocketServer} from 'ws'
import type {CertificateWithKey} from '../../env/certificates.ts'
import {Connection} from './connection.ts'
import type {ConnectionDeps} from './connection.ts'
import {answerHttp} from './http.ts'
import {LinkEnd} from './memory-link.ts'

const modelPath = /^\/model\/([^/]+)\/api$/
const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Juju's API port: TLS, the websocket paths, and what is asked over HTTP. */
export class JujuServer {
  readonly #https: Server
  /** what comes from within this process, without a socket and TLS */
  readonly #http: HttpServer
  readonly #websockets = new WebSocketServer({noServer: true, perMessageDeflate: false, autoPong: false})
  readonly #deps: ConnectionDeps
  readonly #connections = new Set<Connection>()
  /** TCP connections below TLS, by the client's port. */
  readonly #sockets = new Map<number, Socket>()
  readonly #links = new Set<LinkEnd>()
  /** Handshakes that wait while the server is frozen; undefined: it is not. */
  #heldHandshakes: (() => void)[] | undefined
  #number = 0
  #port = 0
  /** What the connections that are closed by now said and heard, one for each that came or went, and all traffic on links. */
  #past = 0

  constructor(certificate: CertificateWithKey, deps: ConnectionDeps) {
    this.#deps = deps
    const answer: RequestListener = (request, response) => answerHttp(deps.world, request, response)
    this.#https = createServer({cert: certificate.certificate, key: certificate.key, minVersion: 'TLSv1.2'}, answer)
    this.#http = createHttpServer(answer)
    for (const server of [this.#https, this.#http])
      server.on('upgrade', (request, socket, head: Buffer) => {
        const go = (): void => this.#upgrade(request, socket, head)
        if (this.#heldHandshakes === undefined) go()
        else this.#heldHandshakes.push(go)
      })
    this.#https.on('connection', (socket: Socket) => {
      const port = socket.remotePort ?? 0
      this.#sockets.set(port, socket)
      this.#past += 1
      socket.on('close', () => {
        this.#past += 1 + bytesOf(socket)
        this.#sockets.delete(port)
      })
    })
    this.#https.on('tlsClientError', (_error, socket) => socket.destroy())
  }

  get port(): number {
    return this.#port
  }

  /** Connections that are open now. */
  get connections(): readonly Connection[] {
    return [...this.#connections]
  }

  /** How many connections were ever opened. */
  get opened(): number {
    return this.#number
  }

  /** Grows with every byte that comes or goes, handshakes included, and with every connection that does: while it stands still, nobody says anything. */
  get activity(): number {
    return [...this.#sockets.values()].reduce((sum, socket) => sum + bytesOf(socket), this.#past)
  }

  /** Listens on loopback. @param port 0: any */
  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#https.once('error', reject)
      this.#https.listen(port, '127.0.0.1', resolve)
    })
    this.#port = (this.#https.address() as AddressInfo).port
  }

  /** A connection from within this process, below HTTP: the client's end of it. @returns undefined while connections are refused */
  link(): LinkEnd | undefined {
    if (!this.#https.listening) return undefined
    const [client, server] = LinkEnd.pair(() => (this.#past += 1))
    this.#links.add(server)
    server.on('close', () => this.#links.delete(server))
    // A client that gives up resets it, while nobody listens yet: handshakes wait as long as the server is frozen.
    server.on('error', () => server.destroy())
    this.#http.emit('connection', server)
    return client
  }

  /** New TCP connections are refused, or (false) taken again on the same port. Open ones stay. */
  async refuse(refused: boolean): Promise<void> {
    if (refused === !this.#https.listening) return
    if (refused) this.#https.close()
    else await this.listen(this.#port)
  }

  freeze(frozen: boolean): void {
    for (const connection of this.#connections) connection.freeze(frozen)
    if (frozen) {
      this.#heldHandshakes ??= []
      return
    }
    const held = this.#heldHandshakes ?? []
    this.#heldHandshakes = undefined
    for (const go of held) go()
  }

  /** Cuts every connection. */
  reset(): void {
    for (const connection of this.#connections) connection.reset()
  }

  /** From the next handshake on. */
  useCertificate({certificate, key}: CertificateWithKey): void {
    this.#https.setSecureContext({cert: certificate, key, minVersion: 'TLSv1.2'})
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>(resolve => {
      if (this.#https.listening) this.#https.close(() => resolve())
      else resolve()
    })
    for (const stream of [...this.#sockets.values(), ...this.#links]) stream.destroy()
    await closed
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = request.url ?? '/'
    const uuid = modelPath.exec(path)?.[1]
    if (uuid === undefined && path !== '/' && path !== '/api') refuseHandshake(socket, '404 Not Found')
    else if (uuid !== undefined && !uuidPattern.test(uuid)) refuseHandshake(socket, '400 Bad Request')
    else this.#websockets.handleUpgrade(request, socket, head, websocket => this.#open(uuid, websocket, request))
  }

  /** Resets the connection that HTTP came on, of a TLS socket the TCP connection below it. */
  #cut(secure: Socket | LinkEnd): void {
    if (secure instanceof LinkEnd) return secure.resetAndDestroy()
    this.#sockets.get(secure.remotePort ?? 0)?.resetAndDestroy()
    secure.destroy()
  }

  #open(
    uuid: string | undefined,
    websocket: ConstructorParameters<typeof Connection>[2],
    request: IncomingMessage,
  ): void {
    this.#number += 1
    const connection = new Connection(this.#number, uuid, websocket, () => this.#cut(request.socket), this.#deps)
    if (this.#heldHandshakes !== undefined) connection.freeze(true)
    this.#connections.add(connection)
    websocket.on('close', () => this.#connections.delete(connection))
  }
}

function bytesOf({bytesRead, bytesWritten}: Socket): number {
  return bytesRead + bytesWritten
}

function refuseHandshake(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
