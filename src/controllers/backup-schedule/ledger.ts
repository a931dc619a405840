import type {BackupSchedule, BackupScheduleStatus} from '../../api/backup-schedule.ts'
import {timeOf} from './child.ts'
import type {Ledger} from './slots.ts'

type PatternStatus = NonNullable<BackupScheduleStatus['pattern']>

/** How far slots are accounted for: as the status says, else from the creation of the object on. */
export function ledgerOf(
  {metadata, spec, status}: BackupSchedule,
  wanted: {schedule: string; timeZone: string},
): Ledger {
  const written = status?.pattern
  if (written === undefined) {
    const createdAt = Date.parse(metadata.creationTimestamp ?? '')
    return {...wanted, suspended: spec.suspend, since: createdAt, accountedUntil: createdAt}
  }
  return {
    schedule: written.schedule ?? '',
    timeZone: written.timeZone,
    suspended: written.suspended ?? false,
    since: Date.parse(written.since),
    accountedUntil: Date.parse(written.accountedUntil),
  }
}

/** The same for the status. */
export function patternStatus({schedule, timeZone, suspended, since, accountedUntil}: Ledger): PatternStatus {
  return {
    ...(schedule === '' ? {} : {schedule}),
    timeZone,
    ...(suspended ? {suspended} : {}),
    since: timeOf(since),
    accountedUntil: timeOf(accountedUntil),
  }
}
