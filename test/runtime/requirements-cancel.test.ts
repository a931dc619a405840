/** What a cancel promises, as stories: it stops what has not begun, loses against an end, and leaves nothing that counts. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {JobsWorld} from './support/jobs-world.ts'
import {confirmedRestore} from './support/restore-spec.ts'

const minute = 60_000
const hour = 60 * minute
const storageRef = {name: 'backups'}

/** A backup that Juju has taken, and whose unit is busy with something else. */
async function withAPendingTask(world: JobsWorld): Promise<void> {
  await world.until('the model is ready', () => world.modelReason() === 'Connected')
  world.juju.control.model().holdUnit('postgresql/2')
  world.apply('first', {backup: {unit: 'postgresql/2'}})
  await world.untilReason('first', 'Running')
  assert.equal(world.tasks('create-backup')[0]?.status, 'pending')
}

test('S1.12 a backup that waits in Juju is cancelled without force, and never runs', async t => {
  const world = await JobsWorld.startFor(t)
  await withAPendingTask(world)
  world.apply('first', {backup: {unit: 'postgresql/2'}, cancel: 'IfSafe'})
  await world.untilFinished('first')
  world.juju.control.model().releaseUnit('postgresql/2')
  await world.pass(10 * minute)
  assert.equal(world.reason('first'), 'Cancelled', world.message('first'))
  assert.equal(world.job('first')?.status?.backupID, undefined)
  assert.deepEqual(
    world.tasks('create-backup').map(({status}) => status),
    ['cancelled'],
  )
  assert.equal(world.engine.repository.backups.length, 0)
})

test('S1.12 a Juju that cannot cancel refuses that too, and the backup ends by its own outcome', async t => {
  const world = await JobsWorld.startFor(t, {profile: '4.0.12'})
  await withAPendingTask(world)
  world.apply('first', {backup: {unit: 'postgresql/2'}, cancel: 'IfSafe'})
  await world.until('the refusal is told', () => world.condition('first', 'CancelRefused')?.reason === 'RefusedByJuju')
  world.juju.control.model().releaseUnit('postgresql/2')
  await world.untilFinished('first', 2 * hour)
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
})

for (const profile of ['3.6.14', '4.0.12'] as const)
  test(`S1.13 on Juju ${profile} a backup that ends while its cancel is on the way stays Succeeded`, async t => {
    const world = await JobsWorld.startFor(t, {profile, durations: {full: 90_000}})
    world.apply('first')
    await world.until('it runs', () => world.tasks('create-backup')[0]?.status === 'running')
    await world.until('it is over in Juju', () => world.tasks('create-backup')[0]?.status === 'completed')
    assert.equal(world.finished('first'), false, 'nobody has seen the end yet')
    world.apply('first', {cancel: 'Force'})
    await world.untilFinished('first')
    assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
    assert.notEqual(world.job('first')?.status?.backupID, undefined)
  })

test('S1.15 S1.17 what a cancelled backup left is told, and no restore takes it', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: minute}})
  world.storage()
  world.apply('good', {storageRef})
  await world.untilFinished('good')
  world.engine.durations.full = hour
  world.apply('cut', {storageRef})
  await world.until('it runs', () => world.tasks('create-backup')[1]?.status === 'running')
  world.apply('cut', {storageRef, cancel: 'Force'})
  await world.untilFinished('cut')
  assert.equal(world.reason('cut'), 'Cancelled', world.message('cut'))
  const label = [...world.store.objects.keys()].flatMap(key => /\/(\d{8}-\d{6}F)\//.exec(key)?.[1] ?? []).at(-1)
  assert.match(world.message('cut'), new RegExp(label ?? 'nothing was left in the store'))

  world.apply('newest', {type: 'Restore', storageRef, restore: {replicas: 'Rebuild'}})
  await world.untilFinished('newest')
  assert.equal(world.reason('newest'), 'Planned', world.message('newest'))
  assert.equal(world.job('newest')?.status?.restore?.chosenBackupID, world.job('good')?.status?.backupID)
  const source = {backupJobRef: {name: 'cut'}}
  world.apply('that-one', confirmedRestore(world, 'restore-1', {replicas: 'Rebuild', source}))
  await world.untilFinished('that-one')
  assert.equal(world.reason('that-one'), 'BackupNotFound', world.message('that-one'))
  assert.match(world.message('that-one'), new RegExp(world.job('good')?.status?.backupID ?? 'none'))
  assert.equal(world.tasks('restore').length, 0)
})
