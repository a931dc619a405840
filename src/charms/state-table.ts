import type {BackupRow, ListingResult} from './profile.ts'
import {idShape, parseTable, type Cell} from './table.ts'

const columns = {
  id: ['backup-id'],
  type: ['backup-type', 'type'],
  status: ['backup-status', 'status'],
} as const satisfies Record<string, readonly string[]>

/** What the word in a column of states says about a backup; undefined: no word of this charm, so the row cannot be read. */
export type ReadState = (status: string) => Pick<BackupRow, 'finished' | 'running' | 'error'> | undefined

/** Reads a table of ids and states of a charm that makes one kind of backup. */
export function parseStateTable(output: Readonly<Record<string, unknown>>, readState: ReadState): ListingResult {
  const parseRow = (cell: Cell<keyof typeof columns>): BackupRow | undefined =>
    rowOf(cell('id'), cell('status'), readState)
  const table = parseTable(output, columns, ['status'], parseRow)
  return table.ok ? {ok: true, rows: table.rows} : table
}

/** @returns undefined if it is no id, or no state, of the charm */
export function rowOf(id: string | undefined, status: string | undefined, readState: ReadState): BackupRow | undefined {
  const state = status === undefined ? undefined : readState(status)
  return id === undefined || !idShape.test(id) || state === undefined ? undefined : {id, action: 'full', ...state}
}

/** `finished`, `in progress`, and `failed` with or without words behind a colon. */
export const commonStates: ReadState = status => {
  if (status === 'finished') return {finished: true}
  if (status === 'in progress') return {finished: false, running: true}
  const error = /^failed(?:: *(.*))?$/.exec(status)
  return error ? {finished: false, error: error[1] ?? ''} : undefined
}
