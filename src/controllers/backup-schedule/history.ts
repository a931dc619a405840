import {RUNNING_FINALIZER} from '../../api/meta.ts'
import {hasFinalizer} from '../../runtime/finalizers.ts'
import {applicationKeyOf, type CachedBackupJob} from '../backup-job/cache.ts'
import {hasSucceeded} from '../backup-job/history.ts'
import {isFinished} from '../backup-job/rules/state.ts'
import {isReplaced, isRunNow, slotOf} from '../backup-job/origin.ts'
import {isTrueChild, type ScheduleName} from './child.ts'

/** Everything that decides which finished jobs of a schedule are kept as objects. */
export interface HistoryQuestion {
  /** whose jobs they are */
  readonly schedule: ScheduleName
  /** the jobs that carry the mark of this schedule */
  readonly children: readonly CachedBackupJob[]
  /** all jobs of the application that this one is for, whoever made them */
  readonly ofApplication: (job: CachedBackupJob) => readonly CachedBackupJob[]
  /** how many are kept of each application that the schedule is, or was, for */
  readonly history: {readonly successful: number; readonly failed: number}
  /** every slot up to this one is accounted for, ms since the epoch; the job of a later one may not go */
  readonly accountedUntil: number
  /** the job of a spec.runNow that is not in status.lastHandledRunNow yet */
  readonly openRunNow?: string | undefined
  /** whether an unfinished job names this one as parent or source */
  readonly isNamed: (job: CachedBackupJob) => boolean
}

/** What goes, oldest first. */
export interface HistoryVerdict {
  readonly remove: readonly CachedBackupJob[]
  /** for the event; undefined: nothing goes */
  readonly note?: string
}

/**
 * Which finished jobs go: those beyond the limits, the oldest first. Only objects: no backup is ever touched.
 *
 * The limits count for each application by itself: an edited template does not give up what is known of the one before.
 * Kept in any case: what the schedule did not make, a copy of its job included; what is not over, in Juju too; the newest success;
 * what a slot or token that is not accounted for needs (it would run again); what an unfinished job names; and every job whose
 * backup one that is kept builds on, whoever made that.
 */
export function beyondHistory(question: HistoryQuestion): HistoryVerdict {
  const own = question.children.filter(job => isTrueChild(job, question.schedule))
  const byApplication = Map.groupBy(own, applicationKeyOf)
  const remove = inOrder([...byApplication.values()].flatMap(jobs => beyondLimits(jobs, question)))
  return remove.length === 0 ? {remove} : {remove, note: noteOf(remove, question.history)}
}

/** @param jobs of one application */
function beyondLimits(jobs: readonly CachedBackupJob[], question: HistoryQuestion): readonly CachedBackupJob[] {
  const {history, ofApplication} = question
  const [successes, failures] = [jobs.filter(hasSucceeded), jobs.filter(hasFailed)].map(inOrder)
  const candidates = [
    ...beyond(successes, Math.max(1, history.successful)),
    ...beyond(failures, history.failed),
  ].filter(job => mayGo(job, question))
  const [first] = candidates
  if (first === undefined) return []
  const needed = neededBackups(ofApplication(first), new Set(candidates.map(({metadata}) => metadata.uid)))
  return candidates.filter(({status}) => !needed.has(status?.backupID ?? ''))
}

const hasFailed = (job: CachedBackupJob): boolean => isFinished(job.status) && !hasSucceeded(job)

/** The oldest first; before them those that had to give way to a newer slot, which tell nothing. */
function inOrder(jobs: readonly CachedBackupJob[]): readonly CachedBackupJob[] {
  const rank = (job: CachedBackupJob): string =>
    `${isReplaced(job) ? 0 : 1} ${job.status?.completionTime ?? job.metadata.creationTimestamp ?? ''} ${job.metadata.name}`
  return jobs.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))
}

const beyond = (jobs: readonly CachedBackupJob[] = [], limit: number): readonly CachedBackupJob[] =>
  jobs.slice(0, Math.max(0, jobs.length - limit))

function mayGo(job: CachedBackupJob, {accountedUntil, openRunNow, isNamed}: HistoryQuestion): boolean {
  const {metadata} = job
  if (hasFinalizer(job, RUNNING_FINALIZER) || metadata.deletionTimestamp !== undefined) return false
  const slot = slotOf(job)
  const isAccounted = isRunNow(job) ? metadata.name !== openRunNow : slot !== undefined && slot <= accountedUntil
  return isAccounted && !isNamed(job)
}

/** Ids of the backups that those which stay build on, down to the full ones. */
function neededBackups(jobs: readonly CachedBackupJob[], going: ReadonlySet<string | undefined>): ReadonlySet<string> {
  const parents = new Map(jobs.map(({status}) => [status?.backupID, status?.parentBackupID]))
  const needed = new Set<string>()
  for (const {metadata, status} of jobs) {
    if (going.has(metadata.uid)) continue
    for (let id = status?.parentBackupID; id !== undefined && !needed.has(id); id = parents.get(id)) needed.add(id)
  }
  return needed
}

function noteOf(remove: readonly CachedBackupJob[], {successful, failed}: HistoryQuestion['history']): string {
  const [first] = remove
  const what = remove.length === 1 ? `BackupJob ${first?.metadata.name}` : `${remove.length} BackupJobs`
  return `${what} beyond spec.history (${successful} successful, ${failed} failed): removed as objects only, their backups stay`
}
