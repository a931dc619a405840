import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import {jujuModelResource, type JujuModel} from '../../src/api/juju-model.ts'
import {JobsWorld, namespace} from './support/jobs-world.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const modelOf = (world: JobsWorld<unknown>): JujuModel | undefined =>
  world.kube.get<JujuModel>(jujuModelResource, 'prod', namespace)
const databaseOf = (world: JobsWorld<unknown>) => modelOf(world)?.status?.databases?.[0]
const backupsOf = (world: JobsWorld<unknown>) => databaseOf(world)?.backups
const protectedOf = (world: JobsWorld<unknown>) =>
  modelOf(world)?.status?.conditions?.find(({type}) => type === 'Protected')
const listings = (world: JobsWorld<unknown>): number => world.tasks('list-backups').length
const writesOf = (world: JobsWorld<unknown>): number =>
  world.kube.server.calls.filter(({method, path}) => method !== 'GET' && path.includes('/charmkeeper.dev/')).length

const listed = (world: JobsWorld<unknown>, count: number): Promise<void> =>
  world.until(`${count} backups are listed`, () => backupsOf(world)?.count === count)

async function start(t: TestContext, options: Parameters<typeof JobsWorld.start>[0] = {}): Promise<JobsWorld> {
  const world = await JobsWorld.start(options)
  world.endWith(t)
  return world
}

/** A colleague with the juju client. */
async function colleagueBacksUp(world: JobsWorld<unknown>): Promise<void> {
  const unit = `${world.application}/1`
  const task = world.juju.control.model().enqueue(unit, 'create-backup', {}, 'colleague')
  await world.until('the colleague has a backup', () =>
    world.tasks('create-backup').every(one => one.status === 'completed'),
  )
  assert.ok(task)
}

for (const profile of ['3.6.14', '4.0.12'] as const)
  test(`S1.19 on Juju ${profile} backups that a colleague made are seen, beside ours, and nothing is deleted`, async t => {
    const world = await start(t, {profile})
    world.apply('ours')
    await world.untilFinished('ours')
    await colleagueBacksUp(world)
    await listed(world, 2)
    const stored = world.store.objects.size
    const ours = world.job('ours')?.status
    assert.equal(backupsOf(world)?.unmanaged, 1)
    assert.equal(backupsOf(world)?.oldest, ours?.backupID)
    assert.equal(databaseOf(world)?.lastBackupTime, ours?.completionTime)
    await world.pass(20 * minute)
    assert.equal(world.store.objects.size, stored)
    const actions = world.juju.control
      .model()
      .tasks()
      .map(({action}) => action)
    assert.deepEqual([...new Set(actions)].toSorted(), ['create-backup', 'get-primary', 'list-backups'])
  })

test('S2.22 a job that is cleared leaves its backup: it counts as one of others from then on', async t => {
  const world = await start(t)
  world.apply('ours')
  await world.untilFinished('ours')
  await listed(world, 1)
  assert.equal(backupsOf(world)?.unmanaged, 0)
  const ended = databaseOf(world)?.lastBackupTime
  const stored = world.store.objects.size
  world.delete('ours')
  await world.until('it is known as unmanaged', () => backupsOf(world)?.unmanaged === 1)
  assert.equal(backupsOf(world)?.count, 1)
  assert.equal(databaseOf(world)?.lastBackupTime, ended)
  assert.equal(world.store.objects.size, stored)
})

test('S1.18 S1.19 an application is listed at most every 15 minutes, also over a restart, and the listing of a job counts', async t => {
  const world = await start(t)
  await listed(world, 0)
  assert.equal(listings(world), 1)
  await world.pass(13 * minute)
  assert.equal(listings(world), 1)
  await world.restartOperator()
  await world.pass(13 * minute)
  assert.equal(listings(world), 1, 'another process knows the figures, and does not ask again at once')
  await world.pass(10 * minute)
  assert.equal(listings(world), 2)
  world.apply('job')
  await world.untilFinished('job')
  const afterJob = listings(world)
  await listed(world, 1)
  await world.pass(13 * minute)
  assert.equal(listings(world), afterJob, 'what the job has listed serves the inventory')
})

test('while a granted job works on an application the inventory leaves it alone', async t => {
  const world = await start(t, {durations: {full: hour}})
  await listed(world, 0)
  world.apply('long')
  await world.untilReason('long', 'Running')
  const before = listings(world)
  await world.pass(40 * minute)
  assert.equal(listings(world), before)
  await world.untilFinished('long', 3 * hour)
  assert.equal(world.reason('long'), 'Succeeded', world.message('long'))
  assert.equal(listings(world), before + 1)
})

test('S1.19 a list that cannot be read keeps the figures, says since when, and is one event', async t => {
  const world = await JobsWorld.startMysql()
  world.endWith(t)
  world.apply('ours')
  await world.untilFinished('ours')
  await listed(world, 1)
  world.engine.store.trouble = 'no access'
  await world.until('the failure is said', () => databaseOf(world)?.listFailure !== undefined)
  const said = databaseOf(world)?.listFailure
  assert.equal(said?.message, 'Failed to retrieve backup ids from S3')
  assert.equal(backupsOf(world)?.count, 1)
  assert.equal(protectedOf(world)?.status, 'True')
  const writes = writesOf(world)
  await world.pass(30 * minute)
  await world.restartOperator()
  await world.pass(40 * minute)
  assert.deepEqual(databaseOf(world)?.listFailure, said)
  assert.equal(writesOf(world), writes, 'the same trouble is not written again')
  assert.equal(world.events('prod').filter(reason => reason === 'BackupListFailed').length, 1)
  world.engine.store.trouble = undefined
  await world.until('it is read again', () => databaseOf(world)?.listFailure === undefined)
  assert.equal(backupsOf(world)?.count, 1)
})

