import {table} from '../api/markdown.ts'
import {checkPattern} from './check.ts'
import {describePattern} from './describe.ts'
import {previewSlots} from './preview.ts'

/** The tables of docs/schedules.md by the name of their place, worked out by the calendar itself. */
export function tables(): ReadonlyMap<string, readonly string[]> {
  return new Map([
    [
      'patterns',
      table(
        ['pattern', 'in words'],
        taken.map(pattern => [`\`${pattern}\``, describePattern(pattern)]),
      ),
    ],
    [
      'refused',
      table(
        ['refused', 'because'],
        refused.map(pattern => [`\`${pattern}\``, whyRefused(pattern)]),
      ),
    ],
    [
      'clocks',
      table(['zone and day', 'clocks', 'pattern', 'other days', 'this day', 'shown in `status.upcoming`'], clockRows()),
    ],
  ])
}

const taken = [
  '0 2 * * *',
  '30 2,14 * * *',
  '*/15 * * * *',
  '0 */6 * * *',
  '0 22-23,0-5 * * *',
  '10-50/20 3 * * *',
  '0 3 * * SUN',
  '0 3 * * MON-FRI',
  '0 3 1 * *',
  '0 3 1 JAN,JUL *',
  '0 3 1 * SUN',
  '@daily',
]

const refused = [
  '0 0 2 * * *',
  '0 25 * * *',
  '0 22-5 * * *',
  '5/10 * * * *',
  '*/90 * * * *',
  '0 2 L * *',
  '0 2 * * MON#1',
  '0 2 ? * SUN',
  '0 0 30 2 *',
  '@every 6h',
  '@midnight',
  'TZ=Europe/Berlin 0 2 * * *',
]

function whyRefused(pattern: string): string {
  const problem = checkPattern(pattern, 'UTC')
  if (problem === undefined) throw new Error(`"${pattern}" is not refused`)
  return problem.message
}

interface ChangingDay {
  readonly zone: string
  readonly day: string
  readonly otherDay: string
  readonly clocks: string
  readonly patterns: readonly string[]
}

/** Days that are over: no later decision of a government changes them. */
const changingDays: readonly ChangingDay[] = [
  {
    zone: 'Europe/Berlin',
    day: '2025-03-30',
    otherDay: '2025-03-29',
    clocks: '02:00 to 03:00',
    patterns: ['30 2 * * *', '0,30 2 * * *', '*/20 2 * * *', '0 */2 * * *', '30 * * * *'],
  },
  {
    zone: 'Europe/Berlin',
    day: '2025-10-26',
    otherDay: '2025-10-25',
    clocks: '03:00 back to 02:00',
    patterns: ['30 2 * * *', '0,30 2 * * *', '*/20 2 * * *', '0 */2 * * *', '30 * * * *'],
  },
  {
    zone: 'America/Havana',
    day: '2025-03-09',
    otherDay: '2025-03-08',
    clocks: '00:00 to 01:00',
    patterns: ['@daily', '0 */3 * * *'],
  },
  {
    zone: 'Australia/Lord_Howe',
    day: '2025-10-05',
    otherDay: '2025-10-04',
    clocks: '02:00 to 02:30',
    patterns: ['15 2 * * *', '15 * * * *'],
  },
]

function clockRows(): readonly (readonly string[])[] {
  return changingDays.flatMap(({zone, day, otherDay, clocks, patterns}) =>
    patterns.map(pattern => {
      const slots = slotsUntilFive(pattern, zone, day)
      return [
        `${zone}, ${day}`,
        clocks,
        `\`${pattern}\``,
        timesOf(slotsUntilFive(pattern, zone, otherDay).map(({local}) => local)),
        timesOf(slots.map(({local}) => local)),
        slots.find(({note}) => note !== undefined)?.note ?? '',
      ]
    }),
  )
}

/** The slots of a day from midnight until five o'clock, after which all is as ever. */
function slotsUntilFive(pattern: string, zone: string, day: string): readonly {local: string; note?: string}[] {
  const dayBefore = Date.parse(`${day}T00:00:00Z`) - 24 * 3_600_000
  const most = 60
  return previewSlots(pattern, zone, dayBefore, most).filter(({local}) => local >= day && local < `${day}T05`)
}

/** `02:30`, and which of the two where it comes twice. */
function timesOf(locals: readonly string[]): string {
  const clocks = locals.map(local => local.slice(11, 16))
  const twice = new Set(clocks).size < clocks.length
  return locals.map((local, index) => (twice ? `${clocks[index]}${local.slice(19)}` : clocks[index])).join(', ')
}
