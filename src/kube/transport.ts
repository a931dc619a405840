/** One HTTP request to the API server. Authentication is the transport's business. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Aborts the request and the reading of its answer. */
  readonly signal: AbortSignal
  /** Watches have connections of their own, so that they never starve short calls. */
  readonly kind: 'unary' | 'watch'
}

/** The answer's body: read whole with `text`, or piece by piece; leaving the iteration early closes the connection. */
export interface HttpBody extends AsyncIterable<Uint8Array> {
  text(): Promise<string>
}

export interface HttpResponse {
  readonly status: number
  /** One header by its lower-case name. */
  header(name: string): string | undefined
  readonly body: HttpBody
}

/** How requests reach the API server; tests script it. */
export interface Transport {
  /** Where the API server is; the endpoint policy refuses this address to everything else. */
  readonly endpoint: {readonly host: string; readonly port: number}
  /** @throws whatever the network did; the client turns it into a TransportError */
  send(request: HttpRequest): Promise<HttpResponse>
  /** Lets running requests finish, then closes all connections. */
  close(): Promise<void>
}
