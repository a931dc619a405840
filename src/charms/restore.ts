import type {BackupRow, ListingResult, StatusView, UnitView} from './profile.ts'

/** What a restore shall bring back, resolved: nothing in it is `newest` or a reference any more. */
export interface RestoreTarget {
  /** Id of the backup; absent: the charm takes the one that fits `moment`. */
  readonly backupID?: string | undefined
  /** RFC 3339 in UTC, or `latest`; absent: the end of the backup itself. */
  readonly moment?: string | undefined
  /** Id of a restore in the listing, whose timeline is followed. */
  readonly timelineID?: string | undefined
}

/**
 * What a failed restore task means.
 *
 * - `Refused`: it ended before the data was touched, in words that we know; the data is as it was. `passing`: the same
 *   call may be taken later, without anybody changing anything.
 * - `Destroyed`: it failed after the old data was, or may have been, destroyed.
 * - `Unknown`: not a text of this charm; the data may be gone.
 */
export type RestoreFailureKind =
  | {readonly kind: 'Refused'; readonly reason: RefusalReason; readonly passing?: true}
  | {readonly kind: 'Destroyed'}
  | {readonly kind: 'Unknown'}

/** Reasons of a BackupJob with which a refused restore ends. */
export type RefusalReason =
  'Failed' | 'StandbyCluster' | 'StorageNotConfigured' | 'NeedsSingleUnit' | 'BackupNotFound' | 'OutsideWindow'

/** A text with which a restore fails, known from the charm's code. Table for classification, tests and docs. */
export interface RestoreFailureText {
  /** How the message begins; also found inside of a longer one. */
  readonly text: string
  readonly failure: Exclude<RestoreFailureKind, {kind: 'Unknown'}>
  /** What it means, and what a person does next. */
  readonly meaning: string
}

/** A unit, and since when its status stands. */
export interface TimedUnitView extends UnitView {
  /** when the workload status was set, ms since the epoch by Juju's clock; undefined: not shown */
  readonly workloadSince?: number | undefined
}

/** What is seen after the task of a restore has completed. */
export interface SettleQuestion {
  readonly target: RestoreTarget
  /** unit that ran the action */
  readonly unit: string
  /** when the task ended, ms since the epoch by Juju's clock: older evidence is none */
  readonly taskEndedAt: number
  readonly output: Readonly<Record<string, unknown>>
  readonly units: readonly TimedUnitView[]
  readonly application: StatusView & {readonly since?: number | undefined}
  /** newest timeline in the listing before the restore, hexadecimal; undefined: none, or the charm has none */
  readonly timelineBefore?: string | undefined
  /** the listing read after the task; undefined: not read yet, or it cannot be read at present */
  readonly listing?: ListingResult | undefined
}

/**
 * How an asynchronous restore stands, by evidence that is newer than its task.
 *
 * - `Running`: it goes on; `stuck` says what a person should look at if it stands for long.
 * - `Done`: over and well; `evidence` says what shows it.
 * - `Failed`: over, and not well; the message says what has to be done before, or with, the next attempt.
 */
export type Settlement =
  | {readonly state: 'Running'; readonly message: string; readonly stuck?: string}
  | {readonly state: 'Done'; readonly evidence: string}
  | {readonly state: 'Failed'; readonly message: string}

/** What a charm can restore, and how one sees that it did. Data and pure functions. */
export interface RestoreCapability {
  /** `restore`; Valkey: `restore-backup`. It is run on the leader; a charm that does not check that breaks half-way elsewhere. */
  readonly action: string
  /** `Task`: the task blocks until the end. `Status`: it only begins the restore, whose end is seen in the statuses. */
  readonly completion: 'Task' | 'Status'
  /** `Single`: refused with more than one unit. `Any`: as many as there are. */
  readonly units: 'Single' | 'Any'
  /** `Alone`: a moment with or without a backup. `WithBackup`: only together with one. `None`: no point in time. */
  readonly pointInTime: 'Alone' | 'WithBackup' | 'None'
  /** Whether the listing has rows of restores, whose timelines may be followed. */
  readonly timelines: boolean
  /** What a backup does not hold, so that a restore does not bring it back: sentences for people. */
  readonly notContained: readonly string[]
  /**
   * Parameters of the action for a target that this charm can follow. Never an empty string. A moment that is finer
   * than the charm takes it is cut off, so that nothing later than asked for is brought back.
   */
  readonly parameters: (target: RestoreTarget) => Record<string, string>
  /** Whether the application says that it is a standby of another cluster. */
  readonly isStandby: (application: StatusView, units: readonly UnitView[]) => boolean
  /**
   * Why the charm would refuse in the state that is shown (its words), or undefined. Of the units, those count that
   * will still be there when the restore runs.
   */
  readonly refusesNow: (application: StatusView, units: readonly UnitView[]) => string | undefined
  readonly failureTexts: readonly RestoreFailureText[]
  readonly classifyFailure: (message: string) => RestoreFailureKind
  /** Pure; asked again with every new status. For `completion: 'Task'` it is asked after the task, too. */
  readonly settlement: (question: SettleQuestion) => Settlement
  /** What a person has to do after a restore that went well, as the statuses show it (not a failure), or undefined. */
  readonly afterwards: (application: StatusView, units: readonly UnitView[]) => string | undefined
  /** Newest timeline of a listing, hexadecimal; undefined where the charm shows none. */
  readonly newestTimeline: (rows: readonly BackupRow[]) => string | undefined
}
