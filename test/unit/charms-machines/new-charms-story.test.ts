import assert from 'node:assert/strict'
import {test} from 'node:test'
import {verifyOpenSearch} from '../../../src/storage/layouts/opensearch.ts'
import {verifySingleObject} from '../../../src/storage/layouts/single-object.ts'
import {verifyZooKeeper} from '../../../src/storage/layouts/zookeeper.ts'
import {charmFiles} from '../../charms/charm.ts'
import {databaseCharmIds, memoryDatabase} from '../../charms/memory-database.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {played} from './new-charms-play.ts'

const minute = 60_000
const id = '2026-11-22T12:00:00Z'
const path = '/pg'

test('zookeeper tells no id, lists JSON, and describes a backup before its snapshot is there', async t => {
  const {story, unit, store, engine, clock} = await played(t, 'zookeeper-3')
  engine.scriptBackup({duration: minute})
  const task = await story.enqueue(unit(0), 'create-backup')
  await clock.advance(1000)
  assert.deepEqual([...store.objects.keys()], [`pg/${id}/metadata.yaml`])
  assert.equal((await verifyZooKeeper(store, {path, backupID: id})).kind, 'missing')
  const ended = await story.ended(task)
  assert.deepEqual([ended.status, ended.output], ['completed', {'return-code': 0}])
  assert.equal((await verifyZooKeeper(store, {path, backupID: id})).kind, 'complete')
  const {output} = await story.run(unit(0), 'list-backups')
  assert.equal(output['backups'], `[{"id": "${id}", "log-sequence-number": 4294967297, "path": "pg/${id}/snapshot"}]`)
})

test('zookeeper restores on all units; what fails on the way leaves the others waiting', async t => {
  const {story, unit, engine, clock} = await played(t, 'zookeeper-3')
  await story.run(unit(0), 'create-backup')
  const restored = await story.run(unit(0), 'restore', {'backup-id': id})
  assert.deepEqual([restored.status, restored.output], ['completed', {'return-code': 0}])
  assert.equal(await story.unit(unit(2)), 'maintenance: restoring backup')
  assert.equal(
    (await story.run(unit(0), 'restore', {'backup-id': id})).message,
    'A snapshot restore is currently ongoing',
  )
  await clock.advance(minute)
  assert.equal(await story.unit(unit(2)), 'active: ')
  engine.restoresFail = 'failed'
  await story.run(unit(0), 'restore', {'backup-id': id})
  await clock.advance(10 * minute)
  assert.equal(await story.unit(unit(0)), 'error: hook failed: "restore-relation-changed"')
  assert.equal(await story.unit(unit(1)), 'maintenance: restoring backup')
})

test('etcd shows its backup, lists newest first, and leaves one object', async t => {
  const {story, unit, store, engine, clock} = await played(t, 'etcd-3.5')
  const task = await story.enqueue(unit(0), 'create-backup')
  await clock.advance(1000)
  assert.equal(await story.unit(unit(0)), 'maintenance: Creating database backup...')
  assert.equal((await story.ended(task)).output['backup-id'], id)
  assert.equal(await story.unit(unit(0)), 'active: ')
  assert.equal((await verifySingleObject(store, {path, backupID: id, magics: []})).kind, 'complete')
  await clock.advance(minute)
  const second = (await story.run(unit(0), 'create-backup')).output['backup-id']
  const {output} = await story.run(unit(0), 'list-backups')
  assert.equal(
    output['backups'],
    [
      'backup-id             | backup-status',
      '-'.repeat(37),
      `${String(second)}  | finished`,
      `${id}  | finished`,
    ].join('\n'),
  )
  engine.storeFails = 'An error occurred (AccessDenied)'
  const raised = await story.run(unit(0), 'list-backups')
  assert.match(String(raised.output['stderr'] as string), /EtcdBackupError: An error occurred \(AccessDenied\)/)
})

const etcdEnds = [
  ['failed', 'blocked: failed to restore backup'],
  ['unhealthy', 'blocked: cluster unhealthy after restoring backup - check debug-log'],
  [
    'cancelled',
    'blocked: Restore verification failed - etcd cluster still running, restore cancelled, check debug-log',
  ],
  ['stands', 'maintenance: Database restore is in progress'],
] as const
for (const [script, shown] of etcdEnds)
  test(`a restore of etcd that ends with ${script} stands as ${shown}`, async t => {
    const {story, unit, engine, clock} = await played(t, 'etcd-3.5')
    await story.run(unit(0), 'create-backup')
    engine.restoresFail = script
    const started = await story.run(unit(0), 'restore', {'backup-id': id})
    assert.equal(started.output['success'], `restore initiated for ${id}`)
    assert.equal(await story.unit(unit(1)), 'maintenance: Database restore is in progress')
    await clock.advance(60 * minute)
    for (const number of [0, 1, 2]) assert.equal(await story.unit(unit(number)), shown)
  })

