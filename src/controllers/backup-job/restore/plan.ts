import type {BackupJobReason} from '../../../api/backup-job.ts'
import type {RestoreSpec, RestoreStepName} from '../../../api/backup-job-restore.ts'
import type {BackupRow, CharmProfile} from '../../../charms/profile.ts'
import type {RestoreTarget} from '../../../charms/restore.ts'
import type {ApplicationView} from '../observed.ts'

/** The backup that spec.restore.source names through an object, resolved from the caches. */
export type SourceView =
  /** no object is named: an id, the newest one, or none at all */
  | {readonly state: 'none'}
  | {readonly state: 'missing'; readonly message: string}
  | {readonly state: 'open'; readonly message: string}
  | {
      readonly state: 'found'
      /** name of the BackupJob */
      readonly job: string
      readonly backupID: string
      readonly application: string
      readonly modelUUID: string
    }

/** Moments that one backup can be replayed to, as the store shows it. */
export interface Reach {
  readonly backupID: string
  /** RFC 3339 */
  readonly first: string
  /** RFC 3339; when the newest piece of the log without a gap was archived */
  readonly last: string
}

/** A BackupJob of the same application that made one of the listed backups. */
export interface KnownBackup {
  readonly backupID: string
  readonly job: string
  readonly engineVersion?: string | undefined
  /** when its task was over, by Juju's clock, RFC 3339 */
  readonly completionTime?: string | undefined
  /** it was found broken or gone in the store, or its run was cancelled: never offered */
  readonly unusable?: string | undefined
}

/** All that a plan depends on; a value. */
export interface PlanQuestion {
  readonly application: string
  /** with source, pointInTime, timeline, unit, replicas, safetyBackup and mode as the user gave them */
  readonly spec: RestoreSpec
  readonly hooks: {readonly pre: number; readonly post: number}
  readonly profile: CharmProfile
  readonly view: ApplicationView
  readonly kubernetes: boolean
  readonly modelUUID: string
  /** the whole listing, restores included */
  readonly rows: readonly BackupRow[]
  readonly source: SourceView
  readonly known: readonly KnownBackup[]
  /** from the store, where storageRef is given; undefined: not looked at */
  readonly reach: readonly Reach[] | undefined
  /** the store belongs to another cluster: what it says, and undefined if not */
  readonly foreignStorage: string | undefined
  /** durations of finished restores of the same application, seconds, newest first */
  readonly durations: readonly number[]
  /** ms since the epoch */
  readonly now: number
}

export interface Blocker {
  readonly reason: BackupJobReason
  readonly message: string
}

/** What a restore would do. With blockers it is as complete as it can be, and nothing may be started. */
export interface RestorePlan {
  readonly target: RestoreTarget
  readonly chosenBackupID: string | undefined
  readonly chosenBecause: string
  readonly window: {readonly first: string; readonly last: string} | undefined
  readonly loss: string
  readonly expectedSeconds: number | undefined
  readonly versions: string
  readonly notContained: readonly string[]
  readonly unitsBefore: readonly string[]
  /** unit that is restored; undefined: there is none that could be */
  readonly survivor: string | undefined
  readonly timelineBefore: string | undefined
  /** parameters of the restore action */
  readonly parameters: Readonly<Record<string, string>>
  /** only those that are needed, in their order */
  readonly steps: readonly {readonly name: RestoreStepName; readonly plan: string}[]
  /** worst first; the first one ends an Execute */
  readonly blockers: readonly Blocker[]
}
