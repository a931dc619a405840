import type {BackupRow, ListingResult} from '../profile.ts'
import {stampOf} from './artefact.ts'

/** Names that revisions of the charm have given to a column. */
const columns = {
  id: ['backup-id'],
  action: ['action', 'backup-type', 'type'],
  status: ['status', 'backup-status'],
  reference: ['reference-backup-id'],
  lsn: ['LSN start/stop'],
  startTime: ['start-time'],
  finishTime: ['finish-time'],
  timeline: ['timeline'],
  backupPath: ['backup-path'],
} as const satisfies Record<string, readonly string[]>
type Column = keyof typeof columns

const actions: Readonly<Record<string, BackupRow['action']>> = {
  'full backup': 'full',
  full: 'full',
  'differential backup': 'differential',
  differential: 'differential',
  'incremental backup': 'incremental',
  incremental: 'incremental',
  restore: 'restore',
}

/** The charm formats ids as %Y-%m-%dT%H:%M:%SZ; we use them as opaque keys that sort by age. */
const idShape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/

/**
 * Reads the table of `list-backups` by the names in its header: older revisions have fewer columns, and a long
 * status pushes the rest of its row to the right (reference/charms.md, 1.1 and 7).
 *
 * Other keys of the result, other lines before the header and unknown columns are ignored. A row that does not fit
 * the header makes the whole listing unusable, because a missing row would look like a missing backup.
 */
export function parseListing(output: Readonly<Record<string, unknown>>): ListingResult {
  const text = output['backups']
  if (typeof text !== 'string')
    return {ok: false, message: 'the result of list-backups has no text under the key backups'}
  const lines = text.split(/\r?\n/)
  const headerAt = lines.findIndex(line => cells(line)[0] === 'backup-id')
  if (headerAt < 0) return {ok: false, message: `list-backups printed no table: ${excerpt(text)}`}
  const header = cells(lines[headerAt] ?? '')
  const missing = (['action', 'status'] as const).find(column => indexOf(header, column) < 0)
  if (missing)
    return {ok: false, message: `the table of list-backups has no column ${missing}: ${excerpt(lines[headerAt] ?? '')}`}
  const rows: BackupRow[] = []
  for (const [offset, line] of lines.slice(headerAt + 1).entries()) {
    if (line.trim() === '' || /^-+$/.test(line.trim())) continue
    const row = parseRow(header, line)
    if (!row)
      return {ok: false, message: `line ${headerAt + offset + 2} of list-backups cannot be read: ${excerpt(line)}`}
    rows.push(row)
  }
  return {ok: true, rows, ...parsePreamble(lines.slice(0, headerAt))}
}

function parseRow(header: readonly string[], line: string): BackupRow | undefined {
  const values = cells(line)
  // The last cell is never empty (n/a at least): an empty one was cut off.
  if (values.length !== header.length || values.at(-1) === '') return undefined
  const cell = (column: Column): string | undefined => present(values[indexOf(header, column)])
  const [id, action, status] = [cell('id'), cell('action'), cell('status')]
  if (id === undefined || !idShape.test(id) || action === undefined || status === undefined) return undefined
  const error = /^failed:?\s*(.*)$/.exec(status)?.[1]
  const reference = cell('reference')
  if (reference !== undefined && !idShape.test(reference)) return undefined
  const backupPath = cell('backupPath')
  if (backupPath !== undefined && !isPathOf(backupPath, id)) return undefined
  return {
    id,
    action: actions[action] ?? 'unknown',
    finished: status === 'finished',
    ...(error !== undefined && {error}),
    ...(reference !== undefined && {reference}),
    ...parseLsn(cell('lsn')),
    ...optional('startTime', cell('startTime')),
    ...optional('finishTime', cell('finishTime')),
    ...optional('timeline', cell('timeline')),
    ...optional('backupPath', backupPath),
  }
}

/** `/<stanza>/<label>`, where the last part of the label is the id; so a path that was cut off is noticed. */
function isPathOf(path: string, id: string): boolean {
  const labelled = /^\/[^/]+\/\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$/.test(path)
  return labelled && path.slice(0, -1).endsWith(stampOf(id))
}

function parseLsn(cell: string | undefined): {lsnStart?: string; lsnStop?: string} {
  const [, lsnStart, lsnStop] = /^([0-9A-Fa-f]+\/[0-9A-Fa-f]+) \/ ([0-9A-Fa-f]+\/[0-9A-Fa-f]+)$/.exec(cell ?? '') ?? []
  return lsnStart !== undefined && lsnStop !== undefined ? {lsnStart, lsnStop} : {}
}

function parsePreamble(lines: readonly string[]): {bucket?: string; path?: string} {
  const after = (prefix: string): string | undefined =>
    lines
      .find(line => line.startsWith(prefix))
      ?.slice(prefix.length)
      .trim()
  const base = after('Backups base path:')
  // `/pg/backup/`, and `//backup/` for a repository at the top of the bucket
  const path = base?.replace(/\/backup\/?$/, '').replace(/^\/+|\/+$/g, '')
  return {...optional('bucket', present(after('Storage bucket name:'))), ...optional('path', path)}
}

function indexOf(header: readonly string[], column: Column): number {
  return header.findIndex(name => (columns[column] as readonly string[]).includes(name))
}

function cells(line: string): string[] {
  return line.split('|').map(cell => cell.trim())
}

/** The charm prints None and n/a for nothing. */
function present(cell: string | undefined): string | undefined {
  return cell === undefined || cell === '' || cell === 'None' || cell === 'n/a' ? undefined : cell
}

function optional<K extends string>(key: K, value: string | undefined): {[P in K]?: string} {
  return (value === undefined ? {} : {[key]: value}) as {[P in K]?: string}
}

function excerpt(line: string): string {
  return JSON.stringify(line.length > 120 ? `${line.slice(0, 120)}…` : line)
}
