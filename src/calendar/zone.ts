import {dayMs} from './civil.ts'

/** A change of the clocks: the offset from UTC, in ms, before and from the instant `at`. */
export interface Transition {
  readonly at: number
  readonly before: number
  readonly after: number
}

/** Instants with one offset, `from` <= t < `until`; `opening` where it begins with a change of the clocks. */
export interface Segment {
  readonly from: number
  readonly until: number
  readonly offset: number
  readonly opening: Transition | undefined
}

/**
 * Time is looked at in cells of this length. A cell has at most one transition: the two closest of all zones of the IANA database from
 * 1990 to 2040 are 6.9 days apart (America/Cambridge_Bay in 2000; read from `zdump -i -c 1990,2040` of tzdata 2025b).
 */
const cellMs = 4 * dayMs

/** Cells kept of one zone: eleven years. */
const maxCells = 1024

/** One IANA zone: its offsets, as Intl knows them. What was asked before is remembered, within bounds. */
export class Zone {
  readonly #format: Intl.DateTimeFormat
  readonly #offsets = new Map<number, number>()
  readonly #cells = new Map<number, Transition | undefined>()

  /** @throws RangeError where Intl knows no such zone */
  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat('en', {timeZone: name, timeZoneName: 'longOffset', day: 'numeric'})
  }

  /** Offset from UTC at an instant, in ms. */
  offsetAt(time: number): number {
    const cell = Math.floor(time / cellMs)
    const transition = this.#transitionIn(cell)
    if (transition === undefined) return this.#offsetAtCell(cell)
    return time < transition.at ? transition.before : transition.after
  }

  /** The segment that holds `time`; it reaches back to the cell before and to the end of the cell, no further. */
  segmentAt(time: number): Segment {
    const cell = Math.floor(time / cellMs)
    const here = this.#transitionIn(cell)
    const end = (cell + 1) * cellMs
    if (here !== undefined && time >= here.at) return {from: here.at, until: end, offset: here.after, opening: here}
    const earlier = this.#transitionIn(cell - 1)
    return {
      from: earlier?.at ?? (cell - 1) * cellMs,
      until: here?.at ?? end,
      offset: this.#offsetAtCell(cell),
      opening: earlier,
    }
  }

  /** The segments from `from` to `until`, cut there; a change of the clocks up to four days before `from` is in `opening` as well. */
  *segments(from: number, until: number): Generator<Segment> {
    let current = this.segmentAt(from)
    while (current.until < until) {
      const next = this.segmentAt(current.until)
      if (next.opening === undefined || next.opening.at < current.until) {
        current = {...current, until: next.until}
        continue
      }
      yield {...current, from: Math.max(current.from, from)}
      current = next
    }
    yield {...current, from: Math.max(current.from, from), until}
  }

  #transitionIn(cell: number): Transition | undefined {
    if (this.#cells.has(cell)) return this.#cells.get(cell)
    const [before, after] = [this.#offsetAtCell(cell), this.#offsetAtCell(cell + 1)]
    const transition = before === after ? undefined : {at: this.#change(cell, before), before, after}
    if (this.#cells.size >= maxCells) this.#cells.clear()
    this.#cells.set(cell, transition)
    return transition
  }

  /** The first instant of the cell, to the second, whose offset is another than `before`. */
  #change(cell: number, before: number): number {
    let [low, high] = [cell * cellMs, (cell + 1) * cellMs]
    while (high - low > 1000) {
      const middle = low + Math.floor((high - low) / 2000) * 1000
      if (this.#ask(middle) === before) low = middle
      else high = middle
    }
    return high
  }

  #offsetAtCell(cell: number): number {
    const known = this.#offsets.get(cell)
    if (known !== undefined) return known
    const offset = this.#ask(cell * cellMs)
    if (this.#offsets.size >= maxCells) this.#offsets.clear()
    this.#offsets.set(cell, offset)
    return offset
  }

  #ask(time: number): number {
    const text = this.#format.format(time)
    const [, sign, hours, minutes, seconds = '0'] = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text) ?? []
    if (sign === undefined) return 0
    const value = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
    return sign === '-' ? -value : value
  }
}
