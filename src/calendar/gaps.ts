import {dateOf, dayMinutes, dayMs, minuteMs, type CivilDate} from './civil.ts'
import {matchesDate, nextDay, nextMinute, previousMinute} from './days.ts'
import {CalendarMemo} from './memo.ts'
import type {Pattern} from './pattern.ts'
import {latestOf, nextOf} from './slots.ts'
import {instantOf, stretchOf} from './stretch.ts'

/** So far ahead are gaps looked for. */
const horizonMs = 90 * dayMs

/**
 * The longest time between two slots that follow each other, in ms, over all gaps that touch the 90 days after `from`: the one that lasts
 * at `from` and the last one are whole, so that a yearly schedule has a gap of a year. Infinity where the pattern never matches.
 */
export function longestGapMs(schedule: string, timeZone: string, from: number, memo = new CalendarMemo()): number {
  const cadence = memo.cadence(schedule, timeZone)
  const {pattern, zone} = cadence
  const [before, after] = [latestOf(cadence, from), nextOf(cadence, from + horizonMs)]
  if (before === undefined || after === undefined) return Number.POSITIVE_INFINITY
  let [longest, previous] = [0, before]
  const slot = (time: number): void => {
    longest = Math.max(longest, time - previous)
    previous = time
  }
  for (const segment of zone.segments(from + 1, from + horizonMs + 1)) {
    const stretch = stretchOf(pattern, segment, from + 1)
    if (stretch.makeUp !== undefined) slot(stretch.makeUp)
    const first = nextMinute(pattern, stretch.first)
    if (first >= stretch.end) continue
    const last = previousMinute(pattern, stretch.end)
    slot(instantOf(stretch, first))
    longest = Math.max(longest, longestBetween(pattern, first, last) * minuteMs)
    previous = instantOf(stretch, last)
  }
  slot(after)
  return longest
}

/**
 * The shortest time between two slots that follow each other, in ms, by the clock on the wall: a change of the clocks makes no schedule
 * unusual. Infinity where no two slots are within a day of each other.
 *
 * @throws RangeError for a schedule that `checkPattern` calls InvalidSchedule
 */
export function shortestGapMs(schedule: string, memo = new CalendarMemo()): number {
  const pattern = memo.pattern(schedule)
  if (pattern.never) return Number.POSITIVE_INFINITY
  const times = timesOf(pattern)
  const [withinADay, overnight] = [Math.min(...stepsOf(times)), overnightOf(times)]
  const shortest = overnight < withinADay && hasDaysInARow(pattern) ? overnight : withinADay
  return shortest * minuteMs
}

/** A leap year and the begin of a common one, to its first of March: all dates, and all that follow each other. */
const allDates = Array.from({length: 366 + 60}, (_, index) => dateOf(index + Date.UTC(2024, 0, 1) / dayMs))

/** Whether a day after a due one can be due: each date falls on each weekday in some year. */
function hasDaysInARow(pattern: Pattern): boolean {
  return [0, 1, 2, 3, 4, 5, 6].some(shift =>
    allDates.some((date, index) => {
      const tomorrow = allDates[index + 1]
      return tomorrow !== undefined && matches(pattern, date, shift) && matches(pattern, tomorrow, shift)
    }),
  )
}

function matches(pattern: Pattern, date: CivilDate, shift: number): boolean {
  return matchesDate(pattern, {...date, weekday: (date.weekday + shift) % 7})
}

/** The longest time between matches from one match to another, in minutes of a clock that never changes. */
function longestBetween(pattern: Pattern, first: number, last: number): number {
  const times = timesOf(pattern)
  const [firstDay, lastDay] = [Math.floor(first / dayMinutes), Math.floor(last / dayMinutes)]
  const [start, end] = [first - firstDay * dayMinutes, last - lastDay * dayMinutes]
  if (firstDay === lastDay) return Math.max(0, ...stepsOf(times.filter(time => time >= start && time <= end)))
  let days = 1
  let whole = false
  for (let day = firstDay; day < lastDay;) {
    const next = nextDay(pattern, day + 1)
    days = Math.max(days, next - day)
    whole ||= next < lastDay
    day = next
  }
  return Math.max(
    (days - 1) * dayMinutes + overnightOf(times),
    ...stepsOf(whole ? times : times.filter(time => time >= start)),
    ...stepsOf(times.filter(time => time <= end)),
  )
}

/** The times of a due day, in minutes. */
function timesOf({hours, minutes}: Pattern): readonly number[] {
  return hours.flatMap(hour => minutes.map(minute => hour * 60 + minute))
}

/** The times between those of one day, in minutes. */
function stepsOf(times: readonly number[]): readonly number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0))
}

/** From the last time of a day to the first of the day after, in minutes. */
function overnightOf(times: readonly number[]): number {
  return dayMinutes - (times.at(-1) ?? 0) + (times[0] ?? 0)
}
