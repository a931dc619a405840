import {connect, type CallOptions, type JujuConnection} from './connection.ts'
import type {JujuDeps} from './deps.ts'
import type {JujuError} from './errors.ts'
import type {ResultOf} from './facades/call.ts'
import {controllerVersion} from './facades/controller.ts'
import {listModelSummaries} from './facades/model-manager.ts'
import {itemErrorOf} from './item-errors.ts'
import type {ModelAccess} from './login.ts'
import {qualifierOf} from './models.ts'
import {modelTypeOf} from './status.ts'
import {userTag} from './tags.ts'
import type {JujuTarget} from './target.ts'

/** A model as the controller lists it for this user. */
export interface ModelSummary {
  readonly uuid: string
  readonly name: string
  /** its owner (3.x) or qualifier (4.x); a name is unique only together with it */
  readonly qualifier: string
  readonly type: 'Machines' | 'Kubernetes'
  /** undefined: Juju names none */
  readonly access: ModelAccess | undefined
  readonly life: string
  readonly version: string
}

export interface ModelList {
  readonly models: readonly ModelSummary[]
  /** models that the controller counts but would not tell about */
  readonly withheld: readonly JujuError[]
}

type WireSummary = NonNullable<ResultOf<typeof listModelSummaries>['results'][number]['result']>

/**
 * Logs in to the controller itself, hands the session over, and closes it.
 *
 * @throws what `connect` throws, and what `use` throws
 */
export async function withController<T>(
  target: JujuTarget,
  deps: JujuDeps,
  use: (controller: ControllerSession) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const connection = await connect({target}, deps, signal)
  try {
    return await use(new ControllerSession(connection))
  } finally {
    connection.close()
  }
}

/** A short-lived login to a controller. */
export class ControllerSession {
  readonly #connection: JujuConnection

  constructor(connection: JujuConnection) {
    this.#connection = connection
  }

  get controllerUUID(): string {
    return this.#connection.login.controllerUUID
  }

  /** as of the login; `version` asks */
  get serverVersion(): string {
    return this.#connection.login.serverVersion
  }

  get user(): string {
    return this.#connection.login.user
  }

  /** Models that the user can see; of a superuser, all. */
  async listModels(options?: CallOptions): Promise<ModelList> {
    const {user, superuser} = this.#connection.login
    const reply = await this.#connection.call(listModelSummaries, {'user-tag': userTag(user), all: superuser}, options)
    const withheld = reply.results.map(({error}) => itemErrorOf(listModelSummaries, error))
    return {
      models: reply.results.flatMap(({result}) => (result === undefined ? [] : [summaryOf(result, superuser)])),
      withheld: withheld.filter(error => error !== undefined),
    }
  }

  /** The version of the controller's software, asked now. */
  async version(options?: CallOptions): Promise<string> {
    return (await this.#connection.call(controllerVersion, {}, options)).version
  }
}

function summaryOf(wire: WireSummary, superuser: boolean): ModelSummary {
  const access = wire['user-access']
  const named = access === 'read' || access === 'write' || access === 'admin' ? access : undefined
  return {
    uuid: wire.uuid,
    name: wire.name,
    qualifier: qualifierOf(wire),
    type: modelTypeOf(wire.type),
    access: superuser ? 'admin' : named,
    life: wire.life,
    version: wire['agent-version'],
  }
}
