import {setImmediate as nextTurn} from 'node:timers/promises'

import type {KubeObject, ResourceType} from '../api/meta.ts'
import type {KubeClient} from '../kube/client.ts'
import {ApiError, isGone, TransportError, WatchGarbled, WatchIdle} from '../kube/errors.ts'
import {resourceName} from '../kube/resources.ts'
import type {WatchEvent} from '../kube/watch.ts'
import type {Logger} from '../observability/log.ts'
import {Backoff} from '../time/backoff.ts'
import {type Clock, type Random, sleep} from '../time/clock.ts'
import type {RuntimeMetrics} from './metrics.ts'

/** What a reflector feeds. */
export interface ReflectorSink<T> {
  /** A list begins; one before it that was not completed does not count. */
  listBegun(): void
  /** A part of the list; `listComplete` follows after the last. */
  listed(items: readonly T[]): void
  /** Whatever of this reflector's scope was not listed is gone. */
  listComplete(): void
  /** Of what is listed it can only be a deletion as long as the list is not complete. */
  changed(event: WatchEvent<T & KubeObject>): void
}

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: KubeClient
  readonly resource: ResourceType
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  /** false: read the first state in pages, and not as a stream (`sendInitialEvents`) where the server can. */
  readonly streamingList?: boolean | undefined
  readonly sink: ReflectorSink<T>
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly metrics: RuntimeMetrics
}

const pageSize = 500
const initialEventsEnd = 'k8s.io/initial-events-end'
/** Time for a server that is slow, or busy, to show a large collection, and then to follow it: the same watch goes on. */
const longestStreamedListSeconds = 1_800
/** A watch that ends this soon without a single event did not really begin (client-go `VeryShortWatchError`). */
const shortWatchMs = 1_000
/** After this long without trouble the next pause is short again (client-go). */
const healthyAfterMs = 120_000
/** A trouble that lasts is worth a line now and then, not a line each time. */
const logEvery = 10

/** Somebody asked for the state to be read again from the start. */
class RelistNeeded extends Error {}

