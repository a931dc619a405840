import assert from 'node:assert/strict'
import {test} from 'node:test'
import {jujuModelResource} from '../../src/api/juju-model.ts'
import {memoryPostgresqlModel} from '../charms/postgresql-model.ts'
import {answer, namespace, ownerOf, pass, self, startWorld, until} from './support/models-world.ts'

for (const profile of ['3.6.14', '4.0.12'] as const) {
  test(`a JujuModel is looked up, claimed and reported on Juju ${profile}`, async t => {
    const {juju, kube, person, clock, becomes, start} = await startWorld(t, profile)
    const {directory} = start()
    person.model('prod', juju)
    await becomes('Connected')
    await until(clock, () => person.get('prod')?.status?.databases !== undefined)
    const {conditions, ...status} = person.get('prod')?.status ?? {observedGeneration: -1}
    assert.deepEqual(status, {
      observedGeneration: 1,
      modelUUID: juju.modelUUID,
      modelType: 'Machines',
      controllerUUID: juju.controllerUUID,
      serverVersion: profile,
      access: 'write',
      databases: status.databases,
    })
    const [database, ...others] = status.databases ?? []
    assert.deepEqual(others, [])
    assert.equal(database?.name, 'postgresql')
    assert.equal(database?.profile, 'postgresql-14')
    assert.equal(database?.units, 3)
    assert.deepEqual(
      conditions?.map(({type, status: is}) => `${type}=${is}`),
      ['Ready=True', 'Protected=Unknown'],
    )
    assert.equal(ownerOf(juju), self)
    assert.deepEqual(person.events('prod'), ['Connected'])
    const lookup = directory.lookup(namespace, 'prod')
    assert.ok(lookup.found && lookup.ready)
    assert.equal(lookup.handle.modelName, 'admin/databases')
    assert.equal(directory.byUUID(juju.modelUUID)?.name, 'prod')
    assert.deepEqual(await answer(clock, lookup.handle.checkClaim()), {ok: true})
    assert.equal(JSON.stringify(kube.list(jujuModelResource)).includes('operator-secret'), false)
  })
}

test('a connected JujuModel is not written again while nothing changes', async t => {
  const {juju, person, clock, becomes, start} = await startWorld(t)
  start()
  person.model('prod', juju)
  await becomes('Connected')
  await pass(clock, 10_000, 100)
  const writes = person.statusWrites('prod')
  await pass(clock, 1_800_000, 10_000)
  assert.equal(person.statusWrites('prod'), writes)
})

test('a controller that is down at the start, in the middle and for hours is reported, with since when, and comes back', async t => {
  const {juju, person, clock, becomes, start} = await startWorld(t)
  await juju.faults.refuse()
  const operator = start()
  person.model('prod', juju)
  await becomes('Unreachable')
  const since = /^since (\S+): no endpoint answered/.exec(person.ready('prod')?.message ?? '')?.[1]
  assert.ok(Date.parse(since ?? '') <= clock.now())
  assert.deepEqual(
    person.get('prod')?.status?.conditions?.map(({type}) => type),
    ['Ready', 'Reconciling'],
  )
  await juju.faults.refuse(false)
  await becomes('Connected')
  await until(clock, () => person.get('prod')?.status?.databases !== undefined)

  await juju.faults.refuse()
  juju.faults.reset()
  await becomes('Unreachable')
  const writes = person.statusWrites('prod')
  await pass(clock, 3 * 3_600_000, 10_000)
  assert.equal(person.reason('prod'), 'Unreachable')
  assert.equal(person.get('prod')?.status?.databases?.length, 1, 'what was seen last stays')
  assert.ok(person.statusWrites('prod') - writes <= 3 * 12, 'written at most every five minutes')
  const lookup = operator.directory.lookup(namespace, 'prod')
  assert.ok(lookup.found && !lookup.ready && lookup.reason === 'Unreachable' && lookup.handle !== undefined)
  await juju.faults.refuse(false)
  await becomes('Connected')
  assert.deepEqual(operator.counted, ['reconnected prod'])
  assert.deepEqual(person.events('prod'), ['Unreachable', 'Connected', 'Unreachable', 'Connected'])
})

test('a half-open connection to Juju is noticed', async t => {
  const {juju, person, becomes, start} = await startWorld(t)
  start()
  person.model('prod', juju)
  await becomes('Connected')
  juju.faults.freeze()
  await becomes('Unreachable')
  juju.faults.freeze(false)
  await becomes('Connected')
})

