import assert from 'node:assert/strict'
import {test} from 'node:test'
import {leftovers, presentBackups, StorageError, type StorageLayout} from '../../../src/storage/index.ts'
import {MemoryStore} from './memory-store.ts'
import {openSearchRepository, rewrite, snapshotID} from './opensearch-repository.ts'
import {RecordedRepository, keysLike, remove} from './recorded-repository.ts'

const {signal} = new AbortController()
const [first, second, third] = ['2026-08-01T02:00:03Z', '2026-08-02T02:00:03Z', '2026-08-03T02:00:03Z'] as const

const repository = new RecordedRepository('repository')
const {stanza} = repository.recording
const idOf = (label: string): string =>
  label.replace(/^.*(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)[FDI]$/, '$1-$2-$3T$4:$5:$6Z')
const recorded = [repository.full, repository.differential, repository.incremental]

async function present(layout: StorageLayout, store: MemoryStore, path: string) {
  const found = await presentBackups(layout, store, {path, stanza, signal})
  return Object.fromEntries([...found].map(([id, {sizeBytes}]) => [id, sizeBytes]))
}

function left(
  layout: StorageLayout,
  store: MemoryStore,
  path: string,
  backup: {label?: string; backupID?: string} = {},
) {
  return leftovers(layout, store, {path, stanza, ...backup, signal})
}

function storeOf(objects: Readonly<Record<string, string>>): MemoryStore {
  return new MemoryStore(Object.fromEntries(Object.entries(objects).map(([key, text]) => [key, {text}])))
}

test('S2.13 backups of pgBackRest are there when the index and their manifests are, and what they build on', async () => {
  const all = Object.fromEntries(recorded.map(({label, info}) => [idOf(label), info.size]))
  assert.deepEqual(await present('pgBackRest', repository.store(), '/pg/'), all)
  const [full, differential, incremental] = recorded.map(({label}) => idOf(label))
  const cases: readonly [change: (store: MemoryStore) => void, expected: readonly (string | undefined)[]][] = [
    [store => remove(store, /D\/backup\.manifest$/), [full]],
    [store => remove(store, /I\/backup\.manifest$/), [full, differential]],
    [store => store.edit(keysLike(store, /I\/backup\.manifest$/)[0] ?? '', () => ''), [full, differential]],
    [
      store => repository.editEntry(store, line => line.replace('"backup-error":false', '"backup-error":true')),
      [full, differential],
    ],
    [store => repository.editIndex(store, text => text.replaceAll(/^.*D=.*\n/gm, '')), [full]],
    [store => remove(store, /F\/backup\.manifest$/), []],
    [store => remove(store, /backup\.info/), []],
    [store => remove(store, /backup\.info$/), [full, differential, incremental]],
  ]
  for (const [change, expected] of cases) {
    const store = repository.store()
    change(store)
    assert.deepEqual(Object.keys(await present('pgBackRest', store, 'pg')), expected, String(change))
  }
})

test('presence in a repository of pgBackRest costs the index and one look at each backup', async () => {
  const store = repository.store()
  await present('pgBackRest', store, 'pg')
  assert.deepEqual(
    store.requests.map(request => request.split(' ')[0]),
    ['read', 'read', 'head', 'head', 'head'],
  )
})

test('backups of MySQL are there with description, sums and chunks; the folder of chunks is one entry', async () => {
  const store = storeOf({
    [`p/${first}.metadata`]: 'm',
    [`p/${first}.md5`]: 's',
    [`p/${first}.backup.log`]: 'l',
    ...Object.fromEntries(Array.from({length: 50}, (_, chunk) => [`p/${first}/a.${chunk}`, 'x'])),
    [`p/${second}.metadata`]: 'm',
    [`p/${second}/a.0`]: 'x',
    [`p/${third}.metadata`]: 'm',
    [`p/${third}.md5`]: 's',
    'p/binlogs/binlog_1_1_a': 'x',
    'p/group_replication_id.txt': 'g',
  })
  assert.deepEqual(await present('XtraBackup', store, 'p'), {[first]: undefined})
  assert.deepEqual(store.requests, ['list p/'])
})

const pbm = (id: string, status: string): string => JSON.stringify({name: id, type: 'logical', status, size: 42})

