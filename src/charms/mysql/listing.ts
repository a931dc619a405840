import type {BackupRow, ListingResult} from '../profile.ts'
import {commonStates, rowOf} from '../state-table.ts'
import {parseTable, type Cell} from '../table.ts'

const columns = {
  id: ['backup-id'],
  type: ['backup-type'],
  status: ['backup-status'],
} as const satisfies Record<string, readonly string[]>

/** Reads the table of `list-backups`, which names neither the bucket nor the path. Full backups are called physical. */
export function parseListing(output: Readonly<Record<string, unknown>>): ListingResult {
  const table = parseTable(output, columns, ['type', 'status'], parseRow)
  return table.ok ? {ok: true, rows: table.rows} : table
}

function parseRow(cell: Cell<keyof typeof columns>): BackupRow | undefined {
  const row = rowOf(cell('id'), cell('status'), commonStates)
  const type = cell('type')
  return row === undefined || type === undefined
    ? undefined
    : {...row, action: type === 'physical' ? 'full' : 'unknown'}
}
