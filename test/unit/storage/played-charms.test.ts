import assert from 'node:assert/strict'
import {test} from 'node:test'
import {presentBackups, recoverableMoments, verifyOpenSearch, verifyZooKeeper} from '../../../src/storage/index.ts'
import {repositoryIndex, shardFiles, snapshotFiles, type Snapshot} from '../../charms/opensearch/snapshot-files.ts'
import {binlogObjects} from '../../charms/mysql/xtrabackup-files.ts'
import {zookeeperLayout} from '../../charms/zookeeper/layout.ts'
import {MemoryStore} from './memory-store.ts'

const {signal} = new AbortController()
const id = '2026-08-01T02:00:03Z'

test('S2.13 what the played OpenSearch leaves is what is looked for', async () => {
  const snapshots: readonly Snapshot[] = [
    {id: '2026-07-31T02:00:03Z', state: 'PARTIAL', indices: ['orders']},
    {id, state: 'SUCCESS', indices: ['orders', 'items']},
  ]
  const objects = [
    ...snapshots.flatMap(each => [...shardFiles(each), ...snapshotFiles(each)]),
    ...repositoryIndex(snapshots, 4),
  ]
  const store = new MemoryStore(Object.fromEntries(objects.map(([key, text]) => [key, {text}])))
  const evidence = await verifyOpenSearch(store, {path: '', backupID: id})
  assert(evidence.kind === 'complete', evidence.message)
  assert.deepEqual([evidence.indices, evidence.shards], [2, 2])
  assert.doesNotMatch(evidence.message, /index\.latest/)
  assert.deepEqual([...(await presentBackups('OpenSearch', store, {path: '', signal})).keys()], [id])
})

test('S2.13 what the played ZooKeeper leaves is what is looked for', async () => {
  const s3 = {path: '/zk'} as Parameters<typeof zookeeperLayout>[2]
  const objects = zookeeperLayout(id, 3, s3).map(({key, text}) => [`zk/${key}`, {text}] as const)
  const store = new MemoryStore(Object.fromEntries(objects))
  const evidence = await verifyZooKeeper(store, {path: 'zk', backupID: id})
  assert(evidence.kind === 'complete', evidence.message)
  assert.equal(evidence.transaction, '4294967300')
  assert.deepEqual([...(await presentBackups('ZooKeeper', store, {path: 'zk', signal})).keys()], [id])
})

test('S1.23 binary logs as the played MySQL collects them extend the reach of a backup', async () => {
  const store = new MemoryStore()
  const put = (key: string, text: string, seconds: number): void => {
    store.objects.set(key, {text, size: text.length})
    store.written.set(key, new Date(seconds * 1000))
  }
  const begin = Date.parse(id) / 1000
  put(`my/${id}.metadata`, `Date Backup Requested: ${id}\n`, begin)
  put(`my/${id}.md5`, 'sums\n', begin + 60)
  for (const [last, seconds] of [begin - 600, begin + 600, begin + 1200].entries())
    for (const [key, text] of binlogObjects('my/binlogs', seconds, 'a-group', last + 1)) put(key, text, seconds)
  const [moments] = await recoverableMoments('XtraBackup', store, {path: 'my', backups: [{backupID: id}], signal})
  assert.deepEqual(moments, {
    backupID: id,
    first: new Date((begin + 60) * 1000).toISOString(),
    last: new Date((begin + 1200) * 1000).toISOString(),
  })
})
