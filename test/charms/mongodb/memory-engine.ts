import type {Clock} from '../../../src/time/clock.ts'
import {backupIdOfNow} from '../backup-ids.ts'
import {UncaughtCharmError} from '../machine.ts'
import {MemoryBucket} from '../memory-bucket.ts'
import type {MemoryEngineOptions} from '../memory-engine-options.ts'
import {keyBelow} from '../s3-parameters.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import {WorkloadLives} from '../workload-lives.ts'
import type {MongodMember, MongodbEngine, PbmRun, PbmStatus, RestoreOrder} from './engine.ts'
import {MemoryReplicaSet} from './memory-replica-set.ts'
import {isStuck, PbmCatalogue} from './pbm-catalogue.ts'
import {earlyFiles, lateFiles, metadataFile, pbmVersion} from './pbm-files.ts'
import type {Objects, PbmBackup} from './pbm-files.ts'

/** How long things take, in milliseconds of the engine's clock. */
export interface MongodbDurations {
  /** Until `pbm backup` returns. */
  start: number
  /** Until `pbm status` reports a backup that runs. */
  unreported: number
  backup: number
  restore: number
  /** Reading the store anew after a configuration. */
  resync: number
}

export interface MemoryMongodbOptions extends MemoryEngineOptions<MongodbDurations> {
  /** A bucket that outlives the replica set, or that several share. Default: its own. */
  readonly bucket?: MemoryBucket
}

/** How one coming backup differs from a good one. */
export interface MongodbBackupScript {
  /** `pbm backup` fails with this output; with `Resync` in it, the charm tries again. */
  readonly refused?: string
  /** The dump fails with these words. */
  readonly fails?: string
  /** Takes so long instead, in ms. */
  readonly duration?: number
  /** What is missing in the store although the backup is done. */
  readonly omit?: readonly ('metadata' | 'data')[]
}

/** A restore that was started, and what became of it. */
export interface PbmRestore {
  readonly backupId: string
  readonly remap: string | undefined
  state: 'running' | 'done' | 'failed'
}

const defaults: MongodbDurations = {start: 0, unreported: 5000, backup: 30_000, restore: 30_000, resync: 0}

/** MongoDB and Percona Backup for MongoDB in memory: exact answers, any duration, and every failure on demand. */
export class MemoryMongodb implements MongodbEngine {
  readonly bucket: MemoryBucket
  readonly durations: MongodbDurations
  readonly replicaSet = new MemoryReplicaSet()
  readonly catalogue = new PbmCatalogue()
  readonly restores: PbmRestore[] = []
  /** Units whose pbm-agent does not run. */
  readonly agentsDown = new Set<string>()
  /** When set, `pbm status` fails with this output. */
  statusFails: string | undefined
  /** When set, PBM refuses its configuration with this output. */
  configureFails: string | undefined
  /** What the charm of track 8 finds of the bucket. */
  bucketState: 'ready' | 'denied' | 'failed' = 'ready'
  /** The next restores fail, never end, or make the charm's code raise this. */
  restoresFail: boolean | 'stands' | {readonly raises: string} = false
  readonly #clock: Clock
  readonly #lives: WorkloadLives
  readonly #store: MemoryMongodbOptions['store']
  readonly #scripts: MongodbBackupScript[] = []
  #s3: S3Parameters | undefined
  #backup: PbmBackup | undefined
  #restore: PbmRestore | undefined
  #syncedAt = 0

  constructor({clock, durations, bucket, store}: MemoryMongodbOptions) {
    this.#clock = clock
    this.#lives = new WorkloadLives(clock)
    this.#store = store
    this.durations = {...defaults, ...durations}
    this.bucket = bucket ?? new MemoryBucket()
  }

  /** The next backup that is not scripted yet goes so. */
  scriptBackup(script: MongodbBackupScript): void {
    this.#scripts.push(script)
  }

  async agentActive(unit: string): Promise<boolean> {
    return this.replicaSet.answers(unit) && !this.agentsDown.has(unit)
  }

