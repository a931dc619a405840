import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {pbmStatus, StorageError, verifyPbm, type PbmEvidence} from '../../../src/storage/index.ts'
import {earlyFiles, lateFiles, metadataFile, type PbmBackup} from '../../charms/mongodb/pbm-files.ts'
import {MemoryStore} from './memory-store.ts'

const id = '2026-08-01T02:00:03Z'
const directory = `mongo/prod/${id}`
const metadata = `${directory}.pbm.json`
const sets = ['shard-a', 'config'] as const

/** As PBM's own list of collections: MongoDB's extended JSON. */
const collections = JSON.stringify({
  concurrent_collections: {$numberInt: '4'},
  namespaces: [
    {db: 'admin', collection: 'system.users', size: {$numberLong: '812'}, crc: {$numberLong: '77'}},
    {db: 'shop', collection: 'orders', size: {$numberLong: '40960'}},
    {db: 'shop', collection: 'system.buckets.weather', size: 512},
    {db: 'shop', collection: 'nothing', size: {$numberInt: '0'}},
  ],
})

interface Metadata {
  name: string
  type: string
  status: string
  error?: string
  src_backup?: string
  compression: string
  size: number
  mongodb_version: string
  replsets: {
    name: string
    status: string
    error?: string
    backup_name?: string
    oplog_name?: string
    files?: object[]
  }[]
}

const whole = (): Metadata => ({
  name: id,
  type: 'logical',
  status: 'done',
  compression: 's2',
  size: 41_984,
  mongodb_version: '6.0.6-5',
  replsets: sets.map(name => ({
    name,
    status: 'done',
    backup_name: `${id}/${name}/metadata.json`,
    oplog_name: `${id}/${name}/oplog`,
  })),
})

/** What PBM leaves of a logical backup of two replica sets. */
function repository(): MemoryStore {
  const files = sets.flatMap(set => [
    [`${directory}/${set}/metadata.json`, collections],
    [`${directory}/${set}/admin.system.users.s2`, 'users'],
    [`${directory}/${set}/shop.orders.s2`, 'orders'],
    [`${directory}/${set}/shop.weather.s2`, 'weather'],
    [`${directory}/${set}/oplog/20260801020003-1.20260801020042-7.s2`, 'operations'],
  ])
  const objects = [...files, [metadata, JSON.stringify(whole(), undefined, '\t')], ['mongo/prod/.pbm.init', '2.4.1']]
  return new MemoryStore(Object.fromEntries(objects.map(([key = '', text = '']) => [key, {text}])))
}

function verify(damage: (store: MemoryStore) => void = () => undefined): Promise<PbmEvidence> {
  const store = repository()
  damage(store)
  return verifyPbm(store, {path: '/mongo/prod/', backupID: id})
}

const change =
  (edit: (metadata: Metadata) => void) =>
  (store: MemoryStore): void => {
    const content = whole()
    edit(content)
    store.edit(metadata, () => JSON.stringify(content))
  }

test('S2.13 a backup of PBM is complete when it is done, and everything that it names is there', async () => {
  const evidence = await verify()
  assert(evidence.kind === 'complete', evidence.message)
  assert.equal(evidence.objects, 10)
  assert.deepEqual(pbmStatus(evidence), {
    repositorySizeBytes: 2 * (collections.length + 5 + 6 + 7 + 10),
    sizeBytes: 41_984,
    engineVersion: '6.0.6-5',
  })
  assert.match(evidence.message, /is complete in the store: its metadata, 10 objects of 2 replica sets$/)
})

