import type {z} from 'zod'
import {text, withRules, type Rule} from './schema.ts'

/** Short names for common patterns. */
export const cronNames = ['@hourly', '@daily', '@weekly', '@monthly', '@yearly'] as const

interface CronField {
  readonly title: string
  /** For the message: which numbers, and names, it takes. */
  readonly takes: string
  /** Regular expressions, upper case. */
  readonly value: string
  readonly step: string
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const

const fields: readonly CronField[] = [
  {
    title: 'the first field is the minute',
    takes: '0 to 59',
    value: '[0-5]?[0-9]',
    step: '0?[1-9]|[1-5][0-9]|60',
  },
  {
    title: 'the second field is the hour',
    takes: '0 to 23',
    value: '[01]?[0-9]|2[0-3]',
    step: '0?[1-9]|1[0-9]|2[0-4]',
  },
  {
    title: 'the third field is the day of the month',
    takes: '1 to 31',
    value: '0?[1-9]|[12][0-9]|3[01]',
    step: '0?[1-9]|[12][0-9]|3[01]',
  },
  {
    title: 'the fourth field is the month',
    takes: '1 to 12, or JAN to DEC',
    value: `0?[1-9]|1[0-2]|${months.join('|')}`,
    step: '0?[1-9]|1[0-2]',
  },
  {
    title: 'the fifth field is the day of the week',
    takes: '0 to 7 (0 and 7 are Sunday), or SUN to SAT',
    value: `0?[0-7]|${weekdays.join('|')}`,
    step: '0?[1-8]',
  },
]

const fiveFields = '^[^ ]+( +[^ ]+){4}$'
const range = '[0-9]+-[0-9]+'

const shape: Rule<string> = {
  rule: `self in [${cronNames.map(name => `'${name}'`).join(', ')}] || self.matches(r'${fiveFields}')`,
  message: `write five fields (minute, hour, day of the month, month, day of the week), for example 0 2 * * *, or one of ${cronNames.join(', ')}; the zone goes to spec.timeZone`,
  holds: pattern => (cronNames as readonly string[]).includes(pattern) || new RegExp(fiveFields).test(pattern),
}

/** Says nothing about patterns whose shape is wrong already. */
function fieldRule({title, takes, value, step}: CronField, index: number): Rule<string> {
  const part = `(\\*(/(${step}))?|(${value})|(${value})-(${value})(/(${step}))?)`
  const whole = `^([^ ]+ +){${index}}${part}(,${part})*( |$)`
  const [isShaped, fits] = [new RegExp(fiveFields), new RegExp(whole)]
  return {
    rule: `!self.matches(r'${fiveFields}') || self.upperAscii().matches(r'${whole}')`,
    message: `${title}: write *, ${takes}, a range such as 2-5, a step such as */2 or 1-7/2, or a list of these with commas`,
    holds: pattern => !isShaped.test(pattern) || fits.test(pattern.toUpperCase()),
  }
}

/** What names of months and days stand for; at the end of a range Sunday is the last day of the week. */
const numbers: readonly (readonly [name: string, number: string])[] = [
  ['-SUN', '-7'],
  ...weekdays.map((name, index) => [name, String(index)] as const),
  ...months.map((name, index) => [name, String(index + 1)] as const),
]

const rangesRise: Rule<string> = {
  rule: `self.upperAscii()${numbers.map(([name, number]) => `.replace('${name}', '${number}')`).join('')}.findAll(r'${range}').all(found, int(found.split('-')[0]) <= int(found.split('-')[1]))`,
  message: 'write a range from its lower end to its higher one; one around the end is a list, for example 22-23,0-5',
  holds: pattern => {
    const plain = numbers.reduce((text, [name, number]) => text.replaceAll(name, number), pattern.toUpperCase())
    return [...plain.matchAll(new RegExp(range, 'g'))].every(([found]) => {
      const [from = 0, to = 0] = found.split('-').map(Number)
      return from <= to
    })
  },
}

/** A pattern of cron as far as the API server can judge it; the rest is the condition InvalidSchedule. */
export function cronPattern(): z.ZodString {
  return withRules(text({max: 256, min: 1}), shape, ...fields.map(fieldRule), rangesRise)
}

const zones = /^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/

/**
 * A time zone of the IANA database. The API server looks it up in its own copy, which fails with an error for a zone
 * that it does not know; ours may know other ones, so that our own half says only what it looks like, and an unknown
 * zone is the condition InvalidSchedule.
 */
export function timeZone(): z.ZodString {
  return withRules(text({max: 64, min: 1}), {
    rule: `self.matches(r'${zones.source.replaceAll('\\/', '/')}') && self != 'Local' && timestamp('2026-01-01T00:00:00Z').getHours(self) >= 0`,
    message: 'write the name of a zone of the IANA database, for example Europe/Berlin or UTC',
    holds: zone => zones.test(zone) && zone !== 'Local',
  })
}
