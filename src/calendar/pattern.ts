import {daysInMonth} from './civil.ts'

/** A cron pattern as sets of numbers. */
export interface Pattern {
  /** Minutes of the hour and hours of the day, ascending. */
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly days: ReadonlySet<number>
  /** Months 1 to 12. */
  readonly months: ReadonlySet<number>
  /** Weekdays 0 (Sunday) to 6. */
  readonly weekdays: ReadonlySet<number>
  /** The field says `*`: where both day fields are restricted, either may match. */
  readonly anyDay: boolean
  readonly anyWeekday: boolean
  /** Minute and hour are numbers, lists and ranges: no `*` and no step. It decides what happens when clocks change. */
  readonly fixed: boolean
  /** No day matches, as with 30 February: such a pattern has no slots. */
  readonly never: boolean
}

/** Whether no day of the month is in one of the months; a weekday is in every month. */
export function neverMatches({days, months, anyDay, anyWeekday}: Omit<Pattern, 'never'>): boolean {
  if (anyDay || !anyWeekday) return false
  const leapYear = 2000
  return ![...months].some(month => [...days].some(day => day <= daysInMonth(leapYear, month)))
}