test('S2.13 what the MongoDB in memory leaves is complete, and what cannot be compared is said', async () => {
  const backup: PbmBackup = {
    name: id,
    replicaSet: 'mongodb',
    type: 'logical',
    status: 'done',
    error: undefined,
    started: 1_785_549_603_000,
    changed: 1_785_549_642_000,
    died: undefined,
  }
  const objects = [
    ...earlyFiles(backup),
    ...lateFiles(backup),
    [`${id}.pbm.json`, metadataFile(backup, {bucket: 'b', prefix: ''})],
  ]
  const store = new MemoryStore(Object.fromEntries(objects.map(([key = '', text = '']) => [key, {text}])))
  const evidence = await verifyPbm(store, {path: '', backupID: id})
  assert(evidence.kind === 'complete', evidence.message)
  assert.match(evidence.message, /mongodb\/metadata\.json does not name the collections, so they were not compared$/)
})

test('a physical backup has the files that it lists; where the list is apart, that is said', async () => {
  const physical = (files?: object[]) => (store: MemoryStore) => {
    change(content => {
      content.type = 'physical'
      content.compression = 'zstd'
      content.replsets = [{name: 'config', status: 'done', ...(files && {files})}]
    })(store)
    store.objects.set(`${directory}/config/collection-0.wt.zst`, {size: 10, text: ''})
    store.objects.set(`${directory}/config/big.wt.zst.4096-8192`, {size: 10, text: ''})
  }
  const files = [
    {filename: 'collection-0.wt', offset: 0, length: 0},
    {filename: 'big.wt', offset: 4096, length: 8192},
  ]
  assert.equal((await verify(physical(files))).kind, 'complete')
  const lost = await verify(physical([...files, {filename: 'sizeStorer.wt'}]))
  assert.match(lost.message, /config\/sizeStorer\.wt\.zst is not in the store/)
  assert.match((await verify(physical())).message, /config\/filelist\.pbm is not in the store/)
  const listed = await verify(store => {
    physical()(store)
    store.objects.set(`${directory}/config/filelist.pbm`, {size: 10, text: ''})
  })
  assert.equal(listed.kind, 'complete')
  assert.match(listed.message, /the files that .*filelist\.pbm names were not compared$/)
})

test('a backup of PBM 1 has its data beside its metadata', async () => {
  const old = (store: MemoryStore): void => {
    store.objects.clear()
    change(content => {
      content.replsets = [{name: 'a', status: 'done', backup_name: `${id}_a.dump.s2`, oplog_name: `${id}_a.oplog.s2`}]
    })(store)
    for (const part of ['dump', 'oplog']) store.objects.set(`${directory}_a.${part}.s2`, {size: 3, text: 'abc'})
  }
  const evidence = await verify(old)
  assert(evidence.kind === 'complete', evidence.message)
  assert.equal(evidence.repositorySize, 6)
  const lost = await verify(store => {
    old(store)
    store.objects.delete(`${directory}_a.dump.s2`)
  })
  assert.match(lost.message, /_a\.dump\.s2 is not in the store/)
})

const parent = '2026-07-31T02:00:03Z'
const parentKey = `mongo/prod/${parent}.pbm.json`
const onParent = change(content => (content.src_backup = parent))
const withParent =
  (text: string) =>
  (store: MemoryStore): void => {
    onParent(store)
    store.objects.set(parentKey, {size: text.length, text})
  }

test('an incremental backup is complete when what it builds on is done', async () => {
  const evidence = await verify(withParent(JSON.stringify({...whole(), name: parent})))
  assert.equal(evidence.kind, 'complete', evidence.message)
})

