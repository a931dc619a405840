import {test, type TestContext} from 'node:test'
import assert from 'node:assert/strict'
import {jujuModelResource, type JujuModel} from '../../src/api/juju-model.ts'
import {MemoryBucket} from '../charms/memory-bucket.ts'
import type {MemoryMysql} from '../charms/mysql/memory-engine.ts'
import {JobsWorld, namespace, type MysqlWorldOptions} from './support/jobs-world.ts'

const minute = 60_000
const hour = 60 * minute
const storageRef = {name: 'backups'}

async function start(t: TestContext, options?: MysqlWorldOptions): Promise<JobsWorld<MemoryMysql>> {
  const world = await JobsWorld.startMysql(options)
  world.endWith(t)
  return world
}

for (const profile of ['3.6.14', '4.0.12'] as const)
  for (const charm of ['mysql-8.0', 'mysql-k8s-8.0'] as const)
    test(`S1.1 S2.1 S2.3 on Juju ${profile} with ${charm} a BackupJob makes exactly one backup, proved in the store`, async t => {
      const world = await start(t, {profile, charm})
      world.storage()
      world.apply('first', {storageRef})
      await world.untilFinished('first')
      assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
      assert.equal(world.condition('first', 'Verified')?.reason, 'FoundInStore')
      assert.equal(world.enqueued, 1)
      assert.deepEqual(world.job('first')?.metadata.finalizers ?? [], [])
    })

test('S2.5 S2.13 S2.14 the status says which backup was made where, and by which unit: never the primary', async t => {
  const world = await start(t)
  world.storage()
  world.apply('first', {storageRef})
  await world.untilFinished('first')
  const status = world.job('first')?.status
  const [id] = [...world.store.objects.keys()].flatMap(key => /^pg\/(.+)\.md5$/.exec(key)?.[1] ?? [])
  assert.equal(status?.backupID, id)
  assert.equal(world.engine.group.primary, 'mysql/0')
  assert.deepEqual([status?.unit, status?.method, status?.type], ['mysql/1', 'Physical', 'Full'])
  assert.ok((status?.repositorySizeBytes ?? 0) > 0)
  assert.equal(status?.sizeBytes, undefined)
  assert.deepEqual(status?.artefact, {
    storage: 'backups',
    endpoint: 'https://s3.example.com',
    region: 'us-east-1',
    bucket: 'backups',
    path: 'pg',
    label: id,
    logPath: `pg/${id}.backup.log`,
  })
})

test('S2.14 without a BackupStorage the status says by the integrator where the backup is', async t => {
  const world = await start(t)
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.equal(world.condition('first', 'Verified')?.reason, 'FoundInListing')
  const artefact = world.job('first')?.status?.artefact
  assert.deepEqual([artefact?.bucket, artefact?.path, artefact?.endpoint], ['backups', 'pg', 'https://s3.example.com'])
})

test('the JujuModel shows the database with its profile', async t => {
  const world = await start(t, {charm: 'mysql-k8s-8.0'})
  const databases = () => world.kube.get<JujuModel>(jujuModelResource, 'prod', namespace)?.status?.databases
  await world.until('the databases are shown', () => databases()?.[0]?.backups !== undefined)
  assert.deepEqual(databases(), [
    {
      name: 'mysql-k8s',
      charm: 'mysql-k8s',
      revision: 255,
      channel: '8.0/stable',
      profile: 'mysql-k8s-8.0',
      units: 3,
      backups: {count: 0, unmanaged: 0},
    },
  ])
})

test('S1.16 after a failover the backup is made on a unit that is not the new primary', async t => {
  const world = await start(t)
  await world.until('the model is ready', () => world.modelReason() === 'Connected')
  world.engine.group.primary = 'mysql/1'
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.notEqual(world.job('first')?.status?.unit, 'mysql/1')
})

test('an only unit makes the backup although it is the primary', async t => {
  const world = await start(t, {units: 1})
  world.engine.group.stated = 'OK'
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.equal(world.job('first')?.status?.unit, 'mysql/0')
})

