import fc from 'fast-check'
import {readChanges} from './zdump.ts'

const number = (least: number, most: number) => fc.integer({min: least, max: most})

/** A field: `*`, a step, a value, a list, a range, a range with a step. `*` with a step of 1 is left out: it is a `*`. */
function field(least: number, most: number, any: number, names: readonly string[] = []): fc.Arbitrary<string> {
  const value = number(least, most)
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`)
  const step = number(2, Math.ceil((most - least) / 2))
  return fc.oneof(
    {weight: any, arbitrary: fc.constant('*')},
    {weight: 2, arbitrary: step.map(by => `*/${by}`)},
    {weight: 4, arbitrary: value.map(String)},
    {weight: 2, arbitrary: fc.array(value, {minLength: 2, maxLength: 4}).map(all => all.join(','))},
    {weight: 1, arbitrary: range},
    {weight: 1, arbitrary: fc.tuple(range, step).map(([of, by]) => `${of}/${by}`)},
    {weight: names.length === 0 ? 0 : 2, arbitrary: fc.constantFrom('*', ...names)},
  )
}

const day = field(1, 31, 8)
const month = field(1, 12, 12, ['JAN', 'feb', 'Mar-oct', 'SEP,NOV'])
const weekday = field(0, 7, 8, ['SUN', 'mon', 'Tue-Thu', 'SAT-SUN', 'FRI,MON'])

/** Any valid pattern of five fields. */
export const anyPattern = fc
  .tuple(field(0, 59, 1), field(0, 23, 2), day, month, weekday)
  .map(fields => fields.join(' '))

/** Any pattern that comes due a few times a day at most. */
export const sparsePattern = fc
  .tuple(
    number(0, 59),
    fc.oneof(number(0, 4).map(String), fc.constantFrom('1,2,3', '0-3', '*/6', '2-22/4')),
    day,
    month,
    weekday,
  )
  .map(fields => fields.join(' '))

/** Patterns for few days, whose slots are at the hours at which clocks change, and next to each other years apart. */
export const datedPattern = fc
  .tuple(field(0, 59, 1), fc.constantFrom('0', '1', '2', '3', '0-3', '*', '22,23'), fc.constantFrom(...changedDates()))
  .map(([minutes, hours, date]) => `${minutes} ${hours} ${date} *`)

/** Day and month of all days on which clocks changed. */
function changedDates(): readonly string[] {
  const dates = readChanges().map(({at, before}) => new Date(at + before))
  return [...new Set(dates.map(date => `${date.getUTCDate()} ${date.getUTCMonth() + 1}`))]
}

/** Patterns that often meet. */
export const meetingPattern = fc
  .tuple(
    fc.constantFrom('0', '30', '0,30', '*/20'),
    fc.constantFrom('0', '2', '3', '1-3', '*/2', '*'),
    day,
    month,
    weekday,
  )
  .map(fields => fields.join(' '))

const changes = readChanges()

/** A zone and a moment at most 30 hours from a change of its clocks. */
export const nearChange = fc
  .tuple(fc.constantFrom(...changes), number(-30 * 3600, 30 * 3600), number(0, 999))
  .map(([{zone, at}, seconds, ms]) => ({zone, time: at + seconds * 1000 + ms}))
