import assert from 'node:assert/strict'
import {test} from 'node:test'
import {HookActions} from '../charms/hook-actions.ts'
import {execute, hour, rebuild, restoring, steps, storageRef, units, withABackup} from './support/restore-world.ts'

for (const profile of ['3.6.14', '4.0.12'] as const)
  for (const charm of ['postgresql-16', 'postgresql-k8s-16', 'postgresql-14'] as const)
    test(`S1.25 S1.30 S2.2 S2.25 on Juju ${profile} with ${charm} a restore without a source takes the newest backup, on one unit, and rebuilds the others`, async t => {
      const world = await withABackup(t, {profile, charm})
      world.apply('back', restoring(execute(world, rebuild)))
      await world.untilFinished('back', 4 * hour)
      assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
      const status = world.job('back')?.status
      assert.equal(status?.restore?.chosenBackupID, world.job('first')?.status?.backupID)
      assert.deepEqual(steps(status), ['ScaleDown', 'Restore', 'Settle', 'ScaleUp'])
      assert.equal(world.tasks('restore').length, 1)
      assert.equal(units(world), 3)
      const statuses = world.juju.control.model().units(world.application)
      assert.ok(statuses.every(({status}) => status === 'active'))
      assert.deepEqual(world.job('back')?.metadata.finalizers ?? [], [])
      assert.deepEqual(world.events('back').toSorted(), [
        'RestoreStarted',
        'RestoreSucceeded',
        'UnitsChanged',
        'UnitsChanged',
      ])
    })

test('S1.21 a Plan touches nothing: it says what would happen, and enqueues only what reads', async t => {
  const world = await withABackup(t)
  const before = world.juju.control.model().tasks().length
  world.apply('what-if', restoring(rebuild))
  await world.untilFinished('what-if')
  assert.equal(world.reason('what-if'), 'Planned', world.message('what-if'))
  const {restore} = world.job('what-if')?.status ?? {}
  assert.deepEqual(restore?.unitsBefore, ['postgresql/0', 'postgresql/1', 'postgresql/2'])
  assert.equal(restore?.blockers, undefined)
  assert.match(restore?.loss ?? '', /All changes of postgresql since backup/)
  const added = world.juju.control.model().tasks().slice(before)
  assert.deepEqual([...new Set(added.map(({action}) => action))], ['list-backups'])
})

test('S1.21 replicas are only removed where that is asked for: the message names those that would go', async t => {
  const world = await withABackup(t)
  world.apply('back', restoring(execute(world)))
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'NeedsSingleUnit')
  assert.match(world.message('back'), /postgresql\/1.*postgresql\/2/)
  assert.equal(world.tasks('restore').length, 0)
})

for (const [what, over, reason] of [
  ['another application', {application: 'mysql'}, 'ConfirmationMismatch'],
  ['another model', {modelUUID: '2dd2f5e4-1111-4222-8333-444455556666'}, 'ConfirmationMismatch'],
  ['a time that is over', {validUntil: '2026-11-01T00:00:00Z'}, 'ConfirmationExpired'],
  ['a time too far ahead', {validUntil: '2027-11-01T00:00:00Z'}, 'ConfirmationExpired'],
] as const)
  test(`S1.21 a confirmation with ${what} ends a restore before anything is touched`, async t => {
    const world = await withABackup(t)
    const asked = execute(world, rebuild)
    world.apply('back', restoring({...asked, confirmation: {...(asked['confirmation'] as object), ...over}}))
    await world.untilFinished('back')
    assert.equal(world.reason('back'), reason, world.message('back'))
    assert.deepEqual([world.tasks('restore').length, units(world)], [0, 3])
  })

test('S1.22 S2.18 a restore that was carried out never runs again: not for another object, not after it was deleted and created again', async t => {
  const world = await withABackup(t)
  world.apply('back', restoring(execute(world, rebuild)))
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  world.delete('back')
  await world.until('it is gone', () => world.job('back') === undefined)
  world.apply('back', restoring(execute(world, rebuild)))
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'AlreadyExecuted', world.message('back'))
  assert.equal(world.condition('back', 'Succeeded')?.status, 'True')
  assert.equal(world.tasks('restore').length, 1)
})

test('S1.26 an unknown backup is refused, with what there is', async t => {
  const world = await withABackup(t)
  world.apply('back', restoring(execute(world, {...rebuild, source: {backupID: '2026-01-01T00:00:00Z'}})))
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'BackupNotFound', world.message('back'))
  assert.match(world.message('back'), new RegExp(world.job('first')?.status?.backupID ?? 'none'))
})

test('S1.29 the unit that is asked for survives, and becomes the primary', async t => {
  const world = await withABackup(t)
  world.apply('back', restoring(execute(world, {...rebuild, unit: 'postgresql/2'})))
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.equal(world.tasks('restore')[0]?.unit, 'postgresql/2')
  assert.equal(world.job('back')?.status?.restore?.survivor, 'postgresql/2')
  const asked = world.juju.control.model().enqueue('postgresql/2', 'get-primary')
  await world.pass(5000)
  assert.equal(world.juju.control.model().task(asked).output['primary'], 'postgresql/2')
})

