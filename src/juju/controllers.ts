import type {Logger} from '../observability/log.ts'
import type {Clock, Random} from '../time/clock.ts'
import {Circuit} from './circuit.ts'
import {ClockWatch} from './clock-watch.ts'
import type {JujuTarget} from './target.ts'

/** What all sessions to one controller know of it together. */
export interface Controller {
  /** whether it answers, and whose turn it is to log in */
  readonly circuit: Circuit
  /** how wrong its clock is */
  readonly clock: ClockWatch
}

/** A controller that nobody asks about for so long is forgotten. */
const forgottenAfterMs = 600_000

/** The controllers of this process. Two targets are the same controller when they name the same endpoints and CA. */
export class Controllers {
  readonly #deps: {readonly clock: Clock; readonly random: Random; readonly log: Logger}
  readonly #all = new Map<string, {readonly controller: Controller; askedAt: number}>()

  constructor(deps: {readonly clock: Clock; readonly random: Random; readonly log: Logger}) {
    this.#deps = deps
  }

  get size(): number {
    return this.#all.size
  }

  of({endpoints, caCertificate}: Pick<JujuTarget, 'endpoints' | 'caCertificate'>): Controller {
    const key = JSON.stringify([[...endpoints].sort(), caCertificate])
    const askedAt = this.#deps.clock.monotonic()
    const known = this.#all.get(key)
    if (known !== undefined) {
      known.askedAt = askedAt
      return known.controller
    }
    this.#forgetIdle(askedAt)
    const log = this.#deps.log.child({endpoint: endpoints.join(', ')})
    const controller = {circuit: new Circuit({...this.#deps, log}), clock: new ClockWatch(log)}
    this.#all.set(key, {controller, askedAt})
    return controller
  }

  #forgetIdle(now: number): void {
    for (const [key, {controller, askedAt}] of this.#all) {
      if (controller.circuit.isIdle && now - askedAt > forgottenAfterMs) this.#all.delete(key)
    }
  }
}
