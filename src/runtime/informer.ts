import type {KubeObject, ResourceType} from '../api/meta.ts'
import type {KubeClient} from '../kube/client.ts'
import {isNotFound} from '../kube/errors.ts'
import {resourceName, splitKey} from '../kube/resources.ts'
import {type Logger, silentLogger} from '../observability/log.ts'
import {abortable} from '../time/abortable.ts'
import {type Clock, type Random, sleep} from '../time/clock.ts'
import {CacheScope} from './cache-scope.ts'
import {findDrift} from './drift.ts'
import type {Indexers} from './index-set.ts'
import {noRuntimeMetrics, type RuntimeMetrics} from './metrics.ts'
import {Reflector} from './reflector.ts'
import {isAtLeast} from './resource-version.ts'
import {type Checked, ObjectStore, type Store, type StoreEvent} from './store.ts'

export interface InformerOptions<T extends KubeObject, C extends KubeObject = T> {
  readonly client: KubeClient
  readonly resource: ResourceType
  /** undefined: all namespaces. Else one reflector for each, so that rights in these namespaces are enough. */
  readonly namespaces?: readonly string[] | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly indexers?: Indexers<C>
  /**
   * What to keep of an object; name, namespace, uid and resourceVersion have to survive. A trimmed object has to be read
   * again before its status is written: give it a type that the writer does not take.
   */
  readonly transform?: (object: T) => C
  /** Runs once per resourceVersion; what fails is found with `store.invalid`. */
  readonly validate?: (object: T) => Checked<T>
  /**
   * Read the first state as a stream where the server can, as it does unless told: the server answers from its memory, which
   * costs it a third of what pages do, and no part of the answer is larger than one object. A stream that fails is followed by a
   * try in pages. Where the server cannot, or where false: in pages.
   */
  readonly streamingList?: boolean
  /**
   * How often the cache is compared with the API server, in ms; 10 min unless told, 0 for never. A cache of more than 10,000
   * objects is compared as much more seldom as it is larger: what the comparison costs the server stays the same.
   */
  readonly driftCheckMs?: number
  readonly clock: Clock
  readonly random: Random
  readonly log?: Logger
  readonly metrics?: RuntimeMetrics
}

/** A change of the cache; `initial` marks what came before the cache was complete for the first time. */
export interface InformerEvent<T> extends StoreEvent<T> {
  readonly initial: boolean
}

/** Called in order, for every change. It must be quick, and only enqueue. */
export type InformerHandler<T> = (event: InformerEvent<T>) => void

const defaultDriftCheckMs = 600_000
const objectsPerDriftCheck = 10_000

/** A cache of one kind of object that follows the API server, tells what changed, and checks itself now and then. */
export class Informer<T extends KubeObject, C extends KubeObject = T> {
  readonly resource: ResourceType
  readonly #options: InformerOptions<T, C>
  readonly #log: Logger
  readonly #metrics: RuntimeMetrics
  readonly #store: ObjectStore<T, C>
  readonly #reflectors: ReadonlyMap<string | undefined, Reflector<T>>
  readonly #handlers: InformerHandler<C>[] = []
  readonly #whenSynced = Promise.withResolvers<void>()

  constructor(options: InformerOptions<T, C>) {
    this.#options = options
    this.resource = options.resource
    this.#log = options.log ?? silentLogger
    this.#metrics = options.metrics ?? noRuntimeMetrics
    this.#store = new ObjectStore<T, C>(options)
    const namespaces = options.namespaces ?? [undefined]
    this.#reflectors = new Map(namespaces.map(namespace => [namespace, this.#newReflector(namespace)]))
  }

  get store(): Store<C> {
    return this.#store
  }

