import type {BackupRow, ListingResult} from '../profile.ts'
import {idShape, parseTable, present, type Cell} from '../table.ts'
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

/** Reads the table of `list-backups`; older revisions have fewer columns, and a long status pushes its row to the right. */
export function parseListing(output: Readonly<Record<string, unknown>>): ListingResult {
  const table = parseTable(output, columns, ['action', 'status'], parseRow)
  return table.ok ? {ok: true, rows: table.rows, ...parsePreamble(table.preamble)} : table
}

function parseRow(cell: Cell<Column>): BackupRow | undefined {
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

function optional<K extends string>(key: K, value: string | undefined): {[P in K]?: string} {
  return (value === undefined ? {} : {[key]: value}) as {[P in K]?: string}
}
