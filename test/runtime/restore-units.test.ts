import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {JobsWorld} from './support/jobs-world.ts'
import {begun, execute, hour, rebuild, restoring, units, withABackup} from './support/restore-world.ts'

const life = (world: JobsWorld) => world.juju.control.model().life
const profiles = ['3.6.14', '4.0.12'] as const

/** Starts a restore that rebuilds the replicas, and waits for a step of it. */
async function until(world: JobsWorld, step: string, more: Record<string, unknown> = {}): Promise<void> {
  world.apply('back', restoring(execute(world, rebuild), more))
  await world.until(`${step} begins`, () => begun(world, 'back', step) !== undefined, 4 * hour)
}

for (const profile of profiles)
  for (const [newcomers, why] of [
    ['fail', /postgresql\/\d is error "hook failed: "install""/],
    ['stay away', /The units did not all come back: postgresql\/\d is/],
  ] as const)
    test(`S1.31 on Juju ${profile} units that ${newcomers} end a restore as not rebuilt, with the data, in bounded time`, async t => {
      const world = await withABackup(t, {profile})
      life(world).setNewcomers(world.application, newcomers)
      world.apply('back', restoring(execute(world, rebuild)))
      await world.untilFinished('back', 6 * hour)
      assert.equal(world.reason('back'), 'RestoredNotRebuilt', world.message('back'))
      assert.match(world.message('back'), why)
      assert.match(world.message('back'), /Restored backup .* Of 3 units 3 are there, and 1 well; .*juju add-unit/)
      assert.equal(world.tasks('restore').length, 1)
      assert.deepEqual(world.events('back').toSorted(), [
        'RestoreStarted',
        'RestoredNotRebuilt',
        'UnitsChanged',
        'UnitsChanged',
        'UnitsNotRebuilt',
      ])
      assert.deepEqual(world.job('back')?.metadata.finalizers ?? [], [])
    })

test('S1.31 on Kubernetes pods that never appear end a restore as not rebuilt', async t => {
  const world = await withABackup(t, {charm: 'postgresql-k8s-16'})
  life(world).setNewcomers(world.application, 'stay away')
  world.apply('back', restoring(execute(world, rebuild)))
  await world.untilFinished('back', 6 * hour)
  assert.equal(world.reason('back'), 'RestoredNotRebuilt', world.message('back'))
})

for (const [charm, method] of [
  ['postgresql-16', 'AddUnits'],
  ['postgresql-k8s-16', 'ScaleApplications'],
] as const) {
  test(`S1.31 a scale-up of ${charm} that Juju refuses ends a restore as not rebuilt, with Juju's words`, async t => {
    const world = await withABackup(t, {charm})
    await until(world, 'Settle')
    world.juju.faults.calls.fail(call => call.method === method, 'changes are disabled', 'operation is blocked')
    await world.untilFinished('back', 4 * hour)
    assert.equal(world.reason('back'), 'RestoredNotRebuilt', world.message('back'))
    assert.match(world.message('back'), /Juju refused: changes are disabled\. Of 3 units 1 are there/)
    assert.equal(world.juju.calls.count(`Application.${method}`), charm === 'postgresql-16' ? 1 : 2)
  })

  test(`a change of units of ${charm} that Juju cannot take now is asked for again, without an event for each try`, async t => {
    const world = await withABackup(t, {charm})
    await until(world, 'Settle')
    const words = ['migration in progress, model is exporting', 'model migration in progress'] as const
    world.juju.faults.calls.fail(call => call.method === method, ...words, {times: 4})
    await world.untilFinished('back', 4 * hour)
    assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
    assert.equal(units(world), 3)
    assert.deepEqual(world.events('back').toSorted(), [
      'RestoreStarted',
      'RestoreSucceeded',
      'UnitsChanged',
      'UnitsChanged',
    ])
  })
}

test('a removal of units that Juju refuses for good ends a restore before the data is touched', async t => {
  const world = await withABackup(t)
  world.juju.faults.calls.fail('Application.DestroyUnit', 'disabled by the administrator', 'operation is blocked')
  world.apply('back', restoring(execute(world, rebuild)))
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Failed', world.message('back'))
  assert.match(world.message('back'), /Juju refused to remove the other units: disabled by the administrator/)
  assert.deepEqual([world.tasks('restore').length, units(world)], [0, 3])
})

test('S1.22 activeDeadlineSeconds ends the waiting for units, not the units', async t => {
  const world = await withABackup(t)
  life(world).setNewcomers(world.application, 'stay away')
  await until(world, 'ScaleUp', {activeDeadlineSeconds: 1200})
  await world.untilFinished('back', hour)
  assert.equal(world.reason('back'), 'RestoredNotRebuilt', world.message('back'))
  assert.match(world.message('back'), /not over 1200 s after/)
})

