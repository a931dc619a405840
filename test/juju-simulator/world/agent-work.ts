import {sleep} from '../../../src/time/clock.ts'
import type {Clock} from '../../../src/time/clock.ts'
import {UnitQueues} from '../../charms/unit-agents.ts'
import type {Model} from './model.ts'

/** What the agents are doing now: one thing after the other on each unit, and whatever takes its time beside that. */
export class AgentWork {
  readonly #clock: Clock
  readonly #queues = new UnitQueues()
  readonly #running = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  /** Errors in the machines themselves: a test that caused one must fail. */
  readonly #problems: unknown[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get stopped(): boolean {
    return this.#stopping.signal.aborted
  }

  /** Runs `work` when all that was queued for the unit before has ended. */
  queue(model: Model, unit: string, work: () => Promise<void>): Promise<void> {
    return this.#queues.run(`${model.uuid} ${unit}`, work)
  }

  /** The unit is gone: what is queued there still runs. */
  forget(model: Model, unit: string): void {
    this.#queues.forget(`${model.uuid} ${unit}`)
  }

  /** Counts as unsettled until it has ended; what goes wrong in it is a problem. */
  track(work: Promise<void>): void {
    const tracked: Promise<void> = this.#noting(work).finally(() => this.#running.delete(tracked))
    this.#running.add(tracked)
  }

  /** Goes on over time: nobody waits for its end, but what goes wrong in it is a problem all the same. */
  background(work: Promise<void>): void {
    void this.#noting(work)
  }

  /** @throws Error when the world stops meanwhile */
  pause(ms: number): Promise<void> {
    return sleep(this.#clock, ms, this.#stopping.signal)
  }

  /** Waits until nothing that was tracked is running or queued. Do not wait so for what virtual time must end. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
    this.check()
  }

  /** @throws AggregateError of what went wrong inside charm machines so far */
  check(): void {
    if (this.#problems.length > 0) throw new AggregateError(this.#problems.splice(0), 'charm machines failed')
  }

  stop(): void {
    this.#stopping.abort(new Error('the simulated Juju was stopped'))
  }

  async #noting(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      if (!this.stopped) this.#problems.push(error)
    }
  }
}
