import {dayMs} from './civil.ts'
import {countMinutes, nextMinute, previousMinute} from './days.ts'
import {CalendarMemo, type Cadence} from './memo.ts'
import {instantOf, stretchAt, stretchOf} from './stretch.ts'

/**
 * A slot is at most so far from where another offset of its zone would put it, and so long are changes of the clocks felt. A search goes
 * on without a gap for so long, and then jumps to so far before the next match of a clock that never changes.
 */
const changeFeltMs = 2 * dayMs

/**
 * The first slot after a moment; undefined where the pattern never matches. Times are ms since the epoch.
 *
 * @throws RangeError for a schedule or a zone that `checkPattern` calls InvalidSchedule; so do all functions here
 */
export function nextSlot(
  schedule: string,
  timeZone: string,
  after: number,
  memo = new CalendarMemo(),
): number | undefined {
  return nextOf(memo.cadence(schedule, timeZone), after)
}

/** The newest slot in (`after`, `notAfter`]. */
export function latestSlot(
  schedule: string,
  timeZone: string,
  after: number,
  notAfter: number,
  memo = new CalendarMemo(),
): number | undefined {
  const latest = latestOf(memo.cadence(schedule, timeZone), notAfter)
  return latest === undefined || latest <= after ? undefined : latest
}

/** How many slots there are in (`after`, `notAfter`]: exact, and as quick for every minute as for every day. */
export function countSlots(
  schedule: string,
  timeZone: string,
  after: number,
  notAfter: number,
  memo = new CalendarMemo(),
): number {
  const {pattern, zone} = memo.cadence(schedule, timeZone)
  if (notAfter <= after || pattern.never) return 0
  let count = 0
  for (const segment of zone.segments(after + 1, notAfter + 1)) {
    const {first, end, makeUp} = stretchOf(pattern, segment, after + 1)
    count += countMinutes(pattern, first, end) + (makeUp === undefined ? 0 : 1)
  }
  return count
}

/** The first slot after a moment. */
export function nextOf({pattern, zone}: Cadence, after: number): number | undefined {
  if (pattern.never) return undefined
  for (let at = after + 1; ;) {
    const stretch = stretchAt(pattern, zone, at)
    if (stretch.makeUp !== undefined) return stretch.makeUp
    const minute = nextMinute(pattern, stretch.first)
    if (minute < stretch.end) return instantOf(stretch, minute)
    const ahead = stretch.until < after + changeFeltMs ? stretch.until : instantOf(stretch, minute) - changeFeltMs
    at = Math.max(stretch.until, ahead)
  }
}

/** The newest slot at or before a moment. */
export function latestOf({pattern, zone}: Cadence, notAfter: number): number | undefined {
  if (pattern.never) return undefined
  for (let until = notAfter + 1; ;) {
    const segment = {...zone.segmentAt(until - 1), until}
    const stretch = stretchOf(pattern, segment, segment.from)
    const minute = previousMinute(pattern, stretch.end)
    if (minute >= stretch.first) return instantOf(stretch, minute)
    if (stretch.makeUp !== undefined) return stretch.makeUp
    const behind = segment.from > notAfter - changeFeltMs ? segment.from : instantOf(stretch, minute) + changeFeltMs
    until = Math.min(segment.from, behind)
  }
}
