/** Where a restore of MySQL gets stuck, or leaves something behind (reference/charms.md, 7, #25 to #27): a person is told what to do. */
import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import type {MysqlStep} from '../charms/mysql/engine.ts'
import {JobsWorld, type WorldOf} from './support/jobs-world.ts'
import {confirmedRestore} from './support/restore-spec.ts'

const hour = 3_600_000
const rebuild = {replicas: 'Rebuild'}
type MysqlWorld = WorldOf<'mysql-8.0'>

/** Three units with one backup, called `first`. */
async function withABackup(t: TestContext): Promise<MysqlWorld> {
  const world = await JobsWorld.startDatabase(t, 'mysql-8.0')
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  return world
}

const units = ({juju}: MysqlWorld): number => juju.control.model().application('mysql').units.size

const shown = ({juju}: MysqlWorld): string => {
  const [only] = juju.control.model().units('mysql')
  return `${only?.status} ${only?.message}`
}

const recoverable: readonly (readonly [step: MysqlStep, words: RegExp])[] = [
  ['kill sessions', /Failed to kill client sessions\. .*restore again/],
  ['stop', /Failed to stop mysqld\. Look at MySQL on the unit, then restore again/],
  ['retrieve', /Failed to retrieve backup .*look at the store and at the space on the unit/],
  ['prepare', /Failed to prepare backup .*may be broken, so choose another one/],
]
for (const [step, words] of recoverable)
  test(`S1.32 a restore of MySQL that fails at "${step}" leaves the data and a stale text: the units come back, and another one works`, async t => {
    const world = await withABackup(t)
    world.engine.failing.add(step)
    world.apply('back', confirmedRestore(world, 'restore-1', rebuild))
    await world.untilFinished('back', 6 * hour)
    assert.equal(world.reason('back'), 'Failed', world.message('back'))
    assert.match(world.message('back'), /^The charm refused the restore; no data was touched: /)
    assert.match(world.message('back'), words)
    assert.equal(units(world), 3)
    world.engine.failing.clear()
    world.apply('again', confirmedRestore(world, 'restore-2', rebuild))
    await world.untilFinished('again', 6 * hour)
    assert.equal(world.reason('again'), 'Succeeded', world.message('again'))
  })

const unrecoverable: readonly (readonly [step: MysqlStep, words: RegExp])[] = [
  ['move back', /Failed to restore backup/],
  ['start', /Failed to start mysqld/],
  ['create cluster', /Failed to create InnoDB cluster on restored instance/],
]
for (const [step, words] of unrecoverable)
  test(`S1.32 a restore of MySQL that fails at "${step}" may have destroyed the data: no unit copies it, and the message says how to go on`, async t => {
    const world = await withABackup(t)
    world.engine.failing.add(step)
    world.apply('back', confirmedRestore(world, 'restore-1', rebuild))
    await world.untilFinished('back', 6 * hour)
    assert.equal(world.reason('back'), 'Failed', world.message('back'))
    assert.match(world.message('back'), words)
    assert.match(world.message('back'), /get-cluster-status.*restore into a new application of one unit/)
    assert.match(world.message('back'), /mysql\/1 and mysql\/2 were removed and not added again/)
    assert.match(shown(world), words)
    assert.equal(units(world), 1)
    assert.equal(world.tasks('restore').length, 1)
  })

test('S1.32 a cluster that was not made anew is restored again on the unit that is left, as its MySQL answers', async t => {
  const world = await withABackup(t)
  world.engine.failing.add('create cluster')
  world.apply('back', confirmedRestore(world, 'restore-1', rebuild))
  await world.untilFinished('back', 6 * hour)
  assert.equal(world.reason('back'), 'Failed', world.message('back'))
  world.engine.failing.clear()
  world.apply('again', confirmedRestore(world, 'restore-2', {safetyBackup: 'Skip'}))
  await world.untilFinished('again', 6 * hour)
  assert.equal(world.reason('again'), 'Succeeded', world.message('again'))
})

test('S1.32 a unit without data is asked for another restore once, refuses it, and the message says what its MySQL needs', async t => {
  const world = await withABackup(t)
  world.engine.failing.add('move back')
  world.apply('back', confirmedRestore(world, 'restore-1', rebuild))
  await world.untilFinished('back', 6 * hour)
  world.engine.failing.clear()
  world.apply('again', confirmedRestore(world, 'restore-2', {safetyBackup: 'Skip'}))
  await world.untilFinished('again', 6 * hour)
  assert.equal(world.reason('again'), 'Failed', world.message('again'))
  assert.match(world.message('again'), /Server running mysqld is not connectable\. .*restart it there, then try again/)
  assert.equal(world.tasks('restore').length, 2)
})

test('S1.29 the charm of MySQL destroys on any unit, so it is asked on the leader only, and never with an empty text', async t => {
  const world = await withABackup(t)
  world.apply('back', confirmedRestore(world, 'restore-1', {...rebuild, unit: 'mysql/2'}))
  await world.until('the restore is sent', () => world.tasks('restore').length === 1, 4 * hour)
  const [task] = world.tasks('restore')
  const leader = world.juju.control
    .model()
    .units('mysql')
    .find(unit => unit.leader)
  assert.deepEqual([task?.unit, leader?.name], ['mysql/2', 'mysql/2'])
  assert.deepEqual(task?.params, {'backup-id': world.job('first')?.status?.backupID})
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
})

test('S1.32 a unit of MySQL that never becomes the leader is not restored, and the units come back', async t => {
  const world = await withABackup(t)
  world.juju.control.model().life.endSuccession('mysql')
  world.apply('back', confirmedRestore(world, 'restore-1', {...rebuild, unit: 'mysql/2'}))
  await world.untilFinished('back', 6 * hour)
  assert.equal(world.reason('back'), 'Failed', world.message('back'))
  assert.match(world.message('back'), /Waiting for Juju to make mysql\/2 the leader.*no data was touched/)
  assert.deepEqual([world.tasks('restore').length, units(world)], [0, 3])
})

test('S1.32 a leader that is none any more half-way leaves words of no charm: the data may be gone, and no unit copies it', async t => {
  const world = await withABackup(t)
  world.engine.raising.set('configure', 'RuntimeError: needs leadership to set app data')
  world.apply('back', confirmedRestore(world, 'restore-1', rebuild))
  await world.untilFinished('back', 6 * hour)
  assert.equal(world.reason('back'), 'Failed', world.message('back'))
  assert.match(
    world.message('back'),
    /may be gone or incomplete: .*Look with juju show-task \d+, and at juju debug-log\./,
  )
  assert.equal(units(world), 1)
})

test('S1.27 a restored MySQL makes no backups until a person gives it another path: the restore says so, and backups wait for it', async t => {
  const world = await withABackup(t)
  world.apply('back', confirmedRestore(world, 'restore-1', rebuild))
  await world.untilFinished('back', 6 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.match(world.message('back'), /To do: .*Move restored cluster to another S3 repository.*another path/)
  world.apply('nightly')
  await world.untilReason('nightly', 'ActionRequired')
  assert.match(
    world.message('nightly'),
    /Move restored cluster to another S3 repository.*another path in the s3-integrator/,
  )
  assert.equal(world.condition('nightly', 'Stalled')?.status, 'True')
  assert.equal(world.enqueued, 1)
  await world.juju.control.model().setConfig('s3-integrator', {path: '/restored'})
  await world.untilFinished('nightly', 2 * hour)
  assert.equal(world.reason('nightly'), 'Succeeded', world.message('nightly'))
})
