import {isFinished} from '../../juju/tasks.ts'
import type {ReadOnlyActions} from '../../juju/writes/described-session.ts'
import {type Clock, sleep} from '../../time/clock.ts'

/** The action ended in another way than `completed`; the message is the charm's, or Juju's. */
export class ActionFailed extends Error {
  override readonly name = 'ActionFailed'
}

/** Which action, where. `model` is the model's UUID. */
export interface ReadOnlyAction {
  readonly model: string
  readonly application: string
  readonly unit: string
  readonly action: string
}

interface Run {
  readonly startedAt: number
  readonly output: Promise<Readonly<Record<string, unknown>>>
  waiting: number
  readonly abort: AbortController
}

const pauses = [300, 700, 1000, 2000, 3000]
/** A read-only action that has not ended by then is given up; the next try asks another time. */
const PATIENCE_MS = 10 * 60_000

/**
 * Runs the charms' read-only actions (list-backups, get-primary). They change nothing, so they need no intent and no lock, may
 * be repeated, and one run serves everybody who asks about the same application in the meantime (api.md rule 11).
 */
export class ActionReader {
  readonly #clock: Clock
  readonly #runs = new Map<string, Run>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * The results of a run that began after `notBefore` (ms of the wall clock), shared with everybody whose demand it meets.
   *
   * @throws ActionFailed, and what the session throws
   */
  async read(
    session: ReadOnlyActions,
    which: ReadOnlyAction,
    notBefore: number,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> {
    const key = `${which.model} ${which.application} ${which.action}`
    const running = this.#runs.get(key)
    const run = running && running.startedAt >= notBefore ? running : this.#start(key, session, which)
    run.waiting += 1
    const leave = (): void => {
      run.waiting -= 1
      if (run.waiting === 0) run.abort.abort()
    }
    signal?.addEventListener('abort', leave, {once: true})
    try {
      return await run.output
    } finally {
      signal?.removeEventListener('abort', leave)
    }
  }

  #start(key: string, session: ReadOnlyActions, which: ReadOnlyAction): Run {
    const abort = new AbortController()
    const output = this.#follow(session, which, abort.signal)
    const run: Run = {startedAt: this.#clock.now(), output, waiting: 0, abort}
    this.#runs.set(key, run)
    const forget = (): void => {
      if (this.#runs.get(key) === run) this.#runs.delete(key)
    }
    output.then(forget, forget)
    return run
  }

  async #follow(
    session: ReadOnlyActions,
    which: ReadOnlyAction,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> {
    const {taskID} = await session.enqueue({unit: which.unit, action: which.action}, {signal})
    const deadline = this.#clock.monotonic() + PATIENCE_MS
    for (let turn = 0; this.#clock.monotonic() < deadline; turn++) {
      const [task] = await session.actions([taskID], {signal})
      if (!task) throw new ActionFailed(`Juju does not know task ${taskID} (${which.action} on ${which.unit}) any more`)
      if (task.status === 'completed') return task.output
      if (isFinished(task.status))
        throw new ActionFailed(task.message || `task ${taskID} (${which.action} on ${which.unit}) is ${task.status}`)
      await sleep(this.#clock, pauses[Math.min(turn, pauses.length - 1)] ?? 3000, signal)
    }
    throw new ActionFailed(
      `${which.action} on ${which.unit} (task ${taskID}) did not end within ${PATIENCE_MS / 60_000} minutes`,
    )
  }
}
