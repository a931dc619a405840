import {createServer, type IncomingMessage, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {json} from 'node:stream/consumers'
import type {Charm} from '../../charms/machine.ts'
import {storeId} from '../../juju-simulator/world/charm-origin.ts'
import {CharmStore} from '../../juju-simulator/world/charm-store.ts'
import {answer, resourceRevisions, type Offer} from './answers.ts'
import {charmArchive, resourceContent} from './archive.ts'
import {refreshRequest} from './requests.ts'

interface Reply {
  readonly status: number
  readonly body: Buffer | object
}

const notFound: Reply = {status: 404, body: {'error-list': [{code: 'not-found', message: 'No such page.'}]}}

/** A Charmhub for a Juju controller: what Juju's own Charmhub client asks, over HTTP on loopback (README.md). */
export class Charmhub {
  readonly #charms: Charm[]
  readonly #store: CharmStore
  readonly #server: Server
  /** What was asked, for example `POST /v2/charms/refresh`. */
  readonly requests: string[] = []

  private constructor(charms: readonly Charm[]) {
    this.#charms = charms.filter(({description}) => description.local !== true)
    this.#store = new CharmStore(this.#charms)
    this.#server = createServer((request, response) => {
      this.#reply(request).then(
        ({status, body}) => {
          const binary = Buffer.isBuffer(body)
          const bytes = binary ? body : Buffer.from(JSON.stringify(body))
          const type = binary ? 'application/octet-stream' : 'application/json'
          response.writeHead(status, {'content-type': type, 'content-length': bytes.length}).end(bytes)
        },
        (error: unknown) => response.writeHead(400).end(String(error)),
      )
    })
  }

  /** @param charms each revision that a channel offers; local charms are left out */
  static async start(charms: readonly Charm[]): Promise<Charmhub> {
    const hub = new Charmhub(charms)
    await new Promise<void>((resolve, reject) => {
      hub.#server.once('error', reject)
      hub.#server.listen(0, '127.0.0.1', resolve)
    })
    return hub
  }

  /** What a model's `charmhub-url` is set to. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** A new revision appears in its channel. */
  release(charm: Charm): void {
    this.#charms.push(charm)
    this.#store.release(charm)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>(resolve => this.#server.close(() => resolve()))
  }

  get #offer(): Offer {
    return {charms: this.#charms, store: this.#store, url: this.url}
  }

  async #reply(request: IncomingMessage): Promise<Reply> {
    const {pathname} = new URL(request.url ?? '/', this.url)
    this.requests.push(`${request.method} ${pathname}`)
    if (request.method === 'POST') return pathname === '/v2/charms/refresh' ? await this.#refresh(request) : notFound
    return this.#resources(pathname) ?? this.#charmFile(pathname) ?? this.#resourceFile(pathname) ?? notFound
  }

  async #refresh(request: IncomingMessage): Promise<Reply> {
    const {context, actions} = refreshRequest.parse(await json(request))
    const results = actions.map(action => {
      const about = context.find(each => each['instance-key'] === action['instance-key'])
      return answer(this.#offer, action, about)
    })
    return {status: 200, body: {results, 'error-list': []}}
  }

  #resources(path: string): Reply | undefined {
    const [, charm = '', resource = ''] = /^\/v2\/charms\/resources\/([^/]+)\/([^/]+)\/revisions$/.exec(path) ?? []
    const body = resourceRevisions(this.#offer, charm, resource)
    return body === undefined ? undefined : {status: 200, body}
  }

  #charmFile(path: string): Reply | undefined {
    const [, id, revision] = /^\/api\/v1\/charms\/download\/(\w+)_(\d+)\.charm$/.exec(path) ?? []
    const found = this.#charms.find(
      ({description}) => storeId(description.name) === id && description.revision === Number(revision),
    )
    return found === undefined ? undefined : {status: 200, body: charmArchive(found.description).bytes}
  }

  #resourceFile(path: string): Reply | undefined {
    const [, name, revision] = /^\/api\/v1\/resources\/download\/charm_\w+\.([\w-]+)_(\d+)$/.exec(path) ?? []
    return name === undefined ? undefined : {status: 200, body: resourceContent(name, Number(revision)).bytes}
  }
}
