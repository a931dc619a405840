import {X509Certificate} from 'node:crypto'
import type {ClientRequestArgs} from 'node:http'
import {WebSocket} from 'ws'
import {EndpointNotAllowed} from '../net/endpoint-policy.ts'
import {WebSocketChannel, type FrameChannel, type OpenSocket} from './channel.ts'
import type {JujuDeps} from './deps.ts'
import {NotTrusted, Unreachable} from './errors.ts'
import {firstToAnswer} from './race.ts'
import {formatEndpoint, parseEndpoint, type Endpoint} from './target.ts'
import {TlsTransport, type OpenTransport, type Transport} from './transport.ts'

/** What to dial: several addresses of one controller, and one path on it. */
export interface DialTarget {
  readonly endpoints: readonly string[]
  /** addresses that the controller itself named earlier; tried after the others, and their failures decide nothing */
  readonly learned?: readonly string[]
  readonly caCertificate?: string | undefined
  /** `/api` or `/model/<uuid>/api` */
  readonly path: string
}

/** Whom to trust, as options of a transport. */
interface Trust {
  readonly ca?: string
  readonly servername?: string
}

/** Time between the starts of two attempts; that of one attempt, to the end of the handshake. */
const staggerMs = 250
const attemptMs = 15_000

/** FullStatus of a big model is many megabytes. */
const maxPayload = 256 * 1024 * 1024

/** Name in every certificate of a controller's own CA; its addresses are not in there. */
const jujuServerName = 'juju-apiserver'

/**
 * Opens a websocket to the first endpoint that answers.
 *
 * @throws NotTrusted when a certificate was refused, else EndpointNotAllowed when an address was, else Unreachable;
 *   the signal's reason when it aborts
 */
export async function dial(
  target: DialTarget,
  deps: JujuDeps,
  signal?: AbortSignal,
): Promise<{readonly channel: FrameChannel; readonly endpoint: string}> {
  const given = shuffle(target.endpoints, deps.random)
  const learned = shuffle(target.learned ?? [], deps.random).filter(text => !given.includes(text))
  const trust = trustOptions(target.caCertificate, given)
  const result = await firstToAnswer(
    [...given, ...learned],
    async (text, attempt) => open(parseEndpoint(text), target.path, trust, deps, attempt),
    {staggerMs, clock: deps.clock, signal, discard: late => late.transport.reset()},
  )
  if (result.won) {
    return {channel: new WebSocketChannel(result.value, deps.clock), endpoint: result.candidate}
  }
  throw failureOf(result.failures.filter(({candidate}) => given.includes(candidate)))
}

/** The failure that a person must hear of first. */
function failureOf(failures: readonly {readonly candidate: string; readonly error: unknown}[]): Error {
  const errors = failures.map(({error}) => error)
  const decisive =
    errors.find(error => error instanceof NotTrusted) ?? errors.find(error => error instanceof EndpointNotAllowed)
  if (decisive !== undefined) return decisive
  const endpoints = failures.map(({candidate, error}) => ({
    endpoint: candidate,
    message: messageOf(error),
    httpStatus: error instanceof HandshakeRefused ? error.status : undefined,
  }))
  return new Unreachable(endpoints, {cause: errors[0]})
}

/** @throws NotTrusted when the CA is no PEM certificate: Node would take it for "trust nobody", which misleads */
function trustOptions(caCertificate: string | undefined, endpoints: readonly string[]): Trust {
  if (caCertificate === undefined) return {}
  try {
    new X509Certificate(caCertificate)
  } catch (cause) {
    throw new NotTrusted(endpoints.join(', '), 'the given CA certificate is not PEM', {cause})
  }
  return {ca: caCertificate, servername: jujuServerName}
}

function open(
  {host, port, text}: Endpoint,
  path: string,
  trust: Trust,
  deps: JujuDeps,
  signal: AbortSignal,
): Promise<OpenSocket> {
  deps.policy.assertLiteral(host, port)
  const transport = (deps.openTransport ?? openTls)({host, port, lookup: deps.policy.lookupFor(port), ...trust})
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`wss://${formatEndpoint(host, port)}${path}`, {
      createConnection: createWith(transport),
      maxPayload,
      perMessageDeflate: false,
      followRedirects: false,
    })
    const fail = (error: Error): void => {
      release()
      reject(error)
      transport.reset()
      socket.terminate()
    }
    const late = deps.clock.setTimer(attemptMs, () => fail(new Error(`no answer within ${attemptMs / 1000} s`)))
    const abort = (): void => fail(signal.reason as Error)
    const release = (): void => {
      late.cancel()
      signal.removeEventListener('abort', abort)
    }
    signal.addEventListener('abort', abort, {once: true})
    // Stays for the life of the socket: an 'error' that nobody hears ends the process.
    socket.on('error', error => fail(explain(text, error)))
    socket.once('unexpected-response', (_request, response) => fail(new HandshakeRefused(response.statusCode ?? 0)))
    socket.once('upgrade', ({socket: stream}) => {
      socket.once('open', () => {
        release()
        resolve({socket, stream, transport})
      })
    })
  })
}

const openTls: OpenTransport = target => new TlsTransport(target)

/** `createConnection` of an HTTP request whose socket is the transport's. */
function createWith(transport: Transport): NonNullable<ClientRequestArgs['createConnection']> {
  return (_options, made) => {
    transport.connect(made as Parameters<Transport['connect']>[0])
    return undefined
  }
}

/** An HTTP server answered, and did not open a websocket. */
class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused'
  readonly status: number

  constructor(status: number) {
    const hint = status >= 300 && status < 400 ? 'redirects are not followed' : 'is this the API of a Juju controller?'
    super(`the server answered HTTP ${status} instead of a websocket; ${hint}`)
    this.status = status
  }
}

/** Codes with which Node refuses a certificate (doc of `node:tls`, X509 certificate error codes). */
const certificateCodes =
  /^(ERR_TLS_CERT_|CERT_|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|CRL_|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERROR_IN_CERT_)/

function explain(endpoint: string, error: Error & {code?: unknown}): Error {
  const code = typeof error.code === 'string' ? error.code : ''
  if (certificateCodes.test(code)) return new NotTrusted(endpoint, error.message, {cause: error})
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return new Error(`the server does not speak TLS as Juju does (${code})`, {cause: error})
  }
  return error
}

function messageOf(error: unknown): string {
  // Happy eyeballs wraps the errors of several addresses and leaves the message of the whole empty.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map(item => ({item, rank: random()}))
    .sort((a, b) => a.rank - b.rank)
    .map(({item}) => item)
}