test('a wrong CA is reported, and the right one is used as soon as it is there', async t => {
  const {juju, person, becomes, start} = await startWorld(t)
  start()
  person.configMap('juju-ca', {'ca.crt': juju.faults.newCertificate()})
  const controller = {endpoints: [juju.endpoint], credentialsRef: {name: 'juju-operator'}}
  person.model('prod', juju, {controller: {...controller, caCertificate: juju.caCertificate}})
  await becomes('CertificateNotTrusted')
  const caCertificateRef = {kind: 'ConfigMap' as const, name: 'juju-ca', key: 'ca.crt'}
  person.model('prod', juju, {controller: {...controller, caCertificateRef}})
  await becomes('Connected')
  assert.deepEqual(
    person
      .get('prod')
      ?.status?.conditions?.filter(({type}) => type !== 'Protected')
      .map(({type}) => type),
    ['Ready'],
  )
})

test('a CA that is no certificate is named', async t => {
  const {juju, person, becomes, start} = await startWorld(t)
  start()
  person.configMap('juju-ca', {'ca.crt': 'not a certificate'})
  const caCertificateRef = {kind: 'ConfigMap' as const, name: 'juju-ca', key: 'ca.crt'}
  const controller = {endpoints: [juju.endpoint], credentialsRef: {name: 'juju-operator'}, caCertificateRef}
  person.model('prod', juju, {controller})
  await becomes('CertificateNotTrusted')
  assert.match(
    person.ready('prod')?.message ?? '',
    /ca\.crt in ConfigMap juju-ca in namespace team-a is no PEM certificate/,
  )
})

test('Juju 2.9 is not supported', async t => {
  const {juju, person, becomes, start} = await startWorld(t)
  juju.faults.becomeJuju29()
  start()
  person.model('prod', juju)
  await becomes('UnsupportedController')
  assert.deepEqual(
    person.get('prod')?.status?.conditions?.map(({type}) => type),
    ['Ready', 'Stalled'],
  )
})

test('an address that the operator may not dial', async t => {
  const {juju, person, becomes, start} = await startWorld(t)
  start({allowedEndpoints: ['10.0.0.0/8']})
  person.model('prod', juju)
  await becomes('EndpointNotAllowed')
})

test('a name that several models have is not guessed at', async t => {
  const {juju, person, becomes, start} = await startWorld(t)
  await juju.control.addModel({name: 'databases', owner: 'bob', applications: [], access: {operator: 'write'}})
  start()
  person.model('prod', juju, {model: {name: 'databases'}})
  await becomes('ModelNotFound')
  assert.match(person.ready('prod')?.message ?? '', /admin\/databases, bob\/databases/)
})

for (const profile of ['3.6.14', '4.0.12'] as const) {
  test(`a model that the user may not see is found once it is granted, on Juju ${profile}`, async t => {
    const {juju, person, becomes, start} = await startWorld(t, profile)
    juju.control.model().grant('operator', undefined)
    start()
    person.model('prod', juju)
    await becomes('ModelNotFound')
    juju.control.model().grant('operator', 'write')
    await becomes('Connected')
  })

  test(`a model by UUID that the user may not see is not taken for a wrong password, on Juju ${profile}`, async t => {
    const {juju, person, becomes, start} = await startWorld(t, profile)
    juju.control.model().grant('operator', undefined)
    start()
    person.model('prod', juju, {model: {uuid: juju.modelUUID}})
    await becomes('ModelNotFound')
  })

  test(`a model that was created anew under its name is not touched, on Juju ${profile}`, async t => {
    const {clock, juju, person, becomes, start} = await startWorld(t, profile)
    start()
    person.model('prod', juju)
    await becomes('Connected')
    const next = await juju.control.recreateModel(juju.modelUUID, memoryPostgresqlModel({clock}).seed)
    juju.faults.reset()
    await becomes('ModelReplaced')
    assert.equal(person.get('prod')?.status?.modelUUID, juju.modelUUID)
    assert.match(person.ready('prod')?.message ?? '', new RegExp(next.uuid))
    assert.equal(ownerOf(juju, next.uuid), undefined)
  })
}

