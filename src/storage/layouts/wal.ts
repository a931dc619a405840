/** Digits of timeline, log and segment in the name of a WAL segment. */
const shape = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/

/** Segments of one log file: 4 GiB in segments of 16 MiB, PostgreSQL's default, which the charms do not change. */
const SEGMENTS_PER_LOG = 256

export function isWalSegment(name: string): boolean {
  return shape.test(name)
}

/** Timeline of a segment, in hexadecimal without leading zeros. */
export function timelineOf(segment: string): string {
  return segment.slice(0, 8).replace(/^0+(?=.)/, '')
}

/** pgBackRest's directory of a segment below the archive id: timeline and log. */
export function walDirectory(segment: string): string {
  return segment.slice(0, 16)
}

/**
 * Number of segments from `start` to `stop`, both included.
 *
 * @throws RangeError if they are no segments of one timeline in this order
 */
export function countSegments(start: string, stop: string): number {
  if (start.slice(0, 8) !== stop.slice(0, 8)) throw new RangeError(`WAL ${start} and ${stop} are of two timelines`)
  const count = position(stop) - position(start) + 1
  if (count < 1) throw new RangeError(`WAL ${stop} is before ${start}`)
  return count
}

/** The segments from `start` to `stop`, both included, one after the other. */
export function* segmentsBetween(start: string, stop: string): Generator<string, void> {
  const count = countSegments(start, stop)
  for (let offset = 0; offset < count; offset++) yield segmentAt(start.slice(0, 8), position(start) + offset)
}

function position(segment: string): number {
  const [, , log = '', number = ''] = shape.exec(segment) ?? []
  if (log === '' || Number.parseInt(number, 16) >= SEGMENTS_PER_LOG) {
    throw new RangeError(`${segment} is not a WAL segment of 16 MiB`)
  }
  return Number.parseInt(log, 16) * SEGMENTS_PER_LOG + Number.parseInt(number, 16)
}

function segmentAt(timeline: string, at: number): string {
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0')
  return timeline + hex(Math.floor(at / SEGMENTS_PER_LOG)) + hex(at % SEGMENTS_PER_LOG)
}
