import {isDeepStrictEqual} from 'node:util'

import type {Clock} from '../../src/time/clock.ts'
import {copyJson} from './copy-json.ts'
import {applyJsonPatch, asServed, isObject, merge, PatchRefused} from './fake-kube-patch.ts'
import type {JsonObject, PatchOperation} from './fake-kube-patch.ts'

/** A Kubernetes object as it is stored. */
export interface Stored extends JsonObject {
  metadata: JsonObject & {name: string; uid: string; resourceVersion: string}
}

export interface FakeRequest {
  readonly method: string
  /** path without query */
  readonly path: string
  readonly query: URLSearchParams
  readonly contentType?: string | undefined
  readonly body?: JsonObject | readonly PatchOperation[] | undefined
}

export interface FakeResponse {
  readonly status: number
  readonly body: JsonObject
}

export interface FakeWatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: JsonObject
}

/** Answers instead of the server when it returns something: 403 for a Secret, 500 for a while. */
export type Fault = (request: FakeRequest) => {status: number; reason: string; message: string} | undefined

interface Target {
  readonly collection: string
  readonly plural: string
  readonly group: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
}

interface Change extends FakeWatchEvent {
  readonly version: number
  readonly collection: string
  readonly namespace: string | undefined
}

const pathPattern =
  /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/(status))?$/

/**
 * The part of an API server that controllers rely on, in memory: uids, resource versions and conflicts, generations,
 * the status subresource, server-side apply by one manager per field, JSON patches, finalizers, events, lists and
 * watches with history. It checks no schema and no rights (test/apiserver does, on the real one).
 */
