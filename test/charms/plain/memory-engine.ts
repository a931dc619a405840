import {UncaughtCharmError} from '../machine.ts'
import {MemoryBucket} from '../memory-bucket.ts'
import type {MemoryEngineOptions} from '../memory-engine-options.ts'
import {keyBelow} from '../s3-parameters.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import {WorkloadLives} from '../workload-lives.ts'

/** How long things take, in milliseconds of the engine's clock. */
export interface PlainDurations {
  backup: number
  restore: number
}

export interface MemoryPlainOptions extends MemoryEngineOptions<PlainDurations> {
  /** A bucket that outlives the cluster, or that several share. Default: its own. */
  readonly bucket?: MemoryBucket
}

/** An object of a backup: its key below the path of the S3 settings, and what is in it. */
export interface BackupObject {
  readonly key: string
  readonly text: string
  /** It is there as soon as the backup begins. */
  readonly early?: boolean
}

/** What a backup leaves in the store. @param number how many backups there were before it */
export type PlainLayout = (id: string, number: number, s3: S3Parameters) => readonly BackupObject[]

/** How one coming backup differs from a good one. */
export interface PlainBackupScript {
  /** The tool fails with these words. */
  readonly fails?: string
  /** All of it is in the store although the tool failed. */
  readonly madeAnyway?: boolean
  /** Takes so long instead, in ms. */
  readonly duration?: number
  /** What is missing in the store although it ends well: keys that end like one of these. */
  readonly omit?: readonly string[]
}

/** How a restore ended: well, not at all, given up before the data of all units was touched, or with ill members. */
export type PlainRestoreEnd = 'done' | 'failed' | 'cancelled' | 'unhealthy'

export interface PlainRestore {
  readonly backupId: string
  state: 'running' | PlainRestoreEnd
}

/** How an order to back up ended. */
export type PlainBackupRun = {readonly ok: true} | {readonly ok: false; readonly words: string}

export interface PlainOrder {
  readonly unit: string
  readonly id: string
  readonly s3: S3Parameters
  /** Kills the tool. */
  readonly signal: AbortSignal
}

const defaults: PlainDurations = {backup: 5000, restore: 30_000}

/** A database in memory whose backups are a few objects each: exact answers, any duration, and every failure on demand. */
export class MemoryPlainDatabase {
  readonly bucket: MemoryBucket
  readonly durations: PlainDurations
  /** Restores that were started, oldest first. */
  readonly restores: PlainRestore[] = []
  /** Ids of the backups that run, by unit. */
  readonly backups = new Map<string, string>()
  /** Units whose database does not run. */
  readonly down = new Set<string>()
  /** The store does not answer the charm, in these words. */
  storeFails: string | undefined
  /** When set, restores end so, never end, or the charm's code raises this instead of starting one. */
  restoresFail: Exclude<PlainRestoreEnd, 'done'> | 'stands' | {readonly raises: string} | undefined
  readonly #lives: WorkloadLives
  readonly #layout: PlainLayout
  readonly #store: MemoryPlainOptions['store']
  readonly #scripts: PlainBackupScript[] = []
  #made = 0

  constructor({clock, durations, bucket, store}: MemoryPlainOptions, layout: PlainLayout) {
    this.#lives = new WorkloadLives(clock)
    this.#layout = layout
    this.#store = store
    this.durations = {...defaults, ...durations}
    this.bucket = bucket ?? new MemoryBucket()
  }

  /** The next backup that is not scripted yet goes so. */
  scriptBackup(script: PlainBackupScript): void {
    this.#scripts.push(script)
  }

  /** @throws the signal's reason when the action was killed: what has been uploaded stays */
  async backup({unit, id, s3, signal}: PlainOrder): Promise<PlainBackupRun> {
    const script = this.#scripts.shift() ?? {}
    const objects = this.#layout(id, this.#made, s3)
    this.#made += 1
    this.backups.set(unit, id)
    try {
      await this.#put(
        s3,
        objects.filter(({early}) => early === true),
      )
      await this.#lives.during(unit, script.duration ?? this.durations.backup, signal)
      const made = script.fails === undefined || script.madeAnyway === true
      if (made) await this.#finish(s3, objects, script.omit ?? [])
      return script.fails === undefined ? {ok: true} : {ok: false, words: script.fails}
    } finally {
      this.backups.delete(unit)
    }
  }

  /** Keys below the path of the S3 settings, in the order of a store's listing. @throws Error with the store's words */
  keys(s3: S3Parameters): readonly string[] {
    if (this.storeFails !== undefined) throw new Error(this.storeFails)
    const prefix = keyBelow(s3, '')
    return this.bucket.keys(prefix).map(key => key.slice(prefix.length))
  }

  read(s3: S3Parameters, key: string): string {
    return this.bucket.get(keyBelow(s3, key)) ?? ''
  }

  get restoring(): PlainRestore | undefined {
    return this.restores.find(({state}) => state === 'running')
  }

  /** How the newest restore ended; undefined: it goes on, or there was none. */
  get lastEnd(): PlainRestoreEnd | undefined {
    const state = this.restores.at(-1)?.state
    return state === 'running' ? undefined : state
  }

  /**
   * Starts a restore on all units.
   *
   * @param leader the unit whose death ends it
   * @returns its end, in its time, which may be never
   * @throws UncaughtCharmError as told, before anything is touched
   */
  restore(leader: string, backupId: string): Promise<void> {
    const script = this.restoresFail
    if (typeof script === 'object') throw new UncaughtCharmError(script.raises)
    const restored: PlainRestore = {backupId, state: 'running'}
    this.restores.push(restored)
    return script === 'stands' ? new Promise(() => {}) : this.#runRestore(restored, leader, script)
  }

  crashed(unit: string): void {
    this.#lives.end(unit)
    this.down.add(unit)
  }

  started(unit: string): void {
    this.down.delete(unit)
  }

  async #runRestore(restored: PlainRestore, leader: string, failure: PlainRestoreEnd = 'done'): Promise<void> {
    const lived = await this.#lives.outlives(leader, this.durations.restore)
    restored.state = lived ? failure : 'failed'
  }

  async #finish(s3: S3Parameters, objects: readonly BackupObject[], omit: readonly string[]): Promise<void> {
    const missing = (key: string): boolean => omit.some(end => key.endsWith(end))
    for (const {key} of objects.filter(object => missing(object.key))) await this.bucket.removeBelow(keyBelow(s3, key))
    await this.#put(
      s3,
      objects.filter(({key, early}) => early !== true && !missing(key)),
    )
  }

  async #put(s3: S3Parameters, objects: readonly BackupObject[]): Promise<void> {
    if (this.#store !== undefined) this.bucket.mirrorTo(this.#store(s3))
    for (const {key, text} of objects) await this.bucket.put(keyBelow(s3, key), text)
  }
}
