/**
 * A moment as charms take it: `YYYY-MM-DD HH:MM:SS[.f]` in UTC, without a zone. They refuse the `T` and the `Z` of
 * RFC 3339 (reference/charms.md, 7, #17).
 *
 * @param moment RFC 3339 with any offset, or `latest`, which stays as it is
 * @param digits how many digits of a second the charm takes at most; more are cut off
 * @throws Error if it is neither
 */
export function charmTime(moment: string, digits: 0 | 6): string {
  if (moment === 'latest') return moment
  const [, seconds, fraction = '', offset] =
    /^(\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/.exec(moment) ?? []
  const time = seconds === undefined ? Number.NaN : Date.parse(`${seconds}${offset ?? ''}`.toUpperCase())
  if (Number.isNaN(time)) throw new Error(`not a time of RFC 3339: ${moment}`)
  const inUtc = new Date(time).toISOString().slice(0, 19).replace('T', ' ')
  const kept = fraction.slice(0, digits)
  return kept === '' ? inUtc : `${inUtc}.${kept}`
}
