import {
  runNowReason,
  scheduleStatusLimits,
  type BackupScheduleStatus,
  type RecentRun,
} from '../../api/backup-schedule.ts'
import type {Condition} from '../../api/meta.ts'
import type {CachedBackupJob} from '../backup-job/cache.ts'
import {getCondition} from '../../runtime/conditions.ts'
import {isFinished} from '../backup-job/rules/state.ts'
import {isRunNow, slotOf} from '../backup-job/origin.ts'
import {timeOf} from './child.ts'
import type {Account} from './slots.ts'

/** What a status says of past runs. */
export type RunsStatus = Pick<
  BackupScheduleStatus,
  | 'active'
  | 'recentRuns'
  | 'slots'
  | 'lastAttemptTime'
  | 'lastAttemptJob'
  | 'lastSuccessTime'
  | 'lastSuccessJob'
  | 'lastSuccessBackupID'
  | 'lastFailureTime'
  | 'lastFailureJob'
  | 'lastFailureReason'
  | 'lastSkipTime'
  | 'lastSkipReason'
>

/**
 * What is known of past runs, once these accounts are added to it. What the status says already stays true when the jobs that it
 * came from are gone. Pure.
 *
 * @param isOfTarget whether a child is of the application that the schedule is for now
 */
export function runsAfter(
  before: RunsStatus | undefined,
  accounts: readonly Account[],
  children: readonly CachedBackupJob[],
  isOfTarget: (child: CachedBackupJob) => boolean,
): RunsStatus {
  const own = children.filter(isOfTarget)
  return {
    active: children
      .filter(child => !isFinished(child.status))
      .toSorted(byCreation)
      .slice(0, scheduleStatusLimits.active)
      .map(child => ({job: child.metadata.name, slot: timeOf(slotOf(child) ?? createdAt(child))})),
    recentRuns: recentRuns(before?.recentRuns ?? [], accounts, children),
    slots: counted(before?.slots, accounts),
    ...lastAttempt(before, own),
    ...lastSuccess(before, own),
    ...lastFailure(before, own),
    ...lastSkip(before, accounts),
  }
}

const createdAt = ({metadata}: CachedBackupJob): number => Date.parse(metadata.creationTimestamp ?? '')
const byCreation = (a: CachedBackupJob, b: CachedBackupJob): number => createdAt(a) - createdAt(b)
const completedAt = ({status}: CachedBackupJob): number => Date.parse(status?.completionTime ?? '')
const succeededOf = ({status}: CachedBackupJob): Condition | undefined => getCondition(status?.conditions, 'Succeeded')

/** Newest first. A run keeps its entry; what became of its job is filled in once it is over. */
function recentRuns(
  before: readonly RecentRun[],
  accounts: readonly Account[],
  children: readonly CachedBackupJob[],
): RecentRun[] {
  const byName = new Map(children.map(child => [child.metadata.name, child]))
  const known = new Set(before.map(({job}) => job))
  const atOnce = children.filter(child => isRunNow(child) && !known.has(child.metadata.name))
  const added = [...accounts.map(ofAccount), ...atOnce.map(ofRunNow)]
  return [...added, ...before]
    .map(run => withResult(run, run.job === undefined ? undefined : byName.get(run.job)))
    .toSorted((a, b) => Date.parse(b.slot) - Date.parse(a.slot))
    .slice(0, scheduleStatusLimits.recentRuns)
}

function ofAccount({slot, outcome, reason, job, message}: Account): RecentRun {
  return {
    slot: timeOf(slot),
    outcome,
    ...(reason === undefined ? {} : {reason}),
    ...(job === undefined ? {} : {job}),
    ...(message === undefined ? {} : {message}),
  }
}

const ofRunNow = (child: CachedBackupJob): RecentRun => ({
  slot: timeOf(slotOf(child) ?? createdAt(child)),
  outcome: 'Ran',
  reason: runNowReason,
  job: child.metadata.name,
})