test('S1.19 a list that can be read again is no failure any more, also while a job works', async t => {
  const world = await JobsWorld.startMysql({durations: {backup: hour}})
  world.endWith(t)
  world.apply('ours')
  await world.untilFinished('ours', 3 * hour)
  await listed(world, 1)
  world.engine.store.trouble = 'no access'
  await world.until('the failure is said', () => databaseOf(world)?.listFailure !== undefined)
  world.engine.store.trouble = undefined
  world.apply('long')
  await world.untilReason('long', 'Running')
  await world.until('the failure is over', () => databaseOf(world)?.listFailure === undefined, minute)
  assert.equal(world.reason('long'), 'Running')
  assert.equal(backupsOf(world)?.count, 1)
})

test('S1.19 the last backup before a model is suspended is told, although the session ends with it', async t => {
  const world = await start(t, {durations: {full: 10 * minute}})
  world.storage()
  await listed(world, 0)
  world.apply('last', {storageRef: {name: 'backups'}})
  await world.untilReason('last', 'Running')
  const model = modelOf(world)
  assert.ok(model)
  world.kube.apply(jujuModelResource, {namespace, name: 'prod', body: {spec: {...model.spec, suspend: true}}})
  await world.untilFinished('last', hour)
  assert.equal(world.reason('last'), 'Succeeded', world.message('last'))
  const {artefact, modelUUID} = world.job('last')?.status ?? {}
  assert.deepEqual([artefact?.stanza, modelUUID], ['databases.postgresql', world.juju.modelUUID])
  await world.until('it is told', () => databaseOf(world)?.lastBackupTime !== undefined, 2 * minute)
  assert.deepEqual([backupsOf(world)?.count, backupsOf(world)?.unmanaged], [1, 0])
})

test('S1.20 a row that says in progress for ever is reported as stale, once, and is no backup', async t => {
  const world = await JobsWorld.startMysql({durations: {backup: 10 * minute}})
  world.endWith(t)
  world.apply('killed')
  await world.until('it runs', () => world.tasks('create-backup')[0]?.status === 'running')
  world.apply('killed', {cancel: 'Force'})
  await world.untilFinished('killed', 2 * hour)
  await world.until('the row is stale', () => backupsOf(world)?.stale === 1, 4 * hour)
  assert.equal(backupsOf(world)?.count, 0)
  assert.equal(protectedOf(world)?.reason, 'NeverBackedUp')
  const stored = world.store.objects.size
  await world.restartOperator()
  await world.pass(40 * minute)
  assert.equal(world.events('prod').filter(reason => reason === 'StaleBackup').length, 1)
  assert.equal(world.store.objects.size, stored, 'nothing is deleted')
})

test('Protected is False until there is a backup, then True, and False again when that is old', async t => {
  const world = await start(t)
  await listed(world, 0)
  assert.deepEqual([protectedOf(world)?.status, protectedOf(world)?.reason], ['False', 'NeverBackedUp'])
  assert.equal(protectedOf(world)?.message, 'no finished backup: postgresql')
  world.apply('job')
  await world.untilFinished('job')
  await world.until('it is protected', () => protectedOf(world)?.status === 'True')
  await world.until('it is told', () => world.events('prod').includes('RecentBackups'))
  await world.operator.kill()
  await world.clock.advance(7 * day)
  await world.restartOperator()
  await world.pass(20 * minute)
  assert.equal(protectedOf(world)?.status, 'True')
  await world.operator.kill()
  await world.clock.advance(day)
  await world.restartOperator()
  await world.until('it is too old', () => protectedOf(world)?.status === 'False')
  assert.equal(protectedOf(world)?.reason, 'BackupTooOld')
  assert.deepEqual(
    world.events('prod').filter(reason => reason !== 'Connected'),
    ['NeverBackedUp', 'RecentBackups', 'BackupTooOld'],
  )
})

test('S1.19 a backup is told by one write of its JujuModel, and never as that of somebody else', async t => {
  const world = await start(t)
  world.storage()
  await listed(world, 0)
  await world.pass(minute)
  const seen: unknown[] = []
  const puts = () =>
    world.kube.server.calls.filter(({method, path}) => method !== 'GET' && path.includes('/jujumodels/prod/status'))
  const before = puts().length
  world.apply('ours', {storageRef: {name: 'backups'}})
  await world.until('it is over', () => {
    seen.push(backupsOf(world)?.unmanaged)
    return world.finished('ours')
  })
  await listed(world, 1)
  await world.pass(2 * minute)
  seen.push(backupsOf(world)?.unmanaged)
  assert.deepEqual([...new Set(seen)], [0])
  assert.equal(puts().length, before + 1)
  assert.equal(databaseOf(world)?.lastBackupTime, world.job('ours')?.status?.completionTime)
})

test('S1.19 while nothing changes the inventory reads, and writes nothing', async t => {
  const world = await start(t)
  world.apply('job')
  await world.untilFinished('job')
  await world.until('it is protected', () => protectedOf(world)?.status === 'True')
  await world.pass(20 * minute)
  const [writes, before] = [writesOf(world), listings(world)]
  await world.pass(2 * hour)
  const made = listings(world) - before
  assert.ok(made >= 6 && made <= 8, `${made} listings in two hours`)
  assert.equal(writesOf(world), writes)
})
