import type {Logger} from '../observability/log.ts'
import {ClockSkewEstimator, type ClockReading, type ClockSkew} from './clock-skew.ts'

/** Times of Juju are compared with ours by people and by retention rules; what is below this confuses nobody. */
export const notableSkewMs = 30_000

/** The clock of one controller: an estimate of how wrong it is, and one line in the log when that becomes notable. */
export class ClockWatch {
  readonly #estimator = new ClockSkewEstimator()
  readonly #log: Logger
  #notable = false

  constructor(log: Logger) {
    this.#log = log
  }

  /** undefined: no reading yet */
  get skew(): ClockSkew | undefined {
    return this.#estimator.estimate
  }

  observe(reading: ClockReading): ClockSkew {
    const skew = this.#estimator.observe(reading)
    const notable = Math.abs(skew.skewMs) - skew.uncertaintyMs > notableSkewMs
    if (notable && !this.#notable) {
      const seconds = Math.round(skew.skewMs / 1000)
      this.#log.warn("the controller's clock differs from this machine's", {seconds})
    }
    this.#notable = notable
    return skew
  }
}