function withResult(run: RecentRun, child: CachedBackupJob | undefined): RecentRun {
  if (child === undefined || !isFinished(child.status)) return run
  const succeeded = succeededOf(child)
  const backupID = child.status?.backupID
  const why = run.outcome !== 'Skipped' && succeeded?.status === 'False' ? succeeded.message : ''
  return {
    ...run,
    ...(succeeded === undefined ? {} : {result: succeeded.reason}),
    ...(backupID === undefined ? {} : {backupID}),
    ...(why === '' ? {} : {message: why.slice(0, scheduleStatusLimits.message)}),
  }
}

function counted(before: RunsStatus['slots'], accounts: readonly Account[]): NonNullable<RunsStatus['slots']> {
  const next = {ran: before?.ran ?? 0, late: before?.late ?? 0, skipped: {...before?.skipped}}
  for (const {outcome, reason, count} of accounts) {
    if (count === 0) continue
    if (outcome === 'Ran') next.ran += count
    else if (outcome === 'Late') next.late += count
    else if (reason !== undefined) next.skipped[reason] = (next.skipped[reason] ?? 0) + count
  }
  return next
}

/** The child for which `time` is largest, if that is later than what was known. */
function newest(
  children: readonly CachedBackupJob[],
  time: (child: CachedBackupJob) => number,
  known: string | undefined,
): CachedBackupJob | undefined {
  const limit = known === undefined ? -Infinity : Date.parse(known)
  return children.reduce<CachedBackupJob | undefined>((best, child) => {
    const at = time(child)
    return at > limit && (best === undefined || at > time(best)) ? child : best
  }, undefined)
}

function lastAttempt(before: RunsStatus | undefined, children: readonly CachedBackupJob[]): RunsStatus {
  const child = newest(children, createdAt, before?.lastAttemptTime)
  if (child === undefined) return picked(before, 'lastAttemptTime', 'lastAttemptJob')
  return {lastAttemptTime: timeOf(createdAt(child)), lastAttemptJob: child.metadata.name}
}

function lastSuccess(before: RunsStatus | undefined, children: readonly CachedBackupJob[]): RunsStatus {
  const good = children.filter(child => succeededOf(child)?.status === 'True')
  const child = newest(good, completedAt, before?.lastSuccessTime)
  if (child === undefined) return picked(before, 'lastSuccessTime', 'lastSuccessJob', 'lastSuccessBackupID')
  const backupID = child.status?.backupID
  return {
    lastSuccessTime: timeOf(completedAt(child)),
    lastSuccessJob: child.metadata.name,
    ...(backupID === undefined ? {} : {lastSuccessBackupID: backupID}),
  }
}

function lastFailure(before: RunsStatus | undefined, children: readonly CachedBackupJob[]): RunsStatus {
  const bad = children.filter(child => succeededOf(child)?.status === 'False')
  const child = newest(bad, completedAt, before?.lastFailureTime)
  if (child === undefined) return picked(before, 'lastFailureTime', 'lastFailureJob', 'lastFailureReason')
  const reason = succeededOf(child)?.reason
  return {
    lastFailureTime: timeOf(completedAt(child)),
    lastFailureJob: child.metadata.name,
    ...(reason === undefined ? {} : {lastFailureReason: reason}),
  }
}

function lastSkip(before: RunsStatus | undefined, accounts: readonly Account[]): RunsStatus {
  const skip = accounts.findLast(({outcome}) => outcome === 'Skipped')
  if (skip?.reason === undefined) return picked(before, 'lastSkipTime', 'lastSkipReason')
  return {lastSkipTime: timeOf(skip.slot), lastSkipReason: skip.reason}
}

function picked(before: RunsStatus | undefined, ...names: readonly (keyof RunsStatus)[]): RunsStatus {
  return Object.fromEntries(
    names.flatMap(name => (before?.[name] === undefined ? [] : [[name, before[name]] as const])),
  ) as RunsStatus
}