test('a unit that the charm refuses is left out, and another one makes the backup at once', async t => {
  const world = await start(t, {units: 5})
  await world.until('the model is ready', () => world.modelReason() === 'Connected')
  world.engine.group.instance('mysql/1').state = 'RECOVERING'
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  const status = world.job('first')?.status
  assert.deepEqual(status?.unsuitableUnits, [
    {unit: 'mysql/1', message: 'Unit cannot perform backups as its state is RECOVERING'},
  ])
  assert.equal(status?.unit, 'mysql/2')
})

test('the primary is refused when it is wanted, and nothing runs', async t => {
  const world = await start(t)
  world.apply('first', {backup: {unit: 'mysql/0'}})
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Failed')
  assert.match(world.message('first'), /mysql\/0 is the primary/)
  assert.equal(world.enqueued, 0)
})

for (const type of ['Incremental', 'Differential'] as const)
  test(`S1.3 a backup of type ${type} is refused before anything runs, as the charm makes full ones only`, async t => {
    const world = await start(t)
    world.apply('first', {backup: {type}})
    await world.untilFinished('first')
    assert.equal(world.reason('first'), 'Unsupported')
    assert.equal(world.message('first'), `mysql-8.0 has no ${type} backups; it has Full.`)
    assert.equal(world.enqueued, 0)
  })

test('a choice about compression is refused, as the charm gives none', async t => {
  const world = await start(t)
  world.apply('first', {backup: {compression: true}})
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Unsupported', world.message('first'))
  assert.equal(world.enqueued, 0)
})

