import type {BackupSchedule, BackupScheduleStatus} from '../../api/backup-schedule.ts'
import {readyConditions} from '../../runtime/conditions.ts'
import {timeOf} from './child.ts'
import type {Decision} from './decide.ts'
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

/** The status of an object that breaks a rule: all that was known stays. */
export function invalidStatus({metadata, status}: BackupSchedule, message: string, now: number): BackupScheduleStatus {
  const observedGeneration = metadata.generation ?? 0
  const outcome = {state: 'Stalled', reason: 'InvalidSpec', message, observedGeneration} as const
  return {
    ...status,
    observedGeneration,
    conditions: readyConditions(status?.conditions, outcome, timeOf(now)),
  }
}
