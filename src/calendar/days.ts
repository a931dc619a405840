import {dateOf, dayMinutes, daysInMonth, type CivilDate} from './civil.ts'
import type {Pattern} from './pattern.ts'

/**
 * Where a pattern comes due on a clock that never changes. Times are local minutes: minutes since 1970-01-01 00:00 of that clock.
 * Patterns here are none that `never` match; so a match is at most eight years away, from one leap day to the next across a century.
 */

/** The first match at or after a local minute. */
export function nextMinute(pattern: Pattern, from: number): number {
  const day = Math.floor(from / dayMinutes)
  if (isDue(pattern, day)) {
    const time = timeFrom(pattern, from - day * dayMinutes)
    if (time !== undefined) return day * dayMinutes + time
  }
  return nextDay(pattern, day + 1) * dayMinutes + firstTime(pattern)
}

/** The last match before a local minute. */
export function previousMinute(pattern: Pattern, before: number): number {
  const day = Math.floor(before / dayMinutes)
  if (isDue(pattern, day)) {
    const time = timeBefore(pattern, before - day * dayMinutes)
    if (time !== undefined) return day * dayMinutes + time
  }
  return previousDay(pattern, day - 1) * dayMinutes + lastTime(pattern)
}

/** How many matches there are, `from` <= minute < `until`. */
export function countMinutes(pattern: Pattern, from: number, until: number): number {
  if (until <= from) return 0
  const [first, last] = [Math.floor(from / dayMinutes), Math.floor(until / dayMinutes)]
  let days = 0
  for (let day = first; day < last; day++) if (isDue(pattern, day)) days++
  const partOf = (day: number, time: number): number => (isDue(pattern, day) ? timesBefore(pattern, time) : 0)
  return (
    days * pattern.hours.length * pattern.minutes.length +
    partOf(last, until - last * dayMinutes) -
    partOf(first, from - first * dayMinutes)
  )
}

/** Whether the pattern comes due on a day since 1970-01-01. */
export function isDue(pattern: Pattern, epochDay: number): boolean {
  return matchesDate(pattern, dateOf(epochDay))
}

/** Where both day fields are restricted, either may match. */
export function matchesDate(pattern: Pattern, {month, day, weekday}: Omit<CivilDate, 'year'>): boolean {
  if (!pattern.months.has(month)) return false
  if (pattern.anyWeekday) return pattern.anyDay || pattern.days.has(day)
  return (!pattern.anyDay && pattern.days.has(day)) || pattern.weekdays.has(weekday)
}

/** The first due day at or after a day. */
export function nextDay(pattern: Pattern, from: number): number {
  let day = from
  while (!isDue(pattern, day)) {
    const date = dateOf(day)
    day += pattern.months.has(date.month) ? 1 : daysInMonth(date.year, date.month) - date.day + 1
  }
  return day
}

function previousDay(pattern: Pattern, from: number): number {
  let day = from
  while (!isDue(pattern, day)) {
    const date = dateOf(day)
    day -= pattern.months.has(date.month) ? 1 : date.day
  }
  return day
}

function firstTime({hours, minutes}: Pattern): number {
  return (hours[0] ?? 0) * 60 + (minutes[0] ?? 0)
}

function lastTime({hours, minutes}: Pattern): number {
  return (hours.at(-1) ?? 0) * 60 + (minutes.at(-1) ?? 0)
}

/** The first time of a due day at or after a minute of the day. */
function timeFrom({hours, minutes}: Pattern, from: number): number | undefined {
  const hour = Math.floor(from / 60)
  const minute = hours.includes(hour) ? minutes.find(one => one >= from % 60) : undefined
  if (minute !== undefined) return hour * 60 + minute
  const later = hours.find(one => one > hour)
  return later === undefined ? undefined : later * 60 + (minutes[0] ?? 0)
}

function timeBefore({hours, minutes}: Pattern, before: number): number | undefined {
  const hour = Math.floor(before / 60)
  const minute = hours.includes(hour) ? minutes.findLast(one => one < before % 60) : undefined
  if (minute !== undefined) return hour * 60 + minute
  const earlier = hours.findLast(one => one < hour)
  return earlier === undefined ? undefined : earlier * 60 + (minutes.at(-1) ?? 0)
}

/** How many times of a due day are before a minute of the day. */
function timesBefore({hours, minutes}: Pattern, before: number): number {
  const hour = Math.floor(before / 60)
  const whole = hours.filter(one => one < hour).length * minutes.length
  return hours.includes(hour) ? whole + minutes.filter(one => one < before % 60).length : whole
}
