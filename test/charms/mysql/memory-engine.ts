import type {Clock} from '../../../src/time/clock.ts'
import {UncaughtCharmError} from '../machine.ts'
import {MemoryBucket} from '../memory-bucket.ts'
import type {MemoryEngineOptions} from '../memory-engine-options.ts'
import {keyBelow} from '../s3-parameters.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import {WorkloadLives} from '../workload-lives.ts'
import type {BackupOrder, BackupRun, ClusterStatus, Member, MysqlEngine, MysqlStep, StepOrder} from './engine.ts'
import {MemoryGroup} from './memory-group.ts'
import {MemoryStore} from './memory-store.ts'
import {stepEffects} from './memory-steps.ts'
import {binlogObjects, earlyChunks, lateChunks, md5File} from './xtrabackup-files.ts'

/** How long things take, in milliseconds of the engine's clock. */
export interface MysqlDurations {
  backup: number
  retrieve: number
  prepare: number
  'move back': number
  'recover to time': number
}

export interface MemoryMysqlOptions extends MemoryEngineOptions<MysqlDurations> {
  /** Name of the InnoDB cluster. Default `cluster-0f5c1ae7`. */
  readonly cluster?: string
  /** A bucket that outlives the cluster, or that several clusters share. Default: its own. */
  readonly bucket?: MemoryBucket
}

/** How one coming backup differs from a good one. */
export interface MysqlBackupScript {
  /** xtrabackup fails with these words. */
  readonly fails?: string
  /** All of the backup is in the store, although xtrabackup failed. */
  readonly madeAnyway?: boolean
  /** Takes so long instead, in ms. */
  readonly duration?: number
  /** What is missing in the store although xtrabackup ends well. */
  readonly omit?: readonly ('md5' | 'chunks')[]
  /** xtrabackup and xbcloud go on when the action is killed, and end well. */
  readonly survivesKill?: boolean
}

const defaults: MysqlDurations = {
  backup: 3000,
  retrieve: 2000,
  prepare: 1000,
  'move back': 1000,
  'recover to time': 1000,
}

/** What MySQL can be asked. */
export type MysqlQuestion = 'cluster status' | 'topology' | 'member' | 'connection'

/** MySQL and xtrabackup in memory: exact answers, any duration, and every failure on demand. */
export class MemoryMysql implements MysqlEngine {
  readonly store: MemoryStore
  readonly durations: MysqlDurations
  readonly group: MemoryGroup
  /** Steps that fail when they come. */
  readonly failing = new Set<MysqlStep>()
  /** Steps at which the charm's code raises this, when they come. */
  readonly raising = new Map<MysqlStep, string>()
  /** What MySQL does not answer to. */
  readonly silentAbout = new Set<MysqlQuestion>()
  /** What was restored last, and to which point in time. */
  restored: {readonly backupId: string; readonly toTime: string | undefined} | undefined
  readonly #clock: Clock
  readonly #lives: WorkloadLives
  readonly #scripts: MysqlBackupScript[] = []
  #collectsFor: S3Parameters | undefined
  #transactions = 0

  constructor({clock, durations, cluster = 'cluster-0f5c1ae7', bucket, store}: MemoryMysqlOptions) {
    this.#clock = clock
    this.#lives = new WorkloadLives(clock)
    this.durations = {...defaults, ...durations}
    this.store = new MemoryStore(bucket ?? new MemoryBucket(), store)
    this.group = new MemoryGroup(cluster)
  }

  /** The next backup that is not scripted yet goes so. */
  scriptBackup(script: MysqlBackupScript): void {
    this.#scripts.push(script)
  }

  async clusterStatus(unit: string): Promise<ClusterStatus | undefined> {
    return this.#answers('cluster status', unit) ? this.group.status() : undefined
  }

  async clusterSetStatus(unit: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    return this.#answers('cluster status', unit) ? this.group.setStatus() : undefined
  }

  clusterName(): string {
    return this.group.name
  }

  async member(unit: string): Promise<Member | undefined> {
    return this.#answers('member', unit) ? this.group.member(unit) : undefined
  }