const damages: readonly [what: string, damage: (store: MemoryStore) => void, says: RegExp][] = [
  ['nothing at all', store => store.objects.clear(), /^missing: there is no backup .* in mongo\/prod$/],
  [
    'no metadata',
    store => store.objects.delete(metadata),
    /^missing: .* was never finished: .*\.pbm\.json does not exist$/,
  ],
  ['empty metadata', store => store.edit(metadata, () => ''), /^broken: .*\.pbm\.json is empty, or too long/],
  [
    'metadata that were cut off',
    store => store.edit(metadata, text => text.slice(0, -9)),
    /^broken: .*\.pbm\.json cannot be read: it was cut off or overwritten$/,
  ],
  [
    'metadata without a status',
    store => store.edit(metadata, text => text.replace('"status": "done",', '')),
    /^broken: .*\.pbm\.json cannot be understood at status$/,
  ],
  [
    'metadata of another backup',
    change(content => (content.name = parent)),
    /^broken: .*\.pbm\.json is that of 2026-07-31/,
  ],
  [
    'a run that goes on',
    change(content => (content.status = 'running')),
    /^missing: .* was never finished: .* says "running"$/,
  ],
  ['a run that was cancelled', change(content => (content.status = 'canceled')), /^missing: .* says "canceled"$/],
  [
    'a run that failed',
    change(content => Object.assign(content, {status: 'error', error: 'no space left'})),
    /^missing: .* says "error": no space left$/,
  ],
  [
    'a replica set that is not done',
    change(content => Object.assign(content.replsets[1] ?? {}, {status: 'error', error: 'lost'})),
    /^broken: .*\.pbm\.json says "error" of replica set config: lost$/,
  ],
  ['no replica sets', change(content => (content.replsets = [])), /^broken: .*\.pbm\.json names no replica set/],
  [
    'a collection less',
    store => store.objects.delete(`${directory}/config/shop.orders.s2`),
    /^broken: .*config\/shop\.orders\.s2 is not in the store$/,
  ],
  [
    'a collection without content',
    store => store.edit(`${directory}/config/shop.weather.s2`, () => ''),
    /^broken: .*truncated or overwritten: .*config\/shop\.weather\.s2 has no content$/,
  ],
  [
    'no operations',
    store => [...store.objects.keys()].filter(key => key.includes('/oplog/')).forEach(key => store.objects.delete(key)),
    /^broken: .*shard-a\/oplog, .*config\/oplog is not in the store$/,
  ],
  [
    'no list of collections',
    store => store.objects.delete(`${directory}/config/metadata.json`),
    /^broken: .*config\/metadata\.json is not in the store/,
  ],
  [
    'a list of collections that was cut off',
    store => store.edit(`${directory}/config/metadata.json`, text => text.slice(0, 40)),
    /^broken: .*config\/metadata\.json cannot be read: it was cut off or overwritten$/,
  ],
  [
    'no data',
    store =>
      [...store.objects.keys()]
        .filter(key => key.startsWith(`${directory}/`))
        .forEach(key => store.objects.delete(key)),
    /^broken: .* is not in the store/,
  ],
  ['a parent that is gone', onParent, /^broken: .*it builds on 2026-07-31.*, but .*\.pbm\.json is not in the store$/],
  [
    'a parent that is not done',
    withParent(JSON.stringify({...whole(), name: parent, status: 'error'})),
    /^broken: .*it builds on 2026-07-31.*, but .* says "error"$/,
  ],
  ['a parent that cannot be read', withParent('{'), /^broken: .*2026-07-31.*\.pbm\.json cannot be read/],
  [
    'a parent of itself',
    change(content => (content.src_backup = id)),
    /^broken: .*it builds on more than 1000 backups/,
  ],
]
for (const [what, damage, says] of damages)
  test(`S2.13 a damaged backup of PBM is never complete: ${what}`, async () => {
    const evidence = await verify(damage)
    assert.match(`${evidence.kind}: ${evidence.message}`, says)
  })

test('property: whatever single object of a backup of PBM is lost or emptied is named', async () => {
  const keys = [...repository().objects.keys()].filter(key => key.startsWith(directory))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...keys), fc.boolean(), async (key, emptied) => {
      const evidence = await verify(store => void (emptied ? store.edit(key, () => '') : store.objects.delete(key)))
      assert.notEqual(evidence.kind, 'complete')
      assert(evidence.message.includes(key.replace(/\/oplog\/.*/, '/oplog')), `${key}: ${evidence.message}`)
    }),
  )
})

test('a store that cannot be read says nothing about the backup', async () => {
  const fault = new StorageError('AccessDenied', 'ListObjectsV2', 'no')
  await assert.rejects(
    verify(store => store.faults.set('list', fault)),
    fault,
  )
})
