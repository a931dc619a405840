import type {BackupJob, BackupJobReason, BackupJobStatus} from '../../api/backup-job.ts'
import type {Condition} from '../../api/meta.ts'
import {boundedConditions, removeCondition, setCondition, type BoundedState} from '../../runtime/conditions.ts'
import {equalJson} from '../../runtime/equality.ts'
import type {Report} from './step.ts'

/** Progress alone (a message, log lines) is written at most this often (api.md rule 8). */
export const PROGRESS_EVERY_MS = 30_000
/** While Juju is away the time at which it was asked last is written so often (api.md rule 8). */
export const UNSEEN_EVERY_MS = 300_000
/** Fields whose change alone is only progress. */
const progressFields: readonly (keyof BackupJobStatus)[] = ['lastMessage', 'log', 'lastObservedTime']

/** How kstatus shall read a reason (table of api.md rule 5). */
export function stateOf(reason: BackupJobReason, ends: boolean): BoundedState {
  if (reason === 'Succeeded' || reason === 'Planned' || reason === 'AlreadyExecuted') return 'Succeeded'
  if (ends) return 'Failed'
  return reason === 'OutcomeUnknown' || reason === 'ActionRequired' ? 'NeedsPerson' : 'InProgress'
}

/** The status of an object that nobody has written yet. */
export const emptyStatus: BackupJobStatus = {observedGeneration: -1}

/** The whole status after a step. Pure. */
export function nextStatus(job: BackupJob, report: Report, ends: boolean, now: number): BackupJobStatus {
  const time = new Date(now).toISOString()
  const before = job.status ?? emptyStatus
  const merged = Object.fromEntries(
    Object.entries({...before, ...report.patch}).filter(([, value]) => value !== undefined),
  ) as unknown as BackupJobStatus
  const {queue: _left, lastSeenTime, ...rest} = merged
  const queue = report.reason === 'Queued' ? report.patch?.queue : undefined
  const observedGeneration = job.metadata.generation ?? 0
  return {
    ...rest,
    ...(queue === undefined ? {} : {queue}),
    ...(report.unseen === true && lastSeenTime !== undefined ? {lastSeenTime} : {}),
    ...(ends && rest.completionTime === undefined ? {completionTime: time} : {}),
    observedGeneration,
    lastObservedTime: time,
    conditions: conditions(before.conditions ?? [], report, stateOf(report.reason, ends), observedGeneration, time),
  }
}

function conditions(
  before: readonly Condition[],
  report: Report,
  state: BoundedState,
  observedGeneration: number,
  time: string,
): Condition[] {
  const {reason, message} = report
  const kept = (report.drop ?? []).reduce<readonly Condition[]>((list, type) => removeCondition(list, type), before)
  const extra = (report.conditions ?? []).reduce<readonly Condition[]>(
    (list, condition) => setCondition(list, {...condition, observedGeneration}, time),
    kept,
  )
  return boundedConditions(extra, {state, reason, message, observedGeneration}, time)
}

/**
 * Whether the status has to be written: something that a user would care about changed, or progress is due.
 *
 * `lastObservedTime` alone is a change only while Juju is away, every 5 minutes. The message of Succeeded while Running repeats the progress, so it counts as progress.
 */
export function worthWriting(before: BackupJobStatus | undefined, after: BackupJobStatus, now: number): boolean {
  if (!before || before.observedGeneration !== after.observedGeneration) return true
  // The API server gives the keys of an object back in another order than they were sent in.
  if (!equalJson(substance(before), substance(after))) return true
  const last = Date.parse(before.lastObservedTime ?? '')
  if (after.lastSeenTime !== undefined && now - last >= UNSEEN_EVERY_MS) return true
  const due = Number.isNaN(last) || now - last >= PROGRESS_EVERY_MS
  return due && (before.lastMessage !== after.lastMessage || !equalJson(before.log, after.log))
}

/** The status without what is only progress; the message repeats the progress, so that part of it does not count either. */
function substance(status: BackupJobStatus): unknown {
  const progress = status.lastMessage ?? ''
  const rest = Object.entries(status).filter(([name]) => !(progressFields as readonly string[]).includes(name))
  const conditionsOf = (status.conditions ?? []).map(({type, status: value, reason, message}) => {
    const repeats = progress !== '' && reason === 'Running'
    return [type, value, reason, repeats ? message.replace(progress, '') : message]
  })
  return [...rest.filter(([name]) => name !== 'conditions').toSorted(([a], [b]) => (a < b ? -1 : 1)), conditionsOf]
}
