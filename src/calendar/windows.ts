import {checkZone} from './check.ts'
import {dayMs} from './civil.ts'
import {CalendarMemo, type Cadence} from './memo.ts'
import type {Pattern} from './pattern.ts'
import {latestOf, nextOf} from './slots.ts'

export const weekdayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

export type WeekdayName = (typeof weekdayNames)[number]

/** A time that comes back each week in which something may run or, as a blackout, may not. */
export interface TimeWindow {
  /** The days on which it begins, in its zone; none given or an empty list: every day. */
  readonly days?: readonly WeekdayName[] | undefined
  /** When it begins, `HH:MM`. A start that the clocks skip is the first moment after; one that comes twice is the first. */
  readonly start: string
  /** How long it is, in seconds that pass: eight hours are eight hours, also when the clocks change. */
  readonly durationSeconds: number
  /** IANA zone; the default zone where none is given. */
  readonly timeZone?: string | undefined
  readonly blackout?: boolean | undefined
}

/** What is wrong with a window. */
export interface WindowProblem {
  /** Which one of the list. */
  readonly index: number
  readonly message: string
}

/** Time is looked through so far: a year has every weekday and every change of the clocks. */
export const horizonMs = 366 * dayMs

/**
 * Whether something may run at a moment: in a window, and in no blackout, which wins. Without a window that is no blackout, every time is
 * good but the blackouts. A window holds its start and not its end.
 *
 * @throws RangeError for windows that `checkWindows` refuses; so does nextAllowed
 */
export function allowed(
  windows: readonly TimeWindow[],
  time: number,
  defaultTimeZone: string,
  memo = new CalendarMemo(),
): boolean {
  return isAllowed(readWindows(windows, defaultTimeZone, memo), time)
}

/** The first moment at or after `from` at which something may run; undefined where there is none within a year. */
export function nextAllowed(
  windows: readonly TimeWindow[],
  from: number,
  defaultTimeZone: string,
  memo = new CalendarMemo(),
): number | undefined {
  return firstAllowed(readWindows(windows, defaultTimeZone, memo), from)
}

/** What is wrong with windows: zones that do not exist, and windows that never allow anything. An empty list: nothing. */
export function checkWindows(
  windows: readonly TimeWindow[],
  from: number,
  defaultTimeZone: string,
  memo = new CalendarMemo(),
): readonly WindowProblem[] {
  const wrong = windows.flatMap((window, index) => {
    const message = checkShape(window) ?? checkZone(window.timeZone ?? defaultTimeZone, memo)
    return message === undefined ? [] : [{index, message}]
  })
  return wrong.length > 0 ? wrong : checkBlackouts(readWindows(windows, defaultTimeZone, memo), from)
}

/** A window as a cadence of its starts. */
export interface Opening {
  readonly starts: Cadence
  readonly durationMs: number
  readonly blackout: boolean
}

/** @throws RangeError for windows that `checkWindows` refuses */
export function readWindows(
  windows: readonly TimeWindow[],
  defaultTimeZone: string,
  memo: CalendarMemo,
): readonly Opening[] {
  return windows.map(window => {
    const wrong = checkShape(window)
    if (wrong !== undefined) throw new RangeError(wrong)
    return {
      starts: {pattern: startsOf(window), zone: memo.zone(window.timeZone ?? defaultTimeZone)},
      durationMs: window.durationSeconds * 1000,
      blackout: window.blackout === true,
    }
  })
}

function startsOf({days = [], start}: TimeWindow): Pattern {
  const [hour = 0, minute = 0] = start.split(':').map(Number)
  return {
    minutes: [minute],
    hours: [hour],
    days: new Set(),
    months: new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    weekdays: new Set(days.map(day => weekdayNames.indexOf(day))),
    anyDay: true,
    anyWeekday: days.length === 0,
    fixed: true,
    never: false,
  }
}

function checkShape({start, durationSeconds, days = []}: TimeWindow): string | undefined {
  if (!/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(start))
    return `start "${start}" is no time of the day; write HH:MM, for example 22:00`
  if (!Number.isSafeInteger(durationSeconds) || durationSeconds < 1) {
    return `durationSeconds ${durationSeconds} is no time; write a whole number of seconds, for example 3600`
  }
  const unknown = days.find(day => !weekdayNames.includes(day))
  return unknown === undefined
    ? undefined
    : `the day "${unknown}" is not known; write one of ${weekdayNames.join(', ')}`
}

function isAllowed(openings: readonly Opening[], time: number): boolean {
  if (openings.some(one => one.blackout && endOf(one, time) !== undefined)) return false
  const windows = openings.filter(one => !one.blackout)
  return windows.length === 0 || windows.some(one => endOf(one, time) !== undefined)
}

function firstAllowed(openings: readonly Opening[], from: number): number | undefined {
  const [blackouts, windows] = [openings.filter(one => one.blackout), openings.filter(one => !one.blackout)]
  let time = from
  while (time <= from + horizonMs) {
    const ends = blackouts.flatMap(one => endOf(one, time) ?? [])
    if (ends.length > 0) time = Math.max(...ends)
    else if (windows.length === 0 || windows.some(one => endOf(one, time) !== undefined)) return time
    else time = Math.min(...windows.map(one => nextOf(one.starts, time) ?? Number.POSITIVE_INFINITY))
  }
  return undefined
}

/** When the window ends that holds `time`. The newest start ends last. */
export function endOf({starts, durationMs}: Opening, time: number): number | undefined {
  const start = latestOf(starts, time)
  return start !== undefined && time < start + durationMs ? start + durationMs : undefined
}

function checkBlackouts(openings: readonly Opening[], from: number): readonly WindowProblem[] {
  const blackouts = openings.filter(one => one.blackout)
  if (blackouts.length > 0 && firstAllowed(blackouts, from) === undefined) {
    const index = openings.findIndex(one => one.blackout)
    return [{index, message: 'the blackouts leave no time at all; shorten one of them'}]
  }
  return openings.flatMap((opening, index) =>
    opening.blackout || firstAllowed([opening, ...blackouts], from) !== undefined
      ? []
      : [
          {
            index,
            message:
              'a blackout covers this window always, so it never allows anything; move the window or shorten the blackout',
          },
        ],
  )
}
