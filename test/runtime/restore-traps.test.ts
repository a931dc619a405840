import assert from 'node:assert/strict'
import {test} from 'node:test'
import {HookActions} from '../charms/hook-actions.ts'
import {JobsWorld} from './support/jobs-world.ts'
import {execute, hour, minute, rebuild, restoring, units, withABackup} from './support/restore-world.ts'

const survivor = 'postgresql/0'

/** A restore whose confirmation is over in an hour. */
function forAnHour(world: JobsWorld): Record<string, unknown> {
  const asked = execute(world, {...rebuild, unit: survivor})
  const validUntil = new Date(world.clock.now() + hour).toISOString()
  return {...asked, confirmation: {...(asked['confirmation'] as object), validUntil}}
}

test('S1.26 what the store proved of one backup is not believed of the one that is chosen after the queue', async t => {
  const world = await withABackup(t)
  world.engine.durations.full = hour
  world.apply('nightly')
  await world.untilReason('nightly', 'Running')
  world.apply('back', restoring(execute(world, rebuild)))
  await world.untilReason('back', 'Queued')
  assert.equal(world.job('back')?.status?.restore?.chosenBackupID, world.job('first')?.status?.backupID)
  const known = new Set(world.store.objects.keys())
  const losesManifests = (): boolean => {
    for (const key of world.store.objects.keys())
      if (!known.has(key) && key.includes('backup.manifest')) world.store.objects.delete(key)
    return world.finished('nightly')
  }
  await world.until('the newer backup is there, and broken', losesManifests, 3 * hour)
  losesManifests()
  await world.untilFinished('back', 5 * hour)
  assert.equal(world.reason('back'), 'BackupNotFound', world.message('back'))
  assert.deepEqual([world.tasks('restore').length, units(world)], [0, 3])
})

test('a reading that was given up keeps nobody from going on', async t => {
  const world = await withABackup(t, {units: 1})
  world.store.trouble = 'Unreachable'
  world.apply('back', restoring(execute(world), {verify: 'Listing'}))
  await world.until(
    'it ends, or waits for the store',
    () => world.finished('back') || world.reason('back') === 'ActionRequired',
    4 * hour,
  )
  world.store.trouble = undefined
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
})

test('S1.21 a restore that Juju has taken, and that has not begun when the confirmation is over, never begins', async t => {
  const world = await withABackup(t)
  world.apply('back', restoring(forAnHour(world)))
  await world.until('it scales down', () => units(world) < 3, hour)
  world.juju.control.model().holdUnit(survivor)
  await world.until('the task is pending', () => world.tasks('restore').length === 1, hour)
  await world.pass(2 * hour)
  world.juju.control.model().releaseUnit(survivor)
  await world.untilFinished('back', 5 * hour)
  assert.equal(world.reason('back'), 'ConfirmationExpired', world.message('back'))
  assert.deepEqual([world.engine.restores.length, units(world)], [0, 3])
})

test('S1.21 whatever else is in the way, a restore ends when its confirmation is over', async t => {
  const world = await withABackup(t)
  world.juju.control.model().killAgent(survivor)
  await world.pass(10 * minute)
  world.apply('back', restoring(forAnHour(world)))
  await world.untilFinished('back', 3 * hour)
  assert.equal(world.reason('back'), 'ConfirmationExpired', world.message('back'))
  assert.equal(world.tasks('restore').length, 0)
})

test('S1.11 S1.53 a hook that cannot begin is cancelled with its job, which ends', async t => {
  const world = await withABackup(t, {hooks: new HookActions()})
  const spec = {hooks: {pre: [{action: 'pause'}]}}
  world.juju.control.model().killAgent(survivor)
  world.apply('hooked', spec)
  await world.until('the hook is sent', () => world.tasks('pause').length === 1, hour)
  world.apply('hooked', {...spec, cancel: 'IfSafe'})
  await world.untilFinished('hooked', hour)
  assert.equal(world.tasks('pause')[0]?.status, 'cancelled')
  assert.equal(world.enqueued, 1)
})

test('S1.53 a hook that does not end asks a person to look, and says how the job can end', async t => {
  const world = await withABackup(t, {hooks: new HookActions()})
  world.juju.control.model().killAgent(survivor)
  world.apply('hooked', {hooks: {pre: [{action: 'pause'}]}})
  await world.until('it asks', () => world.reason('hooked') === 'ActionRequired', 3 * hour)
  assert.match(world.message('hooked'), /charmkeeper\.dev\/resolve=.*=Abandon/)
})

test('a job that began in time is tried again after its starting deadline', async t => {
  const world = await withABackup(t)
  world.engine.durations.full = 10 * minute
  world.apply('late', {backoffLimit: 3, startingDeadlineSeconds: 60})
  await world.untilReason('late', 'Running')
  await world.pass(3 * minute)
  const task = world.tasks('create-backup').at(-1)?.task ?? ''
  world.juju.control.model().finish(task, {status: 'failed', message: 'some transient thing'})
  await world.untilFinished('late', 3 * hour)
  assert.equal(world.reason('late'), 'Succeeded', world.message('late'))
  assert.equal(world.job('late')?.status?.attempt, 2)
})
