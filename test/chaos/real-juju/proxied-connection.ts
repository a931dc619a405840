import type {WebSocket} from 'ws'
import {sleep} from '../../../src/time/clock.ts'
import type {Clock} from '../../../src/time/clock.ts'
import type {LoggedCall} from '../../juju-simulator/call-log.ts'
import type {CallFaults, Effect} from '../../juju-simulator/faults.ts'
import {parseRequest} from '../../juju-simulator/rpc/frames.ts'
import type {Bustle} from './bustle.ts'
import type {Moments} from './moments.ts'

export interface ProxyDeps {
  readonly clock: Clock
  readonly moments: Moments
  readonly bustle: Bustle
  readonly faults: CallFaults
  readonly onCall: () => void
}

interface OpenCall {
  readonly effects: readonly Effect[]
  readonly answered: () => void
}

/** What can be done to a call on its way, without the server's help. */
const possible: ReadonlySet<Effect['kind']> = new Set(['reset-before', 'drop-reply', 'answer-late'])

/** A client's websocket, and the one to the server behind it. */
export class ProxiedConnection {
  readonly #client: WebSocket
  readonly #server: WebSocket
  readonly #cut: () => void
  readonly #deps: ProxyDeps
  readonly #open = new Map<number, OpenCall>()

  /** @param cut breaks the connection below the client's websocket */
  constructor(client: WebSocket, server: WebSocket, cut: () => void, deps: ProxyDeps) {
    this.#client = client
    this.#server = server
    this.#cut = cut
    this.#deps = deps
    client.on('message', (data: Buffer) => this.#toServer(data.toString('utf8')))
    server.on('message', (data: Buffer) => void this.#toClient(data.toString('utf8')))
    for (const socket of [client, server]) {
      socket.on('close', () => this.#end())
      socket.on('error', () => socket.terminate())
    }
  }

  #toServer(text: string): void {
    const {moments, bustle, faults, clock, onCall} = this.#deps
    const request = parseRequest(text)
    if (request === undefined) return this.#client.terminate()
    const {facade, version, method, params} = request
    const call: LoggedCall = {at: clock.now(), connection: 0, user: '', model: '', facade, version, method, params}
    onCall()
    const effects = faults.take(call)
    const impossible = effects.find(({kind}) => !possible.has(kind))
    if (impossible !== undefined) throw new Error(`a proxy cannot do this to a call: ${impossible.kind}`)
    if (effects.some(({kind}) => kind === 'reset-before')) return this.#cut()
    moments.mark()
    // A watcher answers when something has happened, which may be never.
    const answered = method === 'Next' ? () => undefined : bustle.begin()
    this.#open.set(request.id, {effects, answered})
    this.#server.send(text)
  }

  async #toClient(text: string): Promise<void> {
    const {'request-id': id} = JSON.parse(text) as {'request-id': number}
    const {effects = [], answered} = this.#open.get(id) ?? {}
    this.#open.delete(id)
    answered?.()
    if (effects.some(({kind}) => kind === 'drop-reply')) return this.#cut()
    const shown = this.#deps.moments.shown(text)
    for (const effect of effects) if (effect.kind === 'answer-late') await sleep(this.#deps.clock, effect.afterMs)
    if (this.#client.readyState === this.#client.OPEN) this.#client.send(shown)
  }

  #end(): void {
    this.#client.terminate()
    this.#server.terminate()
    for (const {answered} of this.#open.values()) answered()
    this.#open.clear()
  }
}