/**
 * Mirrors one collection into a sink, for ever: lists, then watches from the list's resourceVersion, resumes after any
 * trouble, and lists again only where the server says that the version is gone, or where the stream cannot be trusted.
 */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>
  readonly #name: string
  readonly #backoff: Backoff
  #version: string | undefined
  #synced = false
  #streaming: boolean
  /** A list is being streamed, and not shown whole yet. */
  #streamIsOpen = false
  /** The last streamed list failed for a reason that pages may not meet: the next list is read in pages. */
  #pagesNext = false
  #failedAt = Number.NEGATIVE_INFINITY
  #cycle = new AbortController()

  constructor(options: ReflectorOptions<T>) {
    this.#options = options
    this.#name = resourceName(options.resource)
    this.#streaming = options.streamingList ?? true
    this.#backoff = new Backoff({initialMs: 800, maxMs: 30_000, random: options.random})
  }

  /** The sink has seen everything up to this version of the collection; undefined before the first list. */
  get resourceVersion(): string | undefined {
    return this.#synced ? this.#version : undefined
  }

  /** The first list is complete. */
  get hasSynced(): boolean {
    return this.#synced
  }

  /** Lists again, without waiting for the watch to end. */
  relist(): void {
    this.#cycle.abort(new RelistNeeded())
  }

  /** Resolves when `signal` aborts; nothing else ends it. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#listAndWatch(signal)
      } catch (error) {
        if (signal.aborted) return
        await this.#recover(error, signal)
      }
    }
  }

  async #listAndWatch(signal: AbortSignal): Promise<void> {
    const cycle = new AbortController()
    const stop = (): void => cycle.abort(signal.reason)
    signal.addEventListener('abort', stop, {once: true})
    this.#cycle = cycle
    try {
      if (this.#version === undefined && (!this.#streaming || this.#pagesNext)) await this.#list(cycle.signal)
      await this.#watch(cycle.signal)
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    this.#pagesNext = false
    try {
      await this.#listPages(signal, pageSize)
    } catch (error) {
      if (!isGone(error)) throw error
      // Listing took longer than the server keeps versions: only a list in one piece can be consistent.
      await this.#listPages(signal, undefined)
    }
  }

  async #listPages(signal: AbortSignal, limit: number | undefined): Promise<void> {
    const {client, resource, namespace, labelSelector, fieldSelector, sink} = this.#options
    const options = {namespace, labelSelector, fieldSelector, signal, ...(limit === undefined ? {} : {limit})}
    sink.listBegun()
    for await (const page of client.listPages<T>(resource, options)) {
      sink.listed(page.items)
      if (page.continue === undefined) this.#completeList(page.resourceVersion)
      // Large lists arrive in many pages; others want the event loop between them.
      else await nextTurn()
    }
  }

  #completeList(version: string): void {
    this.#version = version
    this.#synced = true
    this.#streamIsOpen = false
    this.#options.sink.listComplete()
    this.#options.metrics.cacheListed(this.#name)
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const {client, resource, namespace, labelSelector, fieldSelector, clock, random} = this.#options
    const started = clock.monotonic()
    const initial = this.#version === undefined
    const timeoutSeconds = initial ? longestStreamedListSeconds : 240 + Math.floor(random() * 60)
    const selection = {namespace, labelSelector, fieldSelector}
    const from = {resourceVersion: this.#version, sendInitialEvents: initial}
    this.#streamIsOpen = initial
    if (initial) this.#options.sink.listBegun()
    let events = 0
    for await (const batch of client.watch<T>(resource, {...selection, ...from, timeoutSeconds, signal})) {
      for (const event of batch) this.#receive(event)
      events += batch.length
    }
    signal.throwIfAborted()
    if (this.#streamIsOpen) throw new Error('the stream ended before it had shown the whole list')
    if (events === 0 && clock.monotonic() - started < shortWatchMs)
      throw new Error('the watch ended at once, without an event')
  }

  #receive(event: WatchEvent<T>): void {
    if (this.#streamIsOpen) return this.#receiveListed(event)
    // First the version: whoever is told of the change may ask how far we are.
    this.#version = event.object.metadata.resourceVersion ?? this.#version
    if (event.type !== 'BOOKMARK') this.#options.sink.changed(event)
  }

  #receiveListed(event: WatchEvent<T>): void {
    const {sink} = this.#options
    // What goes while the rest is still being shown.
    if (event.type === 'DELETED') return sink.changed(event)
    if (event.type !== 'BOOKMARK') return sink.listed([event.object])
    const {resourceVersion, annotations} = event.object.metadata
    if (annotations?.[initialEventsEnd] !== 'true' || resourceVersion === undefined)
      throw new Error('a bookmark came before the list: the server does not stream it')
    this.#completeList(resourceVersion)
  }

  /** Decides what a failure means, says so, and waits as long as it should. */
  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const {clock, log, metrics, namespace} = this.#options
    const streamFailed = this.#streamIsOpen
    this.#streamIsOpen = false
    if (streamFailed && isUnsupported(error)) {
      this.#streaming = false
      return
    }
    if (mustRelist(error)) this.#version = undefined
    if (error instanceof RelistNeeded) return
    this.#pagesNext ||= streamFailed && pagesMayPass(error)
    metrics.watchFailed(this.#name, failureReason(error))
    const first = this.#noteFailure(clock.monotonic())
    // The first "gone" is ordinary life; a server that says so again and again must not be hammered.
    if (first && isGone(error)) return
    const pauseMs = Math.max(this.#backoff.next(), retryAfterOf(error))
    const fields = {resource: this.#name, namespace, error, retryInMs: Math.round(pauseMs)}
    const level = this.#backoff.failures % logEvery === 1 ? 'warn' : 'debug'
    log[level]('reading from the API server failed; trying again', fields)
    await sleep(clock, pauseMs, signal).catch(() => undefined)
  }

  /** @returns whether things had gone well before */
  #noteFailure(now: number): boolean {
    const first = now - this.#failedAt > healthyAfterMs
    if (first) this.#backoff.reset()
    this.#failedAt = now
    return first
  }
}

function mustRelist(error: unknown): boolean {
  return error instanceof RelistNeeded || isGone(error) || error instanceof WatchGarbled || isFutureVersion(error)
}

/** The server does not know our version yet, or never will (restored from a backup). */
function isFutureVersion(error: unknown): boolean {
  return error instanceof ApiError && error.causes.some(cause => cause.reason === 'ResourceVersionTooLarge')
}

/**
 * Something else may let pages through: an API server whose etcd cannot confirm how far it is ends streams with 500 or 504, a proxy may
 * hold them back or cut them. A server that has not read all objects yet itself, or that is not there, wants patience instead.
 */
function pagesMayPass(error: unknown): boolean {
  if (error instanceof ApiError) return error.status !== 429
  return error instanceof WatchIdle || !(error instanceof TransportError) || error.outcomeUnknown
}

/** Most servers that stream no lists refuse the parameters. */
function isUnsupported(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 400 || error.status === 422)
}

function failureReason(error: unknown): string {
  if (isGone(error)) return 'gone'
  if (error instanceof WatchIdle) return 'idle'
  if (error instanceof WatchGarbled) return 'garbled'
  if (error instanceof ApiError) return String(error.status)
  return error instanceof TransportError ? error.code : 'ended'
}

function retryAfterOf(error: unknown): number {
  return error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0
}