for (const profile of profiles)
  test(`on Juju ${profile} a unit that is left and never becomes the leader ends a restore, and the units come back`, async t => {
    const world = await withABackup(t, {profile})
    life(world).endSuccession(world.application)
    world.apply('back', restoring(execute(world, {...rebuild, unit: 'postgresql/2'})))
    await world.untilFinished('back', 6 * hour)
    assert.equal(world.reason('back'), 'Failed', world.message('back'))
    assert.match(world.message('back'), /Waiting for Juju to make postgresql\/2 the leader.*not changed for 30 minutes/)
    assert.deepEqual([world.tasks('restore').length, units(world)], [0, 3])
  })

test('a unit that somebody adds meanwhile is not removed: the restore ends, and nobody loses data', async t => {
  const world = await withABackup(t)
  await until(world, 'ScaleDown')
  life(world).startUnit(world.application)
  await world.untilFinished('back', 6 * hour)
  assert.equal(world.reason('back'), 'NeedsSingleUnit', world.message('back'))
  assert.match(world.message('back'), /postgresql\/3/)
  assert.equal(world.tasks('restore').length, 0)
  assert.equal(units(world), 3)
})

test('units that somebody else removes first are gone as well, and come back', async t => {
  const world = await withABackup(t)
  world.apply('back', restoring(execute(world, rebuild)))
  await world.until('the request is entered', () => world.job('back')?.status?.restore?.ledgerTime !== undefined)
  life(world).startRemoval('postgresql/1')
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.equal(units(world), 3)
})

test('a unit that somebody adds again meanwhile is counted, and not one too many is added', async t => {
  const world = await withABackup(t)
  await until(world, 'Settle')
  life(world).startUnit(world.application)
  await world.untilFinished('back', 6 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.equal(units(world), 3)
})

test('the unit that is to be left is removed by somebody: the restore ends before any data is touched', async t => {
  const world = await withABackup(t)
  await until(world, 'ScaleDown')
  const survivor = world.job('back')?.status?.restore?.survivor ?? ''
  life(world).startRemoval(survivor)
  await world.untilFinished('back', 6 * hour)
  assert.ok(['Failed', 'NeedsSingleUnit'].includes(world.reason('back')), world.message('back'))
  assert.match(world.message('back'), /no data was touched/)
  assert.equal(world.tasks('restore').length, 0)
})

for (const profile of profiles)
  test(`on Juju ${profile} a unit that hangs on its way out needs a person after an hour, and the restore goes on when it is gone`, async t => {
    const world = await withABackup(t, {profile})
    life(world).failNextHook('postgresql/1', 'stop')
    await until(world, 'ScaleDown')
    await world.until('a person is asked', () => world.reason('back') === 'ActionRequired', 2 * hour)
    assert.match(world.message('back'), /Waiting for postgresql\/1 to go; .*juju resolved, or juju remove-unit --force/)
    assert.equal(world.condition('back', 'Stalled')?.status, 'True')
    await life(world).resolve('postgresql/1')
    await world.untilFinished('back', 4 * hour)
    assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
    assert.equal(units(world), 3)
  })

test('a cancel does not wait for a unit that hangs on its way out', async t => {
  const world = await withABackup(t)
  life(world).failNextHook('postgresql/1', 'stop')
  const spec = restoring(execute(world, rebuild))
  world.apply('back', spec)
  await world.until('one hangs', () => /Waiting for postgresql\/1 to go/.test(world.message('back')))
  world.apply('back', {...spec, cancel: 'IfSafe'})
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Cancelled', world.message('back'))
  assert.equal(world.tasks('restore').length, 0)
  assert.equal(units(world), 4)
})

test('units that stand still for an hour need a person, and the restore ends well when they move on', async t => {
  const world = await withABackup(t)
  world.engine.durations.join = 3 * hour
  await until(world, 'ScaleUp')
  await world.until('a person is asked', () => world.reason('back') === 'ActionRequired', 2 * hour)
  assert.match(world.message('back'), /Nothing has changed since .* Look at juju debug-log --include postgresql\/3/)
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
})

test('units that Juju refuses again and again, in words that leave it open whether some came, are not asked for without end', async t => {
  const world = await withABackup(t)
  const words = ['the quota of units is reached', 'quota limit exceeded'] as const
  world.juju.faults.calls.fail('Application.AddUnits', ...words, {times: Number.POSITIVE_INFINITY})
  world.apply('back', restoring(execute(world, rebuild)))
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'RestoredNotRebuilt', world.message('back'))
})
