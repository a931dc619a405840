import {monitorEventLoopDelay} from 'node:perf_hooks'
import type {HealthCheck} from '../runtime/health.ts'

/** Half of all turns of the event loop this late means that the process is of no use any more. */
const unbearableMs = 5_000

/** Often enough to notice, seldom enough to let an idle process sleep. */
const checkEveryMs = 500

/**
 * Watches whether the process gets round to its work. The check looks at the time since it was asked last, so one
 * long garbage collection does not get a process killed.
 */
export class LoopLag {
  readonly #delays = monitorEventLoopDelay({resolution: checkEveryMs})

  start(): void {
    this.#delays.enable()
  }

  stop(): void {
    this.#delays.disable()
  }

  readonly check: HealthCheck = () => {
    const medianMs = this.#delays.percentile(50) / 1e6
    this.#delays.reset()
    return medianMs > unbearableMs ? `the event loop is ${Math.round(medianMs)} ms late` : undefined
  }
}
