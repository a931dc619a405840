import {sleep} from '../../../src/time/clock.ts'
import type {Clock} from '../../../src/time/clock.ts'
import {UncaughtCharmError} from '../machine.ts'
import type {MemoryEngineOptions} from '../memory-engine-options.ts'
import {WorkloadLives} from '../workload-lives.ts'
import type {
  BackupOrder,
  CommandResult,
  PostgresqlEngine,
  RepositoryState,
  RestoreOrder,
  RestoreState,
  RestoreStep,
  SwitchoverEnd,
} from './engine.ts'
import {MemoryCluster} from './memory-cluster.ts'
import type {Member} from './memory-cluster.ts'
import {recovery} from './memory-recovery.ts'
import {MemoryRepository} from './memory-repository.ts'
import type {Omission} from './memory-repository.ts'
import type {InfoBackup} from './pgbackrest-info.ts'
import type {S3Parameters} from '../s3-parameters.ts'

/** How long things take, in milliseconds of the engine's clock. */
export interface Durations {
  full: number
  diff: number
  incr: number
  info: number
  restore: number
  join: number
  failover: number
  switchover: number
}

export interface MemoryPostgresqlOptions extends MemoryEngineOptions<Durations> {
  /** PostgreSQL's major version. Default `14`. */
  readonly version?: string
}

/**
 * How restores go that do not go well.
 *
 * - a step: the action fails with the charm's words for it, and the database goes on as before;
 * - `raises`: the charm's code raises this when the data is gone already;
 * - `failed`: the restore that was started fails; `pitr-failed`: it does not reach its target;
 * - `stands`: it never ends.
 *
 * A target that the archive does not hold is not reached either, without any script.
 */
export type RestoreScript =
  | {readonly step: RestoreStep; readonly detail: string}
  | {readonly raises: string}
  | 'failed'
  | 'pitr-failed'
  | 'stands'

/** How one coming backup differs from a good one. */
export interface BackupScript {
  /** pgBackRest ends with this instead. */
  readonly run?: CommandResult
  /** The backup is made, and its row is listed, although `run` says that it failed. */
  readonly madeAnyway?: boolean
  /** pgBackRest finds broken page checksums: it ends well, the row says `failed: True`. */
  readonly checksumErrors?: boolean
  /** Takes so long instead, in ms. */
  readonly duration?: number
  /** What is missing in the store although pgBackRest ends well. */
  readonly omit?: readonly Omission[]
  /** Not even the row appears. */
  readonly unlisted?: boolean
  /** The listing right after the backup, by which the charm looks for its id, answers so. */
  readonly listingFails?: CommandResult
}

const ok = (stdout: string): CommandResult => ({rc: 0, stdout, stderr: ''})
const defaults: Durations = {
  full: 3000,
  diff: 2000,
  incr: 2000,
  info: 0,
  restore: 5000,
  join: 10_000,
  failover: 30_000,
  switchover: 2000,
}

/** PostgreSQL and pgBackRest in memory: exact answers, any duration, and every failure on demand. */
export class MemoryPostgresql implements PostgresqlEngine {
  readonly repository: MemoryRepository
  readonly durations: Durations
  readonly cluster: MemoryCluster
  /** When set, `pgbackrest info` answers so. */
  infoFails: CommandResult | undefined
  /** When set, `pgbackrest repo-ls` answers so. */
  archiveFails: CommandResult | undefined
  /** Uploads whose key ends like this fail. */
  uploadsFail: string | undefined
  /** The model that claimed the repository by its `model-uuid.txt`. */
  claimedBy: string | undefined
  /** When set, taking the repository into use ends so. */
  initialiseFails: RepositoryState | undefined
  /** When set, restores go so. */
  restoreFails: RestoreScript | undefined
  /** Restores that were started, oldest first. */
  readonly restores: RestoreOrder[] = []
  readonly #clock: Clock
  readonly #lives: WorkloadLives
  readonly #store: MemoryPostgresqlOptions['store']
  readonly #scripts: BackupScript[] = []
  #running = 0
  #restore: RestoreState = 'none'
  #nextInfo: CommandResult | undefined

  constructor({clock, durations, version = '14', store}: MemoryPostgresqlOptions) {
    this.#clock = clock
    this.#store = store
    this.durations = {...defaults, ...durations}
    this.repository = new MemoryRepository(version)
    this.cluster = new MemoryCluster(clock, this.durations)
    this.#lives = new WorkloadLives(clock)
  }

  /** The unit with the primary; a test sets another one to play a failover. */
  get primaryUnit(): string | undefined {
    return this.cluster.primaryUnit
  }

  set primaryUnit(unit: string | undefined) {
    this.cluster.primaryUnit = unit
  }

