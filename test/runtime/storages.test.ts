import assert from 'node:assert/strict'
import {test} from 'node:test'
import {backupStorageResource} from '../../src/api/backup-storage.ts'
import {secrets} from '../../src/kube/resources.ts'
import {namespace, StoragesWorld} from './support/storages-world.ts'

const types = (world: StoragesWorld): string[] => world.status?.conditions?.map(({type}) => type) ?? []

test('S1.9 a BackupStorage is listed, reported, and handed out with its store', async t => {
  const world = new StoragesWorld(t)
  world.bucket.lock = {enabled: true, mode: 'Governance', retentionDays: 7}
  world.apply()
  assert.deepEqual(world.directory.lookup(namespace, 'nothing'), {
    found: false,
    message: 'there is no BackupStorage nothing in namespace team-a',
  })
  await world.becomes('Available')
  const {conditions, ...status} = world.status ?? {observedGeneration: -1}
  assert.deepEqual(status, {
    observedGeneration: 1,
    lastProbeTime: conditions?.[0]?.lastTransitionTime,
    objectLock: {enabled: true, mode: 'Governance', retentionDays: 7},
  })
  assert.deepEqual(types(world), ['Ready'])
  assert.deepEqual(world.bucket.requests, ['list'], 'ReadOnly is the default')
  assert.deepEqual(world.events, ['Available'])
  const lookup = world.directory.lookup(namespace, 'store')
  assert.ok(lookup.found && lookup.ready)
  assert.equal(lookup.spec.s3.bucket, 'db-backups')
})

test('with ReadWrite the probe writes, reads and deletes: at first, on a change, and once a day', async t => {
  const world = new StoragesWorld(t)
  world.apply({accessMode: 'ReadWrite', probeIntervalSeconds: 3600})
  await world.becomes('Available')
  assert.deepEqual(world.bucket.requests, [
    'list',
    'put .charmkeeper/probe',
    'get .charmkeeper/probe',
    'delete .charmkeeper/probe',
  ])
  assert.equal(world.bucket.objects.size, 0)
  await world.clock.advance(23 * 3_600_000)
  assert.equal(world.bucket.count('put'), 1)
  assert.ok(world.bucket.count('list') > 20)
  await world.clock.advance(2 * 3_600_000)
  assert.equal(world.bucket.count('put'), 2)
})

test('a probe that finds nothing new writes nothing; lastProbeTime is that of the last change', async t => {
  const world = new StoragesWorld(t)
  world.apply()
  await world.becomes('Available')
  await world.clock.advance(1_000)
  const [writes, time] = [world.statusWrites, world.status?.lastProbeTime]
  await world.clock.advance(3_600_000)
  assert.ok(world.bucket.count('list') > 10)
  assert.equal(world.statusWrites, writes)
  assert.equal(world.status?.lastProbeTime, time)
  world.bucket.trouble = 'Unreachable'
  await world.becomes('Unreachable')
  assert.notEqual(world.status?.lastProbeTime, time)
})

for (const [kind, abnormal] of [
  ['Unreachable', 'Reconciling'],
  ['CertificateNotTrusted', 'Stalled'],
  ['CredentialsRejected', 'Stalled'],
  ['AccessDenied', 'Stalled'],
  ['BucketNotFound', 'Stalled'],
  ['EndpointNotAllowed', 'Stalled'],
] as const) {
  test(`a store that is ${kind} is reported as that, and comes back by itself`, async t => {
    const world = new StoragesWorld(t)
    world.bucket.trouble = kind
    world.apply()
    await world.becomes(kind)
    assert.deepEqual(types(world), ['Ready', abnormal])
    const lookup = world.directory.lookup(namespace, 'store')
    assert.ok(lookup.found && !lookup.ready && lookup.reason === kind)
    const writes = world.statusWrites
    await world.clock.advance(1_800_000)
    assert.equal(world.statusWrites, writes, 'one trouble is written once')
    world.bucket.trouble = undefined
    await world.becomes('Available')
    assert.deepEqual(world.events, [kind, 'Available'])
  })
}

test('a key that may not write is found out before a backup is', async t => {
  const world = new StoragesWorld(t)
  world.bucket.readOnly = true
  world.apply({accessMode: 'ReadWrite'})
  await world.becomes('AccessDenied')
  assert.match(world.ready?.message ?? '', /PutObject/)
  world.apply({accessMode: 'ReadOnly'})
  await world.becomes('Available')
})

test('S2.8 S2.10 the Secret of a store: missing, incomplete, rotated while running', async t => {
  const world = new StoragesWorld(t)
  world.kube.delete(secrets, 's3-keys', namespace)
  world.apply()
  await world.becomes('SecretNotFound')
  world.secret({'access-key': 'an-access-key'})
  await world.clock.advanceUntil(() => /access-key and secret-key/.test(world.ready?.message ?? ''))
  world.secret()
  await world.becomes('Available')
  const {opened} = world.bucket
  world.bucket.secretKey = 'rotated-secret-key'
  await world.becomes('CredentialsRejected')
  world.secret()
  await world.becomes('Available')
  assert.equal(world.bucket.opened, opened + 1)
  assert.equal(world.bucket.closed, opened)
  const seen = JSON.stringify([world.status, world.log.lines, world.kube.events()])
  assert.doesNotMatch(seen, /(first|rotated)-secret-key/)
})

test('a Secret that the operator may not read', async t => {
  const world = new StoragesWorld(t)
  world.kube.fail('/secrets/s3-keys', 403, 'Forbidden', 'User "system:serviceaccount:charmkeeper:operator" cannot get')
  world.apply()
  await world.becomes('SecretForbidden')
  assert.match(world.ready?.message ?? '', /kubectl create rolebinding .*--serviceaccount=charmkeeper:operator$/)
})

test('an object that was written before a rule existed says which rule, and is not dialled', async t => {
  const world = new StoragesWorld(t)
  const spec = {s3: {bucket: 'UPPER', endpoint: 'http://plain.example.com', credentialsRef: {name: 's3-keys'}}}
  world.kube.apply(backupStorageResource, {namespace, name: 'store', body: {spec}})
  await world.becomes('InvalidSpec')
  assert.match(world.ready?.message ?? '', /^spec\.s3\./)
  assert.deepEqual(world.bucket.requests, [])
})

test('a store that is gone from the cluster is closed', async t => {
  const world = new StoragesWorld(t)
  world.apply()
  await world.becomes('Available')
  const changes: string[] = []
  world.directory.onChange(({name}) => changes.push(name))
  world.kube.delete(backupStorageResource, 'store', namespace)
  await world.clock.advance(1_000)
  assert.equal(world.bucket.closed, world.bucket.opened)
  assert.deepEqual(changes, ['store'])
  assert.equal(world.directory.lookup(namespace, 'store').found, false)
})

test('a new spec is not ready before it has been probed', async t => {
  const world = new StoragesWorld(t)
  world.apply()
  await world.becomes('Available')
  const seen: boolean[] = []
  world.directory.onChange(({name}) => {
    const lookup = world.directory.lookup(namespace, name)
    seen.push(lookup.found && lookup.ready)
  })
  world.apply({
    s3: {
      bucket: 'other-bucket',
      endpoint: 'https://s3.example.com',
      uriStyle: 'Path',
      credentialsRef: {name: 's3-keys'},
    },
  })
  await world.clock.advanceUntil(() => world.status?.observedGeneration === 2)
  assert.equal(seen[0], false)
  assert.equal(seen.at(-1), true)
})
