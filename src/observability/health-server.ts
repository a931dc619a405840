import {createServer, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import type {HealthReport} from '../runtime/health.ts'
import type {Logger} from './log.ts'

/** What a path answers with. */
export interface Page {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

export type Routes = Readonly<Record<string, () => Page | Promise<Page>>>

/** A page in the format of the API server's own health endpoints; 503 as soon as one check fails. */
export function healthPage({ok, checks}: HealthReport): Page {
  const lines = checks.map(({name, problem}) =>
    problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`,
  )
  const body = [...lines, ok ? 'ok' : 'not ok', ''].join('\n')
  return {status: ok ? 200 : 503, contentType: 'text/plain; charset=utf-8', body}
}

/** A server for probes and Prometheus: GET on a few paths, nothing else. */
export class PageServer {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /**
   * @param address an empty host means all interfaces; port 0 any free port
   * @throws when the address cannot be listened on, saying which
   */
  static async listen(address: {host: string; port: number}, routes: Routes, log: Logger): Promise<PageServer> {
    const server = createServer((request, response) => {
      // A probe that gave up must not become an unhandled rejection of the process.
      answer(routes, request.method, request.url, response).catch((error: unknown) => {
        log.error('a page could not be served', {path: request.url ?? '', error})
        response.destroy()
      })
    })
    server.requestTimeout = 10_000
    await new Promise<void>((resolve, reject) => {
      server.once('error', error =>
        reject(new Error(`cannot listen on ${address.host}:${address.port}`, {cause: error})),
      )
      server.listen({port: address.port, ...(address.host === '' ? {} : {host: address.host})}, resolve)
    })
    return new PageServer(server)
  }

  /** The port that is listened on, also when any free one was asked for. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>(resolve => this.#server.close(() => resolve()))
  }
}

async function answer(routes: Routes, method: string | undefined, url: string | undefined, response: ServerResponse) {
  const route = routes[(url ?? '/').split('?')[0] ?? '/']
  const page = route === undefined ? {status: 404, contentType: 'text/plain', body: 'not found\n'} : await route()
  const allowed = method === 'GET' || method === 'HEAD'
  const {status, contentType, body} = allowed ? page : {status: 405, contentType: 'text/plain', body: 'only GET\n'}
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  })
  response.end(method === 'HEAD' ? undefined : body)
}
