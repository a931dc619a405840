import assert from 'node:assert/strict'
import type {ConnectionOptions} from 'node:tls'
import {connectAndLogin} from '@canonical/jujulib'
import ActionV7 from '@canonical/jujulib/dist/api/facades/action/ActionV7.js'
import ApplicationV19 from '@canonical/jujulib/dist/api/facades/application/ApplicationV19.js'
import CharmsV7 from '@canonical/jujulib/dist/api/facades/charms/CharmsV7.js'
import ClientV8 from '@canonical/jujulib/dist/api/facades/client/ClientV8.js'
import ResourcesV3 from '@canonical/jujulib/dist/api/facades/resources/ResourcesV3.js'
import {WebSocket} from 'ws'

/** A model on any Juju, and who logs in. */
export interface JujulibTarget {
  readonly endpoint: string
  readonly caCertificate: string
  readonly username: string
  readonly password: string
  readonly modelUUID: string
}

export interface JujulibFacades {
  readonly client: ClientV8
  readonly action: ActionV7
  readonly application: ApplicationV19
  readonly charms: CharmsV7
  readonly resources: ResourcesV3
}

export interface JujulibConnection {
  readonly serverVersion: string
  readonly facades: JujulibFacades
  close(): void
}

/** Logs in with Canonical's own JavaScript client, which nobody here wrote. */
export async function connectJujulib(target: JujulibTarget): Promise<JujulibConnection> {
  const {endpoint, caCertificate, username, password, modelUUID} = target
  const trust: ConnectionOptions = {ca: caCertificate, servername: 'juju-apiserver'}
  class TrustingSocket extends WebSocket {
    constructor(url: string) {
      super(url, trust)
    }
  }
  const options = {
    facades: [ActionV7, ApplicationV19, CharmsV7, ClientV8, ResourcesV3],
    wsclass: TrustingSocket as unknown as typeof globalThis.WebSocket,
    closeCallback: () => {},
  }
  const url = `wss://${endpoint}/model/${modelUUID}/api`
  const {conn, logout} = await connectAndLogin(url, options, {username, password})
  assert.ok(conn)
  return {
    serverVersion: conn.info.serverVersion ?? '',
    facades: conn.facades as unknown as JujulibFacades,
    close: () => logout(),
  }
}
