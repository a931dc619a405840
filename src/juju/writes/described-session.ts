import {isDeepStrictEqual} from 'node:util'
import {enqueue as sendEnqueue, type Enqueued} from '../actions.ts'
import type {CallOptions} from '../connection.ts'
import type {ModelSession} from '../model-session.ts'
import type {ModelSnapshot} from '../snapshot.ts'
import {isFinished, type TaskInfo} from '../tasks.ts'

/**
 * A session as the product has it: it reads, and writes only what is described in this folder, by `send`. The bare writes are
 * for those who use the client alone.
 */
export type DescribedSession = Omit<ModelSession, 'enqueue' | 'cancel' | 'setAnnotations'>

/** A run of an action that changes nothing. */
export interface ReadOnlyRequest {
  readonly unit: string
  readonly action: string
  /** the form that the answer is asked for in */
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/** What it takes to run an action and follow it. */
export interface ReadOnlyActions {
  enqueue(request: ReadOnlyRequest, options?: CallOptions): Promise<Pick<Enqueued, 'taskID'>>
  actions(taskIDs: readonly string[], options?: CallOptions): Promise<readonly TaskInfo[]>
  /** id of a task of the action, with the same parameters, that the unit has not finished, as it was seen last */
  unfinished(request: ReadOnlyRequest): string | undefined
}

/**
 * For actions of which the charm's profile says that they change nothing (list-backups, get-primary): one too many does no
 * harm, so they need neither an intent nor a look-up (api.md rule 11).
 *
 * @param latest the model as it was seen last
 */
export function readOnlyActions(
  session: DescribedSession,
  latest: () => Pick<ModelSnapshot, 'unfinished'> | undefined,
): ReadOnlyActions {
  return {
    enqueue: ({unit, action, parameters = {}}, options) => sendEnqueue(session, {unit, action, parameters}, options),
    actions: (taskIDs, options) => session.actions(taskIDs, options),
    unfinished: request =>
      latest()
        ?.unfinished.flatMap(({tasks}) => tasks)
        .find(task => isOf(task, request))?.taskID,
  }
}

/** Whoever asked for it: with the same parameters it tells the same. */
function isOf({receiver, action, status, parameters}: TaskInfo, wanted: ReadOnlyRequest): boolean {
  if (receiver !== wanted.unit || action !== wanted.action || isFinished(status)) return false
  return isDeepStrictEqual(parameters, wanted.parameters ?? {})
}
