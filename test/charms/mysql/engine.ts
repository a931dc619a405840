import type {S3Parameters} from '../s3-parameters.ts'

/** How a group replication member sees itself. */
export type MemberState = 'ONLINE' | 'RECOVERING' | 'OFFLINE' | 'ERROR'

export interface Member {
  readonly role: 'PRIMARY' | 'SECONDARY'
  readonly state: MemberState
}

/** What MySQL Shell prints of a cluster. */
export interface ClusterStatus {
  readonly clusterName?: string
  readonly defaultReplicaSet: Readonly<Record<string, unknown>> & {readonly status: string}
  readonly [key: string]: unknown
}

/** What the charm has done on a unit, one command after the other; each may fail by itself. */
export type MysqlStep =
  | 'hide'
  | 'unhide'
  | 'go offline'
  | 'go online'
  | 'delete backup directory'
  | 'delete restore directory'
  | 'kill sessions'
  | 'go offline for restore'
  | 'stop'
  | 'start'
  | 'retrieve'
  | 'prepare'
  | 'empty data'
  | 'move back'
  | 'recover to time'
  | 'configure'
  | 'create cluster'
  | 'create cluster set'
  | 'create operations table'
  | 'rescan'
  | 'restart'
  | 'reboot cluster'
  | 'rejoin'
  | 'set primary'
  | 'force quorum'
  | 'promote cluster'

export interface StepOrder {
  readonly unit: string
  /** Kills what a step runs; absent: a hook does the step. */
  readonly signal?: AbortSignal
  readonly s3?: S3Parameters
  readonly backupId?: string
  /** A time in the charm's format, or `latest`. */
  readonly toTime?: string
}

export interface BackupOrder {
  readonly unit: string
  readonly id: string
  readonly s3: S3Parameters
  /** Kills xtrabackup and xbcloud. */
  readonly signal: AbortSignal
}

/** How xtrabackup ended, and what it printed. */
export interface BackupRun {
  readonly ok: boolean
  readonly log: string
}

/** A listing of a bucket, or the store's word why there is none. */
export type KeysRead =
  {readonly ok: true; readonly keys: readonly string[]} | {readonly ok: false; readonly missingBucket: boolean}

/** The charm's own way to its bucket. */
export interface MysqlStore {
  /** The keys below a prefix. */
  keys(s3: S3Parameters, prefix: string): Promise<KeysRead>
  /** @throws UncaughtCharmError when the store answers with anything but the object or its absence */
  exists(s3: S3Parameters, key: string): Promise<boolean>
  read(s3: S3Parameters, key: string): Promise<string | undefined>
  /** @returns false when the upload failed */
  upload(s3: S3Parameters, key: string, text: string): Promise<boolean>
}

/**
 * What stands behind a MySQL charm: group replication, mysqld, xtrabackup and the store. One implementation lives in
 * memory and in any clock; tests replay recorded worlds through another.
 */
export interface MysqlEngine {
  readonly store: MysqlStore

  /** undefined: MySQL Shell cannot tell. */
  clusterStatus(unit: string): Promise<ClusterStatus | undefined>
  clusterSetStatus(unit: string): Promise<Readonly<Record<string, unknown>> | undefined>
  clusterName(): string
  /** undefined: MySQL does not answer on the unit. */
  member(unit: string): Promise<Member | undefined>
  primary(): Promise<string | undefined>
  /** Whether a member of the cluster is both offline and hidden, as during a backup; undefined: nobody can tell. */
  offlineAndHidden(): Promise<boolean | undefined>
  /** mysqld's process is there. */
  running(unit: string): Promise<boolean>
  /** mysqld takes connections. */
  connectable(unit: string): Promise<boolean>
  /** The UUID of the replication group, with which a cluster claims a repository. */
  groupReplicationId(): string

  /** @returns false when the step failed @throws the signal's reason when it was killed */
  step(step: MysqlStep, order: StepOrder): Promise<boolean>
  /** `xtrabackup | xbcloud put` @throws the signal's reason when it was killed */
  backup(order: BackupOrder): Promise<BackupRun>

  /** Units that came or went; the group may elect another primary. */
  unitsChanged(units: readonly string[]): Promise<void>
  /** The unit's machine or pod died. */
  crashed(unit: string): void
  /** The unit's machine or pod is up again. */
  started(unit: string): void
  /** The binary log collector runs with these settings, or stops. */
  collectBinlogs(s3: S3Parameters | undefined): Promise<void>
}
