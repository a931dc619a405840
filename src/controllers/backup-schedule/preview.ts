import type {BackupScheduleStatus} from '../../api/backup-schedule.ts'
import {describePattern, previewSlots, type CalendarMemo} from '../../calendar/index.ts'
import {timeOf} from './child.ts'
import type {Pattern} from './pattern.ts'

/** How many coming slots a status shows. */
const shownSlots = 5

export type PreviewStatus = Pick<BackupScheduleStatus, 'nextScheduleTime' | 'upcoming' | 'description'>

export interface PreviewQuestion {
  readonly pattern: Pattern
  readonly suspended: boolean
  readonly jitterMs: number
  /** when the next child is due, jitter included, ms since the epoch */
  readonly dueAt: number | undefined
  /** as it was shown last, and for which pattern */
  readonly before: BackupScheduleStatus | undefined
  readonly memo: CalendarMemo
}

/** What is to come. What was shown before is shown again while it is still true: working it out takes a while. Pure. */
export function previewOf({pattern, suspended, jitterMs, dueAt, before, memo}: PreviewQuestion): PreviewStatus {
  if (pattern.schedule === '') return {}
  const isSame = before?.pattern?.schedule === pattern.schedule && before.pattern.timeZone === pattern.timeZone
  const description = (isSame ? before.description : undefined) ?? describePattern(pattern.schedule, pattern.timeZone)
  if (suspended || dueAt === undefined) return {description}
  const nextScheduleTime = timeOf(dueAt)
  if (isSame && before.nextScheduleTime === nextScheduleTime && before.upcoming !== undefined)
    return {nextScheduleTime, upcoming: before.upcoming, description}
  const coming = previewSlots(pattern.schedule, pattern.timeZone, dueAt - jitterMs - 1, shownSlots, memo, jitterMs)
  return {
    nextScheduleTime,
    upcoming: coming.map(({time, local, note}) => ({
      time: timeOf(time + jitterMs),
      local,
      ...(note === undefined ? {} : {note}),
    })),
    description,
  }
}
