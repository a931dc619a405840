import {badLogin, denied, JujuFault} from '../juju-fault.ts'
import {textOf} from '../rpc/context.ts'
import type {Params, Peer} from '../rpc/context.ts'
import type {Request} from '../rpc/frames.ts'
import type {Model} from '../world/model.ts'
import type {User, World} from '../world/world.ts'

/**
 * What is answered before anybody is logged in: `Admin`, and nothing else. Juju's own controllers have version 3, JAAS has
 * version 4 in front of them and knows no passwords.
 *
 * @throws JujuFault for what there is not, and for a login that fails
 */
export function admin(world: World, peer: Peer, {version, method, params}: Request): unknown {
  const given = params as Params
  if (world.isJaas) return jaasAdmin(world, peer, version, method, given)
  if (version > 3)
    throw new JujuFault('this version of Juju does not support login from old clients (not supported)', 'not supported')
  if (version < 3) return undefined
  if (method === 'Login') return login(world, peer, given)
  return method === 'RedirectInfo' ? redirectInfo(peer) : undefined
}

function jaasAdmin(world: World, peer: Peer, version: number, method: string, params: Params): unknown {
  if (method === 'Login') throw new JujuFault('JIMM does not support login from old clients', 'not supported')
  if (version !== 4) return undefined
  if (method === 'LoginWithClientCredentials') return loginWithClientCredentials(world, peer, params)
  return method === 'LoginWithSessionToken' ? loginWithSessionToken(world, peer, params) : undefined
}

/** `Admin.Login` of version 3. On 4.x the model is looked up before the password is read; 3.x hides models. */
function login(world: World, peer: Peer, params: Params): unknown {
  if (world.maintenance) throw new JujuFault('login failed - maintenance in progress')
  const model = modelOf(world, peer)
  const user = world.users.get(textOf(params, 'auth-tag').replace(/^user-/, ''))
  redirect(world, peer)
  if (user === undefined || user.disabled || user.password !== params['credentials']) throw badLogin()
  return enter(world, peer, user, model)
}

/** A migrated model: its old controller knows where it went. */
function redirect(world: World, peer: Peer): void {
  const moved = peer.modelUUID === undefined ? undefined : world.movedAway.get(peer.modelUUID)
  if (moved === undefined) return
  const {endpoints, caCertificate, controllerUUID, alias, silent = false} = moved
  const addresses = endpoints.map(({host, port}) => ({value: host, type: 'ipv4', scope: 'local-cloud', port}))
  peer.redirect = {servers: [addresses], 'ca-cert': caCertificate}
  const info = {...peer.redirect, 'controller-tag': `controller-${controllerUUID}`, 'controller-alias': alias}
  const message = 'redirection to alternative server required'
  throw new JujuFault(message, 'redirection required', silent ? undefined : info)
}

/** `Admin.LoginWithClientCredentials`: a service account of JAAS. */
function loginWithClientCredentials(world: World, peer: Peer, params: Params): unknown {
  const model = modelOf(world, peer)
  const id = textOf(params, 'client-id')
  const secret = world.serviceAccounts.get(id)
  if (secret === undefined || secret !== params['client-secret']) throw badLogin()
  return enter(world, peer, jaasUser(world, `${id}@serviceaccount`), model)
}

/** `Admin.LoginWithSessionToken`: a token that JAAS has given before, until it expires. */
function loginWithSessionToken(world: World, peer: Peer, params: Params): unknown {
  const model = modelOf(world, peer)
  const session = world.sessionTokens.get(textOf(params, 'session-token'))
  if (session === undefined) throw new JujuFault('failed to decode token', 'session token invalid')
  if (session.expires <= world.now()) throw new JujuFault('JIMM session token expired', 'session token invalid')
  return enter(world, peer, jaasUser(world, session.user), model)
}

/** JAAS knows its users from elsewhere: one that was not seeded is one without rights of its own. */
function jaasUser(world: World, name: string): User {
  return world.users.get(name) ?? {name, password: '', superuser: false, login: true, disabled: false}
}

/** `Admin.RedirectInfo` */
function redirectInfo(peer: Peer): unknown {
  if (peer.redirect === undefined) throw new JujuFault('not redirected')
  return peer.redirect
}

function modelOf(world: World, peer: Peer): Model | undefined {
  if (peer.modelUUID === undefined || world.movedAway.has(peer.modelUUID)) return undefined
  const model = world.models.get(peer.modelUUID)
  if (model !== undefined) return model
  if (world.quirks.hidesUnknownModels) throw badLogin()
  throw new JujuFault(`unknown model: "${peer.modelUUID}"`, 'model not found')
}

function enter(world: World, peer: Peer, user: User, model: Model | undefined): unknown {
  const access = model === undefined ? undefined : world.accessOf(user, model)
  if (model !== undefined && access === undefined) throw denied()
  if (model === undefined && !user.login) throw denied()
  peer.session = {user}
  const facades = world.facades(model !== undefined)
  return {
    servers: [[]],
    ...(model === undefined ? {} : {'model-tag': `model-${model.uuid}`}),
    'controller-tag': `controller-${world.controllerUUID}`,
    'user-info': {
      'display-name': '',
      identity: `user-${user.name}`,
      'controller-access': user.superuser ? 'superuser' : 'login',
      'model-access': access ?? '',
    },
    facades: [...facades].map(([name, versions]) => ({name, versions})),
    'server-version': world.profile.serverVersion,
  }
}
