import {dayMinutes, dayMs, minuteMs} from './civil.ts'
import {isDue, nextMinute} from './days.ts'
import {CalendarMemo, type Cadence} from './memo.ts'
import type {Pattern} from './pattern.ts'
import {nextOf} from './slots.ts'

/** A pattern with its zone. */
export interface DueTimes {
  readonly schedule: string
  readonly timeZone: string
}

const horizonMs = 7 * dayMs

/** The first minute at or after `from`, within seven days, in which both come due; undefined where there is none. */
export function collisions(a: DueTimes, b: DueTimes, from: number, memo = new CalendarMemo()): number | undefined {
  const [ours, theirs] = [memo.cadence(a.schedule, a.timeZone), memo.cadence(b.schedule, b.timeZone)]
  if (ours.pattern.never || theirs.pattern.never) return undefined
  const segments = [...ours.zone.segments(from, from + horizonMs)]
  const [only] = segments
  return a.timeZone === b.timeZone && segments.length === 1 && only !== undefined && only.opening === undefined
    ? onOneClock(ours.pattern, theirs.pattern, {from, offset: only.offset})
    : slotBySlot(ours, theirs, from)
}

/** Both on a clock that does not change in these days: a slot of both is on a day of both, at an hour and a minute of both. */
function onOneClock(a: Pattern, b: Pattern, {from, offset}: {from: number; offset: number}): number | undefined {
  const minutes = a.minutes.filter(minute => b.minutes.includes(minute))
  const hours = a.hours.filter(hour => b.hours.includes(hour))
  if (minutes.length === 0 || hours.length === 0) return undefined
  const both = {...a, minutes, hours}
  const end = (from + horizonMs + offset) / minuteMs
  let minute = nextMinute(both, Math.ceil((from + offset) / minuteMs))
  while (minute < end && !isDue(b, Math.floor(minute / dayMinutes))) {
    minute = nextMinute(both, (Math.floor(minute / dayMinutes) + 1) * dayMinutes)
  }
  return minute < end ? minute * minuteMs - offset : undefined
}

/** Whoever is behind goes on to the other's slot. */
function slotBySlot(a: Cadence, b: Cadence, from: number): number | undefined {
  let [ours, theirs] = [nextOf(a, from - 1), nextOf(b, from - 1)]
  while (ours !== undefined && theirs !== undefined && ours < from + horizonMs && theirs < from + horizonMs) {
    if (ours === theirs) return ours
    if (ours < theirs) ours = nextOf(a, theirs - 1)
    else theirs = nextOf(b, ours - 1)
  }
  return undefined
}