test('a model that moved to another controller says where to', async t => {
  const {juju, person, becomes, start} = await startWorld(t)
  start()
  person.model('prod', juju)
  await becomes('Connected')
  const endpoints = [{host: '10.9.9.9', port: 17070}]
  const to = {endpoints, caCertificate: '', controllerUUID: 'x', alias: 'new-controller'}
  juju.faults.redirect(juju.modelUUID, to)
  await becomes('ModelMigrated')
  assert.match(person.ready('prod')?.message ?? '', /new-controller.*10\.9\.9\.9:17070/)
})

test('a controller in an upgrade is waited for', async t => {
  const {juju, person, becomes, start} = await startWorld(t)
  start()
  person.model('prod', juju)
  await becomes('Connected')
  juju.faults.upgrade()
  await becomes('ControllerUpgrading')
  juju.faults.upgrade(false)
  await becomes('Connected')
})

test('with read access a JujuModel is Connected without a claim, and takes up what is granted later', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  person.secret('juju-operator', {username: 'viewer', password: 'viewer-secret'})
  const {directory} = start()
  person.model('prod', juju)
  await becomes('Connected')
  assert.equal(person.get('prod')?.status?.access, 'read')
  assert.equal(ownerOf(juju), undefined)
  const lookup = directory.lookup(namespace, 'prod')
  assert.ok(lookup.found && lookup.ready)
  assert.deepEqual(await lookup.handle.checkClaim(), {ok: false, owner: ''})
  juju.control.model().grant('viewer', 'write')
  await until(clock, () => ownerOf(juju) === self, {stepMs: 500, limitMs: 900_000})
  await until(clock, () => person.get('prod')?.status?.access === 'write')
})

test('a spec that breaks a rule stops only itself', async t => {
  const {juju, person, becomes, start} = await startWorld(t)
  start()
  person.model('broken', juju, {controller: {endpoints: [], credentialsRef: {name: 'x'}}})
  person.model('prod', juju)
  await becomes('Connected')
  await becomes('InvalidSpec', 'broken')
  assert.match(person.ready('broken')?.message ?? '', /^spec\.controller\.endpoints: /)
})

test('suspend closes the session, and its end opens it', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  const {directory} = start()
  person.model('prod', juju)
  await becomes('Connected')
  person.model('prod', juju, {suspend: true})
  await becomes('Suspended')
  assert.equal(person.ready('prod')?.status, 'True')
  await until(clock, () => juju.server.connections.length === 0)
  const lookup = directory.lookup(namespace, 'prod')
  assert.ok(lookup.found && !lookup.ready && lookup.reason === 'Suspended' && lookup.handle === undefined)
  person.model('prod', juju)
  await becomes('Connected')
})

test('a deleted JujuModel leaves no connection behind', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  const {directory} = start()
  person.model('prod', juju)
  await becomes('Connected')
  person.deleteModel('prod')
  await until(clock, () => juju.server.connections.length === 0)
  assert.deepEqual(directory.lookup(namespace, 'prod'), {
    found: false,
    message: 'there is no JujuModel prod in namespace team-a',
  })
})

test('a service account of JAAS logs in with its client credentials', async t => {
  const {juju, person, becomes, start} = await startWorld(t, '3.6.14', {
    serviceAccounts: {'an-operator': 'a-client-secret'},
  })
  juju.control.model().grant('an-operator@serviceaccount', 'write')
  person.secret('juju-operator', {'client-id': 'an-operator', 'client-secret': 'a-client-secret'})
  start()
  person.model('prod', juju)
  await becomes('Connected')
  assert.equal(person.get('prod')?.status?.access, 'write')
})

test('S1.5 a restarted operator connects to the pinned model again and has nothing new to say', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  const first = start()
  person.model('prod', juju)
  await becomes('Connected')
  await until(clock, () => person.get('prod')?.status?.databases !== undefined)
  await pass(clock, 2_000, 100)
  await first.stop()
  const writes = person.statusWrites('prod')
  const {directory} = start()
  const lookup = directory.lookup(namespace, 'prod')
  assert.ok(!lookup.found || !lookup.ready, 'what an earlier process wrote proves nothing')
  await until(clock, () => {
    const now = directory.lookup(namespace, 'prod')
    return now.found && now.ready
  })
  await pass(clock, 10_000, 100)
  assert.equal(person.statusWrites('prod'), writes)
  assert.deepEqual(person.events('prod'), ['Connected'])
})
