import type {BackupJob} from '../../api/index.ts'
import {RESTORE_ANNOTATION} from '../../api/meta.ts'
import type {Store} from '../../runtime/store.ts'
import type {CachedBackupJob} from './cache.ts'
import {applicationKeyOf} from './cache.ts'
import {isFinished} from './rules/state.ts'

type Jobs = Store<CachedBackupJob>

/** So many past runs tell what is usual. */
const usualRuns = 5

/** Jobs of the same application in the same JujuModel, this one not among them. */
export function siblingsOf(jobs: Jobs, job: BackupJob): readonly CachedBackupJob[] {
  return jobs.byIndex('byApplication', applicationKeyOf(job)).filter(one => one.metadata.uid !== job.metadata.uid)
}

export const hasSucceeded = ({status}: Pick<BackupJob, 'status'>): boolean =>
  status?.conditions?.some(one => one.type === 'Succeeded' && one.status === 'True' && one.reason === 'Succeeded') ??
  false

/** Newest first, by when they were over. */
export function newestFirst(jobs: readonly CachedBackupJob[]): readonly CachedBackupJob[] {
  const end = ({status}: CachedBackupJob): string => status?.completionTime ?? ''
  return jobs.toSorted((a, b) => (end(a) < end(b) ? 1 : end(a) > end(b) ? -1 : 0))
}

/** Sizes of the last successful backups of the same type, bytes; only for a job whose backup is found and not proved yet. */
export function lastSizes(jobs: Jobs, job: BackupJob): readonly number[] {
  const {status} = job
  if (job.spec?.type !== 'Backup' || status?.backupID === undefined || status.taskStatus === undefined) return []
  if (isFinished(status)) return []
  const alike = siblingsOf(jobs, job).filter(one => hasSucceeded(one) && one.status?.type === status.type)
  return newestFirst(alike)
    .flatMap(one => one.status?.sizeBytes ?? one.status?.repositorySizeBytes ?? [])
    .slice(0, usualRuns)
}

/** Durations of the last restores of the same application, seconds, newest first. */
export function lastDurations(siblings: readonly CachedBackupJob[]): readonly number[] {
  const restores = siblings.filter(one => one.spec.type === 'Restore' && hasSucceeded(one))
  return newestFirst(restores)
    .flatMap(({status}) => {
      const seconds = Math.round(
        (Date.parse(status?.completionTime ?? '') - Date.parse(status?.grantedAt ?? '')) / 1000,
      )
      return Number.isNaN(seconds) ? [] : [seconds]
    })
    .slice(0, usualRuns)
}

/** The restore that waits for this job as its safety backup, if it holds the application: its grant counts for both. */
export function lenderOf(jobs: Jobs, job: BackupJob): string | undefined {
  const [lender] = jobs.byIndex('bySafetyBackup', `${job.metadata.namespace}/${job.metadata.name}`)
  if (lender === undefined || applicationKeyOf(lender) !== applicationKeyOf(job)) return undefined
  if (job.metadata.annotations?.[RESTORE_ANNOTATION] !== lender.metadata.uid) return undefined
  const step = lender.status?.restore?.steps?.find(({name}) => name === 'SafetyBackup')
  const waits = step?.startedAt !== undefined && step.finishedAt === undefined
  return waits && lender.status?.grantedAt !== undefined ? lender.metadata.name : undefined
}
