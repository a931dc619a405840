import {controllerFacades, modelFacades} from '../facades/registry.ts'
import {admin} from '../facades/admin.ts'
import {denied, JujuFault} from '../juju-fault.ts'
import type {ModelAccess} from '../../charms/model-seed.ts'
import type {Model} from '../world/model.ts'
import type {World} from '../world/world.ts'
import {neededBy} from './context.ts'
import type {AnyMethod, CallContext, Method, ModelMethod, ModelNeed, Params, Peer} from './context.ts'
import type {Request} from './frames.ts'

const levels: readonly (ModelAccess | 'login')[] = ['login', 'read', 'write', 'admin']
/** What passes while the controller is being upgraded. */
const passesUpgrade = ['Client.FullStatus', 'Pinger.Ping']

/** Answers calls as Juju's API server does: login first, then facade, version, method, access. @throws JujuFault */
export async function dispatch(world: World, peer: Peer, request: Request): Promise<unknown> {
  if (peer.session === undefined) return beforeLogin(world, peer, request)
  const {facade, version, method} = request
  const entry = find(world, peer, request)
  const params = parameters(entry, request)
  const context: CallContext = {world, peer, user: peer.session.user, version, object: request.object}
  if (world.upgrading && !passesUpgrade.includes(`${facade}.${method}`))
    throw new JujuFault('upgrade in progress', 'upgrade in progress')
  if (!('runOnModel' in entry)) return onController(entry, context, params)
  const model = peer.modelUUID === undefined ? undefined : world.models.get(peer.modelUUID)
  if (model === undefined) throw new JujuFault(`model "${peer.modelUUID}" not found`, 'not found')
  if (!reaches(world.accessOf(context.user, model), neededBy(entry, world.quirks))) throw denied()
  if (entry.writes === true && world.migrating.has(model.uuid))
    throw new JujuFault('model migration in progress', 'model migration in progress')
  checkBlocks(model, entry, params)
  return entry.runOnModel({...context, model}, params)
}

function onController(entry: Method, context: CallContext, params: Params): unknown {
  if (entry.need === 'superuser' && !context.user.superuser) throw denied()
  return entry.run(context, params)
}

/** `juju disable-command`: the error is the administrator's message. */
function checkBlocks({blocks}: Model, {blockedBy = []}: ModelMethod, params: Params): void {
  const kinds = typeof blockedBy === 'function' ? blockedBy(params) : blockedBy
  const met = kinds.find(kind => blocks.has(kind))
  if (met !== undefined) throw new JujuFault(blocks.get(met) ?? '', 'operation is blocked')
}

function beforeLogin(world: World, peer: Peer, request: Request): unknown {
  if (request.facade !== 'Admin') throw unknownFacade(world, request)
  const answer = admin(world, peer, request)
  if (answer !== undefined) return answer
  throw request.version < 3 ? unknownFacade(world, request) : unknownMethod(request)
}

function find(world: World, peer: Peer, request: Request): AnyMethod {
  const {facade, version, method} = request
  const onController = peer.modelUUID === undefined
  const offered = world.facades(!onController)
  const other = world.facades(onController)
  const versions = offered.get(facade)
  if (versions === undefined && (onController || other.has(facade)))
    throw new JujuFault(
      `facade "${facade}" not supported for ${onController ? 'controller' : 'model'} API connection`,
      'not supported',
    )
  if (versions?.includes(version) !== true) throw unknownFacade(world, request, versions !== undefined)
  const methods = (onController ? controllerFacades : modelFacades).get(facade)
  const entry = methods !== undefined && Object.hasOwn(methods, method) ? methods[method] : undefined
  if (entry === undefined || version < (entry.since ?? 0)) throw unknownMethod(request)
  return entry
}

function parameters(entry: AnyMethod, {params}: Request): Params {
  const type = entry.goParams ?? 'Entities'
  if (typeof params !== 'object' || params === null || Array.isArray(params))
    throw new JujuFault(`json: cannot unmarshal ${goKind(params)} into Go value of type params.${type}`)
  const values = params as Params
  for (const name of entry.texts ?? []) {
    const value = values[name]
    if (value === undefined || value === null || typeof value === 'string') continue
    throw new JujuFault(`json: cannot unmarshal ${goKind(value)} into Go struct field ${type}.${name} of type string`)
  }
  return values
}

/** What Go's decoder calls a JSON value. */
function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

function reaches(access: ModelAccess | undefined, need: ModelNeed): boolean {
  return access !== undefined && levels.indexOf(access) >= levels.indexOf(need)
}

function unknownFacade({quirks}: World, {facade, version}: Request, known = false): JujuFault {
  const namesVersion = known || quirks.unknownFacadeNamesVersion
  if (!namesVersion || version === 0) return new JujuFault(`unknown facade type "${facade}"`, 'not implemented')
  return new JujuFault(`unknown version ${version} for facade type "${facade}"`, 'not implemented')
}

function unknownMethod({facade, version, method}: Request): JujuFault {
  return new JujuFault(
    `unknown method "${method}" at version ${version} for facade type "${facade}"`,
    'not implemented',
  )
}
