/**
 * A time of Juju as RFC 3339 in UTC with milliseconds, or undefined when it is not set: Go writes its zero time, year 1.
 */
export function timeOf(text: string): string | undefined {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) return undefined
  const time = new Date(ms)
  return time.getUTCFullYear() <= 1 ? undefined : time.toISOString()
}
