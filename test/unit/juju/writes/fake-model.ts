import type {Caller, CallOptions} from '../../../../src/juju/connection.ts'
import {CallTimeout, ConnectionLost} from '../../../../src/juju/errors.ts'
import {nameOf, type Call, type ParamsOf, type ResultOf} from '../../../../src/juju/facades/call.ts'
import type {SessionState} from '../../../../src/juju/model-session.ts'
import type {LookingSession} from '../../../../src/juju/writes/look.ts'
import {sleep, type Clock} from '../../../../src/time/clock.ts'

/** What becomes of one write: its effect comes after a while (or never), its reply after another (or never). Ms. */
export interface WriteFate {
  readonly effectMs: number | undefined
  readonly replyMs: number | undefined
}

/** The annotations of one entity, whoever writes them, and the time that everything takes. */
export class FakeAnnotations {
  readonly values = new Map<string, string>()
  /** every text that the key had, in order */
  readonly history: string[] = []
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  set(key: string, value: string): void {
    if (value === '') this.values.delete(key)
    else this.values.set(key, value)
    this.history.push(value)
  }

  /** A session of its own. @param next how long the next reading takes, ms, and what becomes of the next write */
  session(next: {readMs: () => number; write: () => WriteFate}): FakeSession {
    return new FakeSession(this.#clock, {
      'Annotations.Get': async () => {
        const found = Object.fromEntries(this.values)
        await sleep(this.#clock, next.readMs())
        return {results: [{entity: 'application-postgresql', annotations: found}]}
      },
      'Annotations.Set': async params => {
        const {effectMs, replyMs} = next.write()
        const [change] = (params as {annotations: {annotations: Record<string, string>}[]}).annotations
        const act = (): void => {
          for (const [key, value] of Object.entries(change?.annotations ?? {})) this.set(key, value)
        }
        if (effectMs !== undefined) this.#clock.setTimer(effectMs, act)
        await sleep(this.#clock, replyMs ?? 3_600_000)
        return {results: []}
      },
      'Client.FullStatus': () => Promise.resolve({...emptyStatus, 'controller-timestamp': this.#time()}),
    })
  }

  #time(): string {
    return new Date(this.#clock.now()).toISOString()
  }
}

const emptyStatus = {
  model: {name: 'prod', 'model-status': {status: 'available'}},
  machines: {},
  applications: {},
  relations: null,
}

type Handlers = Readonly<Record<string, (params: unknown) => Promise<unknown>>>

/** A session whose calls are answered by a test, late or never; it is connected, and at once again after `reconnect`. */
export class FakeSession implements LookingSession, Caller {
  readonly modelUUID = '1a2e4842-b5c4-426b-81c7-8d088ff3f310'
  readonly calls: string[] = []
  reconnects = 0
  readonly #clock: Clock
  readonly #handlers: Handlers
  state: SessionState

  constructor(clock: Clock, handlers: Handlers) {
    this.#clock = clock
    this.#handlers = handlers
    this.state = this.connected(clock.now())
  }

  connected(since: number): SessionState {
    const who = {
      serverVersion: '3.6.14',
      controllerUUID: '',
      user: 'operator',
      modelAccess: 'write' as const,
      endpoint: '',
    }
    return {kind: 'connected', since, ...who}
  }

  lose(): void {
    this.state = {kind: 'connecting', since: this.#clock.now()}
  }

  reconnect(): void {
    this.reconnects += 1
    this.state = this.connected(this.#clock.now())
  }

  whenConnected(): Promise<void> {
    if (this.state.kind !== 'connected') this.state = this.connected(this.#clock.now())
    return Promise.resolve()
  }

  async call<C extends Call>(call: C, params: ParamsOf<C>, options: CallOptions = {}): Promise<ResultOf<C>> {
    const name = nameOf(call)
    this.calls.push(name)
    if (this.state.kind !== 'connected') throw new ConnectionLost(`${name}: not connected`, false)
    const handler = this.#handlers[name]
    if (handler === undefined) throw new Error(`${name} was not expected`)
    const answer = handler(params).then(reply => call.result.parse(reply) as ResultOf<C>)
    const {timeoutMs = 30_000} = options
    const late = sleep(this.#clock, timeoutMs).then(() => Promise.reject(new CallTimeout(name, timeoutMs)))
    late.catch(() => undefined)
    return Promise.race([answer, late])
  }
}
