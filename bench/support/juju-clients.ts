import type {ConnectionOptions} from 'node:tls'
import {connectAndLogin} from '@canonical/jujulib'
import ClientV8 from '@canonical/jujulib/dist/api/facades/client/ClientV8.js'
import PingerV1 from '@canonical/jujulib/dist/api/facades/pinger/PingerV1.js'
import {WebSocket} from 'ws'
import {connect} from '../../src/juju/connection.ts'
import {Controllers} from '../../src/juju/controllers.ts'
import type {JujuDeps} from '../../src/juju/deps.ts'
import {ping} from '../../src/juju/facades/pinger.ts'
import {fullStatus} from '../../src/juju/status.ts'
import type {JujuTarget} from '../../src/juju/target.ts'
import {EndpointPolicy} from '../../src/net/endpoint-policy.ts'
import {silentLogger} from '../../src/observability/log.ts'
import {systemClock} from '../../src/time/clock.ts'
import type {JujuPlace} from './juju-server.ts'

export type JujuWork = 'ping' | 'status'

/** The same two calls, through one client or the other. */
export type JujuClient = Readonly<Record<JujuWork, () => Promise<unknown>>>

export function jujuDeps(): JujuDeps {
  const deps = {clock: systemClock, random: Math.random, log: silentLogger}
  return {...deps, policy: EndpointPolicy.parse(['127.0.0.0/8']), controllers: new Controllers(deps)}
}

export function jujuTarget({endpoint, caCertificate, username, password}: JujuPlace): JujuTarget {
  const credentials = {kind: 'password', username, password} as const
  return {endpoints: [endpoint], caCertificate, credentials, userAgent: 'charmkeeper bench'}
}

async function openOurs(juju: JujuPlace): Promise<JujuClient> {
  const connection = await connect({target: jujuTarget(juju), modelUUID: juju.modelUUIDs[0]}, jujuDeps())
  return {ping: () => connection.call(ping, {}), status: () => fullStatus(connection)}
}

async function openJujulib({endpoint, caCertificate, username, password, modelUUIDs}: JujuPlace): Promise<JujuClient> {
  const trust: ConnectionOptions = {ca: caCertificate, servername: 'juju-apiserver'}
  class TrustingSocket extends WebSocket {
    constructor(url: string) {
      super(url, trust)
    }
  }
  const options = {
    facades: [ClientV8, PingerV1],
    wsclass: TrustingSocket as unknown as typeof globalThis.WebSocket,
    closeCallback: () => undefined,
  }
  const url = `wss://${endpoint}/model/${modelUUIDs[0]}/api`
  const {conn} = await connectAndLogin(url, options, {username, password})
  if (conn === undefined) throw new Error('jujulib did not log in')
  const {client, pinger} = conn.facades as unknown as {client: ClientV8; pinger: PingerV1}
  return {
    ping: () => pinger.ping(null),
    status: () => client.fullStatus({patterns: [], 'include-storage': false}),
  }
}

export const jujuClients = {ours: openOurs, jujulib: openJujulib} as const
