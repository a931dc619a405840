import https from 'node:https'
import type {AddressInfo, Socket} from 'node:net'
import {WebSocketServer, type WebSocket} from 'ws'
import {CertificateAuthority} from '../../env/certificates.ts'

/** One request as it arrived. */
export interface Ask {
  readonly path: string
  readonly requestID: number
  /** `Facade.Method` */
  readonly name: string
  readonly version: number
  readonly id: string | undefined
  readonly params: Record<string, unknown>
  readonly socket: WebSocket
}

/** What to answer; `silence` answers nothing. */
export type Answer = {readonly response: unknown} | {readonly failure: Failure} | 'silence'
export interface Failure {
  readonly error: string
  readonly code?: string
  readonly info?: unknown
}
export type Handler = (ask: Ask) => Answer | Promise<Answer>

export const respond = (response: unknown = {}): Answer => ({response})
export const fail = (error: string, code = '', info?: unknown): Answer => ({failure: {error, code, info}})

export interface ServerOptions {
  /** names in its certificate */
  readonly names?: readonly string[]
  readonly validity?: {readonly from: number; readonly to: number}
  /** who vouches for it; one of its own unless told */
  readonly authority?: CertificateAuthority
}

/** A TLS websocket server that says what the test tells it to; what it knows of Juju is the frame, and nothing else. */
export class ScriptedServer {
  readonly asks: Ask[] = []
  /** a raw HTTP answer to every websocket handshake */
  refuseUpgrades: string | undefined
  readonly authority: CertificateAuthority
  readonly #handlers = new Map<string, Handler>()
  readonly #sockets = new Set<Socket>()
  readonly #server: https.Server

  private constructor({names = ['juju-apiserver'], validity, authority}: ServerOptions) {
    this.authority = authority ?? new CertificateAuthority('scripted-juju-ca')
    const {certificate, key} = this.authority.issue(names, validity)
    this.#server = https.createServer({cert: certificate, key}, (_request, response) => response.writeHead(404).end())
    this.#server.on('secureConnection', socket => {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    const websockets = new WebSocketServer({noServer: true})
    this.#server.on('upgrade', (request, socket, head) => {
      if (this.refuseUpgrades !== undefined) socket.end(this.refuseUpgrades)
      else websockets.handleUpgrade(request, socket, head, made => websockets.emit('connection', made, request))
    })
    websockets.on('connection', (socket, request) => {
      socket.on('error', () => undefined)
      socket.on('message', data => void this.#answer(socket, request.url ?? '', String(data as Buffer)))
    })
    this.on('Admin.Login', () => respond(loginReply()))
    this.on('Pinger.Ping', () => respond())
  }

  static async start(options: ServerOptions = {}): Promise<ScriptedServer> {
    const server = new ScriptedServer(options)
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get endpoint(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get connections(): number {
    return this.#sockets.size
  }

  on(name: string, handler: Handler): void {
    this.#handlers.set(name, handler)
  }

  asked(name: string): readonly Ask[] {
    return this.asks.filter(ask => ask.name === name)
  }

  /** Cuts every connection as a crash does. */
  reset(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Leaves connections open, but reads and answers nothing any more. */
  freeze(): void {
    for (const socket of this.#sockets) socket.pause()
  }

  async close(): Promise<void> {
    this.reset()
    await new Promise(resolve => this.#server.close(resolve))
  }

  async #answer(socket: WebSocket, path: string, text: string): Promise<void> {
    const frame = JSON.parse(text) as Record<string, unknown>
    const ask: Ask = {
      path,
      requestID: Number(frame['request-id']),
      name: `${String(frame['type'])}.${String(frame['request'])}`,
      version: Number(frame['version']),
      id: frame['id'] as string | undefined,
      params: frame['params'] as Record<string, unknown>,
      socket,
    }
    this.asks.push(ask)
    const handler = this.#handlers.get(ask.name) ?? (() => fail(`no such request ${ask.name}`, 'not implemented'))
    const answer = await handler(ask)
    if (answer === 'silence') return
    const id = {'request-id': ask.requestID}
    if ('response' in answer) return socket.send(`${JSON.stringify({...id, response: answer.response})}\n`)
    const {error, code, info} = answer.failure
    socket.send(JSON.stringify({...id, error, 'error-code': code, 'error-info': info, response: {}}))
  }
}

export const modelUUID = '1a2e4842-b5c4-426b-81c7-8d088ff3f310'
export const controllerUUID = 'deadbeef-1bad-500d-9000-4b1d0d06f00d'

const offered: Readonly<Record<string, readonly number[]>> = {
  Action: [7],
  Annotations: [2],
  Application: [15, 16, 17, 18, 19, 20, 21, 22],
  Charms: [5, 6, 7],
  Client: [6, 7, 8],
  Controller: [11, 12],
  ModelManager: [9, 10],
  Pinger: [1],
  StringsWatcher: [1],
}

/** A good login of user `operator` with write access to the model. */
export function loginReply(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    'controller-tag': `controller-${controllerUUID}`,
    'model-tag': `model-${modelUUID}`,
    'server-version': '3.6.14',
    servers: [[]],
    facades: Object.entries(offered).map(([name, versions]) => ({name, versions})),
    'user-info': {identity: 'user-operator', 'display-name': '', 'controller-access': 'login', 'model-access': 'write'},
    ...changes,
  }
}
