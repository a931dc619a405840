import type {BackupRow} from '../../../charms/profile.ts'
import type {KnownBackup, PlanQuestion} from './plan.ts'

/** Whose clock says when a backup was over. The charm's own is that of whatever unit made it. */
export type EndClock = 'store' | 'Juju' | 'charm'

/** A backup in the list of the charm, with what else is known about it. */
export interface ListedBackup {
  readonly id: string
  readonly row: BackupRow
  /** When it was over, ms since the epoch; undefined: nobody says. The id is no time (reference/charms.md, 1.0). */
  readonly end: {readonly ms: number; readonly clock: EndClock} | undefined
  /** Why it must not be restored, as the end of `Backup X cannot be restored: …`. */
  readonly unusable: string | undefined
  readonly engineVersion: string | undefined
}

/** The backups of the listing, oldest first; restores are left out. */
export function listedBackups(question: PlanQuestion): readonly ListedBackup[] {
  const rows = new Map(question.rows.filter(row => row.action !== 'restore').map(row => [row.id, row]))
  const known = Map.groupBy(question.known, ({backupID}) => backupID)
  const stored = new Map(question.reach?.map(({backupID, first}) => [backupID, first]))
  const flawOf = (row: BackupRow): string | undefined => flawIn(row, known.get(row.id) ?? [], question)
  return [...rows.values()]
    .map(row => {
      const jobs = known.get(row.id) ?? []
      return {
        id: row.id,
        row,
        end: endOf(row, stored.get(row.id), jobs),
        unusable: flawOf(row) ?? flawBelow(row, rows, flawOf),
        engineVersion: jobs.find(({engineVersion}) => engineVersion !== undefined)?.engineVersion,
      }
    })
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

export const usableOf = (backups: readonly ListedBackup[]): readonly ListedBackup[] =>
  backups.filter(({unusable}) => unusable === undefined)

/** The store knows best: its time is that of the data. Juju's is when the task ended, a little later. */
function endOf(row: BackupRow, stored: string | undefined, jobs: readonly KnownBackup[]): ListedBackup['end'] {
  const said: readonly {readonly clock: EndClock; readonly time: string | undefined}[] = [
    {clock: 'store', time: stored},
    ...jobs.map(({completionTime}) => ({clock: 'Juju' as const, time: completionTime})),
    {clock: 'charm', time: row.finishTime},
  ]
  return said.map(({clock, time = ''}) => ({clock, ms: Date.parse(time)})).find(({ms}) => !Number.isNaN(ms))
}

/** What is wrong with the backup itself. */
function flawIn(row: BackupRow, jobs: readonly KnownBackup[], {profile}: PlanQuestion): string | undefined {
  const found = jobs.find(({unusable}) => unusable !== undefined)?.unusable
  if (found !== undefined) return found
  if (row.running === true) return 'the charm lists it as in progress'
  return row.finished ? undefined : `the charm lists it ${profile.backup.describeUnfinished(row)}`
}

/** A differential or incremental backup is only as good as all that it builds on. */
function flawBelow(
  row: BackupRow,
  rows: ReadonlyMap<string, BackupRow>,
  flawOf: (row: BackupRow) => string | undefined,
): string | undefined {
  const seen = new Set([row.id])
  let {reference} = row
  while (reference !== undefined) {
    const below = rows.get(reference)
    if (below === undefined) return `it builds on ${reference}, which the charm does not list any more`
    const flaw = flawOf(below)
    if (flaw !== undefined) return `it builds on ${reference}, which cannot be restored: ${flaw}`
    if (seen.has(reference)) return 'it builds on itself, according to the list of the charm'
    seen.add(reference)
    reference = below.reference
  }
  return undefined
}
