import {toString} from 'cronstrue'
import {parsePattern} from './parse.ts'

/**
 * A schedule in words: "At 02:00, every day (Europe/Berlin)".
 *
 * @throws RangeError for a schedule that `checkPattern` calls InvalidSchedule
 */
export function describePattern(schedule: string, timeZone?: string): string {
  const pattern = parsePattern(schedule)
  if ('reason' in pattern) throw new RangeError(pattern.message)
  const words = toString(schedule.trim(), {use24HourTimeFormat: true, verbose: true})
  // The library joins the two day fields with "and", which reads as if both had to match.
  const either = pattern.anyDay || pattern.anyWeekday ? '' : '; one of the two is enough'
  return `${words}${either}${timeZone === undefined ? '' : ` (${timeZone})`}`
}
