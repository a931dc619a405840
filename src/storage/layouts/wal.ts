/** Digits of timeline, log and segment in the name of a WAL segment. */
const shape = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/

/** One log is this long, however many segments it has. */
const LOG_BYTES = 2 ** 32
const MiB = 2 ** 20
/** What initdb allows: 1 MiB to 1 GiB. */
const SEGMENT_BYTES: readonly number[] = Array.from({length: 11}, (_, power) => MiB * 2 ** power)

export function isWalSegment(name: string): boolean {
  return shape.test(name)
}

/** Timeline of a segment, in hexadecimal without leading zeros. */
export function timelineOf(segment: string): string {
  return segment.slice(0, 8).replace(/^0+(?=.)/, '')
}

/** Name of the file in which PostgreSQL writes how a timeline began. */
export function historyOf(segment: string): string {
  return `${segment.slice(0, 8)}.history`
}

/** pgBackRest's directory of a segment below the archive id: timeline and log. */
export function walDirectory(segment: string): string {
  return segment.slice(0, 16)
}

/**
 * Sizes in bytes that segments can have, so that this one holds that place in the WAL; most often just one, several
 * where the place is at the start of a log.
 *
 * @param lsn for example `2A/F000028`
 */
export function segmentSizesFor(segment: string, lsn: string): readonly number[] {
  const place = parsePlace(lsn)
  if (place === undefined) return []
  const at = place.high * LOG_BYTES + place.low
  return SEGMENT_BYTES.filter(bytes => {
    if (numberOf(segment) >= LOG_BYTES / bytes) return false
    const start = positionOf(segment, bytes) * bytes
    // The end of a segment is the place in it up to which a backup that ends there needs it.
    return at >= start && at <= start + bytes
  })
}

/**
 * Number of segments from `start` to `stop`, both included.
 *
 * @throws RangeError if they are no segments of that size, of one timeline and in this order
 */
export function countSegments(start: string, stop: string, segmentBytes: number): number {
  if (start.slice(0, 8) !== stop.slice(0, 8)) throw new RangeError(`WAL ${start} and ${stop} are of two timelines`)
  const count = positionOf(stop, segmentBytes) - positionOf(start, segmentBytes) + 1
  if (count < 1) throw new RangeError(`WAL ${stop} is before ${start}`)
  return count
}

/** The segments from `start` to `stop`, both included, one after the other. */
export function* segmentsBetween(start: string, stop: string, segmentBytes: number): Generator<string, void> {
  const count = countSegments(start, stop, segmentBytes)
  const first = positionOf(start, segmentBytes)
  for (let offset = 0; offset < count; offset++) yield segmentAt(start.slice(0, 8), first + offset, segmentBytes)
}

/** A place in the WAL (an LSN): number of the log, and bytes in it. */
export interface WalPlace {
  readonly high: number
  readonly low: number
}

/** @param lsn for example `2A/F000028`; undefined: it is none */
export function parsePlace(lsn: string): WalPlace | undefined {
  const [, high, low] = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(lsn) ?? []
  if (high === undefined || low === undefined) return undefined
  return {high: Number.parseInt(high, 16), low: Number.parseInt(low, 16)}
}

export function isBefore(one: WalPlace, other: WalPlace): boolean {
  return one.high === other.high ? one.low < other.low : one.high < other.high
}

/** Position of the segment that holds a place; see `positionOf`. */
export function positionOfPlace({high, low}: WalPlace, segmentBytes: number): number {
  return high * (LOG_BYTES / segmentBytes) + Math.floor(low / segmentBytes)
}

/** Of a segment in its log. */
function numberOf(segment: string): number {
  return Number.parseInt(segment.slice(16), 16)
}

/** Whether this can be the name of a segment of that length. */
export function isSegmentOf(segment: string, segmentBytes: number): boolean {
  return isWalSegment(segment) && numberOf(segment) < LOG_BYTES / segmentBytes
}

/**
 * Number of a segment since the start of the WAL, whatever its timeline.
 *
 * @throws RangeError if it is no segment of that size
 */
export function positionOf(segment: string, segmentBytes: number): number {
  const perLog = LOG_BYTES / segmentBytes
  if (!isSegmentOf(segment, segmentBytes)) {
    throw new RangeError(`${segment} is not a WAL segment of ${segmentBytes / MiB} MiB`)
  }
  return Number.parseInt(segment.slice(8, 16), 16) * perLog + numberOf(segment)
}

/** @param timeline eight hexadecimal digits */
export function segmentAt(timeline: string, at: number, segmentBytes: number): string {
  const perLog = LOG_BYTES / segmentBytes
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0')
  return timeline + hex(Math.floor(at / perLog)) + hex(at % perLog)
}
