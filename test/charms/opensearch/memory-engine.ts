import {sleep} from '../../../src/time/clock.ts'
import type {Clock} from '../../../src/time/clock.ts'
import {UncaughtCharmError} from '../machine.ts'
import {MemoryBucket} from '../memory-bucket.ts'
import type {MemoryEngineOptions} from '../memory-engine-options.ts'
import {keyBelow} from '../s3-parameters.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import {repositoryIndex, shardFiles, snapshotFiles} from './snapshot-files.ts'
import type {Objects, Snapshot, SnapshotState} from './snapshot-files.ts'

/** How long things take, in milliseconds of the engine's clock. */
export interface OpensearchDurations {
  backup: number
  restore: number
}

export interface MemoryOpensearchOptions extends MemoryEngineOptions<OpensearchDurations> {
  /** A bucket that outlives the cluster, or that several share. Default: its own. */
  readonly bucket?: MemoryBucket
}

/** How one coming snapshot differs from a good one. */
export interface SnapshotScript {
  /** OpenSearch does not take the request, in these words. */
  readonly refused?: string
  readonly ends?: Exclude<SnapshotState, 'IN_PROGRESS' | 'SUCCESS'>
  /** Takes so long instead, in ms. */
  readonly duration?: number
  /** What is missing in the store although it ends well: the index of the repository, or keys that begin so. */
  readonly omit?: readonly string[]
}

/** How a restore ended: `slowly`: shards are still on their way; `shards`: some of them were not restored. */
export type OpensearchRestoreEnd = 'done' | 'slowly' | 'shards'

/** How coming restores go: an end, words of OpenSearch, an exception in the charm, or no end at all. */
export type OpensearchRestoreScript =
  'slowly' | 'shards' | 'stands' | {readonly words: string} | {readonly raises: string}

const defaults: OpensearchDurations = {backup: 30_000, restore: 20_000}
const indices = ['.opendistro_security', 'books', 'loans']

/** OpenSearch in memory, with its snapshots: exact answers, any duration, and every failure on demand. */
export class MemoryOpensearch {
  readonly bucket: MemoryBucket
  readonly durations: OpensearchDurations
  readonly snapshots: Snapshot[] = []
  /** Ids of the snapshots that were restored, oldest first. */
  readonly restored: string[] = []
  health: 'green' | 'yellow' | 'red' = 'green'
  /** The repository is registered in the cluster. */
  repository = true
  /** OpenSearch answers nothing but these words. */
  requestsFail: string | undefined
  restoresFail: OpensearchRestoreScript | undefined
  /** A restore is on its way, or some of its shards still are. */
  restoring = false
  readonly #clock: Clock
  readonly #store: MemoryOpensearchOptions['store']
  readonly #scripts: SnapshotScript[] = []
  #generation = -1

  constructor({clock, durations, bucket, store}: MemoryOpensearchOptions) {
    this.#clock = clock
    this.#store = store
    this.durations = {...defaults, ...durations}
    this.bucket = bucket ?? new MemoryBucket()
  }

  /** The next snapshot that is not scripted yet goes so. */
  scriptBackup(script: SnapshotScript): void {
    this.#scripts.push(script)
  }

  get running(): Snapshot | undefined {
    return this.snapshots.find(({state}) => state === 'IN_PROGRESS')
  }

  /** Starts a snapshot, which goes on in the cluster whatever becomes of who asked. @returns the words of a refusal */
  async snapshot(id: string, s3: S3Parameters): Promise<string | undefined> {
    const script = this.#scripts.shift() ?? {}
    const refusal = this.requestsFail ?? script.refused
    if (refusal !== undefined) return refusal
    const snapshot: Snapshot = {id, state: 'IN_PROGRESS', indices}
    this.snapshots.push(snapshot)
    await this.#put(s3, shardFiles(snapshot))
    this.#clock.setTimer(script.duration ?? this.durations.backup, () => void this.#finish(snapshot, s3, script))
    return undefined
  }

  /** @returns how it ended, or OpenSearch's words @throws UncaughtCharmError as told; the signal's reason when killed */
  async restore(id: string, signal: AbortSignal): Promise<OpensearchRestoreEnd | {readonly words: string}> {
    const script = this.restoresFail
    if (typeof script === 'object' && 'raises' in script) throw new UncaughtCharmError(script.raises)
    this.restoring = true
    await sleep(this.#clock, this.durations.restore, signal)
    if (script === 'stands') await killed(signal)
    this.restoring = script === 'slowly'
    if (typeof script === 'object') return script
    this.restored.push(id)
    return script === undefined || script === 'stands' ? 'done' : script
  }

  /** Nothing of what is played here belongs to one unit. */
  crashed(): void {
    this.health = this.health === 'green' ? 'yellow' : this.health
  }

  started(): void {
    this.health = this.health === 'yellow' ? 'green' : this.health
  }

  async #finish(snapshot: Snapshot, s3: S3Parameters, {ends, omit = []}: SnapshotScript): Promise<void> {
    snapshot.state = ends ?? 'SUCCESS'
    this.#generation += 1
    const files = [...snapshotFiles(snapshot), ...repositoryIndex(this.snapshots, this.#generation)]
    const isMissing = (key: string): boolean => omit.some(start => key.startsWith(start))
    await this.#put(
      s3,
      files.filter(([key]) => !isMissing(key)),
    )
    if (!isMissing('index-') && this.#generation > 0)
      await this.bucket.removeBelow(keyBelow(s3, `index-${this.#generation - 1}`))
  }

  async #put(s3: S3Parameters, objects: Objects): Promise<void> {
    if (this.#store !== undefined) this.bucket.mirrorTo(this.#store(s3))
    for (const [key, text] of objects) await this.bucket.put(keyBelow(s3, key), text)
  }
}

function killed(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), {once: true})
  })
}
