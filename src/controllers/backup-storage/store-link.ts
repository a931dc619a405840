import type {Logger} from '../../observability/log.ts'
import type {ObjectStore} from '../../storage/object-store.ts'
import {probe, type ProbeResult} from '../../storage/probe.ts'
import type {S3Config} from '../../storage/s3.ts'
import type {Clock} from '../../time/clock.ts'
import type {ProbeView} from './observed.ts'
import type {StoreTarget} from './target.ts'

export interface StoreLinkDeps {
  /** Opens lazily: nothing is dialled before the first request. */
  readonly open: (config: S3Config) => ObjectStore
  readonly clock: Clock
  readonly log: Logger
  /** a probe has ended */
  readonly onChange: () => void
}

interface Probed {
  readonly result: ProbeResult
  /** monotonic ms */
  readonly at: number
  readonly since: string | undefined
  readonly wroteAt: number | undefined
}

/**
 * The way of one BackupStorage to its store, for one spec and one Secret: when they change, another store is opened and this
 * one closed. Probes run in the background, one at a time.
 */
export class StoreLink {
  /** uid of the BackupStorage that it belongs to */
  readonly uid: string
  readonly #deps: StoreLinkDeps
  #open: {readonly target: StoreTarget; readonly store: ObjectStore; readonly closed: AbortController} | undefined
  #probed: Probed | undefined
  #probing = false

  constructor(uid: string, deps: StoreLinkDeps) {
    this.uid = uid
    this.#deps = deps
  }

  get store(): ObjectStore | undefined {
    return this.#open?.store
  }

  get probing(): boolean {
    return this.#probing
  }

  get probe(): ProbeView | undefined {
    if (this.#probed === undefined) return undefined
    const {result, at, since, wroteAt} = this.#probed
    const now = this.#deps.clock.monotonic()
    return {result, ageMs: now - at, since, wroteAgeMs: wroteAt === undefined ? undefined : now - wroteAt}
  }

  /** The same target again changes nothing. */
  use(target: StoreTarget): void {
    if (this.#open?.target.version === target.version) return
    this.close()
    this.#open = {target, store: this.#deps.open(target.s3), closed: new AbortController()}
  }

  startProbe({write}: {readonly write: boolean}): void {
    const open = this.#open
    if (open === undefined || this.#probing) return
    this.#probing = true
    const {store, target, closed} = open
    void probe(store, {path: target.path, readWrite: write, signal: closed.signal})
      .then(result => this.#ended(result, write, closed.signal))
      .catch((error: unknown) => this.#failed(error, closed.signal))
  }

  /** Ends the probe that is under way, and the connections. */
  close(): void {
    this.#open?.closed.abort(new Error('the store was closed'))
    this.#open?.store.close()
    this.#open = undefined
    this.#probed = undefined
    this.#probing = false
  }

  #ended(result: ProbeResult, wrote: boolean, closed: AbortSignal): void {
    if (closed.aborted) return
    const {clock} = this.#deps
    const at = clock.monotonic()
    const before = this.#probed
    const wroteAt = wrote && result.ok ? at : before?.wroteAt
    const since = result.ok ? undefined : (before?.since ?? secondsOf(clock.now()))
    this.#probed = {result, at, since, wroteAt}
    this.#probing = false
    this.#deps.onChange()
  }

  /** Not an answer of the store: a mistake of ours, or the end of the link. The next reconcile tries again. */
  #failed(error: unknown, closed: AbortSignal): void {
    if (closed.aborted) return
    this.#deps.log.error('a probe failed in an unknown way', {error})
    const message = error instanceof Error ? error.message : 'the probe failed'
    this.#ended({ok: false, kind: 'Unreachable', message}, false, closed)
  }
}

/** RFC 3339 without fractions, as Kubernetes writes its times. */
export function secondsOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