test('S1.29 on Kubernetes only unit 0 can survive; another one is refused', async t => {
  const world = await withABackup(t, {charm: 'postgresql-k8s-16'})
  world.apply('back', restoring(execute(world, {...rebuild, unit: 'postgresql-k8s/2'})))
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'Unsupported', world.message('back'))
  assert.equal(units(world), 3)
})

test('S1.32 a moment that cannot be reached is a clear failure, and leaves the way open for another restore', async t => {
  const world = await withABackup(t, {units: 1})
  world.engine.restoreFails = 'pitr-failed'
  await world.pass(hour)
  const moment = new Date(world.clock.now() - 600_000).toISOString()
  world.apply('back', restoring(execute(world, {pointInTime: moment}), {storageRef: undefined}))
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Failed', world.message('back'))
  assert.match(world.message('back'), /cannot restore PITR/)
  world.engine.restoreFails = undefined
  world.apply('again', restoring(execute(world, {requestID: 'restore-2'})))
  await world.untilFinished('again', 4 * hour)
  assert.equal(world.reason('again'), 'Succeeded', world.message('again'))
})

test('S1.33 S2.17 S2.18 a backup and a second restore wait for the one that runs, and go on after it', async t => {
  const world = await withABackup(t, {units: 1})
  world.apply('back', restoring(execute(world)))
  await world.untilReason('back', 'Running')
  world.apply('second', restoring(execute(world, {requestID: 'restore-2'})))
  world.apply('nightly', {storageRef})
  await world.until(
    'both are queued',
    () => world.reason('nightly') === 'Queued' && world.reason('second') === 'Queued',
  )
  assert.match(world.message('nightly'), /BackupJob databases\/back is working on postgresql/)
  await world.untilFinished('second', 4 * hour)
  await world.untilFinished('nightly', 4 * hour)
  assert.deepEqual(
    [world.reason('back'), world.reason('second'), world.reason('nightly')],
    ['Succeeded', 'Succeeded', 'Succeeded'],
    world.message('second') + world.message('nightly'),
  )
})

test('a safety backup is taken and proved first, under the grant of the restore', async t => {
  const world = await withABackup(t)
  world.apply('back', restoring(execute(world, {...rebuild, safetyBackup: 'Required'})))
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  const status = world.job('back')?.status
  const name = status?.restore?.safetyBackupJob ?? ''
  assert.equal(world.reason(name), 'Succeeded', world.message(name))
  assert.equal(status?.restore?.chosenBackupID, world.job('first')?.status?.backupID)
  assert.equal(world.enqueued, 2)
})

test('S1.11 a restore that is cancelled before its action is sent brings the units back', async t => {
  const world = await withABackup(t)
  const spec = restoring(execute(world, rebuild))
  world.apply('back', spec)
  await world.until('it scales down', () => units(world) < 3)
  world.apply('back', {...spec, cancel: 'IfSafe'})
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Cancelled', world.message('back'))
  assert.deepEqual([world.tasks('restore').length, units(world)], [0, 3])
})

test('S1.53 hooks run around a restore, once each and on every unit where that is asked for', async t => {
  const world = await withABackup(t, {units: 1, hooks: new HookActions()})
  const hooks = {pre: [{action: 'pause'}], post: [{action: 'resume', unit: 'All', params: {mode: 'fast'}}]}
  world.apply('back', restoring(execute(world), {hooks}))
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  const asked = world.juju.control
    .model()
    .tasks()
    .map(({action}) => action)
  assert.deepEqual(
    asked.filter(action => ['pause', 'restore', 'resume'].includes(action)),
    ['pause', 'restore', 'resume'],
  )
  assert.deepEqual(steps(world.job('back')?.status), ['PreHooks', 'Restore', 'Settle', 'PostHooks'])
})

test('S1.53 a pre hook that fails ends the restore before the data is touched, and what follows always still runs', async t => {
  const world = await withABackup(t, {units: 1, hooks: new HookActions()})
  const hooks = {
    pre: [{action: 'quiesce'}],
    post: [
      {action: 'resume', when: 'Always'},
      {action: 'pause', when: 'OnSuccess'},
    ],
  }
  world.apply('back', restoring(execute(world), {hooks}))
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'HookFailed', world.message('back'))
  assert.match(world.message('back'), /quiesce.*clients are still connected/)
  assert.deepEqual(
    [world.tasks('restore').length, world.tasks('resume').length, world.tasks('pause').length],
    [0, 1, 0],
  )
})

test('a restore of a backup that is on its way waits for it', async t => {
  const world = await withABackup(t)
  world.apply('second', {storageRef})
  await world.untilReason('second', 'Running')
  world.apply('what-if', restoring({...rebuild, source: {backupJobRef: {name: 'second'}}}))
  await world.untilFinished('what-if')
  assert.equal(world.reason('what-if'), 'Planned', world.message('what-if'))
  assert.equal(world.job('what-if')?.status?.restore?.chosenBackupID, world.job('second')?.status?.backupID)
})
