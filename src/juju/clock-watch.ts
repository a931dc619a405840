import type {Logger} from '../observability/log.ts'
import {ClockSkewEstimator, type ClockReading, type ClockSkew} from './clock-skew.ts'

/** Times of Juju are compared with ours by people and by retention rules; what is below this confuses nobody. */
export const notableSkewMs = 30_000

/** A clock that was notably wrong is wrong no more below this: in between nothing new is said. */
const mendedSkewMs = 25_000

/** The clock of one controller: an estimate of how wrong it is, and one line in the log when that becomes notable. */
export class ClockWatch {
  readonly #estimator = new ClockSkewEstimator()
  readonly #log: Logger
  #notable: number | undefined

  constructor(log: Logger) {
    this.#log = log
  }

  /** undefined: no reading yet */
  get skew(): ClockSkew | undefined {
    return this.#estimator.estimate
  }

  /**
   * How far the controller's clock is ahead of ours (below zero: behind), ms, while that is notable. For people: it moves only when
   * the truth has moved by a good part, so that what is said of it does not change with every reading.
   */
  get notableMs(): number | undefined {
    return this.#notable
  }

  observe(reading: ClockReading): ClockSkew {
    const skew = this.#estimator.observe(reading)
    this.#notable = this.#judge(skew)
    return skew
  }

  #judge({skewMs, uncertaintyMs}: ClockSkew): number | undefined {
    const said = this.#notable
    if (Math.abs(skewMs) + uncertaintyMs < mendedSkewMs) return undefined
    if (Math.abs(skewMs) - uncertaintyMs <= notableSkewMs) return said
    if (said === undefined) {
      const seconds = Math.round(skewMs / 1000)
      this.#log.warn("the controller's clock differs from this machine's", {seconds})
      return skewMs
    }
    return Math.abs(skewMs - said) > Math.max(notableSkewMs, Math.abs(said) / 10) ? skewMs : said
  }
}
