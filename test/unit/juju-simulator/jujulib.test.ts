import assert from 'node:assert/strict'
import {test} from 'node:test'
import {connectAndLogin} from '@canonical/jujulib'
import ActionV7 from '@canonical/jujulib/dist/api/facades/action/ActionV7.js'
import ApplicationV19 from '@canonical/jujulib/dist/api/facades/application/ApplicationV19.js'
import ClientV8 from '@canonical/jujulib/dist/api/facades/client/ClientV8.js'
import {WebSocket} from 'ws'
import type {ConnectionOptions} from 'node:tls'
import {systemClock} from '../../../src/time/clock.ts'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import type {ProfileName} from '../../juju-simulator/profiles.ts'
import {startSimulatedJuju} from '../../juju-simulator/simulator.ts'
import {until} from './support.ts'

// Canonical's own JavaScript client, which nobody here wrote: what it accepts is not only our reading of the protocol.

interface Facades {
  readonly client: ClientV8
  readonly action: ActionV7
  readonly application: ApplicationV19
}

async function connected(t: test.TestContext, profile: ProfileName) {
  const {seed} = memoryPostgresqlModel({clock: systemClock, durations: {full: 20}})
  const juju = await startSimulatedJuju({profile, models: [seed], checksParams: false})
  t.after(() => juju.stop())
  const trust: ConnectionOptions = {ca: juju.caCertificate, servername: 'juju-apiserver'}
  class TrustingSocket extends WebSocket {
    constructor(url: string) {
      super(url, trust)
    }
  }
  const {username, password} = juju
  const url = `wss://${juju.endpoint}/model/${juju.modelUUID}/api`
  const options = {
    facades: [ClientV8, ActionV7, ApplicationV19],
    wsclass: TrustingSocket as unknown as typeof globalThis.WebSocket,
    closeCallback: () => {},
  }
  const {conn, logout} = await connectAndLogin(url, options, {username, password})
  t.after(() => logout())
  assert.ok(conn)
  return {juju, info: conn.info, facades: conn.facades as unknown as Facades}
}

for (const profile of ['3.6.14', '4.0.12'] as const) {
  test(`jujulib logs in to ${profile}, reads the status, runs an action and follows it`, async t => {
    const {juju, info, facades} = await connected(t, profile)
    assert.equal(info.serverVersion, profile)
    const status = await facades.client.fullStatus({patterns: [], 'include-storage': false})
    const units = Object.entries(status.applications['postgresql']?.units ?? {})
    assert.deepEqual(
      units.map(([name, unit]) => [name, unit['workload-status'].info]),
      [
        ['postgresql/0', 'Primary'],
        ['postgresql/1', ''],
        ['postgresql/2', ''],
      ],
    )
    const wanted = {name: 'create-backup', receiver: 'unit-postgresql-2', tag: '', parameters: {}}
    const enqueued = await facades.action.enqueueOperation({actions: [wanted]})
    const tag = enqueued.actions?.[0]?.action?.tag ?? ''
    const look = async () => (await facades.action.actions({entities: [{tag}]})).results?.[0]
    await until(async () => (await look())?.status === 'completed')
    assert.deepEqual((await look())?.output, {'backup-status': 'backup created', 'return-code': 0})
    const operations = await facades.action.listOperations({})
    assert.equal(operations.results?.[0]?.actions?.[0]?.action?.name, 'create-backup')
    assert.equal(juju.calls.enqueued('create-backup').length, 1)
  })

  test(`jujulib reads the integrator's settings on ${profile}`, async t => {
    const {facades} = await connected(t, profile)
    const got = await facades.application.get({application: 's3-integrator', branch: ''})
    assert.equal((got.config as Record<string, {value?: unknown}>)['bucket']?.value, 'backups')
  })
}
