import {exponentialDelay} from '../time/backoff.ts'
import type {Clock, Timer} from '../time/clock.ts'
import {TokenBucket} from '../time/token-bucket.ts'
import {DelayHeap} from './delay-heap.ts'
import {Fifo} from './fifo.ts'
import {noRuntimeMetrics, type RuntimeMetrics} from './metrics.ts'

export interface WorkqueueOptions {
  readonly name: string
  readonly clock: Clock
  readonly metrics?: RuntimeMetrics
  /** Pauses of a key that fails: the first and the longest, in ms; 5 ms and 1000 s unless told (client-go). */
  readonly retryInitialMs?: number
  readonly retryMaxMs?: number
  /** Over all keys that fail, per second and at once; 10 and 100 unless told (client-go). */
  readonly retryRate?: {readonly perSecond: number; readonly burst: number}
}

/** `low` waits until nothing `normal` is left: first lists and resyncs must not hold up what just changed. */
export type Priority = 'normal' | 'low'

/** Longer than this nobody plans ahead; the key is looked at again and may wait once more. */
const horizonMs = 180 * 86_400_000

/**
 * Keys to work on, as in client-go: a key is queued once however often it is added, is never worked on twice at once, and
 * comes again if it was added while it was worked on. Delayed keys share one timer; failing keys wait longer each time.
 */
export class Workqueue {
  readonly #name: string
  readonly #clock: Clock
  readonly #metrics: RuntimeMetrics
  readonly #retry: {readonly initialMs: number; readonly maxMs: number; readonly bucket: TokenBucket}
  /** Keys to be worked on, those that wait for their own end included. */
  readonly #dirty = new Map<string, {priority: Priority; since: number}>()
  readonly #processing = new Map<string, number>()
  readonly #failures = new Map<string, number>()
  /** May hold keys that left or changed their priority meanwhile; `#dirty` knows. */
  readonly #ready: Readonly<Record<Priority, Fifo<string>>> = {normal: new Fifo(), low: new Fifo()}
  readonly #delayed = new DelayHeap()
  readonly #takers = new Fifo<(key: string | undefined) => void>()
  readonly #idle: (() => void)[] = []
  #timer: Timer | undefined
  #timerAt = Number.POSITIVE_INFINITY
  #draining = false

  constructor({name, clock, metrics, retryInitialMs = 5, retryMaxMs = 1_000_000, retryRate}: WorkqueueOptions) {
    this.#name = name
    this.#clock = clock
    this.#metrics = metrics ?? noRuntimeMetrics
    const {perSecond, burst} = retryRate ?? {perSecond: 10, burst: 100}
    this.#retry = {initialMs: retryInitialMs, maxMs: retryMaxMs, bucket: new TokenBucket(clock, perSecond, burst)}
  }

  /** Keys that wait for a worker (delayed ones do not). */
  get length(): number {
    return this.#dirty.size
  }

  /** The keys that are being worked on, each with the monotonic time at which that began. */
  get inWork(): ReadonlyMap<string, number> {
    return this.#processing
  }

