import {badLogin, denied, JujuFault} from '../juju-fault.ts'
import {textOf} from '../rpc/context.ts'
import type {Params, Peer} from '../rpc/context.ts'
import type {Model} from '../world/model.ts'
import type {User, World} from '../world/world.ts'

/** `Admin.Login` of version 3. On 4.x the model is looked up before the password is read; 3.x hides models. */
export function login(world: World, peer: Peer, params: Params): unknown {
  if (world.maintenance) throw new JujuFault('login failed - maintenance in progress')
  if (world.serviceAccounts.size > 0) throw new JujuFault('login with a password is not supported', 'not supported')
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

/** `Admin.LoginWithClientCredentials` of version 4, which JAAS has and Juju's own controllers do not. */
export function loginWithClientCredentials(world: World, peer: Peer, params: Params): unknown {
  const model = modelOf(world, peer)
  const id = textOf(params, 'client-id')
  const secret = world.serviceAccounts.get(id)
  if (secret === undefined || secret !== params['client-secret']) throw badLogin()
  const name = `${id}@serviceaccount`
  const user = world.users.get(name) ?? {name, password: secret, superuser: false, login: true, disabled: false}
  return enter(world, peer, user, model)
}

/** `Admin.RedirectInfo` */
export function redirectInfo(peer: Peer): unknown {
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
  const facades = model === undefined ? world.profile.controllerFacades : world.profile.modelFacades
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
