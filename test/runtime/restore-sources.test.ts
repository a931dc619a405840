import assert from 'node:assert/strict'
import {test} from 'node:test'
import {backupJobResource, backupJobSpecSchema} from '../../src/api/backup-job.ts'
import {labelValue, SCHEDULE_LABEL} from '../../src/api/meta.ts'
import {namespace, type JobsWorld} from './support/jobs-world.ts'
import {execute, hour, minute, restoring, storageRef, withABackup} from './support/restore-world.ts'

/** A BackupJob as a schedule makes it. */
async function madeBy(world: JobsWorld, schedule: string, name: string): Promise<string> {
  const spec = backupJobSpecSchema.parse({modelRef: {name: 'prod'}, application: world.application, storageRef})
  const labels = {[SCHEDULE_LABEL]: labelValue(schedule)}
  world.kube.apply(backupJobResource, {namespace, name, labels, body: {spec}})
  await world.untilFinished(name)
  assert.equal(world.reason(name), 'Succeeded', world.message(name))
  return world.job(name)?.status?.backupID ?? ''
}

test('S1.25 a restore of a schedule takes its newest backup, however long its name is, and none of another one', async t => {
  const world = await withABackup(t, {units: 1})
  const long = `nightly-of-${'a'.repeat(60)}`
  await madeBy(world, long, 'nightly-1')
  const newest = await madeBy(world, long, 'nightly-2')
  await madeBy(world, 'weekly', 'weekly-1')
  world.apply('plan', {type: 'Restore', storageRef, restore: {source: {scheduleRef: {name: long}}}})
  await world.untilFinished('plan')
  const {chosenBackupID, chosenBecause} = world.job('plan')?.status?.restore ?? {}
  assert.equal(chosenBackupID, newest, world.message('plan'))
  assert.match(chosenBecause ?? '', /^It is the newest of schedule nightly-of-a+ \(BackupJob nightly-2\)\.$/)
  world.apply('none', {type: 'Restore', storageRef, restore: {source: {scheduleRef: {name: 'hourly'}}}})
  await world.untilFinished('none')
  assert.match(world.message('none'), /BackupNotFound: no successful BackupJob of this application has the label/)
})

test('S1.26 a timeline that a restore has left behind is followed where it is asked for', async t => {
  const world = await withABackup(t, {units: 1})
  await world.engine.write()
  const between = new Date(world.clock.now() - 1000).toISOString()
  world.apply('one', restoring(execute(world)))
  await world.untilFinished('one', 2 * hour)
  assert.equal(world.reason('one'), 'Succeeded', world.message('one'))
  await world.pass(10 * minute)
  await world.engine.write()
  await world.pass(10 * minute)
  world.apply(
    'two',
    restoring(execute(world, {requestID: 'restore-2', source: {backupID: world.job('first')?.status?.backupID}})),
  )
  await world.untilFinished('two', 2 * hour)
  assert.equal(world.reason('two'), 'Succeeded', world.message('two'))
  const unknown = {type: 'Restore', restore: {pointInTime: 'latest', timeline: between.replace(/\.\d+/, '')}}
  world.apply('unknown', unknown)
  await world.untilFinished('unknown')
  const [, first = ''] = /it lists (\S+?)(?: and|\.|,)/.exec(world.message('unknown')) ?? []
  assert.match(
    world.message('unknown'),
    /^Cannot be carried out: BackupNotFound: The charm lists no timeline that began with/,
  )
  world.apply('three', restoring(execute(world, {requestID: 'restore-3', pointInTime: 'latest', timeline: first})))
  await world.untilFinished('three', 2 * hour)
  assert.equal(world.reason('three'), 'Succeeded', world.message('three'))
  assert.equal(world.job('three')?.status?.restore?.timeline, first)
  assert.equal(world.job('three')?.status?.intent?.parameters['backup-id'], first)
})

test('S1.21 a Plan neither waits for the job that holds the application, nor holds it', async t => {
  const world = await withABackup(t)
  world.engine.durations.full = hour
  world.apply('nightly')
  await world.untilReason('nightly', 'Running')
  world.apply('plan', {type: 'Restore', storageRef, restore: {replicas: 'Rebuild'}})
  await world.untilFinished('plan', 10 * minute)
  assert.equal(world.reason('plan'), 'Planned', world.message('plan'))
  assert.equal(world.reason('nightly'), 'Running')
  assert.equal(world.job('plan')?.status?.restore?.chosenBackupID, world.job('first')?.status?.backupID)
  assert.deepEqual([world.job('plan')?.status?.grantedAt, world.tasks('restore').length], [undefined, 0])
})
