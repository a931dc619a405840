/**
 * When a backup was begun, by its id: charms write the time of the unit's clock, and put a `Z` behind it whatever its zone is
 * (reference/charms.md, 1.0). Good for ages in days, no more.
 *
 * @returns ms since the epoch; undefined when the id is no such time
 */
export function timeOfBackupID(id: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(id)) return undefined
  const time = Date.parse(id)
  return Number.isNaN(time) ? undefined : time
}
