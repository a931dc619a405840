import type {BackupJob, BackupJobSpec, BackupJobStatus} from '../../../api/backup-job.ts'

/** Juju's words for a task that is over (reference: Action facade; `aborting` is not the end). */
const over = new Set(['completed', 'failed', 'cancelled', 'aborted', 'error'])

/** Our own word for a task that Juju does not know any more, because its history was pruned. */
export const PRUNED = 'pruned'
/** Our own word for a task that never got an id here, of which a person says that it ran. */
export const VOUCHED = 'vouched'

/** Whether a task is over in Juju, of the job itself or of a hook (or known to be, by a person or because it is gone). */
export const taskIsOver = ({taskStatus}: Pick<BackupJobStatus, 'taskStatus'>): boolean =>
  taskStatus !== undefined && (over.has(taskStatus) || taskStatus === PRUNED || taskStatus === VOUCHED)

/** Whether a word of Juju ends a task. */
export const endsTask = (word: string): boolean => over.has(word)

/** Whether the job has its outcome. */
export const isFinished = (status: BackupJobStatus | undefined): boolean => {
  const succeeded = status?.conditions?.find(condition => condition.type === 'Succeeded')
  return succeeded !== undefined && succeeded.status !== 'Unknown'
}

/**
 * Whether the job is a holder of its application: granted, and its work in Juju is not known to be over. A backup needs no lock
 * any more once it is only proved in the store, unless hooks follow.
 */
export const holdsGrant = ({spec, status}: Pick<BackupJob, 'spec' | 'status'>): boolean => {
  if (status?.grantedAt === undefined || isFinished(status)) return false
  const isOnlyProved = taskIsOver(status) && status.backupID !== undefined
  return !isOnlyProved || (spec.hooks?.post ?? []).length > 0
}

/** Type of backup that is made: the spec's, unless a full one has to come first. */
export const wantedType = (spec: BackupJobSpec, status: BackupJobStatus): 'Full' | 'Differential' | 'Incremental' =>
  status.type ?? spec.backup.type

/** Where the evidence has to be: in the charm's listing, in the store as well, or nowhere. */
export const verification = (spec: BackupJobSpec): 'Listing' | 'Store' | 'None' => {
  if (spec.verify !== 'Auto') return spec.verify
  return spec.storageRef === undefined ? 'Listing' : 'Store'
}
