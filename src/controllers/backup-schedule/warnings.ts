import type {BackupSchedule, BackupScheduleStatus} from '../../api/backup-schedule.ts'
import {
  checkPattern,
  checkWindows,
  collisions,
  nextAllowed,
  shortestGapMs,
  stableJitterMs,
  type CalendarMemo,
} from '../../calendar/index.ts'
import {keyOf} from '../../kube/resources.ts'
import {timeOf} from './child.ts'

type Warning = NonNullable<BackupScheduleStatus['warnings']>[number]

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Schedules are compared so far ahead. */
const horizonMs = 7 * 24 * hourMs
/** So many common minutes that windows do not allow are passed over: far more than windows leave in that time. */
const mostPassedOver = 64

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
  const theirs = other.spec
  if (theirs.suspend || checkPattern(theirs.schedule, theirs.timeZone, memo) !== undefined) return []
  if (checkWindows(theirs.windows ?? [], now, theirs.timeZone, memo).length > 0) return []
  if (Math.abs(jitterOf(schedule) - jitterOf(other)) >= minuteMs) return []
  const at = commonMinute([schedule, other], now, memo)
  if (at === undefined) return []
  const message = `${other.metadata.name} comes due in the same minute, next at ${timeOf(at)}: one of the two waits each time; move one of them, or give them jitterSeconds`
  return [{reason: 'Collision', message}]
}

/** The first minute in which both come due and the windows of both let them. */
function commonMinute(
  [one, other]: readonly [BackupSchedule, BackupSchedule],
  now: number,
  memo: CalendarMemo,
): number | undefined {
  let from = now
  for (let passed = 0; passed < mostPassedOver; passed++) {
    const at = collisions(one.spec, other.spec, from, memo)
    if (at === undefined) return undefined
    const opens = Math.max(...[one, other].map(schedule => opensAt(schedule, at, memo)))
    if (opens >= now + horizonMs) return undefined
    if (opens === at) return at
    from = opens
  }
  return undefined
}

/** The slot, or the moment that could be one, at or after `slot` from which on its windows let a schedule run. */
function opensAt(schedule: BackupSchedule, slot: number, memo: CalendarMemo): number {
  const {windows = [], timeZone} = schedule.spec
  const jitterMs = jitterOf(schedule)
  return (nextAllowed(windows, slot + jitterMs, timeZone, memo) ?? Infinity) - jitterMs
}

const jitterOf = (schedule: BackupSchedule): number => stableJitterMs(keyOf(schedule), schedule.spec.jitterSeconds)