test('S1.5 S2.11 a restart of the operator in the middle follows the same task', async t => {
  const world = await start(t, {durations: {backup: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  await world.until('it says so', () => world.message('first').includes('Running backup...'))
  await world.restartOperator()
  await world.untilFinished('first', 2 * hour)
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.equal(world.enqueued, 1)
})

test('S2.20 a task that Juju forgot while the operator was away is settled by the listing', async t => {
  const world = await start(t, {durations: {backup: minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  await world.operator.kill()
  await world.clock.advance(2 * minute)
  world.juju.control.model().pruneOperations()
  await world.restartOperator()
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
})

test('S1.15 a running backup is not cancelled for IfSafe, and the refusal explains why; it ends well', async t => {
  const world = await start(t, {durations: {backup: 10 * minute}})
  world.apply('first')
  await world.until('it runs', () => world.tasks('create-backup')[0]?.status === 'running')
  world.apply('first', {cancel: 'IfSafe'})
  await world.until('it is refused', () => world.condition('first', 'CancelRefused')?.status === 'True')
  assert.equal(world.condition('first', 'CancelRefused')?.reason, 'Unsafe')
  assert.match(world.condition('first', 'CancelRefused')?.message ?? '', /leaves it offline and hidden/)
  await world.untilFinished('first', 2 * hour)
  assert.equal(world.reason('first'), 'Succeeded')
})

test('S1.11 S1.17 S1.20 a forced cancel ends the task, says what is left, and the row that stays is never taken for a backup', async t => {
  const world = await start(t, {durations: {backup: 10 * minute}})
  world.apply('first')
  await world.until('it runs', () => world.tasks('create-backup')[0]?.status === 'running')
  world.apply('first', {cancel: 'Force'})
  await world.untilFinished('first', 2 * hour)
  assert.equal(world.reason('first'), 'Cancelled', world.message('first'))
  assert.match(world.message('first'), /left offline and hidden.*in progress for ever/)
  assert.equal(world.job('first')?.status?.backupID, undefined)

  world.engine.durations.backup = 1000
  world.apply('second')
  await world.untilFinished('second')
  assert.equal(world.reason('second'), 'Failed')
  assert.match(world.message('second'), /Backup already in progress on another unit\. .*Restart MySQL on it/)

  const hidden = ['mysql/0', 'mysql/1', 'mysql/2'].find(unit => world.engine.group.instance(unit).hidden) ?? ''
  world.engine.group.instance(hidden).offline = false
  world.apply('third')
  await world.untilFinished('third')
  assert.equal(world.reason('third'), 'Succeeded', world.message('third'))
})

test('S2.12 a failure has the words of the charm and what they mean; one that may pass is tried again', async t => {
  const world = await start(t)
  world.engine.scriptBackup({fails: 'xtrabackup: error'})
  world.apply('fails')
  await world.untilFinished('fails')
  assert.equal(world.reason('fails'), 'Failed')
  assert.match(world.message('fails'), /Error backing up the database\. .*log of the backup.*lists backup .* as failed/)
  world.engine.scriptBackup({fails: 'xtrabackup: error'})
  world.apply('again', {backoffLimit: 1})
  await world.untilReason('again', 'RetryBackoff')
  await world.untilFinished('again')
  assert.equal(world.reason('again'), 'Succeeded', world.message('again'))
  assert.equal(world.job('again')?.status?.attempt, 2)
})

test('S1.20 a row that a failed task has left in progress is stale, and counts as nothing', async t => {
  const world = await start(t)
  world.engine.failing.add('go offline')
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Failed')
  assert.match(world.message('first'), /lists backup .* as in progress, although nothing of it runs any more/)
  world.engine.failing.clear()
  world.apply('second')
  await world.untilFinished('second')
  assert.equal(world.reason('second'), 'Succeeded', world.message('second'))
})

test('a failed task whose backup is complete and listed is Succeeded, with the complaint', async t => {
  const world = await start(t)
  world.engine.scriptBackup({fails: 'a late error', madeAnyway: true})
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.match(world.message('first'), /The task itself failed after the backup was complete: Error backing up/)
})

test('a unit that was not put back into service is told, with what to do', async t => {
  const world = await start(t)
  world.engine.failing.add('go online')
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.match(world.message('first'), /not put back into service after the backup\. Restart MySQL on it/)
})

test('a task that says that it made a backup which is not finished is VerificationFailed', async t => {
  const world = await start(t)
  world.engine.scriptBackup({omit: ['md5']})
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'VerificationFailed', world.message('first'))
  assert.equal(world.condition('first', 'Verified')?.reason, 'ListedAsFailed')
})

test('a backup whose chunks are not in the store is VerificationFailed, although the charm lists it as finished', async t => {
  const world = await start(t)
  world.storage()
  world.engine.scriptBackup({omit: ['chunks']})
  world.apply('first', {storageRef})
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'VerificationFailed', world.message('first'))
  assert.equal(world.condition('first', 'Verified')?.reason, 'BrokenInStore')
})

test('a cluster that does not tell its primary is not waited for without end: the charm itself decides', async t => {
  const world = await start(t)
  await world.until('the model is ready', () => world.modelReason() === 'Connected')
  world.engine.silentAbout.add('cluster status')
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Failed')
  assert.match(world.message('first'), /Cluster status unknown\. MySQL Shell cannot tell how the cluster is/)
  assert.equal(world.job('first')?.status?.unit, 'mysql/1')
})

test('a listing that cannot be made ends the job with what to look at, and nothing runs', async t => {
  const world = await start(t)
  world.engine.store.trouble = 'no access'
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Failed')
  assert.match(world.message('first'), /Failed to retrieve backup ids from S3\. .*no path/)
  assert.equal(world.enqueued, 0)
})

test('an application whose repository belongs to another cluster waits for a person, who is told what to do', async t => {
  const bucket = new MemoryBucket()
  await bucket.put('pg/group_replication_id.txt', 'another-cluster')
  const world = await start(t, {bucket})
  await world.pass(10 * minute)
  world.apply('first')
  await world.untilReason('first', 'ActionRequired')
  assert.match(world.message('first'), /claimed by another cluster: set another path in the s3-integrator/)
  assert.equal(world.condition('first', 'Stalled')?.status, 'True')
  assert.equal(world.enqueued, 0)
})

test('S1.5 a lost reply is found again in Juju, and nothing is enqueued twice', async t => {
  const world = await start(t)
  world.juju.faults.calls.dropReply(
    call => call.method === 'EnqueueOperation' && JSON.stringify(call.params).includes('create-backup'),
  )
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.equal(world.enqueued, 1)
})

test('two backups one after the other, and what juju runs by hand holds the application', async t => {
  const world = await start(t, {durations: {backup: 10 * minute}})
  await world.until('the model is ready', () => world.modelReason() === 'Connected')
  const task = world.juju.control.model().enqueue('mysql/2', 'create-backup', {})
  await world.pass(61_000)
  world.apply('first')
  await world.untilReason('first', 'Queued')
  assert.match(world.message('first'), new RegExp(`Juju task ${task} \\(create-backup on mysql/2\\)`))
  await world.untilFinished('first', 2 * hour)
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.equal(world.enqueued, 2)
})
