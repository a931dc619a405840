import type {BackupJob, BackupJobIntent, BackupJobStatus, HookRun} from '../../api/backup-job.ts'
import type {StatusPatch} from './step.ts'
import {taskIsOver} from './rules/state.ts'

/** What is known of a task of this job in Juju. */
interface CallProgress {
  readonly operationID?: string | undefined
  readonly taskID?: string | undefined
  /** Juju's word, or one of our own (PRUNED, VOUCHED) */
  readonly taskStatus?: string | undefined
}

/** One action in Juju, as the status records it: that of the job itself, or of the hook that runs now. */
export interface Call extends CallProgress {
  readonly kind: 'Main' | 'Hook'
  readonly intent: Omit<BackupJobIntent, 'newestBackupID'>
}

/** The run of a hook that is not over; only the last one can be. */
export function openHook(status: BackupJobStatus): HookRun | undefined {
  const last = status.hooks?.at(-1)
  return last === undefined || taskIsOver(last) ? undefined : last
}

/** The action that the job waits for now; undefined: none is under way. */
export function activeCall(status: BackupJobStatus): Call | undefined {
  const run = openHook(status)
  if (run !== undefined) return {...run, kind: 'Hook', intent: run}
  const {intent, operationID, taskID, taskStatus} = status
  if (intent === undefined || taskIsOver(status)) return undefined
  return {kind: 'Main', intent, operationID, taskID, taskStatus}
}

/**
 * Changes what is recorded of the last hook run. Its parameters are there to find its task again; once that is over they
 * are dropped, so that many runs stay within what an object may weigh.
 */
export function patchHook(status: BackupJobStatus, change: Partial<HookRun>): StatusPatch {
  const runs = status.hooks ?? []
  const last = runs.at(-1)
  if (last === undefined) return {}
  const run = {...last, ...change}
  return {hooks: [...runs.slice(0, -1), taskIsOver(run) ? {...run, parameters: {}} : run]}
}

/** The last hook run is as if it had never been prepared. */
export const dropHook = ({hooks = []}: BackupJobStatus): StatusPatch => ({
  hooks: hooks.length > 1 ? hooks.slice(0, -1) : undefined,
})

/** All tasks that this job has started in Juju, and that are not known to be over. */
export function openTasksOf({status}: Pick<BackupJob, 'status'>): readonly string[] {
  if (status === undefined) return []
  const own = status.taskID === undefined ? [] : [status.taskID]
  const hooks = (status.hooks ?? []).flatMap(({taskID}) => (taskID === undefined ? [] : [taskID]))
  return [...own, ...hooks]
}

/** The time that names what a person may be asked about (api.md rule 11): an effect in Juju, or the grant before the first one. */
export function openIntentTime(status: BackupJobStatus | undefined): string | undefined {
  if (status === undefined) return undefined
  return status.restore?.change?.time ?? openHook(status)?.time ?? status.intent?.time ?? status.grantedAt
}
