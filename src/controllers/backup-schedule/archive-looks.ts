import {objectKey} from '../../kube/resources.ts'
import type {Logger} from '../../observability/log.ts'
import type {Clock, Random} from '../../time/clock.ts'
import {Deadline} from '../../time/deadline.ts'
import type {StorageDirectory} from '../backup-storage/directory.ts'
import {FairQueue} from '../inventory/fair-queue.ts'
import {readArchive, type ArchivePlace, type ArchiveSeen} from './archive-read.ts'
import type {ArchiveLook} from './archiving.ts'

export interface ArchiveLooksOptions {
  readonly storages: StorageDirectory
  /** a look that this key has asked for has ended */
  readonly onLooked: (key: string) => void
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
}

const minute = 60_000
/** Archives that are looked into at once, over all stores; in one BackupStorage it is one at a time. */
const mostAtOnce = 4
const timeoutMs = 5 * minute
const wholeEveryMs = 360 * minute
const spreadShare = 0.1

/** The looks into the archive of one application. */
interface Entry {
  readonly place: ArchivePlace
  /** who asks for it, and how far the archive may lag behind for each, ms */
  readonly askers: Map<string, number>
  /** monotonic ms of the end of the last look; undefined: none has ended */
  lookedAt?: number
  /** 0..1, drawn anew with each look, so that archives which came together do not come together for ever */
  spread: number
  seen?: ArchiveSeen & {readonly at: number}
  failure?: {readonly since: number; readonly message: string} | undefined
}

/** Looks into archives in the background, in memory: one look serves all schedules of an application. */
export class ArchiveLooks {
  readonly #options: ArchiveLooksOptions
  readonly #queue: FairQueue
  readonly #entries = new Map<string, Entry>()
  /** the entry that a key asks for */
  readonly #asked = new Map<string, string>()

  constructor(options: ArchiveLooksOptions) {
    this.#options = options
    this.#queue = new FairQueue({most: mostAtOnce, log: options.log})
  }

  /** What is known of the archive that the key has asked for. */
  of(key: string): Exclude<ArchiveLook, {kind: 'NotApplicable'}> {
    const {seen, failure} = this.#entryOf(key) ?? {}
    if (failure !== undefined) return {kind: 'unreadable', ...failure, span: seen?.span}
    return seen === undefined ? {kind: 'unread'} : {kind: 'seen', ...seen}
  }

  /**
   * Has the archive looked into if that is due; `onLooked` is called with the key afterwards.
   *
   * @param maxLagMs by which it may lag behind; looks are that frequent. undefined: it is not watched
   * @returns ms until the next look is due
   */
  ask(key: string, place: ArchivePlace, maxLagMs: number | undefined): number {
    const id = JSON.stringify(place)
    if (this.#asked.get(key) !== id) this.forget(key)
    const entry: Entry = this.#entries.get(id) ?? {place, askers: new Map(), spread: this.#options.random()}
    this.#entries.set(id, entry)
    this.#asked.set(key, id)
    entry.askers.set(key, maxLagMs ?? Number.POSITIVE_INFINITY)
    const everyMs = pauseOf(entry)
    const dueInMs = entry.lookedAt === undefined ? 0 : entry.lookedAt + everyMs - this.#options.clock.monotonic()
    // Whole ms: a timer of a fraction of one may fire before any time has passed.
    if (dueInMs >= 1) return Math.ceil(dueInMs)
    const group = objectKey({namespace: place.namespace, name: place.storage})
    this.#queue.add(group, id, signal => this.#look(id, signal))
    return Math.ceil(everyMs)
  }

  /** Nobody asks for this key any more. */
  forget(key: string): void {
    const id = this.#asked.get(key)
    if (id === undefined) return
    this.#asked.delete(key)
    const entry = this.#entries.get(id)
    entry?.askers.delete(key)
    if (entry?.askers.size === 0) this.#entries.delete(id)
  }

  /** Ends what is under way. */
  close(): void {
    this.#queue.close()
  }

  #entryOf(key: string): Entry | undefined {
    return this.#entries.get(this.#asked.get(key) ?? '')
  }

  async #look(id: string, signal: AbortSignal): Promise<void> {
    const {clock, random, storages, onLooked} = this.#options
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    const late = (): Error => new Error(`the store did not answer within ${timeoutMs / minute} minutes`)
    const deadline = new Deadline(clock, timeoutMs, signal, late)
    const at = clock.now()
    try {
      const plan = {known: entry.seen, wholeEveryMs, wholeIfIdleMs: maxLagOf(entry), now: clock.monotonic()}
      entry.seen = {...(await readArchive(storages, entry.place, {...plan, signal: deadline.signal})), at}
      entry.failure = undefined
    } catch (error) {
      if (signal.aborted) return
      entry.failure ??= {since: at, message: error instanceof Error ? error.message : String(error)}
    } finally {
      deadline.clear()
    }
    entry.lookedAt = clock.monotonic()
    entry.spread = random()
    for (const key of entry.askers.keys()) onLooked(key)
  }
}

const maxLagOf = ({askers}: Entry): number => Math.min(...askers.values())

/** A quarter of the shortest lag that is allowed: every minute at most, every quarter of an hour at least while watched. */
function pauseOf(entry: Entry): number {
  const maxLagMs = maxLagOf(entry)
  const pauseMs =
    maxLagMs === Number.POSITIVE_INFINITY ? 60 * minute : Math.min(15 * minute, Math.max(minute, maxLagMs / 4))
  return pauseMs * (1 + spreadShare * entry.spread)
}
