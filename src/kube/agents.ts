import {Agent, type buildConnector, type Dispatcher, ProxyAgent, Socks5ProxyAgent} from 'undici'

import type {TlsMaterial} from './tls-material.ts'

/** Connections to one API server under one set of certificates: one pool for short calls, one for watches. */
export class AgentPair {
  readonly unary: Dispatcher
  readonly watch: Dispatcher
  readonly hash: string

  /** @param connections of the pool for short calls */
  constructor(material: TlsMaterial, proxyUrl: string | undefined, connections: number) {
    this.hash = material.hash
    this.unary = newDispatcher(material, proxyUrl, {connections, bodyTimeout: headersTimeout})
    // The idle deadline of a watch is its reader's business: it knows of bookmarks.
    this.watch = newDispatcher(material, proxyUrl, {bodyTimeout: 0})
  }

  /** Lets what runs finish, watches included, and opens nothing new. */
  async drain(): Promise<void> {
    await Promise.all([this.unary.close(), this.watch.close()])
  }

  /** Lets short calls finish and cuts watches. */
  async close(): Promise<void> {
    await Promise.all([this.unary.close(), this.watch.destroy()])
  }
}

/** Below the API server's own 90 s, so that it is never the server who closes a connection just as we use it. */
const keepAliveTimeout = 60_000
/** The caller has a deadline of its own for each call; this one is for what slips through. */
const headersTimeout = 120_000
const connectTimeout = 10_000

/**
 * HTTP/1.1 only: a half-open HTTP/2 session is shared by all calls and was never left again in a measurement, while an
 * HTTP/1.1 connection dies with the call that times out on it.
 */
function newDispatcher(
  {ca, cert, key, servername}: TlsMaterial,
  proxyUrl: string | undefined,
  limits: {readonly connections?: number; readonly bodyTimeout: number},
): Dispatcher {
  const tls: buildConnector.BuildOptions = {
    rejectUnauthorized: true,
    allowH2: false,
    timeout: connectTimeout,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    ...(ca === undefined ? {} : {ca}),
    ...(cert === undefined ? {} : {cert}),
    ...(key === undefined ? {} : {key}),
    ...(servername === undefined ? {} : {servername}),
  }
  const options = {...limits, allowH2: false, headersTimeout, keepAliveTimeout, keepAliveMaxTimeout: keepAliveTimeout}
  if (proxyUrl === undefined) return new Agent({...options, connect: tls})
  if (proxyUrl.startsWith('socks5')) return new Socks5ProxyAgent(proxyUrl, {...options, requestTls: tls})
  return new ProxyAgent({...options, uri: proxyUrl, requestTls: tls})
}
