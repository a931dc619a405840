import type {BackupJob} from '../../api/backup-job.ts'
import type {BackupSchedule} from '../../api/backup-schedule.ts'
import type {CalendarMemo, PatternProblem} from '../../calendar/index.ts'

/** Everything that is decided on about one BackupSchedule; nothing in it is read later. */
export interface Observed {
  readonly schedule: BackupSchedule
  /** wall clock, ms since the epoch */
  readonly now: number
  readonly memo: CalendarMemo
  readonly pattern?: PatternProblem | undefined
  /** what the windows get wrong */
  readonly windows?: PatternProblem | undefined
  /** all BackupJobs that this schedule made, those of a schedule of the same name before it included */
  readonly children: readonly BackupJob[]
  /** the object that has this name among the BackupJobs, if any */
  readonly named: (name: string) => BackupJob | undefined
  /** what the API server said of a child of this template, if it refuses it, and until when that counts */
  readonly refused?: {readonly message: string; readonly until: number} | undefined
  readonly model: Readiness
  readonly storage: Readiness
  readonly refreshing: boolean
  /** offset of all its runs, stable, ms */
  readonly jitterMs: number
}

export type Readiness = {readonly ready: true} | {readonly ready: false; readonly message: string}