test('backups of PBM are there when their metadata say that they are done, and they have data', async () => {
  const store = storeOf({
    [`${first}.pbm.json`]: pbm(first, 'done'),
    [`${first}/rs/a.s2`]: 'x',
    [`${second}.pbm.json`]: pbm(second, 'running'),
    [`${second}/rs/a.s2`]: 'x',
    [`${third}.pbm.json`]: pbm(third, 'done'),
    '2026-08-04T02:00:03Z/rs/a.s2': 'x',
    '2026-08-05T02:00:03Z.pbm.json': '{',
    '.pbm.init': '',
  })
  assert.deepEqual(await present('PBM', store, '/'), {[first]: 42})
})

test('snapshots of OpenSearch are there when the index says SUCCESS; their ids are in upper case', async () => {
  assert.deepEqual(Object.keys(await present('OpenSearch', openSearchRepository(), 'search')), [
    '2026-07-31T02:00:03Z',
    snapshotID,
  ])
  const store = openSearchRepository()
  rewrite(index => index.snapshots.forEach((snapshot, at) => (snapshot.state = at + 1)))(store)
  assert.deepEqual(Object.keys(await present('OpenSearch', store, 'search')), ['2026-07-31T02:00:03Z'])
  assert.deepEqual(await present('OpenSearch', storeOf({}), 'search'), {})
})

test('backups of ZooKeeper and single objects are there with their size', async () => {
  const zooKeeper = storeOf({
    [`zk/${first}/metadata.yaml`]: 'id',
    [`zk/${first}/snapshot`]: 'abc',
    [`zk/${second}/metadata.yaml`]: 'id',
    [`zk/${third}/metadata.yaml`]: 'id',
    [`zk/${third}/snapshot`]: '',
    'zk/2026-08-04T02:00:03Z/snapshot': 'abc',
  })
  assert.deepEqual(await present('ZooKeeper', zooKeeper, 'zk'), {[first]: 3})
  const single = storeOf({
    [`etcd/${first}`]: 'abcd',
    [`etcd/${second}`]: '',
    'etcd/other': 'x',
    [`etcd/${third}/x`]: 'x',
  })
  assert.deepEqual(await present('SingleObject', single, 'etcd'), {[first]: 4})
})

test('an index that cannot be understood, and a store that cannot be read, say nothing about backups', async () => {
  const damaged = repository.store()
  for (const key of keysLike(damaged, /backup\.info/)) damaged.edit(key, () => 'garbled')
  await assert.rejects(present('pgBackRest', damaged, 'pg'), {name: 'UnreadableIndex'})
  await assert.rejects(left('pgBackRest', damaged, 'pg'), {name: 'UnreadableIndex'})
  const search = openSearchRepository()
  search.edit('search/index-12', () => '{')
  await assert.rejects(present('OpenSearch', search, 'search'), {
    name: 'UnreadableIndex',
    message: /index-12 cannot be read/,
  })
  await assert.rejects(left('OpenSearch', search, 'search'), {name: 'UnreadableIndex'})
  const fault = new StorageError('Unreachable', 'ListObjectsV2', 'no')
  for (const layout of ['XtraBackup', 'PBM', 'OpenSearch', 'ZooKeeper', 'SingleObject'] as const) {
    const store = storeOf({})
    store.faults.set('list', fault)
    await assert.rejects(present(layout, store, 'p'), fault)
    await assert.rejects(left(layout, store, 'p'), fault)
  }
  await assert.rejects(present('None', storeOf({}), 'p'), RangeError)
})

/** What a pgBackRest leaves that was killed: it writes the index last. */
function killed(): MemoryStore {
  const store = repository.store()
  repository.editIndex(store, text => text.replaceAll(/^.*I=.*\n/gm, ''))
  remove(store, /I\/backup\.manifest$/)
  return store
}

test('S1.17 a cancelled run of pgBackRest is named by its folder, found by label, by id, or without either', async () => {
  const {label} = repository.incremental
  const folder = `${repository.directory}/${label}/`
  const sentence = `an unfinished run left ${folder} in the store; pgBackRest goes on from it or removes it with the next backup`
  assert.equal(await left('pgBackRest', killed(), 'pg'), sentence)
  assert.equal(await left('pgBackRest', killed(), 'pg', {label}), sentence)
  assert.equal(await left('pgBackRest', killed(), 'pg', {backupID: idOf(label)}), sentence)
  assert.equal(await left('pgBackRest', killed(), 'pg', {label: repository.full.label}), undefined)
  assert.equal(await left('pgBackRest', repository.store(), 'pg'), undefined)
  assert.equal(await leftovers('pgBackRest', killed(), {path: 'pg', signal}), undefined)
})

