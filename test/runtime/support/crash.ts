import type {LoggedCall} from '../../juju-simulator/call-log.ts'
import type {Transport} from '../../../src/kube/transport.ts'
import type {JobsWorld} from './jobs-world.ts'

/** The moment of a crash: before the n-th effect reaches its server, or after it was carried out and before its result is seen. */
export interface CrashPoint {
  readonly effect: number
  readonly when: 'before' | 'after'
}

const jujuEffects: ReadonlySet<string> = new Set(['Action.EnqueueOperation', 'Action.Cancel', 'Annotations.Set'])

/**
 * Counts every external effect of the operator (requests that change something in Kubernetes, and the calls to Juju that do) and
 * kills the process at one of them.
 */
export class Crash {
  readonly point: CrashPoint
  /** what each effect was, in order */
  readonly effects: string[] = []
  happened = false
  #world: JobsWorld<unknown> | undefined
  readonly #known = new WeakMap<LoggedCall, number>()

  constructor(point: CrashPoint) {
    this.point = point
  }

  /** Takes effect on the calls to Juju of this world. */
  watch(world: JobsWorld<unknown>): void {
    this.#world = world
    const meets = (when: CrashPoint['when']) => (call: LoggedCall) =>
      this.#jujuCall(call) && this.#isNow(this.#known.get(call) ?? 0, when)
    world.juju.faults.calls.resetBefore(call => meets('before')(call) && this.#die())
    world.juju.faults.calls.dropReply(call => meets('after')(call) && this.#die())
  }

  /** Goes around the transport to the API server. */
  readonly transport = (inner: Transport): Transport => ({
    ...inner,
    endpoint: inner.endpoint,
    close: () => inner.close(),
    send: async request => {
      if (request.method === 'GET') return inner.send(request)
      const number = this.#count(`${request.method} ${request.path}`)
      if (this.#isNow(number, 'before')) {
        this.#die()
        throw new Error('killed before the request')
      }
      const response = await inner.send(request)
      if (this.#isNow(number, 'after')) {
        this.#die()
        throw new Error('killed before the answer was seen')
      }
      return response
    },
  })

  #jujuCall(call: LoggedCall): boolean {
    const name = `${call.facade}.${call.method}`
    if (!jujuEffects.has(name)) return false
    if (!this.#known.has(call))
      this.#known.set(call, this.#count(`${name} ${JSON.stringify(call.params).slice(0, 80)}`))
    return true
  }

  #count(what: string): number {
    if (!this.happened) this.effects.push(what)
    return this.happened ? 0 : this.effects.length
  }

  #isNow(number: number, when: CrashPoint['when']): boolean {
    return !this.happened && number === this.point.effect && when === this.point.when
  }

  /** kill -9: nothing of the process runs on. */
  #die(): true {
    this.happened = true
    this.#world?.operator.killNow()
    return true
  }
}
