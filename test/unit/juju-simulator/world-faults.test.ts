import assert from 'node:assert/strict'
import {test} from 'node:test'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import {loginParams, RawClient} from '../../juju-simulator/raw-client.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {enqueue, started} from './support.ts'

const elsewhere = {
  endpoints: [{host: '10.0.0.9', port: 17_070}],
  caCertificate: 'the other CA',
  controllerUUID: 'deadbeef-1bad-500d-9000-4b1d0d06f00e',
  alias: 'other',
}

test('migrate: writes are refused while it lasts; then connections are cut and logins redirected', async t => {
  const {juju, login, path} = await started(t)
  const client = await login()
  juju.faults.startMigration(juju.modelUUID)
  assert.equal((await client.send(enqueue))['error-code'], 'model migration in progress')
  assert.equal((await client.send({type: 'Client', version: 8, request: 'FullStatus'})).error, undefined)
  const closed = new Promise(resolve => client.socket.once('close', resolve))
  juju.faults.redirect(juju.modelUUID, elsewhere)
  await closed
  const again = await RawClient.connect(juju, path)
  const params = loginParams('operator', 'operator-secret')
  const reply = await again.send({type: 'Admin', version: 3, request: 'Login', params})
  assert.equal(reply['error-code'], 'redirection required')
  assert.deepEqual(reply['error-info'], {
    servers: [[{value: '10.0.0.9', type: 'ipv4', scope: 'local-cloud', port: 17_070}]],
    'ca-cert': 'the other CA',
    'controller-tag': `controller-${elsewhere.controllerUUID}`,
    'controller-alias': 'other',
  })
  again.close()
})

test('redirect silently: the socket has to be asked where to', async t => {
  const {juju, path} = await started(t)
  juju.faults.redirect(juju.modelUUID, {...elsewhere, silent: true})
  const client = await RawClient.connect(juju, path)
  const params = loginParams('operator', 'operator-secret')
  const reply = await client.send({type: 'Admin', version: 3, request: 'Login', params})
  assert.equal(reply['error-info'], undefined)
  const info = await client.call('Admin', 3, 'RedirectInfo')
  assert.equal(info['ca-cert'], 'the other CA')
  client.close()
})

test('upgrade: FullStatus passes, the rest does not', async t => {
  const {juju, login} = await started(t)
  const client = await login()
  juju.faults.upgrade()
  assert.equal((await client.send(enqueue))['error-code'], 'upgrade in progress')
  assert.equal((await client.send({type: 'Client', version: 8, request: 'FullStatus'})).error, undefined)
  juju.faults.upgrade(false)
  assert.equal((await client.send(enqueue)).error, undefined)
})

test('clock wrong: the controller’s times are off, tasks and status alike', async t => {
  const {juju, login} = await started(t)
  juju.faults.clockWrongBy(-600_000)
  const client = await login()
  const status = await client.call('Client', 8, 'FullStatus')
  assert.equal(status['controller-timestamp'], '2026-11-22T11:50:00Z')
})

test('new certificate: who trusts the old authority no longer gets in, who trusts the new one does', async t => {
  const {juju, login, path} = await started(t)
  const caCertificate = juju.faults.newCertificate()
  await assert.rejects(login(), /certificate|self-signed/)
  const {endpoint} = juju
  const client = await RawClient.login({endpoint, caCertificate}, path, 'operator', 'operator-secret')
  client.close()
})

test('Juju 2.9: the login lists facades that are too old', async t => {
  const {juju, path} = await started(t)
  juju.faults.becomeJuju29()
  const client = await RawClient.connect(juju, path)
  const params = loginParams('operator', 'operator-secret')
  const login = await client.call('Admin', 3, 'Login', params)
  const facades = login['facades'] as {name: string; versions: number[]}[]
  assert.deepEqual(facades.find(({name}) => name === 'Application')?.versions, [13])
  assert.equal((await client.send(enqueue))['error-code'], 'not implemented')
  client.close()
})

test('killed agent: the task never ends, the unit stays with a lost agent and its old status', async t => {
  const {clock, control} = await started(t)
  const task = control.enqueue('postgresql/1', 'create-backup')
  await clock.advance(1000)
  control.killAgent('postgresql/1')
  await clock.advance(3_600_000)
  assert.equal(control.task(task).status, 'running')
  const unit = control.application('postgresql').units.get('postgresql/1')
  assert.deepEqual([unit?.agent.status, unit?.workload.message], ['lost', 'creating backup'])
})

test('lost leader: nobody has the lease, an action for the leader is refused', async t => {
  const {control, login} = await started(t)
  control.setLeader('postgresql', undefined)
  const client = await login()
  const toLeader = {actions: [{name: 'list-backups', receiver: 'postgresql/leader', parameters: {}}]}
  const reply = await client.send({type: 'Action', version: 7, request: 'EnqueueOperation', params: toLeader})
  assert.match(reply.error ?? '', /not found in leases/)
})

test('pruned operations: ended ones are gone, a running one stays', async t => {
  const {clock, control, login} = await started(t)
  const ended = control.enqueue('postgresql/2', 'list-backups')
  await clock.advance(10)
  const running = control.enqueue('postgresql/1', 'create-backup')
  await clock.advance(10)
  control.pruneOperations()
  const entities = [{tag: `action-${ended}`}, {tag: `action-${running}`}]
  const reply = await (await login()).call('Action', 7, 'Actions', {entities})
  const results = reply['results'] as {status?: string; error?: {message: string}}[]
  assert.deepEqual(
    results.map(({status, error}) => status ?? error?.message),
    ['id not found', 'running'],
  )
})

test('re-created model: the old UUID is unknown, the name has another one', async t => {
  const {juju, path, seed} = await started(t)
  const old = juju.modelUUID
  const clock = new VirtualClock()
  const fresh = memoryPostgresqlModel({clock})
  const model = await juju.control.recreateModel(old, fresh.seed)
  assert.equal(model.name, seed.name)
  assert.notEqual(model.uuid, old)
  await assert.rejects(RawClient.login(juju, path, 'operator', 'operator-secret'), /unknown model/)
})

test('removed unit: it is gone from the status, another takes lease and primary', async t => {
  const {control, engine} = await started(t)
  await control.removeUnit('postgresql/0')
  assert.deepEqual([...control.application('postgresql').units.keys()], ['postgresql/1', 'postgresql/2'])
  assert.equal(control.application('postgresql').leader, 'postgresql/1')
  assert.equal(engine.primaryUnit, 'postgresql/1')
})

test('JAAS: client credentials open a model, passwords do not', async t => {
  const {juju, path, control} = await started(t, {serviceAccounts: {keeper: 'a-secret'}})
  control.grant('keeper@serviceaccount', 'write')
  const client = await RawClient.connect(juju, path)
  const refused = await client.send({
    type: 'Admin',
    version: 3,
    request: 'Login',
    params: loginParams('operator', 'operator-secret'),
  })
  assert.equal(refused['error-code'], 'not supported')
  const credentials = {'client-id': 'keeper', 'client-secret': 'a-secret'}
  const login = await client.call('Admin', 4, 'LoginWithClientCredentials', credentials)
  assert.equal((login['user-info'] as {identity: string}).identity, 'user-keeper@serviceaccount')
  assert.equal(JSON.stringify(juju.calls.all).includes('a-secret'), false)
  client.close()
})
