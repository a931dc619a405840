import {isFinished, type TaskInfo} from '../../juju/tasks.ts'
import {Listeners} from '../../juju/listeners.ts'
import type {ReadOnlyActions, ReadOnlyRequest} from '../../juju/writes/described-session.ts'
import {type Logger, silentLogger} from '../../observability/log.ts'
import {type Clock, sleep} from '../../time/clock.ts'
import {BatchedTasks} from './batched-tasks.ts'

/** The action ended in another way than `completed`; the message is the charm's, or Juju's. */
export class ActionFailed extends Error {
  override readonly name = 'ActionFailed'
}

/** Which action, where. `model` is the model's UUID. */
export interface ReadOnlyAction extends ReadOnlyRequest {
  readonly model: string
  readonly application: string
}

/** What a unit has told. */
export interface ReadOutput {
  readonly which: ReadOnlyAction
  /** wall clock when it was asked, ms */
  readonly askedAt: number
  readonly output: Readonly<Record<string, unknown>>
}

interface Run {
  readonly startedAt: number
  readonly output: Promise<Readonly<Record<string, unknown>>>
  waiting: number
  readonly abort: AbortController
}

const pauses = [300, 700, 1000, 2000, 3000]
/** Who waits for a read-only action that has not ended by then is told so; the next try goes on with the same task. */
const PATIENCE_MS = 10 * 60_000
/** What nobody has asked about for so long, ms, may be of a unit that is gone; a task that is still there is found in the snapshot. */
const KEPT_FOR_MS = 24 * 3_600_000

/**
 * Runs the charms' read-only actions (list-backups, get-primary). They change nothing, so they need no intent and no lock, may
 * be repeated, and one run serves everybody who asks about the same application in the meantime (api.md rule 11). A unit whose
 * agent is down runs nothing until it is back, and then everything at once: it gets one task of an action at a time.
 */
export class ActionReader {
  readonly #clock: Clock
  readonly #runs = new Map<string, Run>()
  /** by model, unit and action: the id of the task that was not seen finished yet, or the call that will tell it */
  readonly #tasks = new Map<string, {readonly taskID: Promise<string>; readonly askedAt: number}>()
  readonly #batched = new BatchedTasks()
  readonly #outputs: Listeners<ReadOutput>

  constructor(clock: Clock, log: Logger = silentLogger) {
    this.#clock = clock
    this.#outputs = new Listeners(log)
  }

  /** Called with everything that is read, whoever asked for it. @returns stops the listening */
  onOutput(listener: (read: ReadOutput) => void): () => void {
    return this.#outputs.add(listener)
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
    output.then(told => {
      forget()
      this.#outputs.emit({which, askedAt: run.startedAt, output: told})
    }, forget)
    return run
  }

  /** A task that was there before may have begun too early: its end only makes room for the next one. */
  async #follow(
    session: ReadOnlyActions,
    which: ReadOnlyAction,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> {
    const deadline = this.#clock.monotonic() + PATIENCE_MS
    const key = `${which.model} ${which.unit} ${which.action}`
    const known = this.#tasks.get(key)?.taskID ?? unfinishedOf(session, which)
    if (known !== undefined) {
      const taskID = await known.catch(() => undefined)
      const task = taskID === undefined ? undefined : await this.#batched.read(session, which.model, taskID, signal)
      if (task !== undefined && !isFinished(task.status)) {
        this.#remember(key, known)
        const ended = await this.#end(session, which, task.taskID, deadline, signal)
        this.#forget(key, known)
        if (task.status === 'pending') return outputOf(ended, task.taskID, which)
      } else this.#forget(key, known)
    }
    const begun = this.#tasks.get(key)?.taskID ?? this.#enqueue(key, session, which, signal)
    const taskID = await begun
    const task = await this.#end(session, which, taskID, deadline, signal)
    this.#forget(key, begun)
    return outputOf(task, taskID, which)
  }

  #enqueue(key: string, session: ReadOnlyActions, {unit, action, parameters}: ReadOnlyAction, signal: AbortSignal) {
    const begun = session.enqueue({unit, action, parameters}, {signal}).then(({taskID}) => taskID)
    this.#remember(key, begun)
    begun.catch(() => this.#forget(key, begun))
    return begun
  }

  /** Tasks whose end nobody waits for any more. */
  get size(): number {
    return this.#tasks.size
  }

  #remember(key: string, taskID: Promise<string>): void {
    const now = this.#clock.monotonic()
    for (const [old, {askedAt}] of this.#tasks) if (now - askedAt > KEPT_FOR_MS) this.#tasks.delete(old)
    this.#tasks.set(key, {taskID, askedAt: now})
  }

  #forget(key: string, task: Promise<string>): void {
    if (this.#tasks.get(key)?.taskID === task) this.#tasks.delete(key)
  }

  /** @returns the task as it ended; undefined when Juju does not know it any more. @throws ActionFailed when that takes too long */
  async #end(
    session: ReadOnlyActions,
    {model, action, unit}: ReadOnlyAction,
    taskID: string,
    deadline: number,
    signal: AbortSignal,
  ): Promise<TaskInfo | undefined> {
    for (let turn = 0; this.#clock.monotonic() < deadline; turn++) {
      const task = await this.#batched.read(session, model, taskID, signal)
      if (task === undefined || isFinished(task.status)) return task
      await sleep(this.#clock, pauses[Math.min(turn, pauses.length - 1)] ?? 3000, signal)
    }
    throw new ActionFailed(
      `${action} on ${unit} (task ${taskID}) did not end within ${PATIENCE_MS / 60_000} minutes; it is not asked for again before it does`,
    )
  }
}

/** That of an earlier process, as far as it can be told. */
function unfinishedOf(session: ReadOnlyActions, which: ReadOnlyAction): Promise<string> | undefined {
  const taskID = session.unfinished(which)
  return taskID === undefined ? undefined : Promise.resolve(taskID)
}

/** @throws ActionFailed unless it completed */
function outputOf(
  task: TaskInfo | undefined,
  taskID: string,
  {action, unit}: ReadOnlyAction,
): Readonly<Record<string, unknown>> {
  if (task === undefined) throw new ActionFailed(`Juju does not know task ${taskID} (${action} on ${unit}) any more`)
  if (task.status === 'completed') return task.output
  throw new ActionFailed(task.message || `task ${taskID} (${action} on ${unit}) is ${task.status}`)
}
