/** Arithmetic of the calendar without zones: local time as minutes, and days, since 1970-01-01 00:00 of a clock that never changes. */

export const minuteMs = 60_000
export const dayMinutes = 1440
export const dayMs = dayMinutes * minuteMs

/** A date; month 1 to 12, day 1 to 31, weekday 0 (Sunday) to 6. */
export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly weekday: number
}

/** The date of a day since 1970-01-01. Years begin in March here, so that the leap day is their last (H. Hinnant, chrono-compatible date algorithms). */
export function dateOf(epochDay: number): CivilDate {
  const shifted = epochDay + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
    weekday: (((epochDay + 4) % 7) + 7) % 7,
  }
}

/** Days in a month, 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** `05:07` of a minute of the day, or of any local minute. */
export function clockOf(localMinute: number): string {
  const ofDay = ((localMinute % dayMinutes) + dayMinutes) % dayMinutes
  return `${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}`
}

/** A number below 100 with two digits. */
export function two(value: number): string {
  return String(value).padStart(2, '0')
}