  /** Units whose database is not as it should be. */
  get members(): Map<string, Member> {
    return this.cluster.members
  }

  /** The next backup that is not scripted yet goes so. */
  scriptBackup(script: BackupScript): void {
    this.#scripts.push(script)
  }

  /** A backup that somebody else made just now. */
  async addBackup(type: BackupOrder['type'] = 'full', {error = false} = {}): Promise<InfoBackup> {
    const planned = await this.repository.begin(type, this.#seconds())
    return this.repository.finish(planned, this.#seconds(), error)
  }

  /** Somebody writes to the database, and a segment of WAL is archived: recovery can go up to this moment. */
  async write(): Promise<void> {
    this.repository.archive.fill()
    await this.repository.archiveAll(this.#clock.now())
  }

  async initialise(s3: S3Parameters, stanza: string, modelUUID: string): Promise<RepositoryState> {
    if (this.initialiseFails !== undefined) return this.initialiseFails
    if (this.claimedBy !== undefined && this.claimedBy !== modelUUID) return 'another-cluster'
    this.claimedBy = modelUUID
    if (this.#store !== undefined) this.repository.mirrorTo(this.#store(s3), s3.path)
    await this.repository.put('model-uuid.txt', modelUUID)
    await this.repository.createStanza(stanza, this.#clock.now())
    return 'ready'
  }

  async info(): Promise<CommandResult> {
    if (this.durations.info > 0) await sleep(this.#clock, this.durations.info)
    const scripted = this.#nextInfo ?? this.infoFails
    this.#nextInfo = undefined
    return scripted ?? ok(this.repository.info(this.#running > 0))
  }

  async archiveHistories(): Promise<CommandResult> {
    return this.archiveFails ?? ok(this.repository.listHistories())
  }

  async backup({type, unit, signal}: BackupOrder): Promise<CommandResult> {
    const script = this.#scripts.shift() ?? {}
    this.#running += 1
    try {
      const planned = await this.repository.begin(type, this.#seconds())
      await this.#lives.during(unit, script.duration ?? this.durations[type], signal)
      const made = script.run === undefined || script.madeAnyway === true
      if (made && script.unlisted !== true)
        await this.repository.finish(planned, this.#seconds(), script.checksumErrors === true, script.omit)
      this.#nextInfo = script.listingFails
      return script.run ?? ok(`P00   INFO: new backup label = ${planned.label}\n`)
    } finally {
      this.#running -= 1
    }
  }

  async upload(key: string, text: string): Promise<boolean> {
    if (this.uploadsFail !== undefined && key.endsWith(this.uploadsFail)) return false
    await this.repository.put(key, text)
    return true
  }

  async primary(): Promise<string | undefined> {
    return this.primaryUnit
  }

  async member(unit: string): Promise<Member> {
    return this.cluster.member(unit)
  }

  async restore(order: RestoreOrder): Promise<{step: RestoreStep; detail: string} | undefined> {
    const script = this.restoreFails
    if (typeof script === 'object' && 'step' in script) return script
    this.cluster.stop(order.unit)
    if (typeof script === 'object') throw new UncaughtCharmError(script.raises)
    this.#restore = 'running'
    this.restores.push(order)
    if (script !== 'stands') void this.#runRestore(order, script)
    return undefined
  }

  async restoreState(): Promise<RestoreState> {
    return this.#restore
  }

  async unitsChanged(units: readonly string[]): Promise<void> {
    this.cluster.unitsChanged(units)
  }

  async switchover(unit: string): Promise<SwitchoverEnd> {
    return this.cluster.switchover(unit)
  }

  async crash(unit: string): Promise<void> {
    this.#lives.end(unit)
    this.cluster.crash(unit)
  }

  async recover(unit: string): Promise<void> {
    this.cluster.recover(unit)
  }

  watch(listener: () => void): void {
    this.cluster.watch(listener)
  }

  /** Another restore that was started meanwhile takes the place of this one. */
  async #runRestore(order: RestoreOrder, failure: 'failed' | 'pitr-failed' | undefined): Promise<void> {
    const lived = await this.#lives.outlives(order.unit, this.durations.restore)
    if (this.restores.at(-1) !== order) return
    const {repository} = this
    const branch = recovery(order, repository.backups, repository.archive)
    if (!lived || failure !== undefined || branch === undefined) {
      this.#restore = lived ? (failure ?? 'pitr-failed') : 'failed'
      return
    }
    await repository.openTimeline(branch, this.#clock.now())
    this.#restore = 'done'
    this.cluster.start(order.unit)
  }

  #seconds(): number {
    return Math.floor(this.#clock.now() / 1000)
  }
}
