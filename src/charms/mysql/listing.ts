import type {BackupRow, ListingResult} from '../profile.ts'
import {idShape, parseTable, type Cell} from '../table.ts'

const columns = {
  id: ['backup-id'],
  type: ['backup-type'],
  status: ['backup-status'],
} as const satisfies Record<string, readonly string[]>

/** The words of the charm, and what they say about a backup. It makes full ones only, and calls them physical. */
const states: Readonly<Record<string, Pick<BackupRow, 'finished' | 'running' | 'error'>>> = {
  finished: {finished: true},
  failed: {finished: false, error: ''},
  'in progress': {finished: false, running: true},
}

/** Reads the table of `list-backups`, which names neither the bucket nor the path. */
export function parseListing(output: Readonly<Record<string, unknown>>): ListingResult {
  const table = parseTable(output, columns, ['type', 'status'], parseRow)
  return table.ok ? {ok: true, rows: table.rows} : table
}

function parseRow(cell: Cell<keyof typeof columns>): BackupRow | undefined {
  const [id, type, status] = [cell('id'), cell('type'), cell('status')]
  const state = status === undefined ? undefined : states[status]
  if (id === undefined || !idShape.test(id) || type === undefined || state === undefined) return undefined
  return {id, action: type === 'physical' ? 'full' : 'unknown', ...state}
}
