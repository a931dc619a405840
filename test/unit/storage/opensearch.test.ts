import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {openSearchStatus, StorageError, verifyOpenSearch, type OpenSearchEvidence} from '../../../src/storage/index.ts'
import {MemoryStore} from './memory-store.ts'
import {indexKey, openSearchRepository, rewrite, snapshotID, uuid} from './opensearch-repository.ts'

function verify(
  damage: (store: MemoryStore) => void = () => undefined,
  backupID = snapshotID,
): Promise<OpenSearchEvidence> {
  const store = openSearchRepository()
  damage(store)
  return verifyOpenSearch(store, {path: '/search', backupID})
}

test('S2.13 a snapshot is complete when the newest index lists it as a success, and its files are there', async () => {
  const evidence = await verify()
  assert(evidence.kind === 'complete', evidence.message)
  assert.deepEqual(openSearchStatus(evidence), {engineVersion: '2.14.0'})
  assert.match(evidence.message, /is complete in the store: the index of the repository, 2 indices and 3 shards$/)
})

test('a snapshot that holds nothing but the state of the cluster is complete', async () => {
  const evidence = await verify(rewrite(index => (index.indices = {})))
  assert.match(evidence.message, /0 indices and 0 shards$/)
})

const notes: readonly [what: string, damage: (store: MemoryStore) => void, says: RegExp][] = [
  [
    'no index.latest',
    store => store.objects.delete('search/index.latest'),
    /index\.latest does not exist; OpenSearch finds index-12/,
  ],
  [
    'an index.latest that was cut off',
    store => store.edit('search/index.latest', text => text.slice(0, 3)),
    /has 3 bytes instead of 8/,
  ],
  [
    'an index.latest of before',
    store => store.edit('search/index.latest', text => `${text.slice(0, 7)}\x09`),
    /index\.latest says 9, though index-12 exists/,
  ],
  [
    'an index that was made anew between snapshots, with more shards',
    rewrite(index => {
      index.indices['orders']?.shard_generations?.push('gen-2')
      const [first] = index.snapshots
      if (first?.index_metadata_lookup) first.index_metadata_lookup['idx-orders'] = `${'z'.repeat(22)}-_na_-1-1-1`
      if (index.index_metadata_identifiers) index.index_metadata_identifiers[`${'z'.repeat(22)}-_na_-1-1-1`] = 'm-old'
    }),
    /index orders was made anew between snapshots, so only its first shard was looked at$/,
  ],
  [
    'an index that does not tell states',
    rewrite(index => index.snapshots.forEach(each => delete each.state)),
    /does not say how the snapshot ended$/,
  ],
]
for (const [what, damage, says] of notes)
  test(`a snapshot can be restored, and it is said: ${what}`, async () => {
    const evidence = await verify(damage)
    assert.equal(evidence.kind, 'complete', evidence.message)
    assert.match(evidence.message, says)
  })

const damages: readonly [what: string, damage: (store: MemoryStore) => void, says: RegExp][] = [
  ['nothing at all', store => store.objects.clear(), /^missing: there is no repository: no index-N in search$/],
  [
    'an index that does not name it',
    rewrite(index => (index.snapshots = [])),
    /^missing: there is no snapshot 2026-08-01T02:00:03Z in search\/index-12$/,
  ],
  ['an empty index', store => store.edit(indexKey, () => ''), /^broken: .*index-12 cannot be read: it was cut off/],
  [
    'an index that was cut off',
    store => store.edit(indexKey, text => text.slice(0, -20)),
    /^broken: .*index-12 cannot be read/,
  ],
  [
    'a snapshot that goes on',
    rewrite(index => index.snapshots.forEach(each => (each.state = 0))),
    /^missing: .*was never finished: .* IN_PROGRESS$/,
  ],
  [
    'a snapshot that failed',
    rewrite(index => index.snapshots.forEach(each => (each.state = 2))),
    /^broken: .*index-12 says FAILED of the snapshot$/,
  ],
  [
    'a snapshot without some shards',
    rewrite(index => index.snapshots.forEach(each => (each.state = 3))),
    /^broken: .*index-12 says PARTIAL/,
  ],
  [
    'a state that nobody knows',
    rewrite(index => index.snapshots.forEach(each => (each.state = 9))),
    /^broken: .*index-12 says state 9/,
  ],
  [
    'no file of the snapshot',
    store => store.objects.delete(`search/snap-${uuid}.dat`),
    /^broken: .*search\/snap-\S+\.dat is not in the store$/,
  ],
  [
    'no file of the cluster state',
    store => store.objects.delete(`search/meta-${uuid}.dat`),
    /^broken: .*search\/meta-\S+\.dat is not in the store$/,
  ],
  [
    'an empty file of the snapshot',
    store => store.edit(`search/snap-${uuid}.dat`, () => ''),
    /^broken: .*truncated or overwritten: search\/snap-\S+\.dat has no content$/,
  ],
  [
    'no metadata of an index',
    store => store.objects.delete('search/indices/idx-orders/meta-m-orders.dat'),
    /^broken: .*indices\/idx-orders\/meta-m-orders\.dat is not in the store$/,
  ],
  [
    'an index that does not know the metadata',
    rewrite(index => (index.index_metadata_identifiers = {})),
    /^broken: .*index-12 does not name the metadata of index orders; /,
  ],
  [
    'no list of files of a shard',
    store => store.objects.delete(`search/indices/idx-orders/1/snap-${uuid}.dat`),
    /^broken: .*idx-orders\/1\/snap-\S+\.dat is not in the store$/,
  ],
  [
    'no list of snapshots of a shard',
    store => store.objects.delete('search/indices/idx-items/0/index-gen-items'),
    /^broken: .*idx-items\/0\/index-gen-items is not in the store$/,
  ],
]
for (const [what, damage, says] of damages)
  test(`S2.13 a damaged snapshot is never complete: ${what}`, async () => {
    const evidence = await verify(damage)
    assert.match(`${evidence.kind}: ${evidence.message}`, says)
  })

test('an older index counts nothing beside a newer one, whose number is compared as a number', async () => {
  const evidence = await verify(store => store.objects.set('search/index-9', {size: 2, text: '{}'}))
  assert.equal(evidence.kind, 'complete', evidence.message)
})

test('property: whatever single file of a snapshot is lost or emptied is named, but for the data', async () => {
  const store = openSearchRepository()
  const keys = [...store.objects.keys()].filter(key => key !== 'search/index.latest')
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...keys), fc.boolean(), async (key, emptied) => {
      const evidence = await verify(each => void (emptied ? each.edit(key, () => '') : each.objects.delete(key)))
      const data = key.includes('/__') || key.includes('other')
      assert.equal(evidence.kind === 'complete', data, `${key}: ${evidence.message}`)
    }),
  )
})

test('a store that cannot be read says nothing about the snapshot', async () => {
  const fault = new StorageError('Unreachable', 'HeadObject', 'no')
  await assert.rejects(
    verify(store => store.faults.set('head', fault)),
    fault,
  )
})
