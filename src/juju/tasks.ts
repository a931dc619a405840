import type {ActionResult, OperationResult} from './facades/action.ts'
import {nameOfTag} from './tags.ts'
import {timeOf} from './times.ts'

/** A line that an action wrote with action-log. */
export interface TaskLogLine {
  readonly time: string | undefined
  readonly message: string
}

/** One run of an action on one unit. Ids are plain numbers as text, times RFC 3339 or undefined when Juju has none. */
export interface TaskInfo {
  readonly taskID: string
  /** unit name, for example `postgresql/0` */
  readonly receiver: string
  readonly action: string
  readonly parameters: Readonly<Record<string, unknown>>
  /** Juju's word: pending, running, completed, failed, cancelled, aborting, aborted, error */
  readonly status: string
  /** why it failed, in the charm's words */
  readonly message: string
  /** results; filled only by `ModelSession.actions` and `ModelSnapshot.tasks` */
  readonly output: Readonly<Record<string, unknown>>
  readonly log: readonly TaskLogLine[]
  readonly enqueued?: string | undefined
  readonly started?: string | undefined
  /** 4.x never writes it; `ModelSnapshot.tasks` fills it in, see there */
  readonly completed?: string | undefined
}

/** What one enqueue made: the tasks of one action. A task that could not be made (unknown unit) is not among them. */
export interface OperationInfo {
  readonly operationID: string
  readonly summary: string
  readonly status: string
  readonly enqueued?: string | undefined
  readonly started?: string | undefined
  readonly completed?: string | undefined
  readonly tasks: readonly TaskInfo[]
}

const finishedWords: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled', 'aborted', 'error'])

/** Whether a task or operation with this status word will not change any more. */
export function isFinished(status: string): boolean {
  return finishedWords.has(status)
}

/** @returns undefined for an item that holds no task (an error item) */
export function taskOf(result: ActionResult): TaskInfo | undefined {
  const {action} = result
  if (action === undefined || action.tag === '') return undefined
  return {
    taskID: nameOfTag(action.tag),
    receiver: nameOfTag(action.receiver),
    action: action.name,
    parameters: action.parameters,
    status: result.status,
    message: result.message,
    output: result.output,
    log: result.log.map(line => ({time: timeOf(line.timestamp), message: line.message})),
    enqueued: timeOf(result.enqueued),
    started: timeOf(result.started),
    completed: timeOf(result.completed),
  }
}

export function operationOf(result: OperationResult): OperationInfo {
  return {
    operationID: nameOfTag(result.operation),
    summary: result.summary,
    status: result.status,
    enqueued: timeOf(result.enqueued),
    started: timeOf(result.started),
    completed: timeOf(result.completed),
    tasks: result.actions.map(taskOf).filter(task => task !== undefined),
  }
}

/**
 * An id as a number: ids are counters, and 4.x sorts them as text (0, 10, 14, 2).
 *
 * @returns -1 for '' or what is no number, so that every real id is higher
 */
export function idNumber(id: string): number {
  return /^\d+$/.test(id) ? Number(id) : -1
}