test('etcd restores on all units, and what cannot be downloaded is refused', async t => {
  const {story, unit, charm, engine, clock} = await played(t, 'etcd-3.5')
  await story.run(unit(0), 'create-backup')
  charm.conditions.downloads = false
  const refused = await story.run(unit(0), 'restore', {'backup-id': id})
  assert.equal(refused.message, `Could not download backup-file ${id}.`)
  charm.conditions.downloads = true
  await story.run(unit(0), 'restore', {'backup-id': id})
  await clock.advance(minute)
  assert.equal(await story.unit(unit(0)), 'active: ')
  assert.deepEqual(engine.restores, [{backupId: id, state: 'done'}])
})

test('valkey backs up on any unit, lists in two forms, and begins an object with its magic word', async t => {
  const {story, unit, store} = await played(t, 'valkey-9')
  assert.equal((await story.run(unit(1), 'list-backups')).output['backups'], 'No backups found.')
  assert.equal((await story.run(unit(2), 'create-backup')).output['backup-id'], id)
  const magics = ['REDIS', 'VALKEY']
  assert.equal((await verifySingleObject(store, {path, backupID: id, magics})).kind, 'complete')
  const table = `backup-id            | backup-status\n${'-'.repeat(36)}\n${id} | finished`
  assert.equal((await story.run(unit(1), 'list-backups')).output['backups'], table)
  const json = await story.run(unit(1), 'list-backups', {output: 'json'})
  assert.deepEqual(JSON.parse(String(json.output['backups'] as string)), [
    {'backup-id': id, 'backup-status': 'finished'},
  ])
})

test('valkey has no restore but on its branch, where it runs on all units', async t => {
  const released = await played(t, 'valkey-k8s-9')
  assert.equal(released.charm.description.actions['restore-backup'], undefined)
  const {story, unit, engine, clock} = await played(t, 'valkey-k8s-9-restore')
  await story.run(unit(1), 'create-backup')
  const started = await story.run(unit(0), 'restore-backup', {'backup-id': id})
  assert.equal(started.output['restore'], `initiated for ${id}`)
  assert.equal(await story.unit(unit(1)), 'maintenance: Database restore is in progress')
  await clock.advance(minute)
  assert.equal(await story.unit(unit(1)), 'active: ')
  engine.restoresFail = 'failed'
  await story.run(unit(0), 'restore-backup', {'backup-id': id})
  await clock.advance(10 * minute)
  assert.equal(await story.unit(unit(1)), 'blocked: Last restore attempt failed - check juju debug-log')
})

for (const [charm, created, tableStates, jsonState] of [
  [
    'opensearch-2',
    'Backup is running.',
    [' backup-id          ', 'snapshot in progress', 'success', 'snapshot partial: at least one shard missing'],
    'SUCCESS',
  ],
  ['opensearch-2-next', 'in_progress', ['backup-id           ', 'in_progress', 'success', 'partial'], 'success'],
] as const)
  test(`${charm} starts a snapshot, which goes on in the cluster, and lists it in its own words`, async t => {
    const {story, unit, store, engine, clock} = await played(t, charm)
    const started = await story.run(unit(0), 'create-backup')
    assert.deepEqual([started.output['backup-id'], started.output['status']], [id, created])
    const [head, running, done, partial] = tableStates
    const table = async () => String((await story.run(unit(0), 'list-backups')).output['backups'] as string)
    assert.equal(await table(), `${head} | backup-status\n${'-'.repeat(36)}\n${id} | ${running}`)
    assert.equal((await verifyOpenSearch(store, {path, backupID: id})).kind, 'missing')
    await clock.advance(minute)
    assert.match(await table(), new RegExp(`${id} \\| ${done}$`))
    const complete = await verifyOpenSearch(store, {path, backupID: id})
    assert.equal(complete.kind, 'complete', complete.message)
    const {output} = await story.run(unit(0), 'list-backups', {output: 'json'})
    assert.deepEqual(JSON.parse(String(output['backups'] as string)), {
      [id]: {state: jsonState, indices: ['.opendistro_security', 'books', 'loans']},
    })
    engine.scriptBackup({ends: 'PARTIAL'})
    const second = String((await story.run(unit(0), 'create-backup')).output['backup-id'] as string)
    await clock.advance(minute)
    assert.match(await table(), new RegExp(`${second} \\| ${partial}$`))
    assert.equal((await verifyOpenSearch(store, {path, backupID: second})).kind, 'broken')
    assert.equal((await verifyOpenSearch(store, {path, backupID: id})).kind, 'complete')
    assert.deepEqual(
      [...store.objects.keys()].filter(key => /index-\d+$/.test(key)),
      ['pg/index-1'],
    )
  })

