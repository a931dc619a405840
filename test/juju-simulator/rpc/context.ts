import type {Quirks} from '../quirks.ts'
import type {BlockType, Model} from '../world/model.ts'
import type {User, World} from '../world/world.ts'
import type {Watchers} from './watchers.ts'

/** Who is logged in on a connection. */
export interface Session {
  readonly user: User
}

/** A client's connection, as far as calls need it. */
export interface Peer {
  readonly number: number
  /** UUID from the path; undefined on a controller connection. */
  readonly modelUUID: string | undefined
  readonly watchers: Watchers
  session: Session | undefined
  /** Set when the login was refused because the model lives elsewhere. */
  redirect: Readonly<Record<string, unknown>> | undefined
}

/** What a facade's method works with, after login. */
export interface CallContext {
  readonly world: World
  readonly peer: Peer
  readonly user: User
  readonly version: number
  /** The watcher that the call is about. */
  readonly object: string
}

export interface ModelContext extends CallContext {
  readonly model: Model
}

/** What a method needs of the user; `login` is any session. */
export type Need = 'login' | 'read' | 'write' | 'admin' | 'superuser'

/** What a method of a model facade needs. */
export type ModelNeed = Exclude<Need, 'superuser'>

interface MethodBase {
  /** Name of Go's parameter type, in the words about params that do not fit. */
  readonly goParams?: string
  /** Parameters that Go decodes into a text: anything else is refused in the decoder's words. */
  readonly texts?: readonly string[]
  /** The version of the facade that brought the method; default: every one has it. */
  readonly since?: number
}

/** A method of a controller facade, or of one that both kinds of connection have. */
export interface Method extends MethodBase {
  /** `read` is of the models that it is asked about: each item has its own answer. */
  readonly need: 'login' | 'read' | 'superuser'
  readonly run: (context: CallContext, params: Params) => unknown
}

/** A method of a model facade. */
export interface ModelMethod extends MethodBase {
  readonly need: ModelNeed | ((quirks: Quirks) => ModelNeed)
  /** Changes the model: refused while it migrates. */
  readonly writes?: boolean
  /** The kinds of disabled commands that refuse it. */
  readonly blockedBy?: readonly BlockType[] | ((params: Params) => readonly BlockType[])
  readonly runOnModel: (context: ModelContext, params: Params) => unknown
}

export type Params = Readonly<Record<string, unknown>>
export type AnyMethod = Method | ModelMethod
/** Methods by name. */
export type Facade = Readonly<Record<string, AnyMethod>>

/** What a method needs on a release. */
export function neededBy<N extends Need>({need}: {need: N | ((quirks: Quirks) => N)}, quirks: Quirks): N {
  return typeof need === 'function' ? need(quirks) : need
}

/** A parameter that is a text; anything else counts as none. */
export function textOf(params: Params, key: string): string {
  const value = params[key]
  return typeof value === 'string' ? value : ''
}
