import type {Clock} from '../../time/clock.ts'
import {Backoff} from '../../time/backoff.ts'
import type {Random} from '../../time/clock.ts'
import type {Reading, ReadingName, ReadingsView, ReadingValues} from './observed.ts'
import {passesByItself, wordsOf} from './refusals.ts'

interface Entry {
  reading: Reading<unknown>
  readonly backoff: Backoff
  /** changes when the entry is forgotten, so that a late answer is dropped */
  readonly abort: AbortController
}

const names: readonly ReadingName[] = [
  'look',
  'charm',
  'destination',
  'before',
  'primary',
  'enqueueFacts',
  'search',
  'after',
  'store',
  'reach',
  'leftovers',
  'ledger',
  'ledgerEntry',
  'ledgerOutcome',
  'unitFacts',
  'unitSearch',
]

/**
 * What is read in the background for each job, in memory only: after a restart it is read again.
 *
 * A reading is started by `start`, runs once, and calls `onSettled` with the job's key when it is there or has failed.
 * A failed one may be started again when its pause is over. What Juju refuses for a while only does not count as a failure.
 */
export class Readings {
  readonly #jobs = new Map<string, Map<ReadingName, Entry>>()
  readonly #clock: Clock
  readonly #random: Random
  readonly #onSettled: (key: string) => void

  constructor(options: {clock: Clock; random: Random; onSettled: (key: string) => void}) {
    this.#clock = options.clock
    this.#random = options.random
    this.#onSettled = options.onSettled
  }

  view(key: string): ReadingsView {
    const job = this.#jobs.get(key)
    const entries = names.map(name => [name, job?.get(name)?.reading ?? {state: 'unread'}] as const)
    return Object.fromEntries(entries) as unknown as ReadingsView
  }

  /** Starts the reading unless it is there, under way, or has failed and is not due. `fetch` gets a signal that ends with the job. */
  start<K extends ReadingName>(key: string, name: K, fetch: (signal: AbortSignal) => Promise<ReadingValues[K]>): void {
    const job = this.#jobs.get(key) ?? new Map<ReadingName, Entry>()
    this.#jobs.set(key, job)
    const known = job.get(name)
    if (known && !this.#isDue(known.reading)) return
    const entry: Entry = known ?? {reading: {state: 'unread'}, backoff: this.#backoff(), abort: new AbortController()}
    const failures = entry.reading.state === 'failed' ? entry.reading.failures : 0
    entry.reading = {state: 'pending'}
    job.set(name, entry)
    void this.#run(key, entry, failures, fetch)
  }

  /** Drops readings (all, unless named) and lets those under way end unseen. */
  forget(key: string, ...only: readonly ReadingName[]): void {
    const job = this.#jobs.get(key)
    if (!job) return
    for (const [name, entry] of job) {
      if (only.length > 0 && !only.includes(name)) continue
      entry.abort.abort()
      job.delete(name)
    }
    if (job.size === 0) this.#jobs.delete(key)
  }

  /** Ends everything that is under way. */
  close(): void {
    for (const key of this.#jobs.keys()) this.forget(key)
  }

  async #run(
    key: string,
    entry: Entry,
    failures: number,
    fetch: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> {
    try {
      const value = await fetch(entry.abort.signal)
      entry.reading = {state: 'ready', value, at: this.#clock.now()}
    } catch (error) {
      const retryAt = this.#clock.now() + entry.backoff.next()
      const counted = failures + (passesByItself(error) ? 0 : 1)
      entry.reading = {state: 'failed', message: wordsOf(error), failures: counted, retryAt}
    }
    if (!entry.abort.signal.aborted) this.#onSettled(key)
  }

  #isDue(reading: Reading<unknown>): boolean {
    return reading.state === 'unread' || (reading.state === 'failed' && reading.retryAt <= this.#clock.now())
  }

  #backoff(): Backoff {
    return new Backoff({initialMs: 1000, maxMs: 60_000, random: this.#random})
  }
}
