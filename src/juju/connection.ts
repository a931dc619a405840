import {dial} from './dial.ts'
import type {JujuDeps} from './deps.ts'
import {Unreachable} from './errors.ts'
import {chooseVersion} from './facade-table.ts'
import type {Call, ParamsOf, ResultOf} from './facades/call.ts'
import {startHeartbeat} from './heartbeat.ts'
import {firstClientVersion, logIn, readReply, type LoginInfo} from './login.ts'
import {Rpc, type RequestOptions} from './rpc.ts'
import type {JujuTarget} from './target.ts'

export type CallOptions = RequestOptions

/** What the typed calls are made on: one connection, or a session that holds the current one. */
export interface Caller {
  /**
   * @throws JujuError (Juju refused), CallTimeout, CallAborted, ConnectionLost, UnexpectedReply, Unsupported
   */
  call<C extends Call>(call: C, params: ParamsOf<C>, options?: CallOptions): Promise<ResultOf<C>>
}

export interface ConnectRequest {
  readonly target: JujuTarget
  /** absent: the controller itself */
  readonly modelUUID?: string | undefined
  /** what the controller said of itself at an earlier login */
  readonly known?: Pick<LoginInfo, 'addresses' | 'serverVersion'> | undefined
}

/** How often a controller may send us on to the next. */
const maxRedirects = 3

/**
 * Dials and logs in.
 *
 * @throws Unreachable, NotTrusted, EndpointNotAllowed, JujuError, ModelMigrated, Unsupported, ConnectionLost;
 *   see faults.ts for what each means to a person
 */
export async function connect(request: ConnectRequest, deps: JujuDeps, signal?: AbortSignal): Promise<JujuConnection> {
  const path = request.modelUUID === undefined ? '/api' : `/model/${request.modelUUID}/api`
  // Addresses of controller machines are in no public certificate: without the CA they cannot be verified.
  const learned = request.target.caCertificate === undefined ? [] : (request.known?.addresses ?? [])
  let {target} = request
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const {channel, endpoint} = await dial({...target, path, learned: hop === 0 ? learned : []}, deps, signal)
    const rpc = new Rpc(channel, deps)
    try {
      const outcome = await logIn(rpc, target, request.known?.serverVersion ?? firstClientVersion, signal)
      if (outcome.kind === 'in') return new JujuConnection(rpc, outcome.info, endpoint, deps)
      target = {...target, endpoints: outcome.to.endpoints, caCertificate: outcome.to.caCertificate}
      rpc.close()
    } catch (error) {
      rpc.close()
      throw error
    }
  }
  throw new Unreachable(target.endpoints.map(endpoint => ({endpoint, message: 'redirected in circles'})))
}

/** One websocket, logged in. It does not come back when it is lost; ModelSession makes a new one. */
export class JujuConnection implements Caller {
  readonly login: LoginInfo
  /** the address that answered */
  readonly endpoint: string
  readonly #rpc: Rpc
  readonly #stopHeartbeat: () => void

  constructor(rpc: Rpc, login: LoginInfo, endpoint: string, deps: JujuDeps) {
    this.login = login
    this.endpoint = endpoint
    this.#rpc = rpc
    this.#stopHeartbeat = startHeartbeat(rpc, deps.clock)
  }

  /** Resolves, never rejects, with why the connection ended. */
  get closed(): Promise<string> {
    return this.#rpc.closed
  }

  async call<C extends Call>(call: C, params: ParamsOf<C>, options?: CallOptions): Promise<ResultOf<C>> {
    const version = chooseVersion(call, this.login.facades)
    const request = {facade: call.facade, version, method: call.method, params}
    return readReply(call, await this.#rpc.request(request, options))
  }

  close(why?: string): void {
    this.#stopHeartbeat()
    this.#rpc.close(why)
  }
}
