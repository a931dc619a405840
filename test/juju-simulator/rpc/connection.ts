import type {WebSocket} from 'ws'
import {sleep} from '../../../src/time/clock.ts'
import type {CallLog, LoggedCall} from '../call-log.ts'
import type {CallFaults, Effect} from '../faults.ts'
import {JujuFault} from '../juju-fault.ts'
import type {World} from '../world/world.ts'
import type {Peer, Session} from './context.ts'
import {dispatch} from './dispatcher.ts'
import type {FrameCheck} from './frame-check.ts'
import {failure, frameText, parseRequest, success} from './frames.ts'
import type {Reply, Request} from './frames.ts'
import {Watchers} from './watchers.ts'

export interface ConnectionDeps {
  readonly world: World
  readonly calls: CallLog
  readonly faults: CallFaults
  readonly check: FrameCheck
}

/** One client's websocket. */
export class Connection implements Peer {
  readonly number: number
  readonly modelUUID: string | undefined
  readonly watchers: Watchers
  session: Session | undefined
  redirect: Readonly<Record<string, unknown>> | undefined
  /** The login no longer counts; every call is refused. */
  expired = false
  readonly #socket: WebSocket
  readonly #cut: () => void
  readonly #deps: ConnectionDeps
  /** What waits while the connection is frozen; undefined: it is not. */
  #held: (() => void)[] | undefined

  /** @param cut resets the connection below the websocket */
  constructor(number: number, modelUUID: string | undefined, socket: WebSocket, cut: () => void, deps: ConnectionDeps) {
    this.number = number
    this.modelUUID = modelUUID
    this.watchers = new Watchers(number.toString(16).padStart(8, '0'))
    this.#socket = socket
    this.#cut = cut
    this.#deps = deps
    socket.on('message', (data: Buffer) => this.#whenFlowing(() => void this.#receive(data.toString('utf8'))))
    socket.on('ping', (data: Buffer) => this.#whenFlowing(() => socket.pong(data)))
    socket.on('close', () => this.watchers.stopAll())
    socket.on('error', () => socket.terminate())
  }

  /** Half-open: nothing comes through in either direction until it is thawed, then all of it does. */
  freeze(frozen: boolean): void {
    if (frozen) {
      this.#held ??= []
      return
    }
    const held = this.#held ?? []
    this.#held = undefined
    for (const work of held) work()
  }

  /** Cuts the TCP connection without a word. */
  reset(): void {
    this.#cut()
  }

  #whenFlowing(work: () => void): void {
    if (this.#held === undefined) work()
    else this.#held.push(work)
  }

  async #receive(text: string): Promise<void> {
    const request = parseRequest(text)
    if (request === undefined) {
      this.#socket.close(1000)
      return
    }
    const call = this.#log(request)
    const effects = this.#deps.faults.take(call)
    if (effects.length > 0) call.fault = effects.map(({kind}) => kind).join(' ')
    if (effects.some(({kind}) => kind === 'reset-before')) {
      this.reset()
      return
    }
    const reply = await this.#answer(request, call, effects)
    await this.#deliver(reply, effects)
  }

  #log({facade, version, method, params}: Request): LoggedCall {
    const {world, calls} = this.#deps
    const user = this.session?.user.name ?? ''
    const at = world.now()
    return calls.add({at, connection: this.number, user, model: this.modelUUID ?? '', facade, version, method, params})
  }

  async #answer(request: Request, call: LoggedCall, effects: readonly Effect[]): Promise<Reply> {
    const {world, check} = this.#deps
    try {
      for (const effect of effects) {
        if (effect.kind === 'delay') await sleep(world.clock, effect.ms)
        if (effect.kind === 'fail') throw effect.fault
      }
      if (this.expired) throw new JujuFault('login expired', 'login expired')
      const response = (await dispatch(world, this, request)) ?? {}
      check.result(request, response)
      return success(request.id, changed(response, effects))
    } catch (error) {
      const fault = error instanceof JujuFault ? error : check.crashed(request, error)
      call.error = fault.message
      return failure(request.id, fault)
    }
  }

  async #deliver(reply: Reply, effects: readonly Effect[]): Promise<void> {
    const drop = effects.find(effect => effect.kind === 'drop-reply')
    if (drop !== undefined) {
      if (!drop.silent) this.reset()
      return
    }
    for (const effect of effects) if (effect.kind === 'answer-late') await sleep(this.#deps.world.clock, effect.afterMs)
    this.#send(reply)
    for (const effect of effects) {
      if (effect.kind !== 'answer-twice') continue
      await sleep(this.#deps.world.clock, effect.afterMs)
      this.#send(reply)
    }
  }

  #send(reply: Reply): void {
    this.#whenFlowing(() => {
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(frameText(reply))
    })
  }
}

function changed(response: unknown, effects: readonly Effect[]): unknown {
  return effects.reduce((value, effect) => (effect.kind === 'change' ? effect.change(value) : value), response)
}
