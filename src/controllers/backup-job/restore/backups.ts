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
  const rows = question.rows.filter(row => row.action !== 'restore')
  const flaws = flawsOf(question, rows)
  return rows
    .map(row => {
      const known = question.known.filter(({backupID}) => backupID === row.id)
      return {
        id: row.id,
        row,
        end: endOf(question, row, known),
        unusable: flaws.get(row.id) ?? flawBelow(row, rows, flaws),
        engineVersion: known.find(({engineVersion}) => engineVersion !== undefined)?.engineVersion,
      }
    })
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

export const usableOf = (backups: readonly ListedBackup[]): readonly ListedBackup[] =>
  backups.filter(({unusable}) => unusable === undefined)

/** The store knows best: its time is that of the data. Juju's is when the task ended, a little later. */
function endOf(question: PlanQuestion, row: BackupRow, known: readonly KnownBackup[]): ListedBackup['end'] {
  const said: readonly [EndClock, string | undefined][] = [
    ['store', question.reach?.find(({backupID}) => backupID === row.id)?.first],
    ...known.map(({completionTime}) => ['Juju', completionTime] as [EndClock, string | undefined]),
    ['charm', row.finishTime],
  ]
  return said.map(([clock, time]) => ({clock, ms: Date.parse(time ?? '')})).find(({ms}) => !Number.isNaN(ms))
}

/** What is wrong with each backup itself. */
function flawsOf({known, profile}: PlanQuestion, rows: readonly BackupRow[]): ReadonlyMap<string, string> {
  const flaws = new Map<string, string>()
  for (const row of rows) {
    const found = known.find(({backupID, unusable}) => backupID === row.id && unusable !== undefined)?.unusable
    if (found !== undefined) flaws.set(row.id, found)
    else if (row.running === true) flaws.set(row.id, 'the charm lists it as in progress')
    else if (!row.finished) flaws.set(row.id, `the charm lists it ${profile.backup.describeUnfinished(row)}`)
  }
  return flaws
}

/** A differential or incremental backup is only as good as all that it builds on. */
function flawBelow(row: BackupRow, rows: readonly BackupRow[], flaws: ReadonlyMap<string, string>): string | undefined {
  const seen = new Set([row.id])
  let {reference} = row
  while (reference !== undefined) {
    const below = rows.find(({id}) => id === reference)
    const flaw = flaws.get(reference)
    if (below === undefined) return `it builds on ${reference}, which the charm does not list any more`
    if (flaw !== undefined) return `it builds on ${reference}, which cannot be restored: ${flaw}`
    if (seen.has(reference)) return `it builds on itself, according to the list of the charm`
    seen.add(reference)
    reference = below.reference
  }
  return undefined
}
