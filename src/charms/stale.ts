import type {BackupCapability, BackupRow} from './profile.ts'
import type {TimedUnitView} from './restore.ts'
import {timeOfBackupID} from './backup-time.ts'

/*
 * Charms list a backup that was cancelled or cut short as "in progress" for ever (MySQL, MongoDB: reference/charms.md, 7, #28). What
 * tells a stale row from a running one depends on whether the task that began it is known.
 */

const hour = 3_600_000
/** Tasks and statuses that deny a backup are believed after this time, ms: clocks differ, and units look at themselves now and then only. */
const deniedForMs = hour
/** Where nothing tells whether it runs, only time does, ms: a backup may take three days. */
const untoldForMs = 96 * hour

/** What is known of a backup that a task of ours began. */
interface OwnRun {
  readonly backup: Pick<BackupCapability, 'busyWith' | 'showsRunning'>
  readonly units: readonly TimedUnitView[]
  /** when the task that began it ended, ms by Juju's clock */
  readonly taskEndedAt: number
  /** ms */
  readonly now: number
}

/**
 * Whether the row of a backup that our own task began says "in progress" although nothing of it runs any more. The statuses of the
 * units count, as far as they are newer than the task: each unit has looked several times within an hour, whatever
 * update-status-hook-interval is.
 */
export function isStaleAfterItsTask(row: BackupRow, {backup, units, taskEndedAt, now}: OwnRun): boolean {
  if (row.running !== true || units.some(unit => backup.busyWith(unit) === 'Backup')) return false
  const denies = ({workloadStatus, workloadSince = 0}: TimedUnitView): boolean =>
    workloadStatus === 'active' && workloadSince > taskEndedAt
  const isDenied = backup.showsRunning === true && units.length > 0 && units.every(denies)
  return now - taskEndedAt > (isDenied ? deniedForMs : untoldForMs)
}

/** What is known of a row that anybody may have made. */
export interface AnyRun {
  /** wall clock when the listing was asked for, ms */
  readonly askedAt: number
  /** Juju shows an unfinished backup or restore of the application, whoever started it */
  readonly busy: boolean
  readonly completion: BackupCapability['completion']
}

/**
 * The same of a row whose task is not known: by its age. A charm whose task blocks until the end shows by the tasks whether anything
 * runs. Statuses are no help: what a unit says of itself may be left over from the run that was cut short.
 */
export function isStaleByItsAge(row: BackupRow, {askedAt, busy, completion}: AnyRun): boolean {
  if (row.running !== true || row.finished) return false
  if (completion === 'Task' && busy) return false
  // An id that is no time tells no age: then the task alone has to tell.
  const begun = timeOfBackupID(row.startTime ?? row.id)
  if (begun === undefined) return completion === 'Task'
  return askedAt - begun > (completion === 'Task' ? deniedForMs : untoldForMs)
}
