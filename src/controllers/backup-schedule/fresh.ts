import type {FreshReason} from '../../api/backup-schedule.ts'
import type {ConditionStatus} from '../../api/meta.ts'
import type {CachedBackupJob} from '../backup-job/cache.ts'
import {hasMadeABackup} from '../inventory/our-backups.ts'
import {getCondition} from '../../runtime/conditions.ts'
import {timeOf} from './child.ts'

/** What the status has said so far: it outlives the jobs. Times are RFC 3339. */
export interface KnownRuns {
  readonly lastVerifiedTime?: string | undefined
  readonly lastSuccessTime?: string | undefined
  readonly lastFailureTime?: string | undefined
}

/** Everything that decides whether the newest backup is recent enough; times are ms since the epoch. */
export interface FreshnessQuestion {
  readonly now: number
  /** when the schedule was created */
  readonly createdAt: number
  /** the age that a backup may reach; undefined: none was given, and the pattern has no slots to work it out from */
  readonly objectiveSeconds: number | undefined
  /** the jobs of this schedule that there are, for what its template names now */
  readonly children: readonly CachedBackupJob[]
  readonly known: KnownRuns
  /** the template names a BackupStorage: only what was found in the store counts */
  readonly inStore: boolean
}

/** What the condition Fresh says. */
export interface Freshness {
  readonly status: ConditionStatus
  readonly reason: FreshReason
  readonly message: string
  /** for status.lastVerifiedTime; undefined: no backup is known that is verified and was not lost since */
  readonly lastVerifiedTime: string | undefined
  /** when it turns unless something happens */
  readonly changesAt?: number
}

/**
 * Whether the newest verified backup is younger than the objective. Its age counts from the end of its job, also while the
 * schedule is suspended. A backup whose data is gone counts no longer; one whose job was deleted does. An end that lies in the
 * future, by a clock that was wrong, makes no backup younger than now.
 */
export function freshness(question: FreshnessQuestion): Freshness {
  const proved = question.children.filter(job => isProved(job, question.inStore))
  const gone = proved.filter(isGone)
  const newest = newestEnd(question, proved, gone)
  const counted = newest === undefined ? withoutBackup(question, gone) : aged(question, newest, gone)
  return {...counted, lastVerifiedTime: newest === undefined ? undefined : timeOf(newest)}
}

type Verdict = Omit<Freshness, 'lastVerifiedTime'>

function isProved(job: CachedBackupJob, inStore: boolean): boolean {
  const verified = getCondition(job.status?.conditions, 'Verified')
  if (verified?.status !== 'True' || !hasMadeABackup(job)) return false
  return !inStore || verified.reason === 'FoundInStore'
}

const isGone = ({status}: CachedBackupJob): boolean =>
  getCondition(status?.conditions, 'DataPresent')?.status === 'False'

/** Times of the status are whole seconds, so ends of jobs are compared as such. */
const inWholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000
const wholeSeconds = (time: string | undefined): number => inWholeSeconds(Date.parse(time ?? ''))

const endOf = ({status}: CachedBackupJob): number => wholeSeconds(status?.completionTime)
const creationOf = ({metadata}: CachedBackupJob): number => wholeSeconds(metadata.creationTimestamp)

/**
 * What the status says counts as well, unless it is of a job whose data is gone. It may not lie in the future, and is written as of
 * now then, so that it grows old from there. Of a job whose end does, the creation counts, by the clock of the API server; if even
 * that does, the job counts only where nothing else is known.
 */
function newestEnd(
  {now, known: {lastVerifiedTime}}: FreshnessQuestion,
  proved: readonly CachedBackupJob[],
  gone: readonly CachedBackupJob[],
): number | undefined {
  const known = wholeSeconds(lastVerifiedTime)
  const isLost = gone.some(job => mayBeOf(job, known, now))
  const ofJobs = proved.filter(job => !isGone(job)).map(job => (endOf(job) > now ? creationOf(job) : endOf(job)))
  const moment = inWholeSeconds(now)
  const past = [...ofJobs, isLost ? Number.NaN : Math.min(known, moment)].filter(time => time <= now)
  if (past.length > 0) return Math.max(...past)
  return ofJobs.some(time => time > now) ? moment : undefined
}

/** Whether the status says this time (ms since the epoch) because of this job; if in doubt, it does. */
function mayBeOf(job: CachedBackupJob, known: number, now: number): boolean {
  const [created, ended] = [creationOf(job), endOf(job)]
  if (ended > now) return known >= created || created > now
  return known === ended || known === created
}

function aged({now, objectiveSeconds}: FreshnessQuestion, newest: number, gone: readonly CachedBackupJob[]): Verdict {
  const lost = gone.filter(job => endOf(job) > newest).length
  const newer = lost === 0 ? '' : `; ${lost === 1 ? 'a newer one is' : `${lost} newer ones are`} gone from the store`
  const which = `the newest verified backup is of ${timeOf(newest)}${newer}`
  if (objectiveSeconds === undefined)
    return {
      status: 'Unknown',
      reason: 'NoObjective',
      message: `${which}; how old it may be is not known: mend spec.schedule, or set objective.maxAgeSeconds`,
    }
  const until = newest + objectiveSeconds * 1000
  if (now < until)
    return {
      status: 'True',
      reason: 'Fresh',
      message: `${which}; it is recent enough until ${timeOf(until)}`,
      changesAt: until,
    }
  const message = `${which}, and since ${timeOf(until)} older than ${objectiveSeconds} s; status.recentRuns says what became of the runs`
  return {status: 'False', reason: 'TooOld', message}
}

/** No backup counts: that is forgiven until a first one would have had to be there. */
function withoutBackup(
  {now, createdAt, objectiveSeconds, children, known}: FreshnessQuestion,
  gone: readonly CachedBackupJob[],
): Verdict {
  if (gone.length > 0)
    return {
      status: 'False',
      reason: 'TooOld',
      message: 'no verified backup is left: what was there is gone from the store; make one now with spec.runNow',
    }
  const hasRun =
    known.lastSuccessTime !== undefined ||
    known.lastFailureTime !== undefined ||
    children.some(({status}) => status?.completionTime !== undefined)
  const which = hasRun
    ? 'no run has ended with a verified backup yet (status.recentRuns says why)'
    : 'no run has ended yet'
  const until = objectiveSeconds === undefined ? undefined : createdAt + objectiveSeconds * 1000
  if (until === undefined || now < until)
    return {
      status: 'Unknown',
      reason: 'NoBackupYet',
      message: until === undefined ? which : `${which}; there has to be one by ${timeOf(until)}`,
      ...(until !== undefined && {changesAt: until}),
    }
  return {
    status: 'False',
    reason: 'TooOld',
    message: `${which}, and there would have had to be one by ${timeOf(until)}`,
  }
}
