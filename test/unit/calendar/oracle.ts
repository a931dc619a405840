/**
 * The calendar a second time, as plainly as possible: it walks through every minute, reads the pattern with code of its own, and takes
 * the offset from whoever it is told to ask. Slow, and nothing in it is clever.
 */

/** Offset from UTC at an instant, both in ms. */
export type OffsetAt = (time: number) => number

const minuteMs = 60_000
const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const monthNames = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** The slots in (`after`, `notAfter`], in ms since the epoch. */
export function slotsByWalking(schedule: string, offsetAt: OffsetAt, after: number, notAfter: number): number[] {
  const matches = matcherOf(schedule)
  const [minute = '', hour = ''] = schedule.split(' ')
  const fixed = !/[*/]/.test(minute + hour)
  const everyHour = !fixed && expand(hour, 0, 23, []).size === 24
  const slots: number[] = []
  let latest: number | undefined
  // From three hours earlier, so that minutes that come twice are known as such: no clock goes back further.
  for (let time = Math.ceil(after / minuteMs) * minuteMs - 180 * minuteMs; time <= notAfter; time += minuteMs) {
    const local = (time + offsetAt(time)) / minuteMs
    latest ??= local - 1
    const again = local <= latest
    const due = (matches(local) && !(fixed && again)) || (!everyHour && anyBetween(latest + 1, local, matches))
    if (due && time > after) slots.push(time)
    latest = Math.max(latest, local)
  }
  return slots
}

/** Whether a minute that the clocks skipped matches, `from` <= minute < `until`. */
function anyBetween(from: number, until: number, matches: (local: number) => boolean): boolean {
  for (let local = from; local < until; local++) if (matches(local)) return true
  return false
}

/** Whether a local minute, since 1970 on the clock of the place, matches a pattern of five fields. */
function matcherOf(schedule: string): (local: number) => boolean {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = schedule.toLowerCase().split(' ')
  const [minutes, hours, months, days, weekdays] = [
    expand(minute, 0, 59, []),
    expand(hour, 0, 23, []),
    expand(month, 1, 12, monthNames),
    expand(day, 1, 31, []),
    expand(weekday.replaceAll('-sun', '-7'), 0, 7, names),
  ]
  if (weekdays?.has(7)) weekdays.add(0)
  return local => {
    if (minutes?.has(local % 60) !== true || hours?.has(Math.floor(local / 60) % 24) !== true) return false
    const date = new Date(local * minuteMs)
    if (months?.has(date.getUTCMonth() + 1) !== true) return false
    const [inDay, inWeekday] = [days?.has(date.getUTCDate()), weekdays?.has(date.getUTCDay())]
    if (day === '*' || weekday === '*') return Boolean(inDay && inWeekday)
    return Boolean(inDay || inWeekday)
  }
}

function expand(field: string, least: number, most: number, known: readonly string[]): Set<number> {
  const valueOf = (text: string): number => (known.includes(text) ? known.indexOf(text) : Number(text))
  return new Set(
    field.split(',').flatMap(item => {
      const [range = '', step = '1'] = item.split('/')
      const [from = '', to = from] = range === '*' ? [String(least), String(most)] : range.split('-')
      const all = Array.from({length: most - least + 1}, (_, index) => least + index)
      const [first, last] = [valueOf(from), valueOf(to)]
      return all.filter(value => value >= first && value <= last && (value - first) % Number(step) === 0)
    }),
  )
}

/**
 * Offsets by another way than ours: all parts of the local time, formatted and read back. Looked up each quarter of an hour, at which all
 * clocks have changed since 1972.
 */
export function offsetsByParts(timeZone: string): OffsetAt {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const known = new Map<number, number>()
  return time => {
    const quarter = Math.floor(time / (15 * minuteMs)) * 15 * minuteMs
    const old = known.get(quarter)
    if (old !== undefined) return old
    const parts = new Map(format.formatToParts(quarter).map(({type, value}) => [type, Number(value)]))
    const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? Number.NaN
    const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
    known.set(quarter, local - quarter)
    return local - quarter
  }
}
