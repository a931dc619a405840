import assert from 'node:assert/strict'
import {test} from 'node:test'
import {probe, PROBE_KEY, StorageError, type StorageErrorKind} from '../../../src/storage/index.ts'
import {MemoryStore} from './memory-store.ts'

test('a probe with ReadOnly lists one object below the path, and writes nothing', async () => {
  const store = new MemoryStore({'pg/backup/x': {text: 'x'}})
  assert.deepEqual(await probe(store, {path: '/pg/', readWrite: false}), {ok: true})
  assert.deepEqual(store.requests, ['list pg/', 'objectLock'])
})

test('an empty bucket is fine', async () => {
  const store = new MemoryStore()
  assert.deepEqual(await probe(store, {readWrite: false}), {ok: true})
  assert.deepEqual(store.requests, ['list', 'objectLock'])
})

test('a probe with ReadWrite writes, reads and deletes one key outside of every repository', async () => {
  const store = new MemoryStore()
  assert.deepEqual(await probe(store, {path: '/pg', readWrite: true}), {ok: true})
  assert.deepEqual(store.requests.slice(1, 4), [`put ${PROBE_KEY}`, `get ${PROBE_KEY}`, `delete ${PROBE_KEY}`])
  assert.equal(store.objects.size, 0)
  assert(!PROBE_KEY.startsWith('backup/') && !PROBE_KEY.startsWith('archive/'))
})

test('two probes at once do not disturb each other: a deleted key is written again', async () => {
  const store = new MemoryStore()
  const get = store.get.bind(store)
  let disturbed = 0
  store.get = async (key, options) => {
    if (disturbed++ < 2) store.objects.delete(key)
    return get(key, options)
  }
  assert.deepEqual(await probe(store, {readWrite: true}), {ok: true})
  disturbed = -10
  const never = await probe(store, {readWrite: true})
  assert.equal(!never.ok && never.kind, 'Unreachable')
})

test('a store that gives back something else is not usable', async () => {
  const store = new MemoryStore()
  store.get = async () => Buffer.from('something else')
  const result = await probe(store, {readWrite: true})
  assert.equal(!result.ok && result.message, `GetObject: ${PROBE_KEY} does not hold what was just written to it`)
})

for (const kind of [
  'Unreachable',
  'CertificateNotTrusted',
  'CredentialsRejected',
  'AccessDenied',
  'BucketNotFound',
  'EndpointNotAllowed',
] satisfies StorageErrorKind[]) {
  test(`${kind} is a result with the store’s own words`, async () => {
    const store = new MemoryStore()
    store.faults.set('list', new StorageError(kind, 'ListObjectsV2', 'words'))
    assert.deepEqual(await probe(store, {readWrite: false}), {ok: false, kind, message: 'ListObjectsV2: words'})
  })
}

test('keys that may read but not write are told apart', async () => {
  const store = new MemoryStore()
  store.faults.set('put', new StorageError('AccessDenied', 'PutObject', 'no'))
  assert.equal((await probe(store, {readWrite: false})).ok, true)
  assert.deepEqual(await probe(store, {readWrite: true}), {ok: false, kind: 'AccessDenied', message: 'PutObject: no'})
})

test('object lock is reported when the store tells', async () => {
  const store = new MemoryStore()
  store.lock = {enabled: true, mode: 'Compliance', retentionDays: 30}
  assert.deepEqual(await probe(store, {readWrite: false}), {ok: true, objectLock: store.lock})
})

test('what is no fault of the store is thrown', async () => {
  const store = new MemoryStore()
  store.faults.set('list', new Error('aborted'))
  await assert.rejects(probe(store, {readWrite: false}), /aborted/)
})
