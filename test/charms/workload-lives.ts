import {sleep} from '../../src/time/clock.ts'
import type {Clock} from '../../src/time/clock.ts'

/** The workloads of units: what takes time on one of them stops for ever when that unit's machine or pod dies. */
export class WorkloadLives {
  readonly #clock: Clock
  readonly #lives = new Map<string, AbortController>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns whether all of the time passed; false: the unit died meanwhile */
  async outlives(unit: string, ms: number): Promise<boolean> {
    try {
      await sleep(this.#clock, ms, this.#life(unit).signal)
      return true
    } catch {
      return false
    }
  }

  /**
   * Lets time pass for a command that an action waits for. When the unit dies, this never ends, as the action's process
   * does not, until Juju gives the task up.
   *
   * @throws the signal's reason when the action was killed
   */
  async during(unit: string, ms: number, signal: AbortSignal): Promise<void> {
    const life = this.#life(unit).signal
    try {
      await sleep(this.#clock, ms, AbortSignal.any([signal, life]))
    } catch (error) {
      if (signal.aborted || !life.aborted) throw error
      await new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), {once: true})
      })
    }
  }

  /** The unit's machine or pod died; what starts there afterwards lives anew. */
  end(unit: string): void {
    this.#lives.get(unit)?.abort()
    this.#lives.delete(unit)
  }

  #life(unit: string): AbortController {
    const known = this.#lives.get(unit)
    if (known !== undefined) return known
    const life = new AbortController()
    this.#lives.set(unit, life)
    return life
  }
}
