import assert from 'node:assert/strict'
import {test} from 'node:test'
import {databaseCharmIds} from '../charms/memory-database.ts'
import type {DatabaseCharmId} from '../charms/memory-database.ts'
import {JobsWorld} from './support/jobs-world.ts'

/** Of a charm that nobody knows, nothing can be looked for in the store. */
const unknown = (charm: DatabaseCharmId): boolean => charm.startsWith('somedb')

for (const charm of databaseCharmIds)
  test(`S1.1 a backup of ${charm} is made, listed${unknown(charm) ? '' : ' and proved from the store'}`, async t => {
    const world = await JobsWorld.startDatabase(t, charm)
    if (!unknown(charm)) world.storage()
    world.apply('nightly', {backup: unknown(charm) ? {} : {storageRef: {name: 'backups'}, verify: 'Store'}})
    await world.untilFinished('nightly')
    assert.equal(world.reason('nightly'), 'Succeeded', world.message('nightly'))
    const made = world.tasks('create-backup').filter(({status}) => status === 'completed')
    assert.equal(made.length, 1)
    if (!unknown(charm)) assert.equal(world.condition('nightly', 'Verified')?.status, 'True')
  })

const hour = 3_600_000
/** Charms that restore on however many units there are, in a task or after it. */
const restoring = [
  'opensearch-2',
  'opensearch-k8s-2-next',
  'zookeeper-3',
  'etcd-3.5',
  'valkey-9-restore',
  'somedb-1',
] as const

for (const charm of restoring)
  test(`S1.30 ${charm} is restored once, on the units that there are`, async t => {
    const world = await JobsWorld.startDatabase(t, charm)
    world.apply('first')
    await world.untilFinished('first')
    const {modelUUID} = world.job('first')?.status ?? {}
    const validUntil = new Date(world.clock.now() + 24 * hour).toISOString()
    const confirmation = {application: world.application, modelUUID, validUntil}
    world.apply('back', {type: 'Restore', restore: {mode: 'Execute', confirmation, requestID: 'restore-1'}})
    await world.untilFinished('back', 4 * hour)
    assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
    assert.equal(world.tasks(charm === 'valkey-9-restore' ? 'restore-backup' : 'restore').length, 1)
    assert.equal(world.juju.control.model().application(world.application).units.size, 3)
  })

test('S1.4 S2.18 a backup of MongoDB that runs for an hour runs once, and keeps the application all the time', async t => {
  const world = await JobsWorld.startDatabase(t, 'mongodb-8')
  world.engine.scriptBackup({duration: hour})
  world.apply('long')
  await world.until('it runs', () => /is being made/.test(world.message('long')))
  assert.equal(world.reason('long'), 'Running')
  world.apply('second')
  await world.until('the second one waits', () => world.reason('second') === 'Queued')
  await world.pass(hour / 2)
  assert.deepEqual([world.reason('long'), world.reason('second'), world.enqueued], ['Running', 'Queued', 1])
  await world.untilFinished('long', 3 * hour)
  await world.untilFinished('second', 3 * hour)
  assert.deepEqual([world.reason('long'), world.reason('second'), world.enqueued], ['Succeeded', 'Succeeded', 2])
})

test('S1.14 a cancel of a running backup of MongoDB is refused, and the backup ends well', async t => {
  const world = await JobsWorld.startDatabase(t, 'mongodb-6')
  world.engine.scriptBackup({duration: hour})
  world.apply('first')
  await world.until('it runs', () => /is being made/.test(world.message('first')))
  world.apply('first', {cancel: 'Force'})
  await world.until('the cancel is refused', () => world.condition('first', 'CancelRefused') !== undefined)
  assert.equal(world.condition('first', 'CancelRefused')?.reason, 'Unsupported')
  await world.untilFinished('first', 3 * hour)
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
})

test('a backup of MongoDB that PBM ends with an error is Failed with its words', async t => {
  const world = await JobsWorld.startDatabase(t, 'mongodb-8')
  world.engine.scriptBackup({fails: 'disk quota exceeded'})
  world.apply('first')
  await world.untilFinished('first', 3 * hour)
  assert.equal(world.reason('first'), 'Failed')
  assert.match(world.message('first'), /as failed: disk quota exceeded/)
})
