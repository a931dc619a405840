import {UncaughtCharmError} from './machine.ts'
import type {CharmMachine, CharmTask} from './machine.ts'

/** A task's end as Juju records it. */
export interface EndedTask {
  readonly status: 'completed' | 'failed' | 'aborted'
  readonly message: string
  readonly results: Readonly<Record<string, unknown>>
}

/**
 * Runs one action as a unit's agent does: an exception in the charm is a failed task with Juju's words, a kill is an
 * aborted one.
 */
export async function runTask(machine: CharmMachine, task: CharmTask): Promise<EndedTask> {
  try {
    const outcome = await machine.runAction(task)
    if (outcome.status === 'completed')
      return {status: 'completed', message: '', results: {...outcome.results, 'return-code': 0}}
    return {status: 'failed', message: outcome.message, results: {...outcome.results, 'return-code': 0}}
  } catch (error) {
    if (task.signal.aborted) return {status: 'aborted', message: 'action terminated', results: {}}
    if (!(error instanceof UncaughtCharmError)) throw error
    const stderr = `Traceback (most recent call last):\n${error.message}\n`
    return {status: 'failed', message: 'exit status 1', results: {'return-code': 1, stderr}}
  }
}

/** One thing after the other on each unit: hooks and actions never run side by side there. */
export class UnitQueues {
  readonly #tails = new Map<string, Promise<void>>()

  /** Runs `work` when all that was queued for the unit before has ended, well or not. */
  run(unit: string, work: () => Promise<void>): Promise<void> {
    const done = (this.#tails.get(unit) ?? Promise.resolve()).then(work)
    this.#tails.set(
      unit,
      done.catch(() => undefined),
    )
    return done
  }

  /** Forgets a unit; what is queued there still runs. */
  forget(unit: string): void {
    this.#tails.delete(unit)
  }
}
