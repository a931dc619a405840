import {minuteMs} from './civil.ts'
import {nextMinute} from './days.ts'
import type {Pattern} from './pattern.ts'
import type {Segment, Transition, Zone} from './zone.ts'

/** Time between two changes of the clocks, as a pattern sees it: `first` <= local minute < `end`, and perhaps a make-up run. */
export interface Stretch {
  readonly until: number
  readonly offset: number
  readonly first: number
  readonly end: number
  /** The instant at which slots run that the clocks skipped; it is before all slots of the stretch. */
  readonly makeUp: number | undefined
}

/**
 * What changes of the clocks do to a pattern.
 *
 * - Forward: slots in the time that does not exist run once, together, at the first moment after it. Not so for wildcards of every
 *   hour, which have a slot within the hour anyhow.
 * - Back: fixed times run the first time only; wildcards run both times.
 *
 * @param from the stretch begins here, or at the change of the clocks if that is later, in ms since the epoch
 */
export function stretchOf(pattern: Pattern, segment: Segment, from: number): Stretch {
  const {until, offset, opening} = segment
  const start = Math.max(from, segment.from)
  const begins = localMinute(start, offset)
  const first =
    opening !== undefined && pattern.fixed ? Math.max(begins, localMinute(opening.at, opening.before)) : begins
  const makeUp = opening !== undefined && opening.at >= start ? makeUpAt(pattern, opening) : undefined
  return {until, offset, first, end: localMinute(until, offset), makeUp}
}

/** The stretch that holds an instant; it ends within days. */
export function stretchAt(pattern: Pattern, zone: Zone, time: number): Stretch {
  return stretchOf(pattern, zone.segmentAt(time), time)
}

/** The instant of a local minute of a stretch. */
export function instantOf({offset}: {readonly offset: number}, minute: number): number {
  return minute * minuteMs - offset
}

/** The first whole local minute at or after an instant. */
export function localMinute(time: number, offset: number): number {
  return Math.ceil((time + offset) / minuteMs)
}

/** The instant at which skipped slots are made up for; undefined where none was skipped, or a slot is there anyhow. */
function makeUpAt(pattern: Pattern, {at, before, after}: Transition): number | undefined {
  if (after <= before || isEveryHour(pattern)) return undefined
  const [gap, end] = [localMinute(at, before), localMinute(at, after)]
  return nextMinute(pattern, gap) < end && nextMinute(pattern, end) !== end ? at : undefined
}

function isEveryHour({fixed, hours}: Pattern): boolean {
  return !fixed && hours.length === 24
}