  async status(): Promise<PbmRun> {
    if (this.statusFails !== undefined) return {ok: false, output: this.statusFails}
    if (this.#s3 === undefined) return {ok: false, output: 'Error: get config: get: mongo: no documents in result\n'}
    const snapshot = this.catalogue.report(this.replicaSet.name, this.#clock.now())
    const status: PbmStatus = {
      backups: {snapshot: snapshot.length === 0 ? null : snapshot},
      running: this.#running(),
      cluster: this.replicaSet.cluster(),
    }
    return {ok: true, output: JSON.stringify(status)}
  }

  async backup({unit, signal}: {unit: string; signal: AbortSignal}): Promise<PbmRun> {
    const script = this.#scripts.shift() ?? {}
    if (script.refused !== undefined) return {ok: false, output: script.refused}
    const refusal = this.#busy()
    const worker = this.replicaSet.worker
    if (refusal !== undefined || worker === undefined) return {ok: false, output: refusal ?? 'Error: no agents\n'}
    const backup = await this.#begin()
    void this.#run(backup, worker, script)
    await this.#lives.during(unit, this.durations.start, signal)
    return {ok: true, output: backup.name}
  }

  async restore({unit, backupId, remap, signal}: RestoreOrder): Promise<PbmRun> {
    const refusal = this.#busy()
    if (refusal !== undefined) return {ok: false, output: refusal}
    const backup = this.catalogue.finished(backupId)
    if (backup === undefined) return {ok: false, output: `Error: get backup metadata: backup '${backupId}' not found\n`}
    if (backup.replicaSet !== this.replicaSet.name && remap === undefined)
      return {ok: false, output: 'Error: check cluster: missing replica sets\n'}
    const script = this.restoresFail
    if (typeof script === 'object') throw new UncaughtCharmError(script.raises)
    const restored: PbmRestore = {backupId, remap, state: 'running'}
    this.restores.push(restored)
    this.#restore = restored
    if (script !== 'stands') void this.#runRestore(restored, script)
    await this.#lives.during(unit, this.durations.start, signal)
    return {ok: true, output: ''}
  }

  async configure(s3: S3Parameters): Promise<PbmRun> {
    if (this.configureFails !== undefined) return {ok: false, output: this.configureFails}
    this.#s3 = s3
    this.#syncedAt = this.#clock.monotonic() + this.durations.resync
    if (this.bucket.get(keyBelow(s3, '.pbm.init')) === undefined) await this.#put([['.pbm.init', pbmVersion]])
    this.#readStore(s3)
    return {ok: true, output: ''}
  }

  async openBucket(): Promise<'ready' | 'denied' | 'failed'> {
    return this.bucketState
  }

  address(unit: string): string {
    return this.replicaSet.address(unit)
  }

  async member(unit: string): Promise<MongodMember> {
    return this.replicaSet.member(unit)
  }

  async primary(): Promise<string | undefined> {
    return this.replicaSet.primary
  }

  async unitsChanged(application: string, units: readonly string[]): Promise<void> {
    this.replicaSet.setUnits(application, units)
  }

  crashed(unit: string): void {
    this.#lives.end(unit)
    this.replicaSet.setReady(unit, false)
  }

  started(unit: string): void {
    this.replicaSet.setReady(unit, true)
  }

  /** Somebody cancels the running backup with PBM's own command, which no charm offers. */
  async cancelBackup(): Promise<void> {
    const backup = this.#backup
    if (backup !== undefined) await this.#give(backup, 'canceled', undefined)
  }

  #readStore(s3: S3Parameters): void {
    const files = this.bucket.keys(keyBelow(s3, '')).filter(key => key.endsWith('.pbm.json'))
    this.catalogue.readAnew(
      files.map(key => this.bucket.get(key) ?? ''),
      this.#backup,
    )
  }

  async #begin(): Promise<PbmBackup> {
    const now = this.#clock.now()
    const backup: PbmBackup = {
      name: backupIdOfNow(this.#clock),
      replicaSet: this.replicaSet.name,
      type: 'logical',
      status: 'starting',
      error: undefined,
      started: now,
      changed: now,
      died: undefined,
    }
    this.catalogue.add(backup)
    this.#backup = backup
    await this.#put(earlyFiles(backup))
    return backup
  }

  async #run(backup: PbmBackup, worker: string, script: MongodbBackupScript): Promise<void> {
    const takes = script.duration ?? this.durations.backup
    const early = Math.min(this.durations.unreported, takes)
    if (!(await this.#lives.outlives(worker, early))) return this.#die(backup)
    if (this.#backup !== backup) return undefined
    this.#turn(backup, 'running')
    if (!(await this.#lives.outlives(worker, takes - early))) return this.#die(backup)
    if (this.#backup !== backup) return undefined
    if (script.fails !== undefined) return this.#give(backup, 'error', script.fails)
    return this.#finish(backup, script)
  }

  async #finish(backup: PbmBackup, {omit = []}: MongodbBackupScript): Promise<void> {
    const {bucket = '', path = '/'} = this.#s3 ?? {}
    this.#turn(backup, 'done')
    this.#backup = undefined
    await this.#put(lateFiles(backup))
    if (omit.includes('data')) await this.#remove(`${backup.name}/`)
    if (!omit.includes('metadata'))
      await this.#put([[`${backup.name}.pbm.json`, metadataFile(backup, {bucket, prefix: path.slice(1)})]])
  }

  /** The backup ends without success; its agents take away what it has uploaded. */
  async #give(backup: PbmBackup, status: 'error' | 'canceled', error: string | undefined): Promise<void> {
    this.#turn(backup, status)
    backup.error = error
    this.#backup = undefined
    await this.#remove(`${backup.name}/`)
  }

  /** The agents died: nobody ends the backup, nobody cleans up. */
  #die(backup: PbmBackup): void {
    backup.died = this.#clock.now()
  }

  async #runRestore(restored: PbmRestore, fails: boolean): Promise<void> {
    const unit = this.replicaSet.primary ?? ''
    const lived = await this.#lives.outlives(unit, this.durations.restore)
    restored.state = lived && !fails ? 'done' : 'failed'
    this.#restore = undefined
  }

  #turn(backup: PbmBackup, status: PbmBackup['status']): void {
    backup.status = status
    backup.changed = this.#clock.now()
  }

  #busy(): string | undefined {
    const {type, name} = this.#running()
    if (type === 'resync') return 'Error: another operation in progress, Resync storage\n'
    return type === undefined ? undefined : `Error: another operation in progress, ${type} ${name}\n`
  }

  #running(): PbmStatus['running'] {
    if (this.#clock.monotonic() < this.#syncedAt) return {type: 'resync'}
    if (this.#restore !== undefined) return {type: 'restore', name: this.#restore.backupId}
    const backup = this.#backup
    return backup === undefined || isStuck(backup, this.#clock.now()) ? {} : {type: 'backup', name: backup.name}
  }

  async #put(objects: Objects): Promise<void> {
    const s3 = this.#s3
    if (s3 === undefined) return
    if (this.#store !== undefined) this.bucket.mirrorTo(this.#store(s3))
    for (const [key, text] of objects) await this.bucket.put(keyBelow(s3, key), text)
  }

  async #remove(prefix: string): Promise<void> {
    if (this.#s3 !== undefined) await this.bucket.removeBelow(keyBelow(this.#s3, prefix))
  }
}
