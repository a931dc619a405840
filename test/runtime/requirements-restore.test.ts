/** What a restore promises, as stories: what it waits for, what it writes down first, and what it refuses. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {HookActions} from '../charms/hook-actions.ts'
import {JobsWorld} from './support/jobs-world.ts'
import {confirmedRestore, units} from './support/restore-spec.ts'

const minute = 60_000
const hour = 60 * minute
const rebuild = {replicas: 'Rebuild'}

/** A backup, called `first`, whichever database the world has. */
async function backUp(world: Pick<JobsWorld, 'apply' | 'untilFinished' | 'reason' | 'message'>): Promise<void> {
  world.apply('first')
  await world.untilFinished('first', 4 * hour)
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
}

test('S1.22 a restore that goes on for three days after its task is followed to its end, over restarts', async t => {
  const world = await JobsWorld.startFor(t)
  await backUp(world)
  world.engine.durations.restore = 72 * hour
  world.apply('back', confirmedRestore(world, 'restore-1', rebuild))
  await world.until('it has begun', () => world.engine.restores.length === 1)
  await world.pass(5 * minute)
  await world.operator.kill()
  await world.clock.advance(71.5 * hour)
  await world.restartOperator()
  await world.pass(5 * minute)
  assert.equal(world.finished('back'), false, world.message('back'))
  await world.restartOperator()
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.deepEqual([world.tasks('restore').length, world.engine.restores.length, units(world)], [1, 1, 3])
})

test('S1.22 a restore whose task runs for three days is followed to its end, over restarts', async t => {
  const world = await JobsWorld.startDatabase(t, 'mysql-8.0', {durations: {retrieve: 72 * hour}})
  await backUp(world)
  world.apply('back', confirmedRestore(world, 'restore-1', rebuild))
  await world.until('it runs', () => world.tasks('restore')[0]?.status === 'running')
  await world.pass(5 * minute)
  await world.operator.kill()
  await world.clock.advance(71.5 * hour)
  await world.restartOperator()
  await world.pass(5 * minute)
  assert.equal(world.reason('back'), 'Running', world.message('back'))
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.deepEqual([world.tasks('restore').length, units(world)], [1, 3])
})

for (const charm of ['mongodb-8', 'opensearch-2', 'etcd-3.5', 'zookeeper-3'] as const)
  test(`S1.23 a moment is refused for ${charm}, which restores whole backups only, and nothing is touched`, async t => {
    const world = await JobsWorld.startDatabase(t, charm)
    await backUp(world)
    await world.pass(10 * minute)
    const pointInTime = new Date(world.clock.now() - minute).toISOString()
    world.apply('back', confirmedRestore(world, 'restore-1', {...rebuild, pointInTime}))
    await world.untilFinished('back')
    assert.equal(world.reason('back'), 'Unsupported', world.message('back'))
    assert.deepEqual([world.tasks('restore').length, units(world)], [0, 3])
  })

test('S1.23 S1.24 a moment reaches PostgreSQL as it was asked for, and the newest backup before it is taken', async t => {
  const world = await JobsWorld.startFor(t, {units: 1})
  await backUp(world)
  await world.pass(20 * minute)
  await world.engine.write()
  const moment = new Date(world.clock.now() - 10 * minute)
  await world.engine.addBackup('full')
  world.apply('back', confirmedRestore(world, 'restore-1', {pointInTime: moment.toISOString()}))
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.equal(world.job('back')?.status?.restore?.chosenBackupID, world.job('first')?.status?.backupID)
  const asked = world.tasks('restore')[0]?.params['restore-to-time']
  assert.equal(Date.parse(String(asked).replace(' ', 'T').replace(/\+00$/, 'Z')), moment.getTime(), String(asked))
})

test('S1.23 a moment reaches MySQL with its backup, by the second', async t => {
  const world = await JobsWorld.startDatabase(t, 'mysql-8.0')
  await backUp(world)
  await world.pass(20 * minute)
  await world.engine.write()
  const moment = new Date(world.clock.now() - 10 * minute)
  const restore = {...rebuild, pointInTime: moment.toISOString()}
  world.apply('back', confirmedRestore(world, 'restore-1', restore))
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  const backupId = world.job('first')?.status?.backupID
  const toTime = moment.toISOString().slice(0, 19).replace('T', ' ')
  assert.deepEqual(world.engine.restored, {backupId, toTime})
})

