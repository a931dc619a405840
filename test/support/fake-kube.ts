import type {KubeObject, ResourceType} from '../../src/api/meta.ts'
import {apiVersionOf, events, resourcePath} from '../../src/kube/resources.ts'
import type {HttpBody, HttpRequest, HttpResponse, Transport} from '../../src/kube/transport.ts'
import type {Clock, Timer} from '../../src/time/clock.ts'
import {copyJson} from './copy-json.ts'
import type {JsonObject} from './fake-kube-patch.ts'
import {FakeKubeServer, type FakeResponse, type FakeWatchEvent} from './fake-kube-server.ts'

/** What a person writes: metadata and spec; kind and apiVersion come from the resource. */
export interface Manifest {
  readonly namespace?: string
  readonly name: string
  readonly labels?: Record<string, string>
  readonly annotations?: Record<string, string>
  readonly finalizers?: readonly string[]
  /** everything beside metadata: `{spec: {...}}`, `{data: {...}}` */
  readonly body?: object
}

/** An event as the recorder wrote it. */
export interface RecordedEvent {
  readonly type: string
  readonly reason: string
  readonly note: string
  readonly regarding: {readonly kind: string; readonly name: string}
}

/** A real API server sends bookmarks about once a minute; watches are thought dead without. */
const bookmarkEveryMs = 30_000

/** An API server in memory and the transport that leads to it, for tests of controllers on the real client and runtime. */
export class FakeKube {
  readonly server: FakeKubeServer
  readonly transport: Transport
  readonly #clock: Clock
  readonly #streams = new Set<EventStream>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.server = new FakeKubeServer(clock)
    this.transport = {
      endpoint: {host: 'fake-kube.test', port: 443},
      send: request => this.#send(request),
      close: () => this.cutWatches(),
    }
  }

  /** As `kubectl apply`: creates the object, or replaces its spec, data and annotations. Returns what is stored then. */
  apply<T extends KubeObject>(resource: ResourceType, {body, ...metadata}: Manifest): T {
    const key = {namespace: metadata.namespace, name: metadata.name}
    const stored = this.get(resource, key.name, key.namespace)
    const object = {
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      ...copyJson(body),
      metadata: {...stored?.metadata, ...copyJson(metadata)},
    }
    return stored === undefined
      ? (this.#call('POST', resourcePath(resource, {namespace: key.namespace}), object) as unknown as T)
      : (this.#call('PUT', resourcePath(resource, key), object) as unknown as T)
  }

  get<T extends KubeObject>(resource: ResourceType, name: string, namespace?: string): T | undefined {
    const path = resourcePath(resource, {namespace, name})
    const {status, body} = this.server.handle({method: 'GET', path, query: new URLSearchParams()})
    return status === 404 ? undefined : (body as unknown as T)
  }

  list<T extends KubeObject>(resource: ResourceType, namespace?: string): readonly T[] {
    return this.#call('GET', resourcePath(resource, {namespace}))['items'] as unknown as T[]
  }

  /** As `kubectl delete --wait=false`: finalizers hold the object. */
  delete(resource: ResourceType, name: string, namespace?: string): void {
    this.#call('DELETE', resourcePath(resource, {namespace, name}))
  }

  /** All events, in the order in which they were recorded. */
  events(): readonly RecordedEvent[] {
    return this.list<KubeObject & RecordedEvent>(events)
  }

  /** Answers requests whose path contains `part` with an error until the returned function is called. */
  fail(part: string, status: number, reason: string, message = reason): () => void {
    const {faults} = this.server
    const fault = ({path}: {path: string}) => (path.includes(part) ? {status, reason, message} : undefined)
    faults.push(fault)
    return () => void faults.splice(faults.indexOf(fault), 1)
  }

  /** Ends every watch as a restart of the API server would; clients list or watch again. */
  async cutWatches(): Promise<void> {
    for (const stream of this.#streams) stream.end()
  }

  #call(method: string, path: string, body?: object): JsonObject {
    const answer = this.server.handle({method, path, query: new URLSearchParams(), body: body as JsonObject})
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  async #send(request: HttpRequest): Promise<HttpResponse> {
    request.signal.throwIfAborted()
    const url = new URL(request.path, 'https://fake-kube.test')
    if (request.kind === 'watch') {
      const {pathname: path, searchParams: query} = url
      // One that begins with all there is stands for a list, and fails as one.
      const refused = query.has('sendInitialEvents')
        ? this.server.refusalOf({method: request.method, path, query})
        : undefined
      return refused === undefined ? this.#watch(url, request.signal) : toResponse(refused)
    }
    const answer = this.server.handle({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      contentType: request.headers['content-type'] ?? request.headers['Content-Type'],
      body: request.body === undefined ? undefined : (JSON.parse(request.body) as JsonObject),
    })
    return toResponse(answer)
  }

  #watch(url: URL, signal: AbortSignal): HttpResponse {
    const stream = new EventStream(this.#clock, () => this.server.resourceVersion, signal)
    this.#streams.add(stream)
    stream.onEnd(() => void this.#streams.delete(stream))
    stream.onEnd(this.server.watch(url.pathname, url.searchParams, event => stream.push(event)))
    const text = async (): Promise<string> => {
      const chunks: Uint8Array[] = []
      for await (const chunk of stream) chunks.push(chunk)
      return Buffer.concat(chunks).toString()
    }
    return {status: 200, header: () => undefined, body: Object.assign(stream, {text})}
  }
}

function toResponse({status, body}: FakeResponse): HttpResponse {
  const text = JSON.stringify(body)
  const httpBody: HttpBody = {
    text: async () => text,
    async *[Symbol.asyncIterator]() {
      yield Buffer.from(text)
    },
  }
  const header = (name: string): string | undefined => (name === 'content-type' ? 'application/json' : undefined)
  return {status, header, body: httpBody}
}

/** The body of a watch: lines as they come, bookmarks in between, until it is aborted, cut, or no longer read. */
class EventStream implements AsyncIterable<Uint8Array> {
  readonly #clock: Clock
  readonly #version: () => string
  readonly #endings: (() => void)[] = []
  readonly #lines: Uint8Array[] = []
  #wake: () => void = () => undefined
  #ended = false
  #bookmarks: Timer | undefined

  constructor(clock: Clock, version: () => string, signal: AbortSignal) {
    this.#clock = clock
    this.#version = version
    signal.addEventListener('abort', () => this.end(), {once: true})
    this.#scheduleBookmark()
  }

  onEnd(ending: () => void): void {
    this.#endings.push(ending)
  }

  push(event: FakeWatchEvent): void {
    this.#lines.push(Buffer.from(`${JSON.stringify(event)}\n`))
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#bookmarks?.cancel()
    for (const ending of this.#endings.splice(0)) ending()
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        yield* this.#lines.splice(0)
        if (this.#lines.length > 0) continue
        if (this.#ended) return
        await new Promise<void>(resolve => (this.#wake = resolve))
      }
    } finally {
      this.end()
    }
  }

  #scheduleBookmark(): void {
    this.#bookmarks = this.#clock.setTimer(bookmarkEveryMs, () => {
      this.push({type: 'BOOKMARK', object: {metadata: {resourceVersion: this.#version()}}})
      this.#scheduleBookmark()
    })
  }
}
