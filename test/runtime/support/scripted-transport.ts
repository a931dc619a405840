import type {KubeObject} from '../../../src/api/meta.ts'
import type {HttpBody, HttpRequest, HttpResponse, Transport} from '../../../src/kube/transport.ts'

/** One thing that the API server does with one request. */
export type Answer = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>

interface Route {
  readonly matches: (request: HttpRequest) => boolean
  readonly answers: Answer[]
}

/** An API server that does what the test wrote down, request by request. A route's last answer repeats. */
export class ScriptedTransport implements Transport {
  readonly endpoint = {host: 'api.test', port: 6443}
  readonly requests: HttpRequest[] = []
  readonly #routes: Route[] = []
  closed = false

  /** @param call `GET /path` with or without query, as a part of the request line */
  on(call: string, ...answers: Answer[]): this {
    this.#routes.unshift({matches: ({method, path}) => `${method} ${path}`.includes(call), answers})
    return this
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    request.signal.throwIfAborted()
    this.requests.push(request)
    const route = this.#routes.find(({matches}) => matches(request))
    const answer = route !== undefined && route.answers.length > 1 ? route.answers.shift() : route?.answers[0]
    if (answer === undefined) throw new Error(`nothing is scripted for ${request.method} ${request.path}`)
    return answer(request)
  }

  /** The request lines so far. */
  get lines(): readonly string[] {
    return this.requests.map(({method, path}) => `${method} ${path}`)
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

/** An answer with a body that is complete at once. */
export function json(body: object, status = 200, headers: Record<string, string> = {}): Answer {
  return () => response(status, headers, [JSON.stringify(body)])
}

/** A metav1.Status. */
export function status(code: number, reason: string, extra: object = {}, headers: Record<string, string> = {}): Answer {
  return json({kind: 'Status', code, reason, message: `${reason} it is`, ...extra}, code, headers)
}

/** The connection fails before or after the request arrived, as the system's code says. */
export function broken(code: string): Answer {
  return () => {
    throw Object.assign(new Error(`broken: ${code}`), {code})
  }
}

/** No answer ever comes: a half-open connection. */
export const frozen: Answer = ({signal}) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), {once: true}))

export function page(items: readonly object[], resourceVersion: string, next?: string): Answer {
  return json({kind: 'List', metadata: {resourceVersion, ...(next === undefined ? {} : {continue: next})}, items})
}

/** The server's side of one watch. */
export class WatchScript {
  readonly #pieces: (Uint8Array | Error | 'end')[] = []
  #wake = (): void => undefined
  opened: HttpRequest | undefined
  left = false

  readonly answer: Answer = request => {
    this.opened = request
    request.signal.addEventListener('abort', () => this.#push(request.signal.reason as Error), {once: true})
    return response(200, {}, this.#read())
  }

  event(type: string, object: object): this {
    return this.raw(`${JSON.stringify({type, object})}\n`)
  }

  bookmark(resourceVersion: string, annotations: Record<string, string> = {}): this {
    return this.event('BOOKMARK', {metadata: {resourceVersion, annotations}})
  }

  raw(text: string): this {
    return this.#push(Buffer.from(text, 'utf8'))
  }

  end(): this {
    return this.#push('end')
  }

  fail(code: string): this {
    return this.#push(Object.assign(new Error(`broken: ${code}`), {code}))
  }

  #push(piece: Uint8Array | Error | 'end'): this {
    this.#pieces.push(piece)
    this.#wake()
    return this
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const piece = this.#pieces.shift()
        if (piece === 'end') return
        if (piece instanceof Error) throw piece
        if (piece === undefined) await new Promise<void>(resolve => (this.#wake = resolve))
        else yield piece
      }
    } finally {
      this.left = true
    }
  }
}

/** Watches that are opened one after the other; the last stays open. */
export function watches(...scripts: WatchScript[]): Answer[] {
  return scripts.map(script => script.answer)
}

function response(
  code: number,
  headers: Record<string, string>,
  pieces: Iterable<string> | AsyncIterable<Uint8Array>,
): HttpResponse {
  const body: HttpBody = {
    async *[Symbol.asyncIterator]() {
      for await (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece
    },
    async text() {
      const read: Uint8Array[] = []
      for await (const piece of body) read.push(piece)
      return Buffer.concat(read).toString('utf8')
    },
  }
  return {status: code, header: name => headers[name], body}
}

/** An object with what the runtime reads. */
export function widget(name: string, resourceVersion: string, extra: Partial<Widget['metadata']> = {}): Widget {
  return {
    apiVersion: 'example.dev/v1',
    kind: 'Widget',
    metadata: {namespace: 'default', name, uid: `uid-${name}`, resourceVersion, ...extra},
    spec: {size: 1},
  }
}

export interface Widget extends KubeObject {
  spec: {size: number; colour?: string}
  status?: {ready?: boolean; observedGeneration?: number}
}

export const widgets = {
  group: 'example.dev',
  version: 'v1',
  plural: 'widgets',
  kind: 'Widget',
  namespaced: true,
} as const
