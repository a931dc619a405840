import type {KubeObject, ResourceType} from '../api/meta.ts'
import type {Clock, Random} from '../time/clock.ts'
import {TokenBucket} from '../time/token-bucket.ts'
import {type Call, Caller} from './caller.ts'
import {noRequestMetrics, type RequestMetrics} from './metrics.ts'
import {apiVersionOf, type PathParts, resourceName, resourcePath} from './resources.ts'
import type {
  CallOptions,
  CreateOptions,
  DeleteOptions,
  JsonPatchOp,
  ListOptions,
  ListPage,
  ObjectKey,
  ReplaceOptions,
  WatchOptions,
} from './options.ts'
import {defaultRetryPolicy, type RetryPolicy} from './retry.ts'
import type {Transport} from './transport.ts'
import {streamEvents, type WatchEvent, watchIdleMs} from './watch.ts'

export type * from './options.ts'

/** Asked right before every request that changes something. */
export interface WriteGuard {
  /** @throws NotLeader when this process must not change anything now */
  assertMayWrite(): void
}

export interface KubeClientOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly metrics?: RequestMetrics
  readonly retry?: RetryPolicy
  /** Requests per second and at once; absent: no limit on our side. */
  readonly rateLimit?: {readonly qps: number; readonly burst: number} | undefined
  /** Told of every object that we changed, as the server returned it. */
  readonly onWrite?: (resource: ResourceType, object: KubeObject) => void
}

const unaryTimeoutMs = 30_000
const metadataList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
const allowAll: WriteGuard = Object.freeze({assertMayWrite: () => undefined})

/** The Kubernetes API: raw JSON in and out, typed errors, retries where they are safe. */
export class KubeClient {
  readonly #options: KubeClientOptions
  readonly #caller: Caller
  readonly #guard: WriteGuard

  constructor(options: KubeClientOptions, caller = newCaller(options), guard: WriteGuard = allowAll) {
    this.#options = options
    this.#caller = caller
    this.#guard = guard
  }

