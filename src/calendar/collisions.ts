import {dayMs, minuteMs} from './civil.ts'
import {nextMinute} from './days.ts'
import {CalendarMemo} from './memo.ts'
import {instantOf, stretchOf} from './stretch.ts'

/** A pattern with its zone. */
export interface DueTimes {
  readonly schedule: string
  readonly timeZone: string
}

const horizonMs = 7 * dayMs

/** The first minute of the next seven days in which both come due; undefined where there is none. */
export function collisions(a: DueTimes, b: DueTimes, from: number, memo = new CalendarMemo()): number | undefined {
  const [ours, theirs] = [dueMinutes(a, from, memo), dueMinutes(b, from, memo)]
  const first = Math.floor(from / minuteMs)
  for (let minute = 0; minute < ours.length; minute++) {
    if (ours[minute] === 1 && theirs[minute] === 1) return (first + minute) * minuteMs
  }
  return undefined
}

/** One mark for each minute of the seven days that begin with the minute of `from`: 1 where a slot is in it. */
function dueMinutes({schedule, timeZone}: DueTimes, from: number, memo: CalendarMemo): Uint8Array {
  const {pattern, zone} = memo.cadence(schedule, timeZone)
  const first = Math.floor(from / minuteMs)
  const marks = new Uint8Array(horizonMs / minuteMs)
  if (pattern.never) return marks
  const mark = (time: number): void => {
    marks[Math.floor(time / minuteMs) - first] = 1
  }
  for (const segment of zone.segments(first * minuteMs, first * minuteMs + horizonMs)) {
    const stretch = stretchOf(pattern, segment, first * minuteMs)
    if (stretch.makeUp !== undefined) mark(stretch.makeUp)
    let minute = nextMinute(pattern, stretch.first)
    for (; minute < stretch.end; minute = nextMinute(pattern, minute + 1)) mark(instantOf(stretch, minute))
  }
  return marks
}
