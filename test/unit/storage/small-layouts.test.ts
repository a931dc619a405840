import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  singleObjectStatus,
  StorageError,
  verifySingleObject,
  verifyZooKeeper,
  zooKeeperStatus,
} from '../../../src/storage/index.ts'
import {MemoryStore} from './memory-store.ts'

const id = '2026-08-01T02:00:03Z'
const description = `zk/${id}/metadata.yaml`
const snapshot = `zk/${id}/snapshot`
/** As Python's YAML library writes it. */
const yaml = `id: '${id}'\nlog-sequence-number: 4294967331\npath: zk/${id}/snapshot\n`

type Damage = (store: MemoryStore) => void

async function zooKeeper(damage: Damage = () => undefined) {
  const store = new MemoryStore({[description]: {text: yaml}, [snapshot]: {text: 'ZKSN...'}})
  damage(store)
  return verifyZooKeeper(store, {path: '/zk/', backupID: id})
}

test('S2.13 a backup of ZooKeeper is complete when its description and its snapshot are there', async () => {
  const evidence = await zooKeeper()
  assert(evidence.kind === 'complete', evidence.message)
  assert.deepEqual(zooKeeperStatus(evidence), {repositorySizeBytes: 7})
  assert.match(evidence.message, /a snapshot of 7 bytes up to transaction 4294967331$/)
})

const zooKeeperDamages: readonly [what: string, damage: Damage, says: RegExp][] = [
  ['nothing at all', store => store.objects.clear(), /^missing: there is no backup .* in zk$/],
  [
    'no snapshot',
    store => store.objects.delete(snapshot),
    /^missing: .* was never finished: zk\/\S+\/snapshot does not exist$/,
  ],
  [
    'an empty snapshot',
    store => store.edit(snapshot, () => ''),
    /^broken: .*truncated or overwritten: zk\/\S+\/snapshot has no content$/,
  ],
  ['no description', store => store.objects.delete(description), /^broken: .*metadata\.yaml does not exist$/],
  [
    'an empty description',
    store => store.edit(description, () => ''),
    /^broken: .*metadata\.yaml says no id, not .*; .* says no log-sequence-number$/,
  ],
  [
    'the description of another backup',
    store => store.edit(description, text => text.replaceAll('2026-08-01', '2026-08-02')),
    /^broken: .*metadata\.yaml says "2026-08-02T02:00:03Z" for id, not "2026-08-01T02:00:03Z"$/,
  ],
  [
    'a description that was cut off',
    store => store.edit(description, text => text.slice(0, 40)),
    /^broken: .*metadata\.yaml says no log-sequence-number$/,
  ],
]
for (const [what, damage, says] of zooKeeperDamages)
  test(`S2.13 a damaged backup of ZooKeeper is never complete: ${what}`, async () => {
    const evidence = await zooKeeper(damage)
    assert.match(`${evidence.kind}: ${evidence.message}`, says)
  })

const key = `etcd/${id}`

async function single(text: string | undefined, magics: readonly string[] = []) {
  const store = new MemoryStore(text === undefined ? {} : {[key]: {text}})
  return verifySingleObject(store, {path: 'etcd', backupID: id, magics})
}

test('S2.13 a backup that is one object is complete when it is there and begins as it has to', async () => {
  const evidence = await single('anything')
  assert(evidence.kind === 'complete', evidence.message)
  assert.deepEqual(singleObjectStatus(evidence), {repositorySizeBytes: 8})
  for (const start of ['REDIS0011', 'VALKEY080']) {
    const {kind, message} = await single(`${start}${'x'.repeat(10_000)}`, ['REDIS', 'VALKEY'])
    assert.equal(kind, 'complete', message)
  }
})

const singleDamages: readonly [what: string, text: string | undefined, magics: readonly string[], says: RegExp][] = [
  ['nothing', undefined, [], /^missing: there is no backup .* in etcd$/],
  ['empty', '', [], /^broken: .*truncated or overwritten: etcd\/\S+ has no content$/],
  [
    'something else',
    '<html>',
    ['REDIS', 'VALKEY'],
    /^broken: .*overwritten: etcd\/\S+ does not begin with REDIS or VALKEY$/,
  ],
  ['cut off in its first bytes', 'VALK', ['REDIS', 'VALKEY'], /^broken: .*does not begin with REDIS or VALKEY$/],
]
for (const [what, text, magics, says] of singleDamages)
  test(`S2.13 a damaged single object is never complete: ${what}`, async () => {
    const evidence = await single(text, magics)
    assert.match(`${evidence.kind}: ${evidence.message}`, says)
  })

/** Counts the pieces that are asked for. */
class CountingStore extends MemoryStore {
  pieces = 0

  override async *read(wanted: string): AsyncGenerator<Buffer, void> {
    for await (const piece of super.read(wanted)) {
      this.pieces += 1
      yield piece
    }
  }
}

test('of a large object no more than the first piece is read', async () => {
  const store = new CountingStore({[key]: {text: `REDIS${'x'.repeat(100_000)}`}})
  const {kind} = await verifySingleObject(store, {path: 'etcd', backupID: id, magics: ['REDIS']})
  assert.equal(kind, 'complete')
  assert.equal(store.pieces, 1)
})

test('a store that cannot be read says nothing about the backup', async () => {
  const fault = new StorageError('AccessDenied', 'HeadObject', 'no')
  const store = new MemoryStore()
  store.faults.set('head', fault)
  await assert.rejects(verifySingleObject(store, {path: '', backupID: id, magics: []}), fault)
  await assert.rejects(verifyZooKeeper(store, {path: '', backupID: id}), fault)
})
