import assert from 'node:assert/strict'
import {test} from 'node:test'
import {NotLeader} from '../../src/kube/errors.ts'
import {memoryPostgresqlModel} from '../charms/postgresql-model.ts'
import {FakeKube} from '../support/fake-kube.ts'
import {answer, credentials, namespace, ownerOf, pass, Person, self, startWorld, until} from './support/models-world.ts'

const other = 'cluster-b/charmkeeper/charmkeeper'

test('of two JujuModels for one model the older works; when it is deleted the other takes over', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  person.model('prod', juju)
  await clock.advance(1_000)
  person.model('again', juju, {model: {uuid: juju.modelUUID}})
  const {directory} = start()
  await becomes('Connected')
  await becomes('DuplicateModel', 'again')
  assert.match(person.ready('again')?.message ?? '', /^the older JujuModel team-a\/prod /)
  assert.equal(directory.byUUID(juju.modelUUID)?.name, 'prod')
  const lookup = directory.lookup(namespace, 'again')
  assert.ok(lookup.found && !lookup.ready && lookup.reason === 'DuplicateModel' && lookup.handle === undefined)
  person.deleteModel('prod')
  await becomes('Connected', 'again')
  assert.equal(directory.byUUID(juju.modelUUID)?.name, 'again')
})

test('a younger JujuModel that was first to connect stands down when the older one is found to be for the same model', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  const controller = {endpoints: [juju.endpoint], caCertificate: juju.caCertificate, credentialsRef: {name: 'later'}}
  person.model('prod', juju, {controller})
  await clock.advance(1_000)
  person.model('again', juju)
  start()
  await becomes('SecretNotFound')
  await becomes('Connected', 'again')
  person.secret('later', credentials)
  await becomes('Connected')
  await becomes('DuplicateModel', 'again')
})

test('who lost the lease does not write itself in as the owner', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  let asked = 0
  let leads = false
  const assertMayWrite = (): void => {
    asked++
    if (!leads) throw new NotLeader('charmkeeper')
  }
  start({guard: {assertMayWrite}})
  person.model('prod', juju)
  await until(clock, () => asked > 0)
  await pass(clock, 5_000)
  assert.equal(ownerOf(juju), undefined)
  assert.equal(juju.calls.count('Annotations.Set'), 0)
  assert.equal(person.reason('prod'), '', 'Juju is not blamed')
  assert.equal(asked, 1, 'it is not tried at once again')
  leads = true
  await becomes('Connected')
  assert.equal(ownerOf(juju), self)
})

test('a model that another cluster owns is not touched until takeOver names exactly that owner', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  const elsewhere = new FakeKube(clock)
  const colleague = new Person(elsewhere)
  colleague.secret('juju-operator', credentials)
  colleague.model('theirs', juju)
  start({kube: elsewhere, self: other})
  await until(clock, () => colleague.reason('theirs') === 'Connected')

  const {directory} = start()
  person.model('prod', juju)
  await becomes('ClaimedElsewhere')
  assert.match(person.ready('prod')?.message ?? '', /spec\.takeOver to "cluster-b\/charmkeeper\/charmkeeper"/)
  assert.equal(ownerOf(juju), other)
  const lookup = directory.lookup(namespace, 'prod')
  assert.ok(lookup.found && !lookup.ready && lookup.handle !== undefined)
  assert.deepEqual(await answer(clock, lookup.handle.checkClaim()), {ok: false, owner: other})

  person.model('prod', juju, {takeOver: 'cluster-x/charmkeeper/charmkeeper'})
  await until(clock, () => person.get('prod')?.status?.observedGeneration === 2)
  assert.equal(person.reason('prod'), 'ClaimedElsewhere')
  person.model('prod', juju, {takeOver: other})
  await becomes('Connected')
  assert.equal(ownerOf(juju), self)
  await until(clock, () => colleague.reason('theirs') === 'ClaimedElsewhere')
})

test('a claim that comes out of nowhere is not believed before it has stood for 5 s', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  const annotations = new Map([['charmkeeper-owner', other]])
  juju.world.model(juju.modelUUID).annotations.set(`model-${juju.modelUUID}`, annotations)
  start()
  person.model('prod', juju)
  await becomes('ClaimedElsewhere')
  const readings = (): number => juju.calls.count('Annotations.Get')
  const before = readings()
  annotations.set('charmkeeper-owner', self)
  await until(clock, () => readings() > before, {stepMs: 200, limitMs: 400_000})
  await pass(clock, 3_000)
  assert.equal(person.reason('prod'), 'ClaimedElsewhere')
  annotations.set('charmkeeper-owner', other)
  await pass(clock, 20_000)
  assert.equal(person.reason('prod'), 'ClaimedElsewhere')
  annotations.set('charmkeeper-owner', self)
  await becomes('Connected')
})

test('two operators that name each other in takeOver do not fight', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  const elsewhere = new FakeKube(clock)
  const colleague = new Person(elsewhere)
  colleague.secret('juju-operator', credentials)
  start()
  start({kube: elsewhere, self: other})
  person.model('prod', juju, {takeOver: other})
  await becomes('Connected')
  colleague.model('theirs', juju, {takeOver: self})
  await until(clock, () => colleague.reason('theirs') === 'Connected')
  await becomes('ClaimedElsewhere')
  await pass(clock, 300_000, 2_000)
  assert.equal(ownerOf(juju), other)
  assert.match(person.ready('prod')?.message ?? '', /empty spec\.takeOver and set it again/)
})