  async primary(): Promise<string | undefined> {
    return this.group.primary
  }

  async offlineAndHidden(): Promise<boolean | undefined> {
    const known = this.group.primary !== undefined && !this.silentAbout.has('topology')
    return known ? this.group.offlineAndHidden() : undefined
  }

  async running(unit: string): Promise<boolean> {
    return this.group.instance(unit).running
  }

  async connectable(unit: string): Promise<boolean> {
    return this.#answers('connection', unit)
  }

  groupReplicationId(): string {
    return this.group.id
  }

  async step(step: MysqlStep, order: StepOrder): Promise<boolean> {
    const takes: Readonly<Partial<Record<MysqlStep, number>>> = this.durations
    const signal = order.signal ?? new AbortController().signal
    signal.throwIfAborted()
    if (takes[step] !== undefined) await this.#lives.during(order.unit, takes[step], signal)
    const raised = this.raising.get(step)
    if (raised !== undefined) throw new UncaughtCharmError(raised)
    return this.failing.has(step) ? false : this.#do(step, order)
  }

  async backup(order: BackupOrder): Promise<BackupRun> {
    const script = this.#scripts.shift() ?? {}
    const {unit, id, s3, signal} = order
    const prefix = keyBelow(s3, id)
    await this.store.put(s3, earlyChunks(prefix, id))
    const takes = script.duration ?? this.durations.backup
    const whole = this.#lives.outlives(unit, takes).then(async lived => {
      const made = script.fails === undefined || script.madeAnyway === true
      const stopped = signal.aborted && script.survivesKill !== true
      if (lived && made && !stopped) await this.#finish(order, script)
    })
    await this.#lives.during(unit, takes, signal)
    await whole
    return script.fails === undefined ? {ok: true, log: 'completed OK!\n'} : {ok: false, log: script.fails}
  }

  async unitsChanged(units: readonly string[]): Promise<void> {
    this.group.setUnits(units)
  }

  crashed(unit: string): void {
    this.#lives.end(unit)
    this.group.stop(unit)
  }

  started(unit: string): void {
    if (!this.group.instance(unit).running) this.group.start(unit)
  }

  async collectBinlogs(s3: S3Parameters | undefined): Promise<void> {
    this.#collectsFor = s3
    if (s3 !== undefined) await this.#writeBinlog(s3)
  }

  /** Somebody writes to the database; the collector uploads the binary log of it, if it runs. */
  async write(): Promise<void> {
    if (this.#collectsFor !== undefined) await this.#writeBinlog(this.#collectsFor)
  }

  #answers(question: MysqlQuestion, unit: string): boolean {
    return this.group.member(unit) !== undefined && !this.silentAbout.has(question)
  }

  async #finish({id, s3}: BackupOrder, {omit = []}: MysqlBackupScript): Promise<void> {
    const prefix = keyBelow(s3, id)
    const late = lateChunks(prefix, id)
    if (omit.includes('chunks')) await this.store.bucket.removeBelow(`${prefix}/`)
    else await this.store.put(s3, late)
    const sums = md5File(id, [...earlyChunks(prefix, id), ...late])
    if (!omit.includes('md5')) await this.store.put(s3, [[`${prefix}.md5`, sums]])
    await this.write()
  }

  /** @returns false when mysqld cannot start, since there is no data */
  #do(step: MysqlStep, {unit, backupId = '', toTime}: StepOrder): boolean {
    const starts = step === 'start' || step === 'restart'
    if (starts && !this.group.instance(unit).data) return false
    stepEffects[step]?.(this.group, unit)
    if (step === 'move back') this.restored = {backupId, toTime: undefined}
    if (step === 'recover to time' && this.restored !== undefined) this.restored = {...this.restored, toTime}
    return true
  }

  async #writeBinlog(s3: S3Parameters): Promise<void> {
    this.#transactions += 1
    const seconds = Math.floor(this.#clock.now() / 1000)
    await this.store.put(s3, binlogObjects(keyBelow(s3, 'binlogs'), seconds, this.group.id, this.#transactions))
  }
}
