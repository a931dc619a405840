import type {BackupSchedule, BackupScheduleStatus} from '../../api/backup-schedule.ts'
import {checkPattern, collisions, shortestGapMs, stableJitterMs, type CalendarMemo} from '../../calendar/index.ts'
import {keyOf} from '../../kube/resources.ts'
import {timeOf} from './child.ts'

type Warning = NonNullable<BackupScheduleStatus['warnings']>[number]

const minuteMs = 60_000
const hourMs = 60 * minuteMs

export interface CadenceQuestion {
  /** its pattern is known to be readable */
  readonly schedule: BackupSchedule
  /** the other schedules of the same application */
  readonly others: readonly BackupSchedule[]
  readonly now: number
  readonly memo: CalendarMemo
}

/** What is worth a look about when a schedule comes due, although it runs. Pure. */
export function cadenceWarnings(question: CadenceQuestion): Warning[] {
  const {schedule, others} = question
  return [...unusualCadence(question), ...others.flatMap(other => collision(question, other))].filter(
    () => !schedule.spec.suspend,
  )
}

function unusualCadence({schedule: {spec}, memo}: CadenceQuestion): Warning[] {
  const gapMs = shortestGapMs(spec.schedule, memo)
  if (gapMs >= hourMs) return []
  const minutes = gapMs / minuteMs
  const every = minutes === 1 ? 'each minute' : `every ${minutes} minutes`
  const message = `a backup ${every}: did you mean an hour or a day? ${spec.schedule} has the minute first`
  return [{reason: 'UnusualCadence', message}]
}

/** Both ask for a backup in the same minute: one waits for the other, each time. */
function collision({schedule, now, memo}: CadenceQuestion, other: BackupSchedule): Warning[] {
  const [{spec}, theirs] = [schedule, other.spec]
  if (theirs.suspend || checkPattern(theirs.schedule, theirs.timeZone, memo) !== undefined) return []
  if (Math.abs(jitterOf(schedule) - jitterOf(other)) >= minuteMs) return []
  const at = collisions(spec, theirs, now, memo)
  if (at === undefined) return []
  const message = `${other.metadata.name} comes due in the same minute, next at ${timeOf(at)}: one of the two waits each time; move one of them, or give them jitterSeconds`
  return [{reason: 'Collision', message}]
}

const jitterOf = (schedule: BackupSchedule): number => stableJitterMs(keyOf(schedule), schedule.spec.jitterSeconds)
