import type {BackupRow, ListingResult} from './profile.ts'

/** The value under `backups` where it is JSON, or was turned into an object already; undefined: it is other text. */
export function jsonListing(output: Readonly<Record<string, unknown>>): unknown {
  const value = output['backups']
  if (typeof value !== 'string') return value
  if (!/^\s*[[{]/.test(value)) return undefined
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** One row for each entry; an entry that cannot be read makes the whole listing unusable, as in a table. */
export function rowsOf<T>(entries: readonly T[], rowOf: (entry: T) => BackupRow | undefined): ListingResult {
  const rows: BackupRow[] = []
  for (const [index, entry] of entries.entries()) {
    const row = rowOf(entry)
    if (row === undefined) {
      const shown = JSON.stringify(entry).slice(0, 120)
      return {ok: false, message: `entry ${index + 1} of list-backups cannot be read: ${shown}`}
    }
    rows.push(row)
  }
  return {ok: true, rows: rows.sort((a, b) => (a.id < b.id ? -1 : 1))}
}

/** A text in an entry under the first of these names that is there. */
export function textIn(entry: unknown, ...names: readonly string[]): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const values = names.map(name => (entry as Readonly<Record<string, unknown>>)[name])
  return values.find(value => typeof value === 'string')
}
