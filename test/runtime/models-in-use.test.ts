import assert from 'node:assert/strict'
import {test} from 'node:test'
import {backupJobResource} from '../../src/api/backup-job.ts'
import {IN_USE_FINALIZER, RUNNING_FINALIZER} from '../../src/api/meta.ts'
import type {ModelHandle, ModelLookup} from '../../src/controllers/juju-model/directory.ts'
import {secrets} from '../../src/kube/resources.ts'
import type {FakeKube} from '../support/fake-kube.ts'
import {namespace, pass, type Person, startWorld, until} from './support/models-world.ts'

const finalizers = (person: Person): readonly string[] => person.get('prod')?.metadata.finalizers ?? []
const isInUse = (person: Person): boolean => finalizers(person).includes(IN_USE_FINALIZER)

/** A BackupJob that was granted before this operator began. */
function grantedJob(kube: FakeKube): void {
  const body = {
    spec: {modelRef: {name: 'prod'}, application: 'postgresql'},
    status: {observedGeneration: 1, grantedAt: '2026-11-22T12:00:00Z'},
  }
  kube.apply(backupJobResource, {namespace, name: 'nightly', finalizers: [RUNNING_FINALIZER], body})
}

const messageOf = (lookup: ModelLookup): string => ('message' in lookup ? lookup.message : '')

test('a JujuModel that a job holds outlives its deletion, with its session, until the job lets go', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  const {directory} = start()
  person.model('prod', juju)
  await becomes('Connected')
  const release = directory.hold(namespace, 'prod')
  const again = directory.hold(namespace, 'prod')
  await until(clock, () => isInUse(person))
  person.deleteModel('prod')
  const lookup = (): ModelLookup => directory.lookup(namespace, 'prod')
  await until(clock, () => /being deleted/.test(messageOf(lookup())))
  await pass(clock, 70_000, 500)
  const {handle} = lookup() as {handle?: ModelHandle}
  assert.equal(handle?.session.state.kind, 'connected')
  release()
  release()
  await pass(clock, 10_000, 500)
  assert.ok(isInUse(person), 'the other hold stays')
  again()
  await until(clock, () => person.get('prod') === undefined && juju.server.connections.length === 0)
})

test('a deleted JujuModel that a job holds is Unreachable while the connection is lost, also without its Secret', async t => {
  const {clock, juju, kube, person, becomes, start} = await startWorld(t)
  const {directory} = start()
  person.model('prod', juju)
  await becomes('Connected')
  directory.hold(namespace, 'prod')
  await until(clock, () => isInUse(person))
  person.deleteModel('prod')
  const reason = (): string => {
    const lookup = directory.lookup(namespace, 'prod')
    return lookup.found && !lookup.ready ? lookup.reason : ''
  }
  await until(clock, () => reason() === 'ModelNotFound')
  await juju.faults.refuse()
  juju.faults.reset()
  await until(clock, () => reason() === 'Unreachable')
  kube.delete(secrets, 'juju-operator', namespace)
  await becomes('SecretNotFound')
  await pass(clock, 10_000, 500)
  assert.equal(reason(), 'Unreachable')
  assert.match(messageOf(directory.lookup(namespace, 'prod')), /^the JujuModel prod is being deleted; /)
  assert.ok(isInUse(person))
  juju.control.model().grant('operator', undefined)
  await juju.faults.refuse(false)
  await until(clock, () => /^(CredentialsRejected|InsufficientAccess|ModelNotFound)$/.test(reason()))
  await until(clock, () => person.get('prod') === undefined)
})

test('a held session survives suspend, and the loss of its Secret', async t => {
  const {clock, juju, kube, person, becomes, start} = await startWorld(t)
  const {directory} = start()
  person.model('prod', juju)
  await becomes('Connected')
  const release = directory.hold(namespace, 'prod')
  kube.delete(secrets, 'juju-operator', namespace)
  await becomes('SecretNotFound')
  person.model('prod', juju, {suspend: true})
  await becomes('Suspended')
  const lookup = directory.lookup(namespace, 'prod')
  assert.ok(lookup.found && !lookup.ready && lookup.handle?.session.state.kind === 'connected')
  release()
  await until(clock, () => juju.server.connections.length === 0 && !isInUse(person))
})

test('after a restart a deleted JujuModel stays for the jobs that were granted before', async t => {
  const {clock, juju, kube, person, becomes, start} = await startWorld(t)
  const first = start()
  person.model('prod', juju)
  await becomes('Connected')
  grantedJob(kube)
  await until(clock, () => isInUse(person))
  await first.stop()
  person.deleteModel('prod')
  const {directory} = start()
  await until(clock, () => {
    const lookup = directory.lookup(namespace, 'prod')
    return lookup.found && !lookup.ready && lookup.handle?.session.state.kind === 'connected'
  })
  assert.ok(isInUse(person))
  kube.apply(backupJobResource, {namespace, name: 'nightly', finalizers: [], body: {spec: {modelRef: {name: 'prod'}}}})
  await until(clock, () => person.get('prod') === undefined)
})

test('a deleted JujuModel without session and credentials is let go, with a log line and a count', async t => {
  const {clock, juju, kube, person, becomes, start} = await startWorld(t)
  const first = start()
  person.model('prod', juju)
  await becomes('Connected')
  grantedJob(kube)
  await until(clock, () => isInUse(person))
  await first.stop()
  person.deleteModel('prod')
  kube.delete(secrets, 'juju-operator', namespace)
  const operator = start()
  await until(clock, () => person.get('prod') === undefined)
  assert.deepEqual(operator.counted, ['released prod'])
  assert.ok(operator.lines.some(({level, fields}) => level === 'warn' && fields['finalizer'] === IN_USE_FINALIZER))
})

test('a deleted JujuModel whose user lost its rights is let go; one whose controller is down is not', async t => {
  const {clock, juju, kube, person, becomes, start} = await startWorld(t)
  const first = start()
  person.model('prod', juju)
  await becomes('Connected')
  grantedJob(kube)
  await until(clock, () => isInUse(person))
  await first.stop()
  person.deleteModel('prod')
  await juju.faults.refuse()
  const operator = start()
  await becomes('Unreachable')
  assert.ok(isInUse(person))
  juju.control.model().grant('operator', undefined)
  await juju.faults.refuse(false)
  await until(clock, () => person.get('prod') === undefined)
  assert.deepEqual(operator.counted, ['released prod'])
})
