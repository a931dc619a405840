import type {BackupRow, ListingResult} from '../profile.ts'
import {jsonListing, rowsOf, textIn} from '../json-listing.ts'
import {rowOf, type ReadState} from '../state-table.ts'
import {parseTable, type Cell} from '../table.ts'

const columns = {
  id: ['backup-id'],
  type: ['backup-type', 'type', 'action'],
  status: ['backup-status', 'status', 'state'],
} as const satisfies Record<string, readonly string[]>

const finished: readonly string[] = ['finished', 'success', 'succeeded', 'completed', 'complete', 'done']
const running: readonly string[] = ['in progress', 'in-progress', 'in_progress', 'running', 'started', 'pending']

/** A word that nobody knows is no end that went well. A listing without states lists what is there. */
const readState: ReadState = status => {
  const word = status.toLowerCase()
  if (finished.includes(word)) return {finished: true}
  if (running.includes(word)) return {finished: false, running: true}
  return {finished: false, error: /^failed: *(.*)$/i.exec(status)?.[1] ?? status}
}

/** Reads a table by the names in its header, or JSON: an array of objects with an id. */
export function parseListing(output: Readonly<Record<string, unknown>>): ListingResult {
  const json = jsonListing(output)
  if (Array.isArray(json)) return rowsOf(json, entryRow)
  const table = parseTable(output, columns, [], tableRow)
  return table.ok ? {ok: true, rows: table.rows} : table
}

function tableRow(cell: Cell<keyof typeof columns>): BackupRow | undefined {
  const row = anyRow(cell('id'), cell('status'))
  return row && (cell('type')?.startsWith('restore') === true ? {...row, action: 'restore'} : row)
}

function entryRow(entry: unknown): BackupRow | undefined {
  return anyRow(textIn(entry, 'backup-id', 'id'), textIn(entry, ...columns.status))
}

function anyRow(id: string | undefined, status: string | undefined): BackupRow | undefined {
  const row = rowOf(id, status ?? 'finished', readState)
  return row && status === undefined ? {...row, stateless: true} : row
}
