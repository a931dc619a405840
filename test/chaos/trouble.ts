import {sleep} from '../../src/time/clock.ts'
import type {HttpRequest, Transport} from '../../src/kube/transport.ts'
import type {LoggedCall} from '../juju-simulator/call-log.ts'
import type {CallFaults} from '../juju-simulator/faults.ts'
import type {OperatorWorld} from '../runtime/support/operator-world.ts'

/**
 * What happens around one thing that the operator sends.
 *
 * - `killed before`, `killed after`: kill -9 before it reaches its server, or after it was carried out and before its result is seen
 * - `reply lost`: it is carried out, and the connection breaks instead of a reply
 * - `reply late`: it is carried out, and the reply comes when nobody waits for it any more
 */
export type TroubleKind = 'killed before' | 'killed after' | 'reply lost' | 'reply late'

/** Which of all that is sent meets trouble: the n-th that changes something, the n-th of those that go to Juju, or the n-th of all. */
export interface TroublePoint {
  readonly kind: TroubleKind
  readonly nth: number
  readonly of: 'effects' | 'effects in Juju' | 'everything'
}

/** Where there can be trouble. */
export type TroublesomeWorld = OperatorWorld & {readonly juju: {readonly faults: {readonly calls: CallFaults}}}

/** Longer than any call waits for its reply, ms. */
const lateMs = 45_000

/** Calls to Juju that change something. */
const jujuEffects: ReadonlySet<string> = new Set([
  'Action.EnqueueOperation',
  'Action.Cancel',
  'Annotations.Set',
  'Application.AddUnits',
  'Application.DestroyUnit',
  'Application.ScaleApplications',
])
/** A connection that could not be made is no reply that was lost. */
const connecting: ReadonlySet<string> = new Set(['Admin.Login', 'Admin.RedirectInfo', 'Pinger.Ping'])

/** Makes one trouble, at one of the things that the operator sends to Kubernetes and to Juju. */
export class Trouble {
  readonly point: TroublePoint
  /** what was counted, in order */
  readonly counted: string[] = []
  happened = false
  #armed = false
  #world: TroublesomeWorld | undefined
  readonly #calls = new WeakMap<LoggedCall, number>()

  constructor(point: TroublePoint) {
    this.point = point
  }

  /** A word about what it happened to. */
  get where(): string {
    return `${this.point.kind}, ${this.point.nth}: ${this.counted[this.point.nth - 1] ?? 'never reached'}`
  }

  /** Takes effect on this world, and counts from here on. */
  begin(world: TroublesomeWorld): void {
    this.#world = world
    this.#armed = true
    const {calls} = world.juju.faults
    const meets = (kind: TroubleKind) => (call: LoggedCall) => this.#isNow(this.#numberOf(call), kind)
    calls.resetBefore(call => meets('killed before')(call) && this.#die())
    calls.dropReply(call => meets('killed after')(call) && this.#die())
    calls.dropReply(call => meets('reply lost')(call) && this.#happen())
    calls.answerLate(call => meets('reply late')(call) && this.#happen(), lateMs)
  }

  /** Goes around the transport to the API server. */
  readonly transport = (inner: Transport): Transport => ({
    endpoint: inner.endpoint,
    close: () => inner.close(),
    send: async request => {
      const number = this.#counts(request) ? this.#count(`${request.method} ${request.path}`) : 0
      if (this.#isNow(number, 'killed before')) {
        this.#die()
        throw new Error('killed before the request')
      }
      const response = await inner.send(request)
      if (this.#isNow(number, 'killed after')) {
        this.#die()
        throw new Error('killed before the answer was seen')
      }
      if (this.#isNow(number, 'reply lost') && this.#happen())
        throw Object.assign(new Error('the connection was reset'), {code: 'ECONNRESET'})
      if (this.#isNow(number, 'reply late') && this.#happen()) await this.#late(request)
      return response
    },
  })

  async #late({signal}: HttpRequest): Promise<void> {
    if (this.#world !== undefined) await sleep(this.#world.clock, lateMs, signal)
  }

  #counts({method, kind}: HttpRequest): boolean {
    if (kind === 'watch' || this.point.of === 'effects in Juju') return false
    return this.point.of === 'everything' || method !== 'GET'
  }

  #numberOf(call: LoggedCall): number {
    const name = `${call.facade}.${call.method}`
    const counts = this.point.of === 'everything' ? !connecting.has(name) : jujuEffects.has(name)
    if (!counts) return 0
    const known = this.#calls.get(call) ?? this.#count(`${name} ${JSON.stringify(call.params).slice(0, 80)}`)
    this.#calls.set(call, known)
    return known
  }

  #count(what: string): number {
    return this.happened || !this.#armed ? 0 : this.counted.push(what)
  }

  #isNow(number: number, kind: TroubleKind): boolean {
    return !this.happened && number === this.point.nth && kind === this.point.kind
  }

  #happen(): true {
    this.happened = true
    return true
  }

  /** kill -9: nothing of the process runs on. */
  #die(): true {
    this.#world?.operator.killNow()
    return this.#happen()
  }
}
