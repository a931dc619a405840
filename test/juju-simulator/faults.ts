import type {LoggedCall} from './call-log.ts'
import {JujuFault} from './juju-fault.ts'

/** Which calls a fault meets: `Facade.Method`, or any test of a call. */
export type CallMatch = string | ((call: LoggedCall) => boolean)

export interface FaultTimes {
  /** How many calls it meets; default: one. */
  readonly times?: number
}

/** What happens to a call. */
export type Effect =
  /** The work is not done; Juju answers with an error. */
  | {readonly kind: 'fail'; readonly fault: JujuFault}
  /** The answer takes so many ms of the world's clock. */
  | {readonly kind: 'delay'; readonly ms: number}
  /** The connection is reset before the work is done. */
  | {readonly kind: 'reset-before'}
  /** The work is done; the reply never leaves. The connection is reset, or stays silent. */
  | {readonly kind: 'drop-reply'; readonly silent: boolean}
  /** The work is done at once; the reply leaves after so many ms. */
  | {readonly kind: 'answer-late'; readonly afterMs: number}
  /** The reply leaves twice, the second time after so many ms. */
  | {readonly kind: 'answer-twice'; readonly afterMs: number}
  /** The response is changed on its way. */
  | {readonly kind: 'change'; readonly change: (response: unknown) => unknown}

interface Rule {
  readonly match: CallMatch
  readonly effect: Effect
  left: number
}

/** Faults of single calls, in the order in which they were switched on. Several may meet one call. */
export class CallFaults {
  readonly #rules: Rule[] = []

  /** The matching calls fail with Juju's words. @param code '' for none */
  fail(match: CallMatch, message: string, code = '', {times = 1}: FaultTimes = {}): void {
    this.#add(match, {kind: 'fail', fault: new JujuFault(message, code)}, times)
  }

  delay(match: CallMatch, ms: number, {times = Number.POSITIVE_INFINITY}: FaultTimes = {}): void {
    this.#add(match, {kind: 'delay', ms}, times)
  }

  resetBefore(match: CallMatch, {times = 1}: FaultTimes = {}): void {
    this.#add(match, {kind: 'reset-before'}, times)
  }

  /** @param silent the connection stays open and says nothing; default: it is reset */
  dropReply(match: CallMatch, {times = 1, silent = false}: FaultTimes & {silent?: boolean} = {}): void {
    this.#add(match, {kind: 'drop-reply', silent}, times)
  }

  answerLate(match: CallMatch, afterMs: number, {times = 1}: FaultTimes = {}): void {
    this.#add(match, {kind: 'answer-late', afterMs}, times)
  }

  answerTwice(match: CallMatch, {times = 1, afterMs = 0}: FaultTimes & {afterMs?: number} = {}): void {
    this.#add(match, {kind: 'answer-twice', afterMs}, times)
  }

  change(match: CallMatch, change: (response: unknown) => unknown, {times = 1}: FaultTimes = {}): void {
    this.#add(match, {kind: 'change', change}, times)
  }

  /** Listings of backups in task results are replaced by what `garble` makes of them. */
  garbleListings(garble: (listing: string) => string, {times = Number.POSITIVE_INFINITY}: FaultTimes = {}): void {
    const inResult = (key: string, value: unknown): unknown =>
      key === 'backups' && typeof value === 'string' ? garble(value) : value
    const change = (response: unknown): unknown => JSON.parse(JSON.stringify(response, inResult))
    this.change('Action.Actions', change, {times})
    this.change('Action.Operations', change, {times})
    this.change('Action.ListOperations', change, {times})
  }

  /** FullStatus lists the units of each application backwards. */
  reorderUnits({times = Number.POSITIVE_INFINITY}: FaultTimes = {}): void {
    const reverse = (key: string, value: unknown): unknown =>
      key === 'units' && typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).reverse())
        : value
    this.change('Client.FullStatus', response => JSON.parse(JSON.stringify(response, reverse)), {times})
  }

  /** Switches every fault of calls off. */
  clear(): void {
    this.#rules.length = 0
  }

  /** The effects that meet the call; those used up are forgotten. */
  take(call: LoggedCall): readonly Effect[] {
    const met = this.#rules.filter(({match, left}) => left > 0 && matches(match, call))
    for (const rule of met) rule.left -= 1
    return met.map(({effect}) => effect)
  }

  #add(match: CallMatch, effect: Effect, left: number): void {
    this.#rules.push({match, effect, left})
  }
}

function matches(match: CallMatch, call: LoggedCall): boolean {
  return typeof match === 'string' ? match === `${call.facade}.${call.method}` : match(call)
}