export class FakeKubeServer {
  readonly calls: FakeRequest[] = []
  readonly faults: Fault[] = []
  readonly #clock: Clock
  readonly #objects = new Map<string, Stored>()
  readonly #history: Change[] = []
  readonly #watchers = new Set<(change: Change) => void>()
  #version = 1000
  #uids = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The version of the newest change. */
  get resourceVersion(): string {
    return String(this.#version)
  }

  /** One request that is not a watch. */
  handle(request: FakeRequest): FakeResponse {
    this.calls.push(request)
    const refused = this.refusalOf(request)
    if (refused !== undefined) return refused
    const target = parsePath(request.path)
    if (target === undefined) return failure(404, 'NotFound', 'the server could not find the requested resource')
    if (request.method === 'POST') {
      const isDry = request.query.get('dryRun') === 'All'
      return isDry ? ok(request.body as Stored) : this.#create(target, request.body as JsonObject)
    }
    if (target.name === undefined) return this.#list(target, request.query)
    const stored = this.#objects.get(keyOf(target))
    if (request.method === 'PATCH') return this.#patch(target, stored, request)
    if (stored === undefined) return notFound(target)
    if (request.method === 'GET') return ok(stored)
    if (request.method === 'PUT') return this.#replace(target, stored, request.body as JsonObject)
    return this.#delete(target, stored, request.body as JsonObject | undefined)
  }

  /** What a fault answers instead of the server. */
  refusalOf(request: FakeRequest): FakeResponse | undefined {
    for (const fault of this.faults) {
      const answer = fault(request)
      if (answer !== undefined) return failure(answer.status, answer.reason, answer.message)
    }
    return undefined
  }

  /**
   * Replays what happened after the query's resourceVersion, or shows what there is (`sendInitialEvents`), then follows.
   *
   * @returns the function that ends it
   */
  watch(path: string, query: URLSearchParams, send: (event: FakeWatchEvent) => void): () => void {
    const target = parsePath(path)
    if (target === undefined) throw new Error(`not a collection: ${path}`)
    const isInitial = query.get('sendInitialEvents') === 'true'
    const since = isInitial ? this.#version : Number(query.get('resourceVersion') ?? 0)
    if (isInitial) {
      for (const object of this.#itemsOf(target)) send({type: 'ADDED', object: copyJson(object)})
      const annotations = {'k8s.io/initial-events-end': 'true'}
      send({type: 'BOOKMARK', object: {metadata: {resourceVersion: String(since), annotations}}})
    }
    const forward = (change: Change): void => {
      const inScope = target.namespace === undefined || target.namespace === change.namespace
      if (change.collection === target.collection && inScope && change.version > since)
        send({type: change.type, object: copyJson(change.object)})
    }
    for (const change of this.#history) forward(change)
    this.#watchers.add(forward)
    return () => void this.#watchers.delete(forward)
  }

  #create(target: Target, body: JsonObject): FakeResponse {
    const given = copyJson(body) as Stored
    const {generateName} = given.metadata
    given.metadata.name ??= `${typeof generateName === 'string' ? generateName : ''}${this.#uids}`
    const created = {...target, name: given.metadata.name}
    if (this.#objects.has(keyOf(created)))
      return failure(409, 'AlreadyExists', `${target.plural} "${created.name}" already exists`)
    given.metadata.uid = `uid-${++this.#uids}`
    given.metadata['generation'] = 1
    given.metadata['creationTimestamp'] ??= new Date(this.#clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')
    if (target.namespace !== undefined) given.metadata['namespace'] = target.namespace
    if (target.group === 'charmkeeper.dev') given['status'] ??= {observedGeneration: -1}
    return this.#store(created, given, 'ADDED')
  }

  #list(target: Target, query: URLSearchParams): FakeResponse {
    const items = this.#itemsOf(target)
    const limit = Number(query.get('limit') ?? 0)
    const offset = Number(query.get('continue') ?? 0)
    const page = limit > 0 ? items.slice(offset, offset + limit) : items
    const more = offset + page.length < items.length && limit > 0
    const metadata: JsonObject = {resourceVersion: String(this.#version)}
    if (more) metadata['continue'] = String(offset + limit)
    return {status: 200, body: {kind: 'List', apiVersion: 'v1', metadata, items: copyJson(page)}}
  }

  #itemsOf(target: Target): Stored[] {
    return [...this.#objects]
      .filter(([key]) => key.startsWith(`${target.collection}|`))
      .map(([, object]) => object)
      .filter(object => target.namespace === undefined || object.metadata['namespace'] === target.namespace)
  }

  #patch(target: Target, stored: Stored | undefined, request: FakeRequest): FakeResponse {
    const apply = request.contentType?.startsWith('application/apply-patch') === true
    if (stored === undefined && apply && target.subresource === undefined)
      return this.#create(target, request.body as JsonObject)
    if (stored === undefined) return notFound(target)
    const next = copyJson(stored)
    const refused = preconditionFailure(
      target,
      stored,
      Array.isArray(request.body) ? undefined : (request.body as JsonObject),
    )
    if (refused !== undefined) return refused
    try {
      if (Array.isArray(request.body)) applyJsonPatch(next, request.body as PatchOperation[])
      else if (apply && target.subresource === 'status') next['status'] = (request.body as JsonObject)['status'] ?? {}
      else merge(next, request.body as JsonObject)
    } catch (error) {
      if (error instanceof PatchRefused) return failure(422, 'Invalid', error.message)
      throw error
    }
    return this.#write(target, stored, next)
  }

  #replace(target: Target, stored: Stored, body: JsonObject): FakeResponse {
    const refused = preconditionFailure(target, stored, body)
    return refused ?? this.#write(target, stored, copyJson(body) as Stored)
  }

  /** Keeps what the server owns, lets each endpoint write only its own half, and ends a deletion with the last finalizer. */
  #write(target: Target, stored: Stored, next: Stored): FakeResponse {
    const written = target.subresource === 'status' ? {...copyJson(stored), status: next['status'] ?? {}} : next
    if (target.subresource === undefined && stored['status'] !== undefined) written['status'] = stored['status']
    const {uid, resourceVersion, generation = 1, creationTimestamp = null} = stored.metadata
    Object.assign(written.metadata, {uid, resourceVersion, generation, creationTimestamp})
    if (same(written['spec'], stored['spec']) === false) written.metadata['generation'] = Number(generation) + 1
    if (same(written, stored)) return ok(stored)
    const finalizers = written.metadata['finalizers']
    const over =
      written.metadata['deletionTimestamp'] !== undefined && !(Array.isArray(finalizers) && finalizers.length > 0)
    return this.#store(target, written, over ? 'DELETED' : 'MODIFIED')
  }

  #delete(target: Target, stored: Stored, options: JsonObject | undefined): FakeResponse {
    const preconditions = options?.['preconditions']
    const refused = preconditionFailure(target, stored, isObject(preconditions) ? {metadata: preconditions} : undefined)
    if (refused !== undefined) return refused
    const next = copyJson(stored)
    const finalizers = next.metadata['finalizers']
    if (!Array.isArray(finalizers) || finalizers.length === 0) return this.#store(target, next, 'DELETED')
    if (next.metadata['deletionTimestamp'] !== undefined) return ok(stored)
    next.metadata['deletionTimestamp'] = new Date(this.#clock.now()).toISOString()
    next.metadata['generation'] = Number(next.metadata['generation']) + 1
    return this.#store(target, next, 'MODIFIED')
  }

  #store(target: Target, written: Stored, type: 'ADDED' | 'MODIFIED' | 'DELETED'): FakeResponse {
    const version = ++this.#version
    const object = asServed(written) as Stored
    object.metadata.resourceVersion = String(version)
    if (type === 'DELETED') this.#objects.delete(keyOf(target))
    else this.#objects.set(keyOf(target), object)
    const {collection, namespace} = target
    const change = {type, object: copyJson(object), version, collection, namespace}
    this.#history.push(change)
    for (const watcher of this.#watchers) watcher(change)
    return {status: type === 'ADDED' ? 201 : 200, body: copyJson(object)}
  }
}

function parsePath(path: string): Target | undefined {
  const [, core, group = '', version = core, namespace, plural, name, subresource] = pathPattern.exec(path) ?? []
  if (plural === undefined) return undefined
  return {collection: `${group}/${version}/${plural}`, group, plural, namespace, name, subresource}
}

function keyOf(target: Target): string {
  return `${target.collection}|${target.namespace ?? ''}/${target.name}`
}

function same(left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(left, right)
}

function preconditionFailure(target: Target, stored: Stored, body: JsonObject | undefined): FakeResponse | undefined {
  const metadata = isObject(body?.['metadata']) ? body['metadata'] : {}
  const {uid = stored.metadata.uid, resourceVersion = stored.metadata.resourceVersion} = metadata
  if (uid === stored.metadata.uid && resourceVersion === stored.metadata.resourceVersion) return undefined
  return failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${target.plural} "${target.name}": it has been modified`,
  )
}

function ok(object: Stored): FakeResponse {
  return {status: 200, body: copyJson(object)}
}

function notFound(target: Target): FakeResponse {
  return failure(404, 'NotFound', `${target.plural} "${target.name}" not found`)
}

function failure(status: number, reason: string, message: string): FakeResponse {
  return {status, body: {kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, reason, message}}
}
