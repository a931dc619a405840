/** What a backup promises, as stories: what is refused, what is shown while it runs, and that it is made once. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {DatabaseCharmId} from '../charms/memory-database.ts'
import {JobsWorld} from './support/jobs-world.ts'

const minute = 60_000
const hour = 60 * minute

const kinds: readonly (readonly [DatabaseCharmId, 'Physical' | 'Logical'])[] = [
  ['mysql-8.0', 'Physical'],
  ['mongodb-8', 'Logical'],
  ['opensearch-2', 'Physical'],
  ['zookeeper-3', 'Physical'],
  ['etcd-3.5', 'Physical'],
]
for (const [charm, method] of kinds)
  test(`S1.2 S1.3 a backup of ${charm} is ${method}, and says so; a kind that it does not make is refused before anything runs`, async t => {
    const world = await JobsWorld.startDatabase(t, charm)
    world.apply('wished', {backup: {type: 'Incremental'}})
    await world.untilFinished('wished')
    assert.equal(world.reason('wished'), 'Unsupported', world.message('wished'))
    assert.match(world.message('wished'), /has no Incremental backups; it has Full\./)
    assert.equal(world.enqueued, 0)
    world.apply('made')
    await world.untilFinished('made')
    assert.equal(world.reason('made'), 'Succeeded', world.message('made'))
    assert.equal(world.job('made')?.status?.method, method)
  })

test('S1.7 S1.8 starting returns at once, and while the backup runs its status moves on', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * hour}})
  world.apply('first')
  await world.until('the unit is told', () => world.job('first')?.status?.lastMessage === 'creating backup')
  const begun = world.job('first')?.status
  const unit = begun?.unit ?? ''
  await world.pass(hour)
  world.juju.control.model().setUnitStatus(unit, 'maintenance', 'creating backup: 40 %')
  await world.until('the new words are told', () => world.job('first')?.status?.lastMessage === 'creating backup: 40 %')
  const later = world.job('first')?.status
  assert.equal(world.reason('first'), 'Running')
  assert.match(world.message('first'), /creating backup: 40 %/)
  assert.notEqual(begun?.startTime, undefined)
  assert.equal(later?.startTime, begun?.startTime)
  assert.ok(Date.parse(later?.lastObservedTime ?? '') - Date.parse(begun?.lastObservedTime ?? '') >= hour)
  assert.deepEqual(world.events('first'), ['BackupStarted'])
  const seconds = world.operator.lines.flatMap(({message, fields}) =>
    message === 'reconciled' && fields['key'] === 'databases/first' ? [Number(fields['seconds'])] : [],
  )
  assert.ok(seconds.length > 2, 'reconciled again and again')
  assert.ok(Math.max(...seconds) < 1, `the longest took ${Math.max(...seconds)} s`)
})

test('S1.16 a failover to the unit that makes the backup is told, and the backup counts as it is listed', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.until('the primary is known', () => world.job('first')?.status?.primary === 'postgresql/0')
  const unit = world.job('first')?.status?.unit ?? ''
  world.engine.primaryUnit = unit
  world.juju.control.model().setUnitStatus('postgresql/0', 'active', '')
  world.juju.control.model().setUnitStatus(unit, 'active', 'Primary')
  await world.until('the failover is told', () => world.events('first').includes('PrimaryChanged'))
  await world.untilFinished('first', 2 * hour)
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.equal(world.condition('first', 'Verified')?.reason, 'FoundInListing')
  assert.deepEqual([world.job('first')?.status?.primary, world.enqueued], [unit, 1])
})

test('S1.16 a backup that a failover broke is looked for in the list, and is none', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.engine.scriptBackup({unlisted: true})
  world.apply('first')
  await world.until('the primary is known', () => world.job('first')?.status?.primary === 'postgresql/0')
  world.engine.primaryUnit = 'postgresql/2'
  world.juju.control.model().setUnitStatus('postgresql/0', 'active', '')
  world.juju.control.model().setUnitStatus('postgresql/2', 'active', 'Primary')
  await world.untilFinished('first', 2 * hour)
  assert.equal(world.reason('first'), 'Failed', world.message('first'))
  assert.ok(world.events('first').includes('PrimaryChanged'))
  assert.equal(world.job('first')?.status?.backupID, undefined)
})

test('S2.7 a choice that the charm does not give is refused before anything runs', async t => {
  const world = await JobsWorld.startFor(t)
  world.apply('plain', {backup: {compression: false}})
  await world.untilFinished('plain')
  assert.equal(world.reason('plain'), 'Unsupported')
  assert.match(world.message('plain'), /always compresses its backups; remove backup\.compression/)
  assert.equal(world.enqueued, 0)
  world.apply('compressed', {backup: {compression: true}})
  await world.untilFinished('compressed')
  assert.equal(world.reason('compressed'), 'Succeeded', world.message('compressed'))
})

test('S2.11 a job that is applied, touched and listed again and again runs once', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 2 * minute}})
  for (let round = 0; round < 12; round += 1) {
    world.apply('first', {}, {round: String(round)})
    if (round % 3 === 0) await world.kube.cutWatches()
    await world.pass(20_000)
  }
  await world.untilFinished('first')
  for (let round = 12; round < 16; round += 1) {
    world.apply('first', {}, {round: String(round)})
    await world.kube.cutWatches()
    await world.pass(minute)
  }
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.equal(world.juju.calls.enqueued('create-backup').length, 1)
  assert.deepEqual(world.events('first'), ['BackupStarted', 'BackupSucceeded'])
})

test('S2.20 S2.21 S2.22 of jobs that are deleted all at once only what is over goes at once, and no object of the store', async t => {
  const world = await JobsWorld.startFor(t)
  world.storage()
  world.apply('over', {storageRef: {name: 'backups'}})
  await world.untilFinished('over')
  world.juju.control.model().pruneOperations()
  await world.pass(hour)
  assert.equal(world.reason('over'), 'Succeeded')
  world.engine.durations.full = 10 * minute
  world.apply('running', {storageRef: {name: 'backups'}})
  await world.untilReason('running', 'Running')
  world.apply('queued')
  await world.untilReason('queued', 'Queued')
  const stored = [...world.store.objects.keys()]
  for (const name of ['over', 'running', 'queued']) world.delete(name)
  await world.pass(minute)
  assert.deepEqual(
    ['over', 'running', 'queued'].map(name => world.job(name) !== undefined),
    [false, true, false],
  )
  await world.until('the last one is gone', () => world.job('running') === undefined, 2 * hour)
  const left = world.tasks('create-backup').map(({status}) => status)
  assert.deepEqual(left, ['completed'], 'Juju has forgotten the first, and the second came to its own end')
  assert.deepEqual(
    stored.filter(key => !world.store.objects.has(key)),
    [],
  )
})
