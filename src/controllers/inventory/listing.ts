import type {BackupRow} from '../../charms/profile.ts'
import {isStaleByItsAge, type AnyRun} from '../../charms/stale.ts'

/** What one listing of an application said, as far as anybody asks for it later. */
export interface Listing {
  /** wall clock when it was asked for, ms */
  readonly askedAt: number
  /** ids of the finished backups, oldest first */
  readonly finished: readonly string[]
  /** ids of rows that say "in progress" although nothing of them runs any more */
  readonly stale: readonly string[]
  /** of the backups that build on another one: on which; a chain ends with a full one */
  readonly references: ReadonlyMap<string, string>
}

/** What is kept of the rows of a listing. */
export function listingOf(rows: readonly BackupRow[], circumstances: AnyRun): Listing {
  const backups = rows.filter(row => row.action !== 'restore')
  const ids = (some: readonly BackupRow[]): string[] => some.map(({id}) => id).toSorted()
  return {
    askedAt: circumstances.askedAt,
    finished: ids(backups.filter(row => row.finished)),
    stale: ids(backups.filter(row => isStaleByItsAge(row, circumstances))),
    references: new Map(backups.flatMap(({id, reference}) => (reference === undefined ? [] : [[id, reference]]))),
  }
}
