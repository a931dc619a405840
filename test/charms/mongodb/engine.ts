import type {S3Parameters} from '../s3-parameters.ts'

/** A finished, failed or running backup in `pbm status`. */
export interface PbmSnapshot {
  readonly name: string
  /** PBM's word: `starting`, `running`, `dumpDone`, `done`, `canceled`, `error`. */
  readonly status: string
  readonly type: string
  readonly error?: string
}

/** `pbm status --out=json`, as far as charms read it. */
export interface PbmStatus {
  /** The newest first; null when there is none. */
  readonly backups: {readonly snapshot: readonly PbmSnapshot[] | null}
  readonly running: {readonly type?: string; readonly name?: string}
  readonly cluster: readonly {
    readonly rs: string
    readonly nodes: readonly {readonly host: string; readonly errors?: string}[]
  }[]
}

/** How a `pbm` command ended, and what it printed. */
export interface PbmRun {
  readonly ok: boolean
  readonly output: string
}

export interface RestoreOrder {
  readonly unit: string
  readonly backupId: string
  /** `--replset-remapping` */
  readonly remap: string | undefined
  readonly signal: AbortSignal
}

/** A unit's mongod. */
export interface MongodMember {
  /** It takes connections. */
  readonly ready: boolean
  /** Its state in the replica set, for example `PRIMARY`; undefined: it is not in the set. */
  readonly state: string | undefined
}

/**
 * What stands behind a MongoDB charm: the replica set and Percona Backup for MongoDB with its agents and its store. One
 * implementation lives in memory and in any clock; tests replay recorded worlds through another.
 */
export interface MongodbEngine {
  /** The unit's pbm-agent runs. */
  agentActive(unit: string): Promise<boolean>
  /** `pbm status --out=json` on a unit. */
  status(unit: string): Promise<PbmRun>
  /** `pbm backup`: agents of the replica set take it up. The output is the backup's name. */
  backup(order: {readonly unit: string; readonly signal: AbortSignal}): Promise<PbmRun>
  /** `pbm restore` */
  restore(order: RestoreOrder): Promise<PbmRun>
  /** Hands PBM its configuration, after which it reads the store anew. */
  configure(s3: S3Parameters): Promise<PbmRun>
  /** Looks whether there is the bucket, and makes it if there is not. */
  openBucket(): Promise<'ready' | 'denied' | 'failed'>
  /** The host of a unit as PBM names its node. */
  address(unit: string): string
  member(unit: string): Promise<MongodMember>
  primary(): Promise<string | undefined>
  /** Units that came or went; the replica set has the application's name. */
  unitsChanged(application: string, units: readonly string[]): Promise<void>
  /** The unit's machine or pod died. */
  crashed(unit: string): void
  /** The unit's machine or pod is up again. */
  started(unit: string): void
}