  /** A client on the same connections and limits that asks `guard` before every request that changes something. */
  guarded(guard: WriteGuard): KubeClient {
    return new KubeClient(this.#options, this.#caller, guard)
  }

  /** Where the API server is. */
  get endpoint(): Transport['endpoint'] {
    return this.#options.transport.endpoint
  }

  /** @throws ApiError (isNotFound, isForbidden, ...), TransportError, RequestTimeout; so do all others */
  get<T extends KubeObject>(resource: ResourceType, key: ObjectKey, options: CallOptions = {}): Promise<T> {
    return this.#caller.json<T>({...this.#call('get', 'GET', resource, key, options), idempotent: true})
  }

  /** One page of a list. Items carry apiVersion and kind even where the server leaves them out. */
  async listPage<T extends KubeObject>(resource: ResourceType, options: ListOptions = {}): Promise<ListPage<T>> {
    const {namespace, limit, labelSelector, fieldSelector, resourceVersion, resourceVersionMatch} = options
    const query = {
      limit,
      continue: options.continue,
      labelSelector,
      fieldSelector,
      resourceVersion,
      resourceVersionMatch,
    }
    const list = await this.#caller.json<RawList<T>>({
      ...this.#call('list', 'GET', resource, {namespace}, options, query),
      idempotent: true,
      ...(options.metadataOnly === true ? {accept: metadataList} : {}),
    })
    return toPage(list, resource)
  }

  /** All pages of a list in order. The next one is asked for before a page is handed out, and comes while that is worked on. */
  async *listPages<T extends KubeObject>(
    resource: ResourceType,
    options: Omit<ListOptions, 'continue'> = {},
  ): AsyncGenerator<ListPage<T>> {
    let next: Promise<ListPage<T>> | undefined = this.listPage<T>(resource, options)
    while (next !== undefined) {
      const page: ListPage<T> = await next
      next = page.continue === undefined ? undefined : this.listPage(resource, {...options, continue: page.continue})
      // What goes wrong with it is for whoever comes for it.
      next?.catch(() => undefined)
      yield page
    }
  }

  create<T extends KubeObject>(
    resource: ResourceType,
    namespace: string | undefined,
    body: T,
    options: CreateOptions = {},
  ): Promise<T> {
    const {dryRun = false} = options
    const query = dryRun ? {dryRun: 'All'} : {}
    const call = this.#call('create', 'POST', resource, {namespace}, options, query)
    const request = {...call, body, contentType: 'application/json', idempotent: dryRun}
    return dryRun ? this.#caller.json<T>({...request, ...this.#permitted()}) : this.#write(resource, request)
  }

  /** Replaces the whole object, or its status; the uid and the resourceVersion, where given, must be the present ones. */
  replace<T extends KubeObject>(resource: ResourceType, body: T, options: ReplaceOptions = {}): Promise<T> {
    const {fieldManager, subresource} = options
    const {namespace, name} = body.metadata
    const call = this.#call('replace', 'PUT', resource, {namespace, name, subresource}, options, {fieldManager})
    const idempotent = body.metadata.resourceVersion !== undefined
    return this.#write(resource, {...call, body, contentType: 'application/json', idempotent})
  }

  /** A patch whose tests fail is refused with 422 (isInvalid). */
  jsonPatch<T extends KubeObject>(
    resource: ResourceType,
    key: ObjectKey,
    ops: readonly JsonPatchOp[],
    options: CallOptions & {readonly subresource?: 'status'} = {},
  ): Promise<T> {
    const parts = {namespace: key.namespace, name: key.name, subresource: options.subresource}
    const call = this.#call('patch', 'PATCH', resource, parts, options)
    return this.#write(resource, {...call, body: ops, contentType: 'application/json-patch+json', idempotent: false})
  }

  /** Resolves when the server accepted the deletion; finalizers may keep the object for longer. */
  async delete(resource: ResourceType, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    const {uid, resourceVersion, propagationPolicy} = options
    const preconditions = {...(uid && {uid}), ...(resourceVersion && {resourceVersion})}
    const body = {apiVersion: 'v1', kind: 'DeleteOptions', preconditions, ...(propagationPolicy && {propagationPolicy})}
    const call = this.#call('delete', 'DELETE', resource, key, options)
    await this.#caller.json({...call, ...this.#permitted(), body, contentType: 'application/json', idempotent: true})
  }

  /** The events of one watch request in the batches in which they arrive; see `streamEvents` for its errors. */
  watch<T extends KubeObject>(resource: ResourceType, options: WatchOptions): AsyncGenerator<readonly WatchEvent<T>[]> {
    const {namespace, resourceVersion, timeoutSeconds, sendInitialEvents, labelSelector, fieldSelector} = options
    const query = {
      watch: true,
      allowWatchBookmarks: true,
      timeoutSeconds,
      resourceVersion,
      labelSelector,
      fieldSelector,
      ...(sendInitialEvents === true ? {sendInitialEvents, resourceVersionMatch: 'NotOlderThan'} : {}),
    }
    const call = {
      ...this.#call('watch', 'GET', resource, {namespace}, {signal: options.signal}, query),
      idempotent: true,
    }
    return streamEvents<T>({
      caller: this.#caller,
      call,
      clock: this.#options.clock,
      idleMs: options.idleMs ?? watchIdleMs,
    })
  }

  async #write<T extends KubeObject>(resource: ResourceType, call: Call): Promise<T> {
    const object = await this.#caller.json<T>({...call, ...this.#permitted()})
    this.#options.onWrite?.(resource, object)
    return object
  }

  #permitted(): Pick<Call, 'permit'> {
    return {permit: () => this.#guard.assertMayWrite()}
  }

  #call(
    verb: string,
    method: Call['method'],
    resource: ResourceType,
    {namespace, name, subresource}: PathParts,
    {signal, timeoutMs = unaryTimeoutMs, attempts}: CallOptions,
    query: Readonly<Record<string, string | number | boolean | undefined>> = {},
  ): Omit<Call, 'idempotent'> {
    const path = resourcePath(resource, {namespace, ...(name === undefined ? {} : {name}), subresource})
    return {
      verb,
      method,
      path,
      query: encodeQuery(query),
      resource: resourceName(resource),
      signal,
      timeoutMs,
      attempts,
    }
  }
}

function newCaller({transport, clock, random, metrics, retry, rateLimit}: KubeClientOptions): Caller {
  const bucket = rateLimit && new TokenBucket(clock, rateLimit.qps, rateLimit.burst)
  return new Caller({
    transport,
    clock,
    random,
    bucket,
    metrics: metrics ?? noRequestMetrics,
    retry: retry ?? defaultRetryPolicy,
  })
}

function encodeQuery(query: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return search.toString()
}

interface RawList<T> {
  readonly metadata?: {readonly resourceVersion?: string; readonly continue?: string}
  /** Go writes an empty list of some kinds as null. */
  readonly items?: T[] | null
}

function toPage<T extends KubeObject>(list: RawList<T>, resource: ResourceType): ListPage<T> {
  const items = list.items ?? []
  const apiVersion = apiVersionOf(resource)
  for (const item of items) {
    item.apiVersion ??= apiVersion
    item.kind ??= resource.kind
  }
  const more = list.metadata?.continue
  return {items, resourceVersion: list.metadata?.resourceVersion ?? '', ...(more ? {continue: more} : {})}
}
