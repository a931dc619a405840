import type {BackupSchedule, BackupScheduleStatus} from '../../api/backup-schedule.ts'
import {getCondition, readyConditions, setCondition} from '../../runtime/conditions.ts'
import {timeOf} from './child.ts'
import type {Decision} from './decide.ts'
import {freshness} from './fresh.ts'
import type {Observed} from './observed.ts'
import type {Watched} from './watch-over.ts'

/** The whole status after a look. Pure. */
export function statusOf({schedule, now}: Observed, decision: Decision, watched: Watched): BackupScheduleStatus {
  const before = schedule.status
  const said = decision.said()
  const observedGeneration = schedule.metadata.generation ?? 0
  const isNews =
    before?.observedGeneration !== observedGeneration ||
    decision.accounts.length > 0 ||
    before.lastHandledRunNow !== said.lastHandledRunNow
  // These two belong to the controller of retention.
  const {retention, expiring} = before ?? {}
  const updatedAt = isNews ? timeOf(now) : before.updatedAt
  return {
    ...said,
    ...watched.said,
    ...(retention === undefined ? {} : {retention}),
    ...(expiring === undefined ? {} : {expiring}),
    ...(updatedAt === undefined ? {} : {updatedAt}),
    observedGeneration,
    conditions: readyConditions(watched.conditions, {...decision.ready, observedGeneration}, timeOf(now)),
  }
}

/** What is said of an object that breaks a rule. */
export interface InvalidReport {
  readonly status: BackupScheduleStatus
  /** when some of it turns unless something happens, ms since the epoch */
  readonly changesAt: number
}

/** The status of an object that breaks a rule: what was known stays, but nothing is planned, and the newest backup grows older. Pure. */
export function invalidReport(schedule: BackupSchedule, message: string, now: number): InvalidReport {
  const {nextScheduleTime: _next, upcoming: _upcoming, ...known} = schedule.status ?? {observedGeneration: -1}
  const observedGeneration = schedule.metadata.generation ?? 0
  const outcome = {state: 'Stalled', reason: 'InvalidSpec', message, observedGeneration} as const
  const {aged, changesAt} = aging(schedule, now)
  const conditions = readyConditions(aged.conditions, outcome, timeOf(now))
  return {status: {...known, ...aged, observedGeneration, conditions}, changesAt}
}

/** Fresh turns by what the status knows, for the spec cannot be relied on. It never turns for the better: nobody looked. */
function aging(
  {metadata, status: known}: BackupSchedule,
  now: number,
): {readonly aged: Partial<BackupScheduleStatus>; readonly changesAt: number} {
  const {conditions, objectiveSeconds} = known ?? {}
  const fresh = getCondition(conditions, 'Fresh')
  if (known === undefined || fresh === undefined || fresh.status === 'False' || objectiveSeconds === undefined)
    return {aged: {conditions}, changesAt: Infinity}
  const createdAt = Date.parse(metadata.creationTimestamp ?? '')
  const {
    status,
    reason,
    message,
    lastVerifiedTime,
    changesAt = Infinity,
  } = freshness({now, createdAt, objectiveSeconds, children: [], known, inStore: false})
  const turned = {type: 'Fresh', status, reason, message, observedGeneration: fresh.observedGeneration}
  return {
    aged: {
      conditions: setCondition(conditions, turned, timeOf(now)),
      ...(lastVerifiedTime === undefined ? {} : {lastVerifiedTime}),
    },
    changesAt,
  }
}
