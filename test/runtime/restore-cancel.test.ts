import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {JobsWorld} from './support/jobs-world.ts'
import {begun, execute, hour, minute, rebuild, restoring, units, withABackup} from './support/restore-world.ts'

const profiles = ['3.6.14', '4.0.12'] as const
const survivor = 'postgresql/0'

/** A restore on `postgresql/0` whose task waits behind a long hook of the unit. @returns its spec */
async function pending(world: JobsWorld): Promise<Record<string, unknown>> {
  const spec = restoring(execute(world, {...rebuild, unit: survivor}))
  world.apply('back', spec)
  await world.until('it scales down', () => units(world) < 3, 2 * hour)
  world.juju.control.model().holdUnit(survivor)
  await world.until('the task is pending', () => world.tasks('restore').length === 1, 2 * hour)
  return spec
}

/** The same, and the task runs. */
async function running(world: JobsWorld): Promise<Record<string, unknown>> {
  const spec = await pending(world)
  world.juju.control.model().start(world.tasks('restore')[0]?.task ?? '')
  await world.until('it is seen to run', () => world.job('back')?.status?.taskStatus === 'running')
  return spec
}

test('S1.11 a restore that is queued is cancelled at once, and nothing of it happens', async t => {
  const world = await withABackup(t)
  world.engine.durations.full = hour
  world.apply('nightly')
  await world.untilReason('nightly', 'Running')
  const spec = restoring(execute(world, rebuild))
  world.apply('back', spec)
  await world.untilReason('back', 'Queued')
  world.apply('back', {...spec, cancel: 'IfSafe'})
  await world.untilFinished('back', 5 * minute)
  assert.equal(world.reason('back'), 'Cancelled', world.message('back'))
  assert.deepEqual(world.events('back').slice(-1), ['RestoreCancelled'])
  assert.deepEqual([world.tasks('restore').length, units(world)], [0, 3])
})

for (const profile of profiles)
  test(`S1.11 S1.20 on Juju ${profile} a restore whose task is pending is cancelled as far as Juju can`, async t => {
    const world = await withABackup(t, {profile})
    const spec = await pending(world)
    // An agent at rest may begin it at any moment, so that it is not safe to ask.
    world.apply('back', {...spec, cancel: 'IfSafe'})
    await world.until('it is refused', () => world.condition('back', 'CancelRefused')?.reason === 'Unsafe')
    assert.equal(world.juju.calls.count('Action.Cancel'), 0)
    world.apply('back', {...spec, cancel: 'Force'})
    await world.until('Juju was asked', () => world.juju.calls.count('Action.Cancel') > 0)
    await world.pass(minute)
    const isCancelled = world.tasks('restore')[0]?.status === 'cancelled'
    assert.equal(isCancelled, profile === '3.6.14')
    if (!isCancelled) assert.equal(world.condition('back', 'CancelRefused')?.reason, 'RefusedByJuju')
    world.juju.control.model().releaseUnit(survivor)
    await world.untilFinished('back', 4 * hour)
    assert.equal(world.reason('back'), isCancelled ? 'Cancelled' : 'Succeeded', world.message('back'))
    assert.equal(world.engine.restores.length, isCancelled ? 0 : 1)
    assert.equal(units(world), 3)
  })

test('S1.11 a restore that runs is not cancelled with IfSafe, which is said, and ends by its own outcome', async t => {
  const world = await withABackup(t)
  const spec = await running(world)
  world.apply('back', {...spec, cancel: 'IfSafe'})
  await world.until('it is refused', () => world.condition('back', 'CancelRefused')?.reason === 'Unsafe')
  assert.match(world.condition('back', 'CancelRefused')?.message ?? '', /old data is, or may be, destroyed/)
  assert.equal(world.juju.calls.count('Action.Cancel'), 0)
  const control = world.juju.control.model()
  control.finish(world.tasks('restore')[0]?.task ?? '', {status: 'failed', message: 'Failed to stop database service'})
  control.releaseUnit(survivor)
  await world.untilFinished('back', 2 * hour)
  assert.equal(world.reason('back'), 'Failed', world.message('back'))
  assert.equal(units(world), 3)
})