test('two operators that claim a free model at once: one of them wins', async t => {
  const {clock, juju, person, start} = await startWorld(t)
  const elsewhere = new FakeKube(clock)
  const colleague = new Person(elsewhere)
  colleague.secret('juju-operator', credentials)
  person.model('prod', juju)
  colleague.model('theirs', juju)
  start()
  start({kube: elsewhere, self: other})
  const reasons = (): string[] => [person.reason('prod'), colleague.reason('theirs')].sort()
  await until(clock, () => reasons().every(reason => reason !== ''))
  assert.deepEqual(reasons(), ['ClaimedElsewhere', 'Connected'])
})

test('S2.10 a missing, incomplete or forbidden Secret is named, with what to do', async t => {
  const {juju, kube, person, becomes, start} = await startWorld(t)
  start()
  const controller = {endpoints: [juju.endpoint], caCertificate: juju.caCertificate, credentialsRef: {name: 'mine'}}
  person.model('prod', juju, {controller})
  await becomes('SecretNotFound')
  assert.equal(person.ready('prod')?.message, 'Secret mine in namespace team-a does not exist')
  person.secret('mine', {user: 'operator'})
  await becomes('SecretNotFound')
  const allow = kube.fail(
    '/secrets/mine',
    403,
    'Forbidden',
    'secrets "mine" is forbidden: User "system:serviceaccount:charmkeeper:operator" cannot get resource "secrets"',
  )
  await becomes('SecretForbidden')
  assert.equal(
    person.ready('prod')?.message,
    'the operator may not read Secret mine; allow it with: kubectl create rolebinding charmkeeper-secrets ' +
      '--namespace=team-a --clusterrole=charmkeeper-secrets-reader --serviceaccount=charmkeeper:operator',
  )
  allow()
  person.secret('mine', credentials)
  await becomes('Connected')
  const reads = kube.server.calls.filter(({method, path}) => method === 'GET' && path.includes('/secrets'))
  assert.ok(
    reads.every(({path}) => path === '/api/v1/namespaces/team-a/secrets/mine' || path.endsWith('/juju-operator')),
  )
  assert.ok(reads.every(({query}) => !query.has('watch')))
})

test('S2.10 a wrong password is reported, and the right one is used once it is in the Secret', async t => {
  const {juju, person, becomes, start} = await startWorld(t)
  person.secret('juju-operator', {username: 'operator', password: 'wrong'})
  const operator = start()
  person.model('prod', juju)
  await becomes('CredentialsRejected')
  person.secret('juju-operator', {username: 'operator', password: 'operator-secret\n'})
  await becomes('Connected')
  assert.equal(JSON.stringify(operator.lines).includes('operator-secret'), false)
})

test('a rotated Secret is used for the next login, and leaves the working session alone', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  const operator = start()
  person.model('prod', juju)
  await becomes('Connected')
  const logins = (): number => juju.calls.of('Admin.Login').filter(({model}) => model !== '').length
  assert.equal(logins(), 1)
  juju.control.setPassword('operator', 'rotated-secret')
  person.secret('juju-operator', {username: 'operator', password: 'rotated-secret'})
  await pass(clock, 130_000, 500)
  assert.equal(logins(), 1)
  juju.faults.expireLogins()
  await until(clock, () => operator.counted.includes('reconnected prod'))
  await becomes('Connected')
  assert.ok(juju.calls.of('Admin.Login').every(({error}) => error === undefined))
})

test('a Secret that is rotated after Juju is read again after the failed login', async t => {
  const {juju, person, becomes, start} = await startWorld(t)
  start()
  person.model('prod', juju)
  await becomes('Connected')
  juju.control.setPassword('operator', 'rotated-secret')
  juju.faults.expireLogins()
  await becomes('CredentialsRejected')
  person.secret('juju-operator', {username: 'operator', password: 'rotated-secret'})
  await becomes('Connected')
})

test('a Secret that is taken away ends the session', async t => {
  const {clock, juju, kube, person, becomes, start} = await startWorld(t)
  start()
  person.model('prod', juju)
  await becomes('Connected')
  kube.delete(
    {group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true},
    'juju-operator',
    namespace,
  )
  await becomes('SecretNotFound')
  await until(clock, () => juju.server.connections.length === 0)
})

test('new endpoints replace the session, and the pinned UUID stays', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  const next = await startWorld(t)
  start()
  person.model('prod', juju)
  await becomes('Connected')
  await next.juju.control.recreateModel(next.juju.modelUUID, {
    ...memoryPostgresqlModel({clock}).seed,
    uuid: juju.modelUUID,
  })
  const {endpoint, caCertificate} = next.juju
  const controller = {endpoints: [endpoint], caCertificate, credentialsRef: {name: 'juju-operator'}}
  person.model('prod', juju, {controller})
  await until(clock, () => next.juju.server.connections.length > 0 && juju.server.connections.length === 0)
  await until(clock, () => person.get('prod')?.status?.controllerUUID === next.juju.controllerUUID)
  assert.equal(person.get('prod')?.status?.modelUUID, juju.modelUUID)
})
