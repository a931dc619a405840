import type {Clock, Random} from '../../time/clock.ts'

const minute = 60_000
/** A repository is looked into at most this often for the backups of finished jobs, in ms. */
export const lookEveryMs = 60 * minute
/** And again after this time when a backup was missing for the first time: a second look has to see the same. */
export const confirmAfterMs = 5 * minute
const spreadShare = 0.2
/** What nobody has had looked at for so long is of no job any more, ms. */
const keptForMs = 24 * 60 * minute

/** What the looks into one repository, or the listings of one application, say. */
export type Look =
  | {readonly kind: 'unread'}
  | {
      readonly kind: 'seen'
      readonly ids: ReadonlySet<string>
      /** of the look before; undefined: there was none */
      readonly before: ReadonlySet<string> | undefined
    }
  /** `since`: wall clock of the first of the looks that failed in a row, ms */
  | {readonly kind: 'unreadable'; readonly since: number; readonly message: string}

interface Entry {
  readonly at: number
  readonly spread: number
  readonly ids: ReadonlySet<string> | undefined
  readonly before: ReadonlySet<string> | undefined
  readonly failure: {readonly since: number; readonly message: string} | undefined
}

/** The looks into repositories, in memory: one serves all jobs whose backups are there. */
export class Looks {
  readonly #clock: Clock
  readonly #random: Random
  readonly #entries = new Map<string, Entry>()

  constructor({clock, random}: {readonly clock: Clock; readonly random: Random}) {
    this.#clock = clock
    this.#random = random
  }

  of(repository: string): Look {
    const entry = this.#entries.get(repository)
    if (entry?.failure !== undefined) return {kind: 'unreadable', ...entry.failure}
    if (entry?.ids === undefined) return {kind: 'unread'}
    return {kind: 'seen', ids: entry.ids, before: entry.before}
  }

  /** @param unconfirmed a backup was missing in the last look for the first time */
  dueInMs(repository: string, unconfirmed: boolean): number {
    const entry = this.#entries.get(repository)
    if (entry === undefined) return 0
    const pause = unconfirmed ? confirmAfterMs : lookEveryMs * (1 + spreadShare * entry.spread)
    return Math.max(0, entry.at + pause - this.#clock.monotonic())
  }

  see(repository: string, ids: ReadonlySet<string>): void {
    this.#set(repository, {ids, before: this.#entries.get(repository)?.ids, failure: undefined})
  }

  /** What was seen before stays known, for the look after this one. */
  fail(repository: string, message: string): void {
    const failure = this.#entries.get(repository)?.failure ?? {since: this.#clock.now(), message}
    this.#set(repository, {failure})
  }

  get size(): number {
    return this.#entries.size
  }

  #set(repository: string, change: Partial<Entry>): void {
    this.#forgetTheOld()
    const known = this.#entries.get(repository) ?? {ids: undefined, before: undefined, failure: undefined}
    this.#entries.set(repository, {...known, at: this.#clock.monotonic(), spread: this.#random(), ...change})
  }
  /** Jobs, applications and stores go; whose repository is still of interest is read again. */
  #forgetTheOld(): void {
    const oldest = this.#clock.monotonic() - keptForMs
    for (const [repository, {at}] of this.#entries) if (at < oldest) this.#entries.delete(repository)
  }
}
