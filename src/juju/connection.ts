import {dial, type DialTarget} from './dial.ts'
import type {JujuDeps} from './deps.ts'
import {Unreachable} from './errors.ts'
import {chooseVersion} from './facade-table.ts'
import type {Call, ParamsOf, ResultOf} from './facades/call.ts'
import {startHeartbeat} from './heartbeat.ts'
import {firstClientVersion, logIn, readReply, type LoginInfo, type LoginOutcome} from './login.ts'
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
  /** While the controller does not answer: hears why, and waits. Absent: the attempt fails with that at once. */
  readonly patient?: ((error: unknown) => void) | undefined
}

/** How often a controller may send us on to the next. */
const maxRedirects = 3

/**
 * Dials and logs in, when the circuit of the controller lets it. Where a redirect leads to is no matter of that circuit.
 *
 * @throws Unreachable, NotTrusted, EndpointNotAllowed, JujuError, ModelMigrated, Unsupported, ConnectionLost;
 *   see faults.ts for what each means to a person
 */
export async function connect(request: ConnectRequest, deps: JujuDeps, signal?: AbortSignal): Promise<JujuConnection> {
  const {target, known, patient} = request
  const {circuit} = deps.controllers.of(target)
  // Addresses of controller machines are in no public certificate: without the CA they cannot be verified.
  const learned = target.caCertificate === undefined ? [] : (known?.addresses ?? [])
  let entry = await circuit.run(() => knock(request, {...target, learned}, deps, signal), {signal, patient})
  for (let hop = 1; entry.kind === 'redirect' && hop <= maxRedirects; hop++)
    entry = await knock(request, {...entry.to, redirected: true}, deps, signal)
  if (entry.kind === 'in') return entry.connection
  throw new Unreachable(entry.to.endpoints.map(endpoint => ({endpoint, message: 'redirected in circles'})))
}

interface Door extends Pick<DialTarget, 'endpoints' | 'learned' | 'caCertificate'> {
  readonly redirected?: boolean
}

type Entry = {readonly kind: 'in'; readonly connection: JujuConnection} | Extract<LoginOutcome, {kind: 'redirect'}>

/** One socket, one login. */
async function knock(
  {target, modelUUID, known}: ConnectRequest,
  {redirected = false, ...door}: Door,
  deps: JujuDeps,
  signal: AbortSignal | undefined,
): Promise<Entry> {
  const path = modelUUID === undefined ? '/api' : `/model/${modelUUID}/api`
  const {channel, endpoint} = await dial({...door, path}, deps, signal)
  const rpc = new Rpc(channel, deps)
  try {
    const outcome = await logIn(rpc, target, known?.serverVersion ?? firstClientVersion, signal)
    if (outcome.kind === 'redirect') {
      rpc.close()
      return outcome
    }
    // The machines of another controller show certificates of another CA than that of the target.
    const info = redirected ? {...outcome.info, addresses: []} : outcome.info
    return {kind: 'in', connection: new JujuConnection(rpc, info, endpoint, deps)}
  } catch (error) {
    rpc.close()
    throw error
  }
}

/** One websocket, logged in. It does not come back when it is lost; ModelSession makes a new one. */
export class JujuConnection implements Caller {
  readonly login: LoginInfo
  /** the address that answered */
  readonly endpoint: string
  readonly #rpc: Rpc
  readonly #stopHeartbeat: () => void
  readonly #versions = new Map<Call, number>()

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
    const version = this.#versionOf(call)
    const request = {facade: call.facade, version, method: call.method, params}
    return readReply(call, await this.#rpc.request(request, options))
  }

  #versionOf(call: Call): number {
    const known = this.#versions.get(call)
    if (known !== undefined) return known
    const version = chooseVersion(call, this.login.facades)
    this.#versions.set(call, version)
    return version
  }

  /** Ends it; in good order only when every request was answered. */
  close(why?: string): void {
    this.#stopHeartbeat()
    this.#rpc.close(why)
  }

  /** Gives it up: nothing that was sent on it and has not left this machine will arrive any more. */
  terminate(why: string): void {
    this.#rpc.terminate(why)
  }
}
