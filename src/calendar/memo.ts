import type {Pattern} from './pattern.ts'
import {parsePattern} from './parse.ts'
import type {PatternProblem} from './problem.ts'
import {Zone} from './zone.ts'

/** A pattern and its zone, read. */
export interface Cadence {
  readonly pattern: Pattern
  readonly zone: Zone
}

const maxPatterns = 2048
const maxZones = 64

/**
 * Patterns and zones that were read before. Reading a zone costs hundreds of microseconds, a remembered one less than one: whoever asks
 * often keeps one memo. It is bounded; a full one begins anew.
 */
export class CalendarMemo {
  readonly #patterns = new Map<string, Pattern | PatternProblem>()
  readonly #zones = new Map<string, Zone>()

  /** @throws RangeError for a schedule or a zone that `checkPattern` calls InvalidSchedule */
  cadence(schedule: string, timeZone: string): Cadence {
    return {pattern: this.pattern(schedule), zone: this.zone(timeZone)}
  }

  /** @throws RangeError where Intl knows no such zone */
  zone(name: string): Zone {
    return remembered(this.#zones, name, maxZones, () => new Zone(name))
  }

  /** @throws RangeError for a schedule that `checkPattern` calls InvalidSchedule */
  pattern(schedule: string): Pattern {
    const read = this.read(schedule)
    if ('reason' in read) throw new RangeError(read.message)
    return read
  }

  /** What `parsePattern` says. */
  read(schedule: string): Pattern | PatternProblem {
    return remembered(this.#patterns, schedule, maxPatterns, () => parsePattern(schedule))
  }
}

function remembered<T>(known: Map<string, T>, key: string, most: number, make: () => T): T {
  const old = known.get(key)
  if (old !== undefined) return old
  const made = make()
  if (known.size >= most) known.clear()
  known.set(key, made)
  return made
}