test('S1.25 S2.25 the backup that is chosen, and where it is, are in the status before Juju is asked for anything', async t => {
  const world = await JobsWorld.startFor(t)
  await backUp(world)
  const written: unknown[] = []
  const effects = ['DestroyUnit', 'AddUnits', 'EnqueueOperation']
  world.juju.calls.onCall(({method, params}) => {
    if (!effects.includes(method) || /list-backups|get-primary/.test(JSON.stringify(params))) return
    const {restore} = world.job('back')?.status ?? {}
    written.push([method, restore?.chosenBackupID, restore?.survivor])
  })
  world.apply('back', confirmedRestore(world, 'restore-1', rebuild))
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  const backupID = world.job('first')?.status?.backupID
  assert.deepEqual(written, [
    ['DestroyUnit', backupID, 'postgresql/0'],
    ['EnqueueOperation', backupID, 'postgresql/0'],
    ['AddUnits', backupID, 'postgresql/0'],
  ])
})

test('S1.26 a backup that is listed as failed is refused with one that is good, and nothing is touched', async t => {
  const world = await JobsWorld.startFor(t)
  await backUp(world)
  world.engine.scriptBackup({checksumErrors: true})
  world.apply('broken')
  await world.untilFinished('broken')
  const [backupID] = /\d{4}-\S+Z/.exec(world.message('broken')) ?? []
  assert.notEqual(backupID, undefined, world.message('broken'))
  world.apply('back', confirmedRestore(world, 'restore-1', {...rebuild, source: {backupID}}))
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'BackupNotFound', world.message('back'))
  assert.match(world.message('back'), new RegExp(`Usable: ${world.job('first')?.status?.backupID}`))
  assert.deepEqual([world.tasks('restore').length, units(world)], [0, 3])
})

test('S1.27 a restore from a storage that is not where the charm reads is refused with the steps, and nothing is touched', async t => {
  const world = await JobsWorld.startFor(t)
  world.storage({path: '/another-cluster'})
  await backUp(world)
  const source = {backupID: world.job('first')?.status?.backupID}
  world.apply('back', confirmedRestore(world, 'restore-1', {...rebuild, source}, {storageRef: {name: 'backups'}}))
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'StorageMismatch', world.message('back'))
  assert.match(world.message('back'), /path.*docs\/restore\.md/s)
  assert.deepEqual([world.tasks('restore').length, units(world)], [0, 3])
})

test('S1.28 a standby cluster of MySQL is not restored, and nothing is touched', async t => {
  const world = await JobsWorld.startDatabase(t, 'mysql-8.0')
  await backUp(world)
  world.juju.control.model().setUnitStatus('mysql/0', 'active', 'Standby')
  world.apply('back', confirmedRestore(world, 'restore-1', rebuild))
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'StandbyCluster', world.message('back'))
  assert.deepEqual([world.tasks('restore').length, units(world)], [0, 3])
})

test('S1.31 when a unit cannot be set up after the restore, the restored primary stays, and the state says so', async t => {
  const world = await JobsWorld.startFor(t)
  await backUp(world)
  world.apply('back', confirmedRestore(world, 'restore-1', rebuild))
  await world.until('it comes back', () => world.tasks('restore').length === 1 && units(world) === 3, 2 * hour)
  const added = [...world.juju.control.model().application('postgresql').units.keys()].at(-1) ?? ''
  world.juju.control.model().life.failNextHook(added, 'install')
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'RestoredNotRebuilt', world.message('back'))
  assert.match(world.message('back'), new RegExp(`Restored backup .*did not all come back: ${added} is error`))
  assert.match(world.message('back'), /juju add-unit/)
  assert.ok(world.events('back').includes('UnitsNotRebuilt'))
  assert.equal(world.engine.primaryUnit, 'postgresql/0')
  assert.equal(world.tasks('restore').length, 1)
  assert.deepEqual(world.job('back')?.metadata.finalizers ?? [], [])
  world.apply('after', {backup: {unit: 'postgresql/0'}})
  await world.until('the application is free', () => world.reason('after') !== 'Queued')
})

test('S1.53 what pauses and resumes clients goes around a restore: it resumes although the restore failed and the operator was killed', async t => {
  const world = await JobsWorld.startFor(t, {units: 1, hooks: new HookActions()})
  await backUp(world)
  world.engine.durations.restore = 10 * minute
  world.engine.restoreFails = 'failed'
  const hooks = {pre: [{action: 'pause'}], post: [{action: 'resume', when: 'Always'}]}
  world.apply('back', confirmedRestore(world, 'restore-1', {}, {hooks}))
  await world.until('it runs', () => world.engine.restores.length === 1)
  await world.restartOperator()
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Failed', world.message('back'))
  const asked = world.juju.control.model().tasks()
  assert.deepEqual(
    asked.flatMap(({action}) => (['pause', 'restore', 'resume'].includes(action) ? [action] : [])),
    ['pause', 'restore', 'resume'],
  )
  assert.deepEqual(
    world.job('back')?.status?.hooks?.map(({phase, action, taskStatus}) => [phase, action, taskStatus]),
    [
      ['Pre', 'pause', 'completed'],
      ['Post', 'resume', 'completed'],
    ],
  )
})
