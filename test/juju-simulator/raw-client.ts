import type {ConnectionOptions} from 'node:tls'
import {WebSocket} from 'ws'

/** A frame as it came. */
export interface RawReply {
  readonly 'request-id': number
  readonly response?: Record<string, unknown>
  readonly error?: string
  readonly 'error-code'?: string
  readonly 'error-info'?: Record<string, unknown>
}

export interface RawTarget {
  /** `host:port` */
  readonly endpoint: string
  readonly caCertificate: string
}

export interface RawRequest {
  readonly type: string
  readonly version?: number
  readonly request: string
  readonly params?: unknown
  /** A watcher's id. */
  readonly id?: string
}

/** Sends frames and shows what comes back, nothing more: to look at a Juju without any of our client's opinions. */
export class RawClient {
  readonly socket: WebSocket
  /** Every reply, in the order in which they came. */
  readonly replies: RawReply[] = []
  readonly #waiting = new Map<number, {resolve: (reply: RawReply) => void; reject: (error: Error) => void}>()
  #next = 1

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => this.#receive(JSON.parse(data.toString('utf8')) as RawReply))
    socket.on('close', code => this.#fail(new Error(`the connection was closed: ${code}`)))
    socket.on('error', error => this.#fail(error))
  }

  /** @param path `/api`, or `/model/<uuid>/api` @throws Error when the handshake fails */
  static async connect({endpoint, caCertificate}: RawTarget, path: string): Promise<RawClient> {
    const trust: ConnectionOptions = {ca: caCertificate, servername: 'juju-apiserver'}
    const socket = new WebSocket(`wss://${endpoint}${path}`, trust)
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    return new RawClient(socket)
  }

  /** Connects and logs in with a password. @throws Error with Juju's words */
  static async login(target: RawTarget, path: string, user: string, password: string): Promise<RawClient> {
    const client = await RawClient.connect(target, path)
    const reply = await client.send({type: 'Admin', version: 3, request: 'Login', params: loginParams(user, password)})
    if (reply.error !== undefined) throw new Error(reply.error)
    return client
  }

  /** @throws Error when the connection ends before the reply */
  send(request: RawRequest): Promise<RawReply> {
    const id = this.#next
    this.#next += 1
    this.socket.send(JSON.stringify({'request-id': id, ...request}))
    return new Promise((resolve, reject) => this.#waiting.set(id, {resolve, reject}))
  }

  /** The response of a call. @throws Error with Juju's words */
  async call(facade: string, version: number, method: string, params: unknown = {}): Promise<Record<string, unknown>> {
    const {error, response = {}} = await this.send({type: facade, version, request: method, params})
    if (error !== undefined) throw new Error(`${facade}.${method}: ${error}`)
    return response
  }

  close(): void {
    this.socket.terminate()
  }

  #receive(reply: RawReply): void {
    this.replies.push(reply)
    const waiting = this.#waiting.get(reply['request-id'])
    this.#waiting.delete(reply['request-id'])
    waiting?.resolve(reply)
  }

  #fail(error: Error): void {
    for (const {reject} of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

export function loginParams(user: string, password: string): Record<string, unknown> {
  return {
    'auth-tag': `user-${user}`,
    credentials: password,
    nonce: '',
    macaroons: [],
    'client-version': '3.6.14',
    'user-data': '',
    'cli-args': 'charmkeeper test',
  }
}
