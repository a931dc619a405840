import type {IncomingMessage, ServerResponse} from 'node:http'
import {badLogin, denied, JujuFault} from '../juju-fault.ts'
import type {World} from '../world/world.ts'

const charmPath = /^\/model-([0-9a-f-]{36})\/charms\/[^/]+$/

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** What Juju answers beside the websockets: its health, and the gate before an upload of a charm. */
export function answerHttp(world: World, request: IncomingMessage, response: ServerResponse): void {
  const {status, type, body} = answer(world, request)
  response.writeHead(status, {'content-type': type, 'x-content-type-options': 'nosniff'}).end(body)
  request.resume()
}

function answer(world: World, request: IncomingMessage): Answer {
  const {url = '/', method} = request
  if (url === '/health') return plain(200, 'running\n')
  const uuid = charmPath.exec(url)?.[1]
  return uuid === undefined || method !== 'PUT' ? plain(404, '404 page not found\n') : putCharm(world, uuid, request)
}

/** Charms come into a simulated model by its seed: an upload gets as far as Juju's checks. */
function putCharm(world: World, uuid: string, {headers}: IncomingMessage): Answer {
  try {
    checkUser(world, uuid, headers.authorization)
  } catch (error) {
    if (!(error instanceof JujuFault)) throw error
    return error.message === denied().message
      ? plain(403, `authorization failed: ${error.message}\n`)
      : plain(401, `authentication failed: ${error.message}\n`)
  }
  if (headers['juju-curl'] === undefined)
    return json(400, new JujuFault('uploading charm: missing "Juju-Curl" header', 'bad request'))
  return json(501, new JujuFault('uploading charm: uploads are not simulated', 'not implemented'))
}

/** @throws JujuFault unless the user may write in the model */
function checkUser(world: World, uuid: string, authorization: string | undefined): void {
  if (authorization === undefined) throw new JujuFault('no credentials provided', 'no credentials provided')
  const [tag = '', password] = Buffer.from(authorization.replace(/^Basic /, ''), 'base64')
    .toString('utf8')
    .split(':')
  const user = world.users.get(tag.replace(/^user-/, ''))
  if (user === undefined || user.disabled || user.password !== password) throw badLogin()
  const model = world.models.get(uuid)
  const access = model === undefined ? undefined : world.accessOf(user, model)
  if (access !== 'write' && access !== 'admin') throw denied()
}

function plain(status: number, body: string): Answer {
  return {status, type: 'text/plain; charset=utf-8', body}
}

function json(status: number, {message, code}: JujuFault): Answer {
  return {status, type: 'application/json', body: JSON.stringify({error: message, 'error-code': code})}
}
