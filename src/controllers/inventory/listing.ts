import {timeOfBackupID} from '../../charms/backup-time.ts'
import type {BackupCapability, BackupRow} from '../../charms/profile.ts'

/** What one listing of an application said, as far as anybody asks for it later. */
export interface Listing {
  /** wall clock when it was asked for, ms */
  readonly askedAt: number
  /** ids of the finished backups, oldest first */
  readonly finished: readonly string[]
  /** ids of rows that say "in progress" although nothing of them runs any more */
  readonly stale: readonly string[]
}

/** What has to be known beside the rows to judge those in progress. */
export interface Circumstances {
  /** wall clock when the listing was asked for, ms */
  readonly askedAt: number
  /** Juju shows an unfinished backup or restore of the application, whoever started it */
  readonly busy: boolean
  readonly completion: BackupCapability['completion']
}

const hour = 3_600_000
/**
 * A row in progress is stale after this time, ms. A charm whose task blocks until the end shows by the task whether anything
 * runs; the hour is for clocks that differ. Of the others only time tells, and a backup may take three days.
 */
const staleAfterMs = {Task: hour, Listing: 96 * hour} as const satisfies Record<BackupCapability['completion'], number>

/** What is kept of the rows of a listing. */
export function listingOf(rows: readonly BackupRow[], circumstances: Circumstances): Listing {
  const backups = rows.filter(row => row.action !== 'restore')
  const ids = (some: readonly BackupRow[]): string[] => some.map(({id}) => id).toSorted()
  return {
    askedAt: circumstances.askedAt,
    finished: ids(backups.filter(row => row.finished)),
    stale: ids(backups.filter(row => isStale(row, circumstances))),
  }
}

function isStale(row: BackupRow, {askedAt, busy, completion}: Circumstances): boolean {
  if (row.running !== true || row.finished) return false
  if (completion === 'Task' && busy) return false
  // An id that is no time tells no age: then the task alone has to tell.
  const begun = timeOfBackupID(row.startTime ?? row.id)
  return begun === undefined ? completion === 'Task' : askedAt - begun > staleAfterMs[completion]
}