  /** The first list of every namespace is complete. */
  get hasSynced(): boolean {
    return [...this.#reflectors.values()].every(reflector => reflector.hasSynced)
  }

  /** Resolves when the cache is complete for the first time. @throws the signal's reason */
  synced(signal?: AbortSignal): Promise<void> {
    return abortable(this.#whenSynced.promise, signal)
  }

  /** A handler that comes late is first told of everything that is there. */
  onEvent(handler: InformerHandler<C>): void {
    this.#handlers.push(handler)
    for (const object of this.#store.list()) this.#tell(handler, {type: 'add', object, initial: true})
    for (const {object, path, message} of this.#store.listInvalid())
      this.#tell(handler, {type: 'add', object: object as C, problem: {path, message}, initial: true})
  }

  /** Follows the API server until `signal` aborts, and resolves when all has stopped; no trouble ends it. */
  async start(signal: AbortSignal): Promise<void> {
    const runs = [...this.#reflectors.values()].map(reflector => reflector.run(signal))
    await Promise.all([...runs, this.#checkNowAndThen(signal)])
  }

  /** The cache shows this state of the object, or a later one (its deletion included). */
  hasSeen(key: string, resourceVersion: string): boolean {
    return (
      isAtLeast(this.#store.identity(key)?.resourceVersion, resourceVersion) ||
      isAtLeast(this.#reflectorOf(key)?.resourceVersion, resourceVersion)
    )
  }

  /** Reads one object past the cache and into it. @throws ApiError (but not NotFound), TransportError */
  async refresh(key: string, signal?: AbortSignal): Promise<void> {
    const {client, resource} = this.#options
    try {
      this.#emit(this.#store.put(await client.get<T>(resource, splitKey(key), {signal}), 'watch'))
    } catch (error) {
      if (!isNotFound(error)) throw error
      this.#emit(this.#store.remove(key))
    }
  }

  /** Compares cache and API server now; what differs is counted and listed again. @returns the keys that differed */
  async checkDrift(signal: AbortSignal): Promise<readonly string[]> {
    const drifted: string[] = []
    for (const [namespace, reflector] of this.#reflectors) {
      const found = await findDrift({...this.#options, namespace, store: this.#store}, signal)
      if (found.length > 0) reflector.relist()
      drifted.push(...found)
    }
    if (drifted.length === 0) return drifted
    this.#metrics.cacheDrifted(resourceName(this.resource), drifted.length)
    const fields = {resource: resourceName(this.resource), count: drifted.length, key: drifted[0]}
    this.#log.error('the cache had drifted from the API server; listing again', fields)
    return drifted
  }

  async #checkNowAndThen(signal: AbortSignal): Promise<void> {
    const {clock, random, driftCheckMs = defaultDriftCheckMs} = this.#options
    if (driftCheckMs === 0) return
    while (!signal.aborted) {
      try {
        const share = Math.max(1, this.#store.size / objectsPerDriftCheck)
        await sleep(clock, driftCheckMs * share * (0.9 + 0.2 * random()), signal)
        if (this.hasSynced) await this.checkDrift(signal)
      } catch (error) {
        // The next round asks again; a server in trouble is the reflector's business.
        if (!signal.aborted) this.#log.debug('the drift check could not be made', {error})
      }
    }
  }

  #newReflector(namespace: string | undefined): Reflector<T> {
    const scope = new CacheScope<T, C>(this.#store, namespace, events => this.#emit(events))
    const sink = {
      listBegun: () => scope.listBegun(),
      listed: (items: readonly T[]) => scope.listed(items),
      listComplete: () => {
        scope.listComplete()
        if (this.hasSynced) this.#whenSynced.resolve()
      },
      changed: scope.changed.bind(scope),
    }
    return new Reflector<T>({...this.#options, namespace, sink, log: this.#log, metrics: this.#metrics})
  }

  #reflectorOf(key: string): Reflector<T> | undefined {
    return this.#reflectors.get(undefined) ?? this.#reflectors.get(splitKey(key).namespace)
  }

  #emit(events: readonly StoreEvent<C>[]): void {
    const initial = !this.hasSynced
    for (const event of events) {
      for (const handler of this.#handlers) this.#tell(handler, {...event, initial})
      if (event.type !== 'update') this.#metrics.cacheSize(resourceName(this.resource), this.#store.size)
    }
  }

  /** A handler that throws is a mistake of ours; it must cost neither the other handlers nor the cache. */
  #tell(handler: InformerHandler<C>, event: InformerEvent<C>): void {
    try {
      handler(event)
    } catch (error) {
      this.#metrics.handlerFailed(resourceName(this.resource))
      this.#log.error('a handler of a change threw', {resource: resourceName(this.resource), error})
    }
  }
}
