import {once} from 'node:events'
import {createServer as createHttp, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import {createServer as createHttps} from 'node:https'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'
import {WebSocket, WebSocketServer} from 'ws'
import {CertificateAuthority} from '../../env/certificates.ts'
import {certificateNames} from '../../juju-simulator/certificate-names.ts'
import {ProxiedConnection, type ProxyDeps} from './proxied-connection.ts'

/** The server behind the proxy. */
export interface ProxiedJuju {
  readonly endpoint: string
  readonly caCertificate: string
  /** URL of its control port */
  readonly control: string
}

/**
 * Stands before a Juju server that lives in real time: cuts connections and loses replies as it is told, shows the server's times as
 * those of the virtual clock, and knows whether anybody still owes an answer, of the API and of the control port.
 */
export class JujuProxy {
  /** `host:port` */
  readonly endpoint: string
  readonly caCertificate: string
  /** URL that leads to the server's control port */
  readonly control: string
  readonly #servers: readonly Server[]

  private constructor(caCertificate: string, api: Server, control: Server) {
    this.caCertificate = caCertificate
    this.endpoint = `127.0.0.1:${portOf(api)}`
    this.control = `http://127.0.0.1:${portOf(control)}`
    this.#servers = [api, control]
  }

  static async start(juju: ProxiedJuju, deps: ProxyDeps): Promise<JujuProxy> {
    const authority = new CertificateAuthority('a proxy before Juju')
    const {certificate, key} = authority.issue(certificateNames)
    const api = createHttps({cert: certificate, key, minVersion: 'TLSv1.2'}, (_request, response) =>
      response.writeHead(404).end(),
    )
    const websockets = new WebSocketServer({noServer: true, perMessageDeflate: false})
    api.on('upgrade', (request, socket, head: Buffer) => {
      const opened = deps.bustle.begin()
      connect(juju, request.url ?? '/', deps)
        .then(server =>
          websockets.handleUpgrade(request, socket, head, client => {
            new ProxiedConnection(client, server, () => socket.destroy(), deps)
          }),
        )
        .catch(() => socket.destroy())
        .finally(opened)
    })
    const control = createHttp((request, response) => void forward(juju.control, request, response, deps))
    await Promise.all([api, control].map(listening))
    return new JujuProxy(authority.certificate, api, control)
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections()
      server.close()
    }
    await Promise.all(this.#servers.map(server => once(server, 'close')))
  }
}

async function connect({endpoint, caCertificate}: ProxiedJuju, path: string, {moments}: ProxyDeps): Promise<WebSocket> {
  moments.mark()
  const options = {ca: caCertificate, servername: 'juju-apiserver', perMessageDeflate: false}
  const socket = new WebSocket(`wss://${endpoint}${path}`, options)
  await once(socket, 'open')
  return socket
}

async function forward(
  url: string,
  request: IncomingMessage,
  response: ServerResponse,
  deps: ProxyDeps,
): Promise<void> {
  const answered = deps.bustle.begin()
  try {
    const body = await text(request)
    deps.moments.mark()
    const answer = await fetch(url, {method: 'POST', body})
    response.writeHead(answer.status).end(await answer.text())
  } catch (error) {
    response.writeHead(502).end(JSON.stringify({error: String(error)}))
  } finally {
    answered()
  }
}

async function listening(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port
