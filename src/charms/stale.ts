import type {BackupCapability, BackupRow} from './profile.ts'
import type {TimedUnitView} from './restore.ts'

const hour = 3_600_000
/**
 * How long after its task a backup may be listed as in progress while a unit shows, by a status set since then, that it makes
 * none: by then each unit has looked several times, whatever update-status-hook-interval is.
 */
const deniedForMs = hour
/** The same where no status tells anything: a backup may take three days. */
const unseenForMs = 96 * hour

/**
 * Whether the row of an asynchronous backup says "in progress" although nothing of it runs any more, as MongoDB says for ever of
 * one that was cancelled or cut short (reference/charms.md, 7, #28).
 *
 * @param taskEndedAt ms, by Juju's clock; the task began the backup
 * @param now ms
 */
export function isStale(
  row: BackupRow,
  {
    backup,
    units,
    taskEndedAt,
    now,
  }: {
    readonly backup: Pick<BackupCapability, 'busyWith' | 'showsRunning'>
    readonly units: readonly TimedUnitView[]
    readonly taskEndedAt: number
    readonly now: number
  },
): boolean {
  if (row.running !== true || units.some(unit => backup.busyWith(unit) === 'Backup')) return false
  const denies = ({workloadStatus, workloadSince = 0}: TimedUnitView): boolean =>
    workloadStatus === 'active' && workloadSince > taskEndedAt
  const isDenied = backup.showsRunning === true && units.length > 0 && units.every(denies)
  return now - taskEndedAt > (isDenied ? deniedForMs : unseenForMs)
}
