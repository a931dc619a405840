import {localTime} from './local.ts'
import {CalendarMemo, type Cadence} from './memo.ts'
import type {PatternProblem} from './problem.ts'
import {latestOf, nextOf} from './slots.ts'
import {endOf, horizonMs, nextAllowed, readWindows, type Opening, type TimeWindow} from './windows.ts'

/** What comes due, and when that may be. */
export interface WithinQuestion {
  readonly schedule: string
  readonly timeZone: string
  /** which `checkWindows` takes */
  readonly windows: readonly TimeWindow[]
  /** how long after its slot each run starts, ms */
  readonly delayMs: number
}

/**
 * Why no slot of a pattern can run in the year after `from`: none lies within the windows. Undefined where one does, and for a pattern
 * that has none in that year, of which nothing can be said. It costs a search for each time that a window opens in a year.
 *
 * @throws RangeError for a schedule, a zone or windows that `checkPattern` and `checkWindows` refuse
 */
export function checkWithin(
  question: WithinQuestion,
  from: number,
  memo = new CalendarMemo(),
): PatternProblem | undefined {
  const {schedule, timeZone, windows, delayMs} = question
  if (windows.length === 0) return undefined
  const slots = {cadence: memo.cadence(schedule, timeZone), delayMs}
  const first = dueFrom(slots, from)
  if (first >= from + horizonMs) return undefined
  const openings = readWindows(windows, timeZone, memo)
  const blackouts = openings.filter(({blackout}) => blackout)
  const spans = spansOf(openings, from)
  for (const span of spans) if (isDueIn(span, slots, blackouts)) return undefined
  return {reason: 'NeverMatches', message: neverWithin(question, first, memo)}
}

interface DelayedSlots {
  readonly cadence: Cadence
  readonly delayMs: number
}

/** The first run at or after a moment. */
function dueFrom({cadence, delayMs}: DelayedSlots, time: number): number {
  return (nextOf(cadence, time - delayMs - 1) ?? Number.POSITIVE_INFINITY) + delayMs
}

interface Span {
  readonly start: number
  readonly end: number
}

/** Each time that a window is open in a year, blackouts aside; without one that is no blackout it is all of that year. */
function* spansOf(openings: readonly Opening[], from: number): Generator<Span> {
  const until = from + horizonMs
  const windows = openings.filter(({blackout}) => !blackout)
  if (windows.length === 0) yield {start: from, end: until}
  for (const {starts, durationMs} of windows) {
    let start = latestOf(starts, from) ?? nextOf(starts, from)
    for (; start !== undefined && start < until; start = nextOf(starts, start))
      yield {start: Math.max(start, from), end: Math.min(start + durationMs, until)}
  }
}

function isDueIn({start, end}: Span, slots: DelayedSlots, blackouts: readonly Opening[]): boolean {
  let due = dueFrom(slots, start)
  while (due < end) {
    const ends = blackouts.flatMap(one => endOf(one, due) ?? [])
    if (ends.length === 0) return true
    due = dueFrom(slots, Math.max(...ends))
  }
  return false
}

function neverWithin(
  {schedule, timeZone, windows, delayMs}: WithinQuestion,
  first: number,
  memo: CalendarMemo,
): string {
  const local = (time: number): string => localTime(time, memo.zone(timeZone).offsetAt(time))
  const next = nextAllowed(windows, first, timeZone, memo)
  const jitter = delayMs === 0 ? '' : ` (its jitter of ${delayMs / 1000} s included)`
  const allowed = next === undefined ? '' : `, and the next moment that they allow is ${local(next)}`
  return `no slot of spec.schedule "${schedule}"${jitter} lies in spec.windows (${inWords(windows)}) within a year: the first would run at ${local(first)}${allowed}; change one of the two`
}

/** At most so many windows are named. */
const mostNamed = 3

function inWords(windows: readonly TimeWindow[]): string {
  const named = windows.slice(0, mostNamed).map(({days = [], start, durationSeconds, timeZone, blackout}) => {
    const zone = timeZone === undefined ? '' : ` ${timeZone}`
    const when = `${days.length === 0 ? 'every day' : days.join(' ')} ${start}${zone} for ${durationSeconds} s`
    return blackout === true ? `not ${when}` : when
  })
  const more = windows.length - named.length
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ')
}
