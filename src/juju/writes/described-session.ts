import {enqueue as sendEnqueue, type Enqueued} from '../actions.ts'
import type {CallOptions} from '../connection.ts'
import type {ModelSession} from '../model-session.ts'
import type {TaskInfo} from '../tasks.ts'

/**
 * A session as the product has it: it reads, and writes only what is described in this folder, by `send`. The bare writes are
 * for those who use the client alone.
 */
export type DescribedSession = Omit<ModelSession, 'enqueue' | 'cancel' | 'setAnnotations'>

/** What it takes to run an action and follow it. */
export interface ReadOnlyActions {
  enqueue(
    request: {readonly unit: string; readonly action: string},
    options?: CallOptions,
  ): Promise<Pick<Enqueued, 'taskID'>>
  actions(taskIDs: readonly string[], options?: CallOptions): Promise<readonly TaskInfo[]>
}

/**
 * For actions of which the charm's profile says that they change nothing (list-backups, get-primary): one too many does no
 * harm, so they need neither an intent nor a look-up (api.md rule 11). They take no parameters.
 */
export function readOnlyActions(session: DescribedSession): ReadOnlyActions {
  return {
    enqueue: ({unit, action}, options) => sendEnqueue(session, {unit, action, parameters: {}}, options),
    actions: (taskIDs, options) => session.actions(taskIDs, options),
  }
}