test('S1.17 what a cancelled run left is never offered: it is not among the backups that are there', async () => {
  const found = await present('pgBackRest', killed(), 'pg')
  assert.deepEqual(
    Object.keys(found),
    recorded.slice(0, 2).map(({label}) => idOf(label)),
  )
})

const others: readonly [layout: StorageLayout, objects: Readonly<Record<string, string>>, says: RegExp][] = [
  [
    'XtraBackup',
    {
      [`p/${first}.metadata`]: 'm',
      [`p/${first}.md5`]: 's',
      [`p/${first}/a.0`]: 'x',
      [`p/${second}.metadata`]: 'm',
      [`p/${second}.backup.log`]: 'l',
      [`p/${second}/a.0`]: 'x',
    },
    /^an unfinished run left p\/2026-08-02T02:00:03Z\.backup\.log, p\/2026-08-02T02:00:03Z\.metadata, p\/2026-08-02T02:00:03Z\/ in the store; nobody removes it: delete it by hand/,
  ],
  [
    'PBM',
    {
      [`p/${first}.pbm.json`]: pbm(first, 'done'),
      [`p/${first}/a`]: 'x',
      [`p/${second}.pbm.json`]: pbm(second, 'canceled'),
      [`p/${second}/a`]: 'x',
    },
    /^an unfinished run left p\/2026-08-02T02:00:03Z\.pbm\.json, p\/2026-08-02T02:00:03Z\/ in the store; `pbm delete-backup` with its id/,
  ],
  [
    'PBM',
    {[`p/${first}.pbm.json`]: pbm(first, 'done'), [`p/${first}/a`]: 'x', [`p/${second}/a`]: 'x'},
    /^an unfinished run left p\/2026-08-02T02:00:03Z\/ in the store/,
  ],
  [
    'ZooKeeper',
    {[`p/${first}/metadata.yaml`]: 'm', [`p/${first}/snapshot`]: 's', [`p/${second}/metadata.yaml`]: 'm'},
    /^an unfinished run left p\/2026-08-02T02:00:03Z\/metadata\.yaml in the store/,
  ],
  [
    'SingleObject',
    {[`p/${first}`]: 'm', [`p/${second}`]: ''},
    /^an unfinished run left p\/2026-08-02T02:00:03Z in the store/,
  ],
]
for (const [layout, objects, says] of others)
  test(`S1.17 what an unfinished run left is named, and only that: ${layout}, ${Object.keys(objects).length} objects`, async () => {
    assert.match((await left(layout, storeOf(objects), 'p')) ?? '', says)
    assert.match((await left(layout, storeOf(objects), 'p', {backupID: second})) ?? '', says)
    assert.equal(await left(layout, storeOf(objects), 'p', {backupID: first}), undefined)
    assert.equal(await left(layout, storeOf({}), 'p'), undefined)
  })

test('S1.17 a snapshot that did not succeed, and files that no snapshot names, are named', async () => {
  assert.equal(await left('OpenSearch', openSearchRepository(), 'search'), undefined)
  const failed = openSearchRepository()
  rewrite(index => index.snapshots.slice(1).forEach(snapshot => (snapshot.state = 2)))(failed)
  assert.match(
    (await left('OpenSearch', failed, 'search', {backupID: snapshotID})) ?? '',
    /left search\/snap-2hiUz\S+\.dat in the store/,
  )
  assert.equal(await left('OpenSearch', failed, 'search', {backupID: '2026-07-31T02:00:03Z'}), undefined)
  const cut = openSearchRepository()
  rewrite(index => index.snapshots.pop())(cut)
  assert.match(
    (await left('OpenSearch', cut, 'search')) ?? '',
    /left search\/snap-2hiUz\S+\.dat in the store; .*_cleanup/,
  )
})

test('S1.17 of many leftovers three are named and the others counted', async () => {
  const days = Array.from({length: 20}, (_, day) => `p/2026-08-${String(day + 1).padStart(2, '0')}T02:00:03Z`)
  const store = storeOf(Object.fromEntries(days.map(key => [key, ''])))
  assert.match(
    (await left('SingleObject', store, 'p')) ?? '',
    /^an unfinished run left \S+, \S+, \S+ and 17 more in the store/,
  )
  assert.equal(await left('None', store, 'p'), undefined)
})
