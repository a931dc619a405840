import {scheduleStatusLimits, type BackupScheduleStatus, type UpcomingRun} from '../../api/backup-schedule.ts'
import {
  allowed,
  describePattern,
  nextAllowed,
  nextSlot,
  previewSlots,
  type CalendarMemo,
  type TimeWindow,
} from '../../calendar/index.ts'
import {trimMessage} from '../../runtime/conditions.ts'
import {timeOf} from './child.ts'
import type {Pattern} from './pattern.ts'

/** So many slots that windows do not allow are passed over on the way to the next run: one for each day of a year. */
const mostPassedOver = 366
const outside = 'outside of spec.windows: will be skipped'

export type PreviewStatus = Pick<BackupScheduleStatus, 'nextScheduleTime' | 'upcoming' | 'description'>

export interface PreviewQuestion {
  readonly pattern: Pattern
  /** which `checkWindows` takes, in the zone of the pattern unless they name one */
  readonly windows: readonly TimeWindow[]
  readonly suspended: boolean
  readonly jitterMs: number
  /** when the next slot falls due, jitter included, whether windows allow it or not, ms since the epoch */
  readonly dueAt: number | undefined
  /** metadata.generation of the schedule */
  readonly generation: number | undefined
  /** as it was shown last, and for which pattern */
  readonly before: BackupScheduleStatus | undefined
  readonly memo: CalendarMemo
}

/** What is to come. What was shown before is shown again while it is still true: working it out takes a while. Pure. */
export function previewOf(question: PreviewQuestion): PreviewStatus {
  const {pattern, suspended, before} = question
  if (pattern.schedule === '') return {}
  const description = (isSamePattern(question) ? before?.description : undefined) ?? descriptionOf(pattern)
  if (suspended || question.dueAt === undefined) return {description}
  const next = nextRunOf(question)
  return {
    ...(next === undefined ? {} : {nextScheduleTime: timeOf(next)}),
    upcoming: (isShown(question) ? before?.upcoming : undefined) ?? upcomingOf(question, question.dueAt),
    description,
  }
}

/** When the next run starts, ms since the epoch: the first slot that the windows allow. Undefined: none, as far as was looked. Pure. */
export function nextRunOf(question: PreviewQuestion): number | undefined {
  const {pattern, windows, jitterMs, dueAt, before, memo} = question
  if (dueAt === undefined || windows.length === 0) return dueAt
  if (isShown(question)) return parsed(before?.nextScheduleTime)
  let due: number | undefined = dueAt
  for (let passed = 0; passed < mostPassedOver && due !== undefined; passed++) {
    const opens = nextAllowed(windows, due, pattern.timeZone, memo)
    if (opens === undefined || opens === due) return opens
    const slot = nextSlot(pattern.schedule, pattern.timeZone, opens - jitterMs - 1, memo)
    due = slot === undefined ? undefined : slot + jitterMs
  }
  return undefined
}

const parsed = (time: string | undefined): number | undefined => (time === undefined ? undefined : Date.parse(time))

const isSamePattern = ({pattern, before}: PreviewQuestion): boolean =>
  before?.pattern?.schedule === pattern.schedule && before.pattern.timeZone === pattern.timeZone

/** Whether the status shows what comes from this slot on, by the spec as it is. */
function isShown(question: PreviewQuestion): boolean {
  const {dueAt, generation, before} = question
  if (dueAt === undefined || before?.observedGeneration !== generation || !isSamePattern(question)) return false
  return before?.upcoming?.[0]?.time === timeOf(dueAt)
}

const descriptionOf = ({schedule, timeZone}: Pattern): string =>
  trimMessage(describePattern(schedule, timeZone), scheduleStatusLimits.description)

function upcomingOf({pattern, windows, jitterMs, memo}: PreviewQuestion, dueAt: number): UpcomingRun[] {
  const {schedule, timeZone} = pattern
  const coming = previewSlots(schedule, timeZone, dueAt - jitterMs - 1, scheduleStatusLimits.upcoming, memo, jitterMs)
  return coming.map(({time, local, note}) => {
    const due = time + jitterMs
    const notes = [note, allowed(windows, due, timeZone, memo) ? undefined : outside].filter(one => one !== undefined)
    return {time: timeOf(due), local, ...(notes.length === 0 ? {} : {note: notes.join('; ')})}
  })
}