test('opensearch of 2024 restores on however many units there are, and says what it closed', async t => {
  const {story, unit, engine, clock} = await played(t, 'opensearch-2')
  await story.run(unit(1), 'create-backup')
  await clock.advance(minute)
  const task = await story.enqueue(unit(2), 'restore', {'backup-id': id})
  await clock.advance(1000)
  assert.equal(await story.unit(unit(2)), 'maintenance: Restore in progress...')
  const {output} = await story.ended(task)
  assert.deepEqual(output, {
    'backup-id': id,
    status: 'Restore is complete',
    'closed-indices': "{'books', 'loans'}",
    'return-code': 0,
  })
  engine.restoresFail = 'slowly'
  const slow = await story.run(unit(2), 'restore', {'backup-id': id})
  assert.equal(slow.output['status'], 'Restore in progress...')
  const again = await story.run(unit(2), 'restore', {'backup-id': id})
  assert.equal(again.message, 'Failed: previous restore is still in progress')
  engine.restoring = false
  engine.restoresFail = 'shards'
  const failed = await story.run(unit(2), 'restore', {'backup-id': id})
  assert.equal(failed.message, 'Failed to restore all the shards')
  assert.deepEqual(engine.restored, [id, id, id])
})

test('opensearch of the library restores with a warning when the cluster is not green in time', async t => {
  const {story, unit, engine, clock} = await played(t, 'opensearch-k8s-2-next')
  await story.run(unit(0), 'create-backup')
  assert.equal(await story.unit(unit(1)), 'maintenance: Backup in progress...')
  await clock.advance(6 * minute)
  assert.equal(await story.unit(unit(1)), 'active: ')
  const {output} = await story.run(unit(0), 'restore', {'backup-id': id})
  assert.deepEqual([output['restored-backup-id'], output['status']], [id, 'success'])
  engine.restoresFail = 'slowly'
  const slow = await story.run(unit(0), 'restore', {'backup-id': id})
  assert.equal(slow.output['status'], 'success_with_warning')
  engine.restoring = false
  engine.restoresFail = {raises: 'requests.exceptions.ConnectionError: no route to host'}
  assert.equal((await story.run(unit(0), 'restore', {'backup-id': id})).message, 'exit status 1')
})

test('the charm that nobody knows backs up, lists and restores on its leader', async t => {
  const {story, unit, engine} = await played(t, 'somedb-k8s-1')
  assert.equal((await story.run(unit(1), 'create-backup')).message, 'run this on the leader')
  assert.equal((await story.run(unit(0), 'create-backup')).output['backup-id'], id)
  assert.deepEqual(await story.rows(unit(0)), [`${id}  | finished`])
  assert.equal((await story.run(unit(0), 'restore', {'backup-id': id})).output['restored'], id)
  engine.restoresFail = 'failed'
  const failed = await story.run(unit(0), 'restore', {'backup-id': id})
  assert.equal(failed.message, `the dump ${id} could not be loaded`)
})

test('what a killed backup leaves: of etcd nothing, of zookeeper its description', async t => {
  for (const [charm, left] of [
    ['etcd-3.5', []],
    ['zookeeper-3', [`pg/${id}/metadata.yaml`]],
  ] as const) {
    const {story, unit, store, clock} = await played(t, charm)
    const task = await story.enqueue(unit(0), 'create-backup')
    await clock.advance(1000)
    await story.cancel(task)
    assert.equal((await story.ended(task)).status, 'aborted')
    await clock.advance(10 * minute)
    assert.deepEqual([...store.objects.keys()], left)
  }
})

test('what is left out of the store is missed there', async t => {
  const zookeeper = await played(t, 'zookeeper-3')
  zookeeper.engine.scriptBackup({omit: ['/snapshot']})
  await zookeeper.story.run(zookeeper.unit(0), 'create-backup')
  assert.equal((await verifyZooKeeper(zookeeper.store, {path, backupID: id})).kind, 'missing')
  const opensearch = await played(t, 'opensearch-2')
  opensearch.engine.scriptBackup({omit: ['snap-']})
  await opensearch.story.run(opensearch.unit(0), 'create-backup')
  await opensearch.clock.advance(minute)
  assert.equal((await verifyOpenSearch(opensearch.store, {path, backupID: id})).kind, 'broken')
})

for (const each of databaseCharmIds)
  test(`${each} is a charm that Juju takes, with the three actions that backups need`, () => {
    const {charm} = memoryDatabase(each, {clock: new VirtualClock()})
    const files = charmFiles(charm.description)
    const actions = Object.keys(JSON.parse(files['actions.yaml'] ?? '') as object)
    assert.ok(['create-backup', 'list-backups'].every(action => actions.includes(action)))
    const {requires} = JSON.parse(files['metadata.yaml'] ?? '') as {requires: Record<string, {interface: string}>}
    assert.ok(Object.values(requires).some(endpoint => endpoint.interface === 's3'))
  })
