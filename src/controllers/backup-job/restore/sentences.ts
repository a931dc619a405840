const namesShown = 5

/** Names in a sentence: `a`, `a and b`, `a, b and c`; of many, the first ones and how many more there are. */
export function namesOf(names: readonly string[]): string {
  const shown = names.length > namesShown + 1 ? names.slice(0, namesShown) : names
  const more = names.length - shown.length
  const parts = more > 0 ? [...shown, `${more} more`] : shown
  const last = parts.at(-1) ?? 'none'
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}

export const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** A span of time as people say it, in its two largest units. */
export function spanOf(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000)
  if (minutes < 1) return 'less than a minute'
  const units: readonly [number, string][] = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor(minutes / 60) % 24, 'hour'],
    [minutes % 60, 'minute'],
  ]
  const first = units.findIndex(([count]) => count > 0)
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, noun]) => countOf(count, noun))
    .join(' and ')
}

/** RFC 3339 in UTC, without a fraction that says nothing. */
export const timeOf = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')

/** Cuts what others wrote to the room that the status has for it. */
export const within = (max: number, text: string): string =>
  text.length <= max ? text.toWellFormed() : `${text.slice(0, max - 1).trimEnd()}…`.toWellFormed()
