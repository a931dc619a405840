import {clockOf, dayMs, minuteMs} from './civil.ts'
import {nextMinute} from './days.ts'
import {localTime} from './local.ts'
import {CalendarMemo, type Cadence} from './memo.ts'
import type {Pattern} from './pattern.ts'
import {nextOf} from './slots.ts'
import {localMinute} from './stretch.ts'
import type {Transition} from './zone.ts'

/** A slot to come. */
export interface SlotPreview {
  /** ms since the epoch. */
  readonly time: number
  /** The clock of the schedule's zone with its offset, RFC 3339. */
  readonly local: string
  /** What a change of the clocks does to it. */
  readonly note?: string
}

/** The next slots after a moment, at most `count`; `local` is the clock so much later, ms, where runs are delayed. */
export function previewSlots(
  schedule: string,
  timeZone: string,
  after: number,
  count: number,
  memo = new CalendarMemo(),
  delayMs = 0,
): readonly SlotPreview[] {
  const cadence = memo.cadence(schedule, timeZone)
  const slots: SlotPreview[] = []
  for (let time = nextOf(cadence, after); time !== undefined && slots.length < count; time = nextOf(cadence, time)) {
    const note = noteOf(cadence, time)
    const local = localTime(time + delayMs, cadence.zone.offsetAt(time + delayMs))
    slots.push({time, local, ...(note === undefined ? {} : {note})})
  }
  return slots
}

function noteOf({pattern, zone}: Cadence, time: number): string | undefined {
  const [opening, closing] = Array.from(zone.segments(time, time + dayMs), segment => segment.opening)
  if (opening?.at === time && opening.after > opening.before) return skippedNote(pattern, opening)
  if (closing !== undefined && time >= closing.at - repeated(closing)) {
    return twiceNote(
      time,
      closing.before,
      pattern.fixed ? 'runs the first time only' : 'runs both times, this is the first',
    )
  }
  if (opening !== undefined && time < opening.at + repeated(opening)) {
    return twiceNote(time, opening.after, 'runs both times, this is the second')
  }
  return undefined
}

/** How much time on the clock comes twice, in ms. */
function repeated({before, after}: Transition): number {
  return Math.max(0, before - after)
}

function twiceNote(time: number, offset: number, what: string): string {
  return `clocks go back: ${clockOf(localMinute(time, offset))} comes twice, ${what}`
}

/** At most this many of the skipped times are named. */
const mostNamed = 3

function skippedNote(pattern: Pattern, {at, before, after}: Transition): string | undefined {
  const [gap, end] = [localMinute(at, before), localMinute(at, after)]
  const skipped: string[] = []
  let minute = nextMinute(pattern, gap)
  for (; minute < end && skipped.length < mostNamed; minute = nextMinute(pattern, minute + 1))
    skipped.push(clockOf(minute))
  if (skipped.length === 0) return undefined
  const names = minute < end ? `${skipped.join(', ')} and others` : new Intl.ListFormat('en-GB').format(skipped)
  const verb = skipped.length === 1 && minute >= end ? 'does' : 'do'
  return `clocks go forward: ${names} ${verb} not exist, runs ${skipped.length === 1 && minute >= end ? '' : 'once '}at ${clockOf((at + after) / minuteMs)}`
}
