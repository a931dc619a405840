import {neverMatches, type Pattern} from './pattern.ts'
import {fieldNames, type FieldName, type PatternProblem} from './problem.ts'

const nicknames: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
}

/** Names that other dialects have as well, each with the one that is taken. */
const otherNames: Readonly<Record<string, string>> = {'@midnight': '@daily', '@annually': '@yearly'}

interface Field {
  readonly name: FieldName
  readonly position: number
  readonly least: number
  readonly most: number
  readonly names: readonly string[]
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const bounds: readonly (readonly [least: number, most: number, names: readonly string[]])[] = [
  [0, 59, []],
  [0, 23, []],
  [1, 31, []],
  [1, 12, months],
  [0, 7, weekdays],
]
const fields: readonly Field[] = fieldNames.map((name, index) => {
  const [least = 0, most = 0, names = []] = bounds[index] ?? []
  return {name, position: index + 1, least, most, names}
})

/** The pattern of a schedule (five fields, or one of the @ names), or what is wrong with it. A pattern that never matches is one. */
export function parsePattern(schedule: string): Pattern | PatternProblem {
  const text = schedule.trim()
  const meaning = nicknames[text] ?? text
  const parts = meaning.split(/\s+/)
  const shape = wrongShape(meaning, parts)
  if (shape !== undefined) return {reason: 'InvalidSchedule', message: shape}
  const read = fields.map((field, index) => readField(field, parts[index] ?? ''))
  const wrong = read.find(one => !(one instanceof Set))
  if (wrong !== undefined) return wrong as PatternProblem
  return toPattern(parts, read as readonly Set<number>[])
}

function toPattern(parts: readonly string[], sets: readonly Set<number>[]): Pattern {
  const [minutes = new Set(), hours = new Set(), days = new Set(), monthSet = new Set(), weekdaySet = new Set()] = sets
  const pattern = {
    minutes: [...minutes].toSorted((a, b) => a - b),
    hours: [...hours].toSorted((a, b) => a - b),
    days,
    months: monthSet,
    weekdays: new Set([...weekdaySet].map(day => day % 7)),
    anyDay: isAny(parts[2]),
    anyWeekday: isAny(parts[4]),
    fixed: !/[*/]/.test(`${parts[0]}${parts[1]}`),
  }
  return {...pattern, never: neverMatches(pattern)}
}

/** `*` anywhere in the list, as in Kubernetes' CronJob: then the field restricts nothing. */
function isAny(part = ''): boolean {
  return part.split(',').some(item => item === '*' || item === '*/1')
}

function wrongShape(text: string, parts: readonly string[]): string | undefined {
  if (text === '')
    return 'the schedule is empty; write five fields (minute hour day month weekday), for example "0 2 * * *"'
  if (/^(?:CRON_)?TZ=/i.test(text)) {
    return `"${parts[0]}" does not belong in the schedule; write the zone in spec.timeZone and only the five fields here`
  }
  if (text.startsWith('@')) {
    const lower = text.toLowerCase()
    const same = otherNames[lower] ?? (Object.hasOwn(nicknames, lower) ? lower : undefined)
    if (same !== undefined) return `"${text}" is not known; write ${same}, which is the same`
    return `"${text}" is not known; write one of ${Object.keys(nicknames).join(', ')}, or five fields such as "0 2 * * *"`
  }
  if (parts.length === 5) return undefined
  const hint = parts.length === 6 ? '; there are no seconds here, leave the first field out' : ''
  return `"${text}" has ${parts.length} field${parts.length === 1 ? '' : 's'}, five are needed (minute hour day month weekday)${hint}`
}

function readField(field: Field, part: string): Set<number> | PatternProblem {
  const values = new Set<number>()
  for (const item of part.split(',')) {
    const read = readItem(field, item)
    if (typeof read === 'string') return problem(field, part, read)
    for (let value = read.from; value <= read.to; value += read.step) values.add(value)
  }
  return values
}

function problem({name, position}: Field, part: string, what: string): PatternProblem {
  return {
    reason: 'InvalidSchedule',
    field: name,
    position,
    message: `${name} (field ${position} of 5) "${part}": ${what}`,
  }
}

interface Span {
  readonly from: number
  readonly to: number
  readonly step: number
}

/** One item of a list, or what is wrong with it. */
function readItem(field: Field, item: string): Span | string {
  const {least, most} = field
  if (item === '')
    return 'there is nothing before, between or after the commas; write a value there or leave the comma out'
  const extra = unknownSign(field, item)
  if (extra !== undefined) return extra
  const [range = '', stepText, ...more] = item.split('/')
  if (more.length > 0) return 'there is more than one "/"; write one step, as in */15'
  const span = range === '*' ? {from: least, to: field.name === 'day of week' ? 6 : most} : readRange(field, range)
  if (typeof span === 'string') return span
  if (stepText === undefined) return {...span, step: 1}
  return withStep(field, item, {range, span, stepText})
}

function withStep(
  {least, most}: Field,
  item: string,
  {range, span, stepText}: {range: string; span: Omit<Span, 'step'>; stepText: string},
): Span | string {
  const length = most - least + 1
  const step = /^\d{1,3}$/.test(stepText) ? Number(stepText) : Number.NaN
  if (Number.isNaN(step) || step < 1 || step > length) {
    return `the step "${stepText}" is not a number from 1 to ${length}; write for example */2`
  }
  if (range !== '*' && !range.includes('-')) {
    return `a step needs a range before it; write ${range}-${most}/${stepText} instead of ${item}`
  }
  return {...span, step}
}

function readRange(field: Field, range: string): Omit<Span, 'step'> | string {
  const [first = '', last, ...more] = range.split('-')
  if (more.length > 0) return `"${range}" is no range; write two values with one "-" between them`
  const from = readValue(field, first)
  if (typeof from === 'string') return from
  if (last === undefined) return {from, to: from}
  // A week may end on Sunday: SAT-SUN is 6-7.
  const isSunday = field.name === 'day of week' && last.toLowerCase() === 'sun' && from > 0
  const to = isSunday ? 7 : readValue(field, last)
  if (typeof to === 'string') return to
  return from <= to ? {from, to} : endsEarly(field, range, first, last)
}

function endsEarly({least, most, names}: Field, range: string, first: string, last: string): string {
  const named = Number.isNaN(Number(first))
  const end = named ? (most === 7 ? 'SUN' : names.at(-1)?.toUpperCase()) : most
  const start = named ? names[0]?.toUpperCase() : least
  return `the range "${range}" ends before it begins; write ${first}-${end},${start}-${last}`
}

function readValue({name, least, most, names}: Field, text: string): number | string {
  const named = names.indexOf(text.toLowerCase())
  if (named !== -1) return named + (name === 'month' ? 1 : 0)
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  const orName = names.length > 0 ? ` or one of ${names.join(', ').toUpperCase()}` : ''
  return `"${text}" is not a number from ${least} to ${most}${orName}`
}

/** What other dialects of cron know and this one does not, each with what to write instead. */
function unknownSign({name}: Field, item: string): string | undefined {
  if (item.includes('?')) return 'there is no "?" here; write *'
  if (item.includes('#'))
    return 'there is no "#" (nth weekday) here; write * for the day and a weekday, or two schedules'
  if (item.startsWith('+')) return 'there is no "+" here; where both day fields are given, either may match'
  if (name === 'day of month' && /^L(W|-\d+)?$/i.test(item))
    return 'there is no "L" (last day) here; write 28, a day that every month has'
  if (name === 'day of month' && /^\d+W$/i.test(item))
    return 'there is no "W" (nearest weekday) here; write the day, or weekdays in field 5'
  if (name === 'day of week' && /^(\d|[a-z]{3})?L$/i.test(item))
    return 'there is no "L" (last weekday) here; write the weekday, which runs every week'
  if (/^H(?:\(|\/|$)/.test(item))
    return 'there is no "H" here; write a number, and spread schedules with spec.jitterSeconds'
  return undefined
}
