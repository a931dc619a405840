import assert from 'node:assert/strict'
import {test} from 'node:test'
import {presentBackups, verifyOpenSearch, verifyZooKeeper} from '../../../src/storage/index.ts'
import {repositoryIndex, shardFiles, snapshotFiles, type Snapshot} from '../../charms/opensearch/snapshot-files.ts'
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
