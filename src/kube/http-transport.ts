import type {Dispatcher} from 'undici'

import {type Logger, silentLogger} from '../observability/log.ts'
import type {Clock} from '../time/clock.ts'
import {AgentPair} from './agents.ts'
import type {ClusterConnection} from './connection.ts'
import {isCertificateError} from './retry.ts'
import {readTlsMaterial} from './tls-material.ts'
import type {HttpRequest, HttpResponse, Transport} from './transport.ts'

export interface HttpTransportOptions {
  readonly connection: ClusterConnection
  readonly clock: Clock
  /** `name/version`, as the API server's audit log shows it. */
  readonly userAgent: string
  readonly log?: Logger
  /** For short calls; 16 unless told. Watches have one connection each. */
  readonly connections?: number
}

const recheckCertificatesMs = 60_000

/** The API server over pooled HTTP/1.1 connections. Certificates and tokens may be replaced while this runs. */
export class HttpTransport implements Transport {
  readonly endpoint: Transport['endpoint']
  readonly #options: HttpTransportOptions
  readonly #origin: string
  readonly #prefix: string
  readonly #fixedHeaders: Readonly<Record<string, string>>
  readonly #log: Logger
  readonly #draining = new Set<AgentPair>()
  #agents: AgentPair | undefined
  #checkedAt = Number.NEGATIVE_INFINITY
  #loading: Promise<AgentPair> | undefined

  constructor(options: HttpTransportOptions) {
    const {server, impersonateUser} = options.connection
    this.#options = options
    this.#log = options.log ?? silentLogger
    this.#origin = server.origin
    this.#prefix = server.pathname.replace(/\/$/, '')
    this.endpoint = endpointOf(server)
    this.#fixedHeaders = {
      'user-agent': options.userAgent,
      ...(impersonateUser === undefined ? {} : {'impersonate-user': impersonateUser}),
    }
  }

  /** A 401 has the credentials read again, and an untrusted server the certificates, once each. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const response = await this.#sendTrusting(request)
    if (response.status !== 401 || !this.#options.connection.credentials.refused()) return response
    await response.body.text()
    return this.#sendTrusting(request)
  }

  async close(): Promise<void> {
    const all = this.#agents === undefined ? [...this.#draining] : [this.#agents, ...this.#draining]
    this.#agents = undefined
    await Promise.all(all.map(agents => agents.close()))
  }

  async #sendTrusting(request: HttpRequest): Promise<HttpResponse> {
    const agents = await this.#currentAgents()
    try {
      return await this.#sendOnce(request, agents)
    } catch (error) {
      if (!isCertificateError(error)) throw error
      // Nothing was sent yet. The server's CA may have been rotated since we read ours.
      const reloaded = await this.#load()
      if (reloaded.hash === agents.hash) throw error
      return this.#sendOnce(request, reloaded)
    }
  }

  async #sendOnce({kind, method, path, headers, body, signal}: HttpRequest, agents: AgentPair): Promise<HttpResponse> {
    const authorization = await this.#options.connection.credentials.authorization()
    const dispatcher: Dispatcher = kind === 'watch' ? agents.watch : agents.unary
    const response = await dispatcher.request({
      origin: this.#origin,
      path: this.#prefix + path,
      method,
      headers: {...this.#fixedHeaders, ...headers, ...(authorization === undefined ? {} : {authorization})},
      body: body ?? null,
      signal,
    })
    return {
      status: response.statusCode,
      header: name => firstOf(response.headers[name]),
      body: response.body,
    }
  }

  async #currentAgents(): Promise<AgentPair> {
    const due = this.#options.clock.monotonic() - this.#checkedAt >= recheckCertificatesMs
    return this.#agents === undefined || due ? this.#load() : this.#agents
  }

  /** Reads the certificates; new content gets new connections, and the old ones end with what they carry. */
  #load(): Promise<AgentPair> {
    return (this.#loading ??= this.#loadNow().finally(() => (this.#loading = undefined)))
  }

  async #loadNow(): Promise<AgentPair> {
    const {connection, connections = 16} = this.#options
    const present = this.#agents
    this.#checkedAt = this.#options.clock.monotonic()
    try {
      const material = await readTlsMaterial(connection.tls, await connection.credentials.certificate?.())
      if (present?.hash === material.hash) return present
      this.#agents = new AgentPair(material, connection.proxyUrl, connections)
    } catch (error) {
      // A file that is just being replaced: what we have may still do until the next check.
      if (present === undefined) throw error
      this.#log.warn('the certificates could not be read again', {error})
      return present
    }
    if (present !== undefined) this.#retire(present)
    return this.#agents
  }

  #retire(agents: AgentPair): void {
    this.#log.info('the certificates changed; new connections use the new ones')
    this.#draining.add(agents)
    agents
      .drain()
      .catch((error: unknown) => this.#log.debug('old connections did not end well', {error}))
      .finally(() => this.#draining.delete(agents))
  }
}

function endpointOf(server: URL): Transport['endpoint'] {
  const port = server.port === '' ? (server.protocol === 'https:' ? 443 : 80) : Number(server.port)
  return Object.freeze({host: server.hostname.replace(/^\[|\]$/g, ''), port})
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
