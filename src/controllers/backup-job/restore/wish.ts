/** What restore.pointInTime asks for. */
export type Wish =
  | {readonly kind: 'EndOfBackup'}
  | {readonly kind: 'Latest'}
  | {readonly kind: 'Moment'; readonly ms: number; readonly text: string}
  | {readonly kind: 'Wrong'; readonly given: string}

const shape = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2})(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$/

/**
 * Reads restore.pointInTime. `text` is the same moment in UTC; microseconds are kept, of which `ms` holds only whole
 * milliseconds. A day that the calendar does not have is wrong, although JavaScript takes 30 February as 2 March.
 */
export function wishOf(pointInTime: string | undefined): Wish {
  if (pointInTime === undefined) return {kind: 'EndOfBackup'}
  if (pointInTime === 'latest') return {kind: 'Latest'}
  const [, date = '', clock = '', fraction = '', offset = ''] = shape.exec(pointInTime) ?? []
  const seconds = Date.parse(`${date}${clock}${offset}`)
  if (Number.isNaN(seconds) || Date.parse(`${date}T00:00:00Z`) !== dayOf(date))
    return {kind: 'Wrong', given: pointInTime}
  const text = `${new Date(seconds).toISOString().slice(0, 19)}${fraction}Z`
  return {kind: 'Moment', ms: seconds + Math.floor(Number(`0${fraction}`) * 1000), text}
}

/** Midnight of the day, NaN if the calendar does not have it. */
function dayOf(date: string): number {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number)
  const midnight = Date.UTC(year, month - 1, day)
  return new Date(midnight).getUTCDate() === day ? midnight : Number.NaN
}
