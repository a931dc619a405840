/** What Go prints for a time that was never set. */
export const zeroTime = '0001-01-01T00:00:00Z'

/** RFC 3339 as Go prints it: no trailing zeros in the fraction. @param ms since the epoch; undefined: the zero time */
export function goTime(ms: number | undefined): string {
  if (ms === undefined) return zeroTime
  return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z')
}

/** What `fmt.Sprint` makes of a decoded JSON value: Juju 4.x stores list and object parameters so. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (typeof value !== 'object') return String(value as string)
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `map[${entries.map(([key, item]) => `${key}:${goText(item)}`).join(' ')}]`
}

/** Quotes as Go's `%q` does, for the plain texts that are in messages. */
export function goQuote(text: string): string {
  return JSON.stringify(text)
}
