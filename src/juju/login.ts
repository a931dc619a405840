import {z} from 'zod'
import {JujuError, ModelMigrated, UnexpectedReply, Unsupported} from './errors.ts'
import {facadeTableOf, type FacadeTable} from './facade-table.ts'
import {
  login,
  loginResult,
  loginWithClientCredentials,
  loginWithSessionToken,
  migrationInfo,
  redirectInfo,
} from './facades/admin.ts'
import {nameOf, type Call, type ParamsOf, type ResultOf} from './facades/call.ts'
import type {HostPort} from './facades/common.ts'
import type {Rpc} from './rpc.ts'
import {nameOfTag, userTag} from './tags.ts'
import {formatEndpoint, type JujuTarget} from './target.ts'

export type ModelAccess = 'read' | 'write' | 'admin'

/** What a login told. */
export interface LoginInfo {
  readonly serverVersion: string
  readonly controllerUUID: string
  /** '' on a controller connection */
  readonly modelUUID: string
  /** the user as the controller names it */
  readonly user: string
  readonly superuser: boolean
  /** undefined on a controller connection */
  readonly modelAccess: ModelAccess | undefined
  readonly facades: FacadeTable
  /** host:port of every controller machine, without those that only the machine itself can reach */
  readonly addresses: readonly string[]
}

/** Go there instead, without asking anybody (the way of old JAAS). */
export interface Redirect {
  readonly endpoints: readonly string[]
  readonly caCertificate: string | undefined
}

export type LoginOutcome =
  {readonly kind: 'in'; readonly info: LoginInfo} | {readonly kind: 'redirect'; readonly to: Redirect}

/** Accepted by every 3.x and 4.x; 3.x wants a client that is about as new as itself. */
export const firstClientVersion = '3.6.14'

/**
 * Logs in on a fresh connection.
 *
 * @param clientVersion the version that this controller said it has, or `firstClientVersion`
 * @throws JujuError (`unauthorized access`, `model not found`, `upgrade in progress`, ...), ModelMigrated, Unsupported
 */
export async function logIn(
  rpc: Rpc,
  target: JujuTarget,
  clientVersion: string,
  signal?: AbortSignal,
): Promise<LoginOutcome> {
  try {
    const result = await sendCredentials(rpc, target, clientVersion, signal)
    return {kind: 'in', info: infoOf(result)}
  } catch (error) {
    if (!(error instanceof JujuError) || error.code !== 'redirection required') throw error
    const migrated = migrationInfo.safeParse(error.info)
    if (migrated.success) throw migrationOf(migrated.data)
    const elsewhere = await ask(rpc, redirectInfo, {}, signal)
    return {kind: 'redirect', to: redirectOf(elsewhere)}
  }
}

function sendCredentials(
  rpc: Rpc,
  {credentials, userAgent}: JujuTarget,
  clientVersion: string,
  signal: AbortSignal | undefined,
): Promise<z.output<typeof loginResult>> {
  if (credentials.kind === 'client') {
    const {clientId, clientSecret} = credentials
    return ask(rpc, loginWithClientCredentials, {'client-id': clientId, 'client-secret': clientSecret}, signal)
  }
  if (credentials.kind === 'session-token')
    return ask(rpc, loginWithSessionToken, {'session-token': credentials.token}, signal)
  const params = {
    'auth-tag': userTag(credentials.username),
    credentials: credentials.password,
    nonce: '',
    macaroons: [],
    'client-version': clientVersion,
    'user-data': '',
    'cli-args': userAgent,
  }
  return ask(rpc, login, params, signal)
}

/** A call before the login, when no list of facades is known yet. */
async function ask<C extends Call>(
  rpc: Rpc,
  call: C,
  params: ParamsOf<C>,
  signal: AbortSignal | undefined,
): Promise<ResultOf<C>> {
  const version = Math.max(...call.versions)
  const response = await rpc.request({facade: call.facade, version, method: call.method, params}, {signal})
  return readReply(call, response)
}

/** @throws UnexpectedReply naming the field, never its value */
export function readReply<C extends Call>(call: C, response: unknown): ResultOf<C> {
  const parsed = call.result.safeParse(response)
  if (parsed.success) return parsed.data as ResultOf<C>
  const [issue] = parsed.error.issues
  throw new UnexpectedReply(nameOf(call), `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
}

function infoOf(result: z.output<typeof loginResult>): LoginInfo {
  const discharge = result['discharge-required'] ?? result['bakery-discharge-required']
  if (discharge !== undefined && discharge !== null) {
    throw new JujuError(nameOf(login), 'the controller asks for a macaroon', 'macaroon discharge required')
  }
  const serverVersion = result['server-version']
  if (/^[01]\.|^2\./.test(serverVersion)) throw new Unsupported(`Juju ${serverVersion} is too old`)
  const user = result['user-info']
  return {
    serverVersion,
    controllerUUID: nameOfTag(result['controller-tag']),
    modelUUID: nameOfTag(result['model-tag']),
    user: nameOfTag(user?.identity ?? ''),
    superuser: user?.['controller-access'] === 'superuser',
    modelAccess: result['model-tag'] === '' ? undefined : accessOf(user),
    facades: facadeTableOf(result.facades),
    addresses: addressesOf(result.servers),
  }
}

function accessOf(user: z.output<typeof loginResult>['user-info']): ModelAccess {
  if (user?.['controller-access'] === 'superuser') return 'admin'
  const access = user?.['model-access']
  return access === 'admin' || access === 'write' ? access : 'read'
}

function migrationOf(info: z.output<typeof migrationInfo>): ModelMigrated {
  return new ModelMigrated({
    controllerAlias: info['controller-alias'],
    controllerUUID: nameOfTag(info['controller-tag']),
    addresses: addressesOf(info.servers),
    caCertificate: info['ca-cert'],
  })
}

function redirectOf(info: {readonly servers: readonly (readonly HostPort[])[]; readonly 'ca-cert': string}): Redirect {
  const endpoints = addressesOf(info.servers)
  if (endpoints.length === 0) throw new UnexpectedReply(nameOf(redirectInfo), 'a redirect without an address')
  return {endpoints, caCertificate: info['ca-cert'] === '' ? undefined : info['ca-cert']}
}

const ownScopes: ReadonlySet<string> = new Set(['local-machine', 'link-local', 'local-fan'])

function addressesOf(servers: readonly (readonly HostPort[])[]): readonly string[] {
  const reachable = servers.flat().filter(({scope}) => !ownScopes.has(scope))
  return [...new Set(reachable.map(({value, port}) => formatEndpoint(value, port)))]
}
