import type {BackupSchedule} from '../../api/backup-schedule.ts'
import type {CalendarMemo, PatternProblem} from '../../calendar/index.ts'
import type {CachedBackupJob} from '../backup-job/cache.ts'
import type {ArchiveView} from './archives.ts'
import type {Occasion} from './child.ts'

/** Everything that is decided on about one BackupSchedule; nothing in it is read later. */
export interface Observed {
  readonly schedule: BackupSchedule
  /** wall clock, ms since the epoch */
  readonly now: number
  readonly memo: CalendarMemo
  readonly pattern?: PatternProblem | undefined
  /** what the windows get wrong, or what no slot of the pattern can meet */
  readonly windows?: PatternProblem | undefined
  /** other schedules of the same application */
  readonly others: readonly BackupSchedule[]
  /** all BackupJobs of the application, whoever made them */
  readonly ofApplication: readonly CachedBackupJob[]
  /** all BackupJobs that this schedule made, those of a schedule of the same name before it included */
  readonly children: readonly CachedBackupJob[]
  /** the object that has this name among the BackupJobs, if any */
  readonly named: (name: string) => CachedBackupJob | undefined
  /** what the API server said of a child of this template, if it refuses it, and until when that counts */
  readonly refused?: {readonly message: string; readonly until: number} | undefined
  /** what this process has created for the schedule last, whether the cache shows it or not; `at`: ms since the epoch */
  readonly created?: {readonly name: string; readonly occasion: Occasion; readonly at: number} | undefined
  readonly model: Readiness
  readonly storage: Readiness
  readonly refreshing: boolean
  /** what is known of what the application archives between backups */
  readonly archive: ArchiveView
  /** offset of all its runs, stable, ms */
  readonly jitterMs: number
}

export type Readiness = {readonly ready: true} | {readonly ready: false; readonly message: string}
