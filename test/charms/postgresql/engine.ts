import type {S3Parameters} from '../s3-parameters.ts'

/** What a command printed and how it ended. */
export interface CommandResult {
  readonly rc: number
  readonly stdout: string
  readonly stderr: string
}

export interface BackupOrder {
  readonly stanza: string
  /** pgBackRest's own words for the types. */
  readonly type: 'full' | 'diff' | 'incr'
  /** Copies from a standby (`--backup-standby`), or from the primary. */
  readonly fromStandby: boolean
  readonly unit: string
  /** Kills pgBackRest. */
  readonly signal: AbortSignal
}

export interface RestoreOrder {
  readonly stanza: string
  readonly unit: string
  /** pgBackRest's label of the base backup, or undefined: pgBackRest chooses by the time. */
  readonly label: string | undefined
  /** A time in the charm's format, `latest`, or undefined: to the consistency of the base backup. */
  readonly toTime: string | undefined
  /** Hexadecimal without leading zeros; undefined: the backup's own timeline. */
  readonly timeline: string | undefined
}

/** The steps of a restore before it is on its way; each may fail by itself. */
export type RestoreStep = 'stop' | 'override' | 'empty' | 'remove'

/** What `update-status` finds of a restore. */
export type RestoreState = 'none' | 'running' | 'failed' | 'pitr-failed' | 'done'

/** What the charm finds when it first meets an S3 repository. */
export type RepositoryState = 'ready' | 'another-cluster' | 'no-access' | 'stanza-failed' | 'check-failed'

/** How Patroni's switchover ended; only a synchronous standby can take over. */
export type SwitchoverEnd = 'done' | 'not-sync' | 'failed'

/**
 * What stands behind a PostgreSQL charm: Patroni, PostgreSQL and pgBackRest with its repository. One implementation
 * lives in memory and in any clock, one is a real cluster; tests replay recorded answers through a third.
 */
export interface PostgresqlEngine {
  /** Takes S3 settings into use, creates the stanza and claims the repository for the model. */
  initialise(s3: S3Parameters, stanza: string, modelUUID: string): Promise<RepositoryState>
  /** `pgbackrest info --output=json` */
  info(): Promise<CommandResult>
  /** `pgbackrest repo-ls archive --recurse --filter \.history$ --output=json` */
  archiveHistories(): Promise<CommandResult>
  /** `pgbackrest backup` @throws the signal's reason when it was killed */
  backup(order: BackupOrder): Promise<CommandResult>
  /** Puts a text into the bucket, below the path of the S3 settings. @returns false when the upload failed */
  upload(key: string, text: string): Promise<boolean>
  /** The unit whose PostgreSQL is the primary. */
  primary(): Promise<string | undefined>
  member(unit: string): Promise<{readonly online: boolean; readonly started: boolean}>
  /** Does the steps and starts the restore. @returns the step that failed, with its words, or undefined */
  restore(order: RestoreOrder): Promise<{readonly step: RestoreStep; readonly detail: string} | undefined>
  restoreState(): Promise<RestoreState>
  /** Units that came or went; the engine may elect another primary. */
  unitsChanged(units: readonly string[]): Promise<void>
  /** Makes the unit the primary. */
  switchover(unit: string): Promise<SwitchoverEnd>
  /** The unit's machine or pod died, and its PostgreSQL with it. */
  crash(unit: string): Promise<void>
  /** The unit's machine or pod is up. */
  recover(unit: string): Promise<void>
  /** Calls `listener` when a member came up or another one became the primary. */
  watch(listener: () => void): void
}
