import type {BackupRow} from './profile.ts'

/** The columns that a charm prints, each under the names that its revisions have given to it. */
export type Columns<K extends string> = Readonly<Record<K, readonly string[]>>

/** The text in a column of one row; undefined: there is no such column, or nothing in it. */
export type Cell<K extends string> = (column: K) => string | undefined

export type TableResult =
  | {
      readonly ok: true
      readonly rows: readonly BackupRow[]
      /** What stands above the table. */
      readonly preamble: readonly string[]
    }
  | {readonly ok: false; readonly message: string}

/** The charms format ids as %Y-%m-%dT%H:%M:%SZ; they are opaque keys that sort by age. */
export const idShape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/

/**
 * Reads the table of `list-backups` by the names in its header, whatever the widths of its columns
 * (reference/charms.md, 1.1 and 7).
 *
 * Other keys of the result, other lines before the header and unknown columns are ignored. A row that does not fit
 * the header, or that `parseRow` cannot read, makes the whole listing unusable, because a missing row would look like
 * a missing backup.
 *
 * @param required columns without which the table says nothing; the id is one of them in any case
 */
export function parseTable<K extends string>(
  output: Readonly<Record<string, unknown>>,
  columns: Columns<K>,
  required: readonly K[],
  parseRow: (cell: Cell<K>) => BackupRow | undefined,
): TableResult {
  const text = output['backups']
  if (typeof text !== 'string') return refuse('the result of list-backups has no text under the key backups')
  const lines = text.split(/\r?\n/)
  const headerAt = lines.findIndex(line => cells(line)[0] === 'backup-id')
  if (headerAt < 0) return refuse(`list-backups printed no table: ${excerpt(text)}`)
  const header = cells(lines[headerAt] ?? '')
  const missing = required.find(column => indexOf(header, columns[column]) < 0)
  if (missing !== undefined)
    return refuse(`the table of list-backups has no column ${missing}: ${excerpt(lines[headerAt] ?? '')}`)
  const rows: BackupRow[] = []
  for (const [offset, line] of lines.slice(headerAt + 1).entries()) {
    if (line.trim() === '' || /^-+$/.test(line.trim())) continue
    const values = cells(line)
    // The last cell is never empty: an empty one was cut off.
    const isWhole = values.length === header.length && values.at(-1) !== ''
    const row = isWhole ? parseRow(column => present(values[indexOf(header, columns[column])])) : undefined
    if (!row) return refuse(`line ${headerAt + offset + 2} of list-backups cannot be read: ${excerpt(line)}`)
    rows.push(row)
  }
  return {ok: true, rows, preamble: lines.slice(0, headerAt)}
}

/** The charms print None and n/a for nothing. */
export function present(cell: string | undefined): string | undefined {
  return cell === undefined || cell === '' || cell === 'None' || cell === 'n/a' ? undefined : cell
}

function indexOf(header: readonly string[], names: readonly string[]): number {
  return header.findIndex(name => names.includes(name))
}

function cells(line: string): string[] {
  return line.split('|').map(cell => cell.trim())
}

function refuse(message: string): TableResult {
  return {ok: false, message}
}

function excerpt(line: string): string {
  return JSON.stringify(line.length > 120 ? `${line.slice(0, 120)}…` : line)
}
