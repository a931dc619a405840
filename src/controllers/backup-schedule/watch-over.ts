import type {BackupScheduleStatus} from '../../api/backup-schedule.ts'
import type {Condition} from '../../api/meta.ts'
import {setCondition} from '../../runtime/conditions.ts'
import {timeOf} from './child.ts'
import {freshness} from './fresh.ts'
import {objectiveOf} from './objective.ts'
import type {Observed} from './observed.ts'

/** What is watched beside the slots: conditions, and what the status says with them. */
export interface Watched {
  readonly conditions: readonly Condition[] | undefined
  readonly said: Partial<BackupScheduleStatus>
  /** when something of it turns by itself, ms since the epoch */
  readonly changesAt?: number | undefined
}

/** The conditions that watch whether the schedule reaches what it is for. Pure. */
export function watchOver(observed: Observed): Watched {
  const {schedule, now, children} = observed
  const observedGeneration = schedule.metadata.generation ?? 0
  const objectiveSeconds = objectiveOf(observed)
  const fresh = freshness({
    now,
    createdAt: Date.parse(schedule.metadata.creationTimestamp ?? ''),
    objectiveSeconds,
    children,
    known: schedule.status ?? {},
    inStore: schedule.spec.jobTemplate.spec.storageRef !== undefined,
  })
  const {status, reason, message, lastVerifiedTime, changesAt} = fresh
  return {
    conditions: setCondition(
      schedule.status?.conditions,
      {type: 'Fresh', status, reason, message, observedGeneration},
      timeOf(now),
    ),
    said: {
      ...(objectiveSeconds === undefined ? {} : {objectiveSeconds}),
      ...(lastVerifiedTime === undefined ? {} : {lastVerifiedTime}),
    },
    changesAt,
  }
}
