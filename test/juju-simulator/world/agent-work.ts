import {sleep} from '../../../src/time/clock.ts'
import type {Clock} from '../../../src/time/clock.ts'
import type {Unit} from './application.ts'

/** What the agents are doing now: one thing after the other on each unit, and whatever takes its time beside that. */
export class AgentWork {
  readonly #clock: Clock
  /** Ends of what each busy unit is doing; a unit that is idle is not in here. */
  readonly #tails = new Map<Unit, Promise<void>>()
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

  /** Runs `work` when all that was queued for the unit before has ended, well or not; on an idle unit it runs at once. */
  queue(unit: Unit, work: () => Promise<void>): Promise<void> {
    const before = this.#tails.get(unit)
    const done = before === undefined ? work() : before.then(work)
    const ended = (): void => void (this.#tails.get(unit) === tail && this.#tails.delete(unit))
    const tail = done.then(ended, ended)
    this.#tails.set(unit, tail)
    return done
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
