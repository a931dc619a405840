import {scheduleStatusLimits, type ExpiringBackup} from '../../api/backup-schedule.ts'
import {timeOfBackupID} from '../../charms/backup-time.ts'
import {timeOf} from './child.ts'

/** Everything that decides which backups would expire. */
export interface ExpiringQuestion {
  /** ids of the finished backups that the charm lists, whoever made them */
  readonly finished: readonly string[]
  /** of those that build on another one: on which */
  readonly references: ReadonlyMap<string, string>
  /** age after which they may go */
  readonly days: number
  /** ms since the epoch */
  readonly now: number
  /** name of the BackupJob that made a backup, where there is one */
  readonly jobOf: (backupID: string) => string | undefined
}

export interface Expiring {
  /** oldest first, as many as the status holds */
  readonly shown: readonly ExpiringBackup[]
  /** all of them */
  readonly count: number
}

const dayMs = 86_400_000

/**
 * The backups that would go, as pgBackRest expires by time: full ones that are older than the newest full one which has reached
 * the age, with all that builds on them. So there always is one that is as old as the age, from which on every later moment can be
 * restored, and nothing loses what it builds on.
 */
export function expiringBackups(question: ExpiringQuestion): Expiring {
  const {finished, references, days, now, jobOf} = question
  const fulls = finished
    .filter(id => !references.has(id) && (timeOfBackupID(id) ?? now) <= now - days * dayMs)
    .toSorted()
  const going = new Set(fulls.slice(0, -1))
  const all = finished.filter(id => going.has(fullBelow(id, references))).toSorted()
  const shown = all.slice(0, scheduleStatusLimits.expiring).map(backupID => {
    const job = jobOf(backupID)
    return {backupID, time: timeOf(timeOfBackupID(backupID) ?? now), ...(job === undefined ? {} : {job})}
  })
  return {shown, count: all.length}
}

/** Down the references; a chain that turns in a circle ends where it was entered. */
function fullBelow(id: string, references: ReadonlyMap<string, string>): string {
  const seen = new Set<string>()
  let current = id
  for (let next = references.get(current); next !== undefined && !seen.has(next); next = references.get(current)) {
    seen.add(next)
    current = next
  }
  return current
}
