import type {KubeObject, ResourceType} from '../api/meta.ts'
import {keyOf, resourceName} from '../kube/resources.ts'
import type {Clock} from '../time/clock.ts'

/** The part of an informer that the gate asks. */
export interface FollowedCache {
  readonly resource: ResourceType
  hasSeen(key: string, resourceVersion: string): boolean
  refresh(key: string, signal?: AbortSignal): Promise<void>
  onEvent(handler: (event: {readonly object: KubeObject}) => void): void
}

export interface ConsistencyGateOptions {
  readonly clock: Clock
  /** After this time the object is read live instead of waiting for the cache, in ms; 7 s unless told. */
  readonly fallbackMs?: number
}

interface Expected {
  readonly version: string
  readonly since: number
  readonly wake: Set<(key: string) => void>
}

/** Look for what became true without an event (a bookmark) when this many writes are expected. */
const firstSweepAt = 256

/**
 * Read your own writes: after this process has changed an object, its cache is too old for decisions about it until it
 * shows that change (KEP-5647 describes the double actions that happen otherwise).
 *
 * Give `wrote` to the client as `onWrite`, and `track` every informer whose objects are written.
 */
export class ConsistencyGate {
  readonly #clock: Clock
  readonly #fallbackMs: number
  readonly #caches = new Map<string, FollowedCache>()
  readonly #expected = new Map<string, Expected>()
  #sweepAt = firstSweepAt

  constructor({clock, fallbackMs = 7_000}: ConsistencyGateOptions) {
    this.#clock = clock
    this.#fallbackMs = fallbackMs
  }

  /** From now on writes to this cache's resource are waited for. */
  track(cache: FollowedCache): void {
    this.#caches.set(resourceName(cache.resource), cache)
    cache.onEvent(({object}) => this.#arrived(cache, keyOf(object)))
  }

  /** Notes a write as the server confirmed it. Resources without a tracked cache are of no interest. */
  readonly wrote = (resource: ResourceType, object: KubeObject): void => {
    const cache = this.#caches.get(resourceName(resource))
    const version = object.metadata.resourceVersion
    if (cache === undefined || version === undefined || cache.hasSeen(keyOf(object), version)) return
    const id = idOf(resource, keyOf(object))
    const wake = this.#expected.get(id)?.wake ?? new Set()
    this.#expected.set(id, {version, since: this.#clock.monotonic(), wake})
    if (this.#expected.size >= this.#sweepAt) this.#sweep()
  }

  /**
   * May decisions about the object be made from the cache? When it lags for too long, the object is read live into it.
   *
   * @param wake called with the key once the cache has caught up, if it had not; the same function is called once
   * @returns undefined when the cache is fresh, else how long to wait at most, in ms
   * @throws ApiError, TransportError when the live read fails
   */
  async admit(
    resource: ResourceType,
    key: string,
    wake: (key: string) => void,
    signal?: AbortSignal,
  ): Promise<number | undefined> {
    const expected = this.#expected.get(idOf(resource, key))
    const cache = this.#caches.get(resourceName(resource))
    if (expected === undefined || cache === undefined || this.#arrived(cache, key)) return undefined
    const leftMs = expected.since + this.#fallbackMs - this.#clock.monotonic()
    if (leftMs > 0) {
      expected.wake.add(wake)
      return leftMs
    }
    await cache.refresh(key, signal)
    this.#expected.delete(idOf(resource, key))
    return undefined
  }

  /** How many writes the caches have not shown yet. */
  get outstanding(): number {
    return this.#expected.size
  }

  /** @returns whether nothing (more) is expected of this object */
  #arrived(cache: FollowedCache, key: string): boolean {
    const id = idOf(cache.resource, key)
    const expected = this.#expected.get(id)
    if (expected === undefined) return true
    if (!cache.hasSeen(key, expected.version)) return false
    this.#expected.delete(id)
    for (const wake of expected.wake) wake(key)
    return true
  }

  #sweep(): void {
    for (const id of this.#expected.keys()) {
      const [name = '', key = ''] = id.split('|')
      const cache = this.#caches.get(name)
      if (cache !== undefined) this.#arrived(cache, key)
    }
    this.#sweepAt = Math.max(firstSweepAt, 2 * this.#expected.size)
  }
}

function idOf(resource: ResourceType, key: string): string {
  return `${resourceName(resource)}|${key}`
}