  /** Queues the key, unless it is queued already. Nothing is taken in once the queue drains. */
  add(key: string, priority: Priority = 'normal'): void {
    if (this.#draining) return
    const present = this.#dirty.get(key)
    if (present !== undefined && (present.priority === priority || priority === 'low')) return
    if (present === undefined) this.#metrics.queueAdded(this.#name)
    this.#dirty.set(key, {priority, since: present?.since ?? this.#clock.monotonic()})
    if (!this.#processing.has(key)) this.#makeReady(key, priority)
    this.#metrics.queueDepth(this.#name, this.#dirty.size)
  }

  /**
   * Queues the key after `ms`, rounded up, or at the earlier time for which it is planned already: what rounding leaves of a time
   * that is nearly over must not bring the key back again and again before it is.
   *
   * @throws RangeError for NaN or a negative delay
   */
  addAfter(key: string, ms: number): void {
    if (Number.isNaN(ms) || ms < 0) throw new RangeError(`a key cannot be queued after ${ms} ms`)
    if (this.#draining) return
    if (ms === 0) this.add(key)
    else if (this.#delayed.schedule(key, this.#clock.monotonic() + Math.min(Math.ceil(ms), horizonMs))) this.#arm()
  }

  /** Queues the key after a pause that doubles with each failure until `forget`. @returns the pause in ms */
  addRateLimited(key: string, atLeastMs = 0): number {
    const {initialMs, maxMs, bucket} = this.#retry
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    this.#metrics.queueRetried(this.#name)
    const pauseMs = Math.max(exponentialDelay(failures, initialMs, maxMs), bucket.reserve(), atLeastMs)
    this.addAfter(key, pauseMs)
    return pauseMs
  }

  /** The key is well again: its next failure waits shortly. Call it for deleted objects too, or they are remembered. */
  forget(key: string): void {
    this.#failures.delete(key)
  }

  /** How often the key failed since `forget`. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0
  }

  /** The next key, as soon as there is one; undefined when the queue drains. Call `done` when the work is over. */
  take(): Promise<string | undefined> {
    const key = this.#next()
    if (key !== undefined || this.#draining) return Promise.resolve(key)
    return new Promise(resolve => this.#takers.push(resolve))
  }

  /** The work on a taken key is over. */
  done(key: string): void {
    const since = this.#processing.get(key)
    if (since === undefined) return
    this.#processing.delete(key)
    this.#metrics.queueWorked(this.#name, (this.#clock.monotonic() - since) / 1000)
    const again = this.#dirty.get(key)
    if (again !== undefined) this.#makeReady(key, again.priority)
    if (this.#processing.size === 0) for (const resolve of this.#idle.splice(0)) resolve()
  }

  /** Takes nothing in, gives nothing out; resolves when all work in progress is done. Level-triggered keys lose nothing. */
  drain(): Promise<void> {
    this.#draining = true
    this.#timer?.cancel()
    this.#dirty.clear()
    this.#metrics.queueDepth(this.#name, 0)
    for (let taker = this.#takers.shift(); taker !== undefined; taker = this.#takers.shift()) taker(undefined)
    if (this.#processing.size === 0) return Promise.resolve()
    return new Promise(resolve => this.#idle.push(resolve))
  }

  #makeReady(key: string, priority: Priority): void {
    this.#ready[priority].push(key)
    if (this.#takers.length === 0) return
    const next = this.#next()
    if (next !== undefined) this.#takers.shift()?.(next)
  }

  #next(): string | undefined {
    return this.#nextOf('normal') ?? this.#nextOf('low')
  }

  #nextOf(priority: Priority): string | undefined {
    for (let key = this.#ready[priority].shift(); key !== undefined; key = this.#ready[priority].shift()) {
      const entry = this.#dirty.get(key)
      if (entry?.priority !== priority || this.#processing.has(key)) continue
      this.#begin(key, entry.since)
      return key
    }
    return undefined
  }

  #begin(key: string, since: number): void {
    const now = this.#clock.monotonic()
    this.#dirty.delete(key)
    this.#processing.set(key, now)
    this.#metrics.queueWaited(this.#name, (now - since) / 1000)
    this.#metrics.queueDepth(this.#name, this.#dirty.size)
  }

  /** One timer for all delayed keys, set to the earliest. */
  #arm(): void {
    const at = this.#delayed.nextAt
    if (at === undefined || at >= this.#timerAt) return
    this.#timer?.cancel()
    this.#timerAt = at
    this.#timer = this.#clock.setTimer(Math.max(0, at - this.#clock.monotonic()), () => this.#wake())
  }

  #wake(): void {
    this.#timerAt = Number.POSITIVE_INFINITY
    const now = this.#clock.monotonic()
    for (let key = this.#delayed.takeDue(now); key !== undefined; key = this.#delayed.takeDue(now)) this.add(key)
    this.#arm()
  }
}
