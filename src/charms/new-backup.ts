import type {BackupType} from '../api/backup-job.ts'
import type {BackupRow} from './profile.ts'

export type NewBackup =
  | {readonly kind: 'one'; readonly row: BackupRow}
  | {readonly kind: 'none'}
  | {readonly kind: 'several'; readonly rows: readonly BackupRow[]}

const actionOf = {Full: 'full', Differential: 'differential', Incremental: 'incremental'} as const satisfies Record<
  BackupType,
  BackupRow['action']
>

/** The greatest id among the backups of a listing, whether finished or failed; empty: there is none. */
export function newestBackupID(rows: readonly BackupRow[]): string {
  return rows.filter(isBackup).reduce((newest, row) => (row.id > newest ? row.id : newest), '')
}

/**
 * The backup that a task has made, found by comparing listings, because the charm does not say its id.
 *
 * Rows of another type are somebody else's. A row that says failed is a candidate too: the caller must see it.
 *
 * @param newestBefore `newestBackupID` of the listing before the task; ids sort by age, also for pgBackRest, which
 *   refuses to make a backup that is older than the newest one
 */
export function newBackup(
  rowsAfter: readonly BackupRow[],
  {newestBefore, type}: {readonly newestBefore: string; readonly type: BackupType},
): NewBackup {
  const rows = rowsAfter.filter(
    row => isBackup(row) && row.id > newestBefore && (row.action === actionOf[type] || row.action === 'unknown'),
  )
  const [row] = rows
  if (row === undefined) return {kind: 'none'}
  return rows.length === 1 ? {kind: 'one', row} : {kind: 'several', rows}
}

/**
 * The backup on which the next one of this type will build. The charm leaves the choice to pgBackRest: the newest
 * full one for a differential, the newest of any type for an incremental. Undefined: there is none, or none is needed.
 */
export function nextParent(rows: readonly BackupRow[], type: BackupType): BackupRow | undefined {
  if (type === 'Full') return undefined
  const fitting = rows.filter(row => isBackup(row) && (type === 'Incremental' || row.action === 'full'))
  return fitting.reduce<BackupRow | undefined>(
    (newest, row) => (newest && newest.id > row.id ? newest : row),
    undefined,
  )
}

export type ParentCheck =
  | {readonly ok: true}
  | {
      readonly ok: false
      readonly reason: 'OtherParent' | 'ParentNotNewest' | 'ParentNotFound'
      readonly message: string
    }

/** Before the run: would the wanted backup become the parent? */
export function checkParentBefore(rows: readonly BackupRow[], type: BackupType, wanted: string): ParentCheck {
  if (!rows.some(row => isBackup(row) && row.id === wanted)) {
    return {ok: false, reason: 'ParentNotFound', message: `backup ${wanted} is not listed any more`}
  }
  const next = nextParent(rows, type)
  if (next?.id === wanted) return {ok: true}
  const kind = type === 'Differential' ? 'full backup' : 'backup'
  const because =
    next === undefined ? `there is no ${kind}` : `${next.id} is the newest ${kind} and would become the parent`
  return {ok: false, reason: 'ParentNotNewest', message: `cannot build on ${wanted}: ${because}`}
}

/** After the run: did it? */
export function checkParentAfter(row: BackupRow, wanted: string): ParentCheck {
  if (row.reference === wanted) return {ok: true}
  return {
    ok: false,
    reason: 'OtherParent',
    message: `backup ${row.id} was built on ${row.reference ?? 'none'}, not on ${wanted}`,
  }
}

function isBackup(row: BackupRow): boolean {
  return row.action !== 'restore'
}