test('S1.11 Force stops a restore that runs; what that means for the data is said, and no units copy it', async t => {
  const world = await withABackup(t)
  const spec = await running(world)
  world.apply('back', {...spec, cancel: 'Force'})
  await world.until('Juju was asked', () => world.juju.calls.count('Action.Cancel') === 1)
  const control = world.juju.control.model()
  control.finish(world.tasks('restore')[0]?.task ?? '', {status: 'aborted'})
  control.releaseUnit(survivor)
  await world.untilFinished('back', 2 * hour)
  assert.equal(world.reason('back'), 'Cancelled', world.message('back'))
  assert.match(
    world.message('back'),
    /data of postgresql\/0 may be gone.*Restore again.* were removed and not added again/,
  )
  assert.equal(units(world), 1)
  world.apply('again', restoring(execute(world, {requestID: 'restore-2'})))
  await world.untilFinished('again', 2 * hour)
  assert.equal(world.reason('again'), 'Succeeded', world.message('again'))
})

test('S1.11 the race of a cancel against the end of the task is decided by what Juju says', async t => {
  const world = await withABackup(t)
  const spec = await running(world)
  const control = world.juju.control.model()
  control.finish(world.tasks('restore')[0]?.task ?? '', {status: 'failed', message: 'Failed to stop database service'})
  world.apply('back', {...spec, cancel: 'Force'})
  control.releaseUnit(survivor)
  await world.untilFinished('back', 2 * hour)
  assert.equal(world.reason('back'), 'Failed', world.message('back'))
  assert.match(world.message('back'), /refused the restore; no data was touched/)
})

test('S1.11 a restore that goes on inside of the database cannot be cancelled, which is said', async t => {
  const world = await withABackup(t, {durations: {restore: hour}})
  const spec = restoring(execute(world, rebuild))
  world.apply('back', spec)
  await world.until('it settles', () => begun(world, 'back', 'Settle') !== undefined, 2 * hour)
  world.apply('back', {...spec, cancel: 'Force'})
  await world.until('it is refused', () => world.condition('back', 'CancelRefused')?.reason === 'Unsupported')
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.equal(units(world), 3)
  assert.equal(world.events('back').filter(reason => reason === 'CancelRefused').length, 1)
})

test('a restore that is deleted while it waits for its turn goes at once', async t => {
  const world = await withABackup(t)
  world.engine.durations.full = hour
  world.apply('nightly')
  await world.untilReason('nightly', 'Running')
  world.apply('back', restoring(execute(world, rebuild)))
  await world.untilReason('back', 'Queued')
  world.delete('back')
  await world.until('it is gone', () => world.job('back') === undefined, minute)
})

test('a restore that is deleted while its safety backup runs restores nothing', async t => {
  const world = await withABackup(t)
  world.engine.durations.full = 20 * minute
  world.apply('back', restoring(execute(world, {...rebuild, safetyBackup: 'Required'})))
  await world.until('the safety backup runs', () => world.enqueued === 2)
  world.delete('back')
  await world.until('it is gone', () => world.job('back') === undefined, hour)
  await world.pass(hour)
  assert.deepEqual([world.tasks('restore').length, units(world)], [0, 3])
})

for (const profile of profiles)
  test(`on Juju ${profile} a restore that is deleted before its action was sent brings the units back, and goes then`, async t => {
    const world = await withABackup(t, {profile})
    world.apply('back', restoring(execute(world, rebuild)))
    await world.until('it scales down', () => units(world) < 3)
    world.delete('back')
    await world.until('it is gone', () => world.job('back') === undefined, 2 * hour)
    assert.deepEqual([world.tasks('restore').length, units(world)], [0, 3])
  })

for (const step of ['Restore', 'Settle', 'ScaleUp'])
  test(`S1.25 a restore that is deleted at its step ${step} is brought to its end, and goes then`, async t => {
    const world = await withABackup(t, {durations: {restore: 5 * minute}})
    world.apply('back', restoring(execute(world, rebuild)))
    await world.until('the step begins', () => begun(world, 'back', step) !== undefined, 2 * hour)
    world.delete('back')
    await world.until('it is gone', () => world.job('back') === undefined, 4 * hour)
    assert.deepEqual([world.tasks('restore').length, units(world)], [1, 3])
  })
