import type {KubeObject} from '../api/meta.ts'
import type {KubeClient} from '../kube/client.ts'
import {isAlreadyExists, isNotFound} from '../kube/errors.ts'
import {events} from '../kube/resources.ts'
import {type Logger, silentLogger} from '../observability/log.ts'
import type {Clock, Random} from '../time/clock.ts'
import {TokenBucket} from '../time/token-bucket.ts'
import {type Event, type EventInput, newEvent, type Reporter, seriesKey} from './event.ts'
import {Fifo} from './fifo.ts'
import {noRuntimeMetrics, type RuntimeMetrics} from './metrics.ts'
import {microTime} from './micro-time.ts'

export interface EventRecorderOptions {
  readonly client: KubeClient
  readonly reporter: Reporter
  readonly clock: Clock
  readonly random: Random
  readonly log?: Logger
  readonly metrics?: RuntimeMetrics
}

/** One event and its repetitions. */
interface Series {
  readonly input: EventInput
  readonly regarding: KubeObject
  /** As it was created; undefined before that. */
  event: Event | undefined
  count: number
  /** How many of them the API server knows of. */
  written: number
  lastAt: number
  queued: boolean
}

/** A repetition after this silence is a new event (client-go, kube-rs). */
const seriesTtlMs = 360_000
/** Events wait here while the API server is away; more than this are dropped. */
const longestQueue = 1_000
/** Per object: 25 at once, then one in five minutes (client-go's spam filter). */
const spam = {burst: 25, perSecond: 1 / 300}
/** After this time a bucket is full again and says nothing. */
const bucketTtlMs = (spam.burst / spam.perSecond) * 1000
const sweepEveryMs = 60_000

/**
 * Records events: repetitions become a series of one event, objects that talk too much are cut short, and nothing here ever
 * fails or delays the caller. An event may be lost; conditions are the truth.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions
  readonly #clock: Clock
  readonly #log: Logger
  readonly #metrics: RuntimeMetrics
  readonly #series = new Map<string, Series>()
  readonly #buckets = new Map<string, {bucket: TokenBucket; usedAt: number}>()
  readonly #queue = new Fifo<Series>()
  #pumping: Promise<void> | undefined
  #sweptAt: number

  constructor(options: EventRecorderOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#log = options.log ?? silentLogger
    this.#metrics = options.metrics ?? noRuntimeMetrics
    this.#sweptAt = options.clock.monotonic()
  }

  /** Records what happened to `regarding`. Never throws, never waits. */
  event(regarding: KubeObject, input: EventInput): void {
    try {
      this.#sweep()
      if (!this.#bucketOf(regarding).tryTake()) this.#metrics.eventDropped('spam')
      else this.#note(regarding, input)
    } catch (error) {
      this.#dropped(error)
    }
  }

  /** Resolves when everything recorded so far has been written, or has failed. */
  async flush(): Promise<void> {
    while (this.#pumping !== undefined) await this.#pumping
  }

  #note(regarding: KubeObject, input: EventInput): void {
    const key = seriesKey(regarding, input)
    const now = this.#clock.monotonic()
    const present = this.#series.get(key)
    const fresh = present === undefined || now - present.lastAt > seriesTtlMs
    const series = fresh
      ? {input, regarding, event: undefined, count: 0, written: 0, lastAt: now, queued: false}
      : present
    series.count += 1
    series.lastAt = now
    if (series.queued) return
    if (this.#queue.length >= longestQueue) {
      this.#metrics.eventDropped('full')
      return
    }
    this.#series.set(key, series)
    this.#enqueue(series)
  }

  #enqueue(series: Series): void {
    series.queued = true
    this.#queue.push(series)
    this.#pumping ??= this.#pump()
  }

  async #pump(): Promise<void> {
    for (let series = this.#queue.shift(); series !== undefined; series = this.#queue.shift()) {
      series.queued = false
      await this.#write(series).catch((error: unknown) => this.#dropped(error))
    }
    // In the same turn in which nothing was left: what is recorded a moment later begins anew.
    this.#pumping = undefined
  }

  async #write(series: Series): Promise<void> {
    if (series.event === undefined) await this.#create(series)
    if (series.count > series.written) await this.#update(series)
  }

  async #create(series: Series): Promise<void> {
    const {client, reporter, random} = this.#options
    const suffix = `${this.#clock.now().toString(16)}${Math.floor(random() * 0x1_0000_0000).toString(16)}`
    const event = newEvent(series.regarding, series.input, reporter, suffix, this.#clock.now())
    try {
      await client.create<Event>(events, event.metadata.namespace, event)
    } catch (error) {
      // The name is ours alone: an earlier try had arrived after all.
      if (!isAlreadyExists(error)) throw error
    }
    series.event = event
    series.written = 1
  }

  async #update(series: Series): Promise<void> {
    if (series.event === undefined) return
    const {count} = series
    const value = {count, lastObservedTime: microTime(this.#clock.now())}
    try {
      await this.#options.client.jsonPatch<Event>(events, series.event.metadata, [{op: 'add', path: '/series', value}])
      series.written = count
    } catch (error) {
      if (!isNotFound(error)) throw error
      // The API server forgets events after an hour; the series begins again.
      series.count = 1
      await this.#create(series)
    }
  }

  #bucketOf({kind, metadata}: KubeObject): TokenBucket {
    const key = metadata.uid ?? `${kind}/${metadata.namespace}/${metadata.name}`
    const usedAt = this.#clock.monotonic()
    const {bucket} = this.#buckets.get(key) ?? {bucket: new TokenBucket(this.#clock, spam.perSecond, spam.burst)}
    this.#buckets.set(key, {bucket, usedAt})
    return bucket
  }

  /** Series and buckets that no longer say anything are forgotten. */
  #sweep(): void {
    const now = this.#clock.monotonic()
    if (now - this.#sweptAt < sweepEveryMs) return
    this.#sweptAt = now
    for (const [key, {lastAt}] of this.#series) if (now - lastAt > seriesTtlMs) this.#series.delete(key)
    for (const [key, {usedAt}] of this.#buckets) if (now - usedAt > bucketTtlMs) this.#buckets.delete(key)
  }

  #dropped(error: unknown): void {
    this.#metrics.eventDropped('failed')
    this.#log.debug('an event could not be written', {error})
  }
}
