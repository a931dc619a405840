/** Where MongoDB says too little, the wrong thing, or nothing for ever (reference/charms.md, 7, #28 to #31). */
import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import {JobsWorld, type WorldOf} from './support/jobs-world.ts'
import {confirmedRestore} from './support/restore-spec.ts'

const minute = 60_000
const hour = 60 * minute
const charms = ['mongodb-6', 'mongodb-8'] as const
type MongodbWorld = WorldOf<(typeof charms)[number]>

async function withABackup(t: TestContext, charm: (typeof charms)[number]): Promise<MongodbWorld> {
  const world = await JobsWorld.startDatabase(t, charm)
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  return world
}

for (const charm of charms) {
  test(`S1.20 a backup of ${charm} that somebody cancels in PBM is listed as in progress for ever: it counts as cut short, and the next one runs`, async t => {
    const world = await withABackup(t, charm)
    world.engine.scriptBackup({duration: 2 * hour})
    world.apply('long')
    await world.until('it runs', () => /is being made/.test(world.message('long')))
    await world.pass(10 * minute)
    await world.engine.cancelBackup()
    await world.untilFinished('long', 4 * hour)
    assert.equal(world.reason('long'), 'Failed', world.message('long'))
    assert.match(world.message('long'), /as in progress, but no unit has worked on it for long; it counts as cut short/)
    world.apply('next')
    await world.untilFinished('next')
    assert.equal(world.reason('next'), 'Succeeded', world.message('next'))
    assert.equal(world.enqueued, 3)
  })

  test(`the first backup of ${charm} in an empty repository makes its list fail while it runs: it is listed again, not made again`, async t => {
    const world = await JobsWorld.startDatabase(t, charm, {durations: {unreported: 10 * minute, backup: 30 * minute}})
    world.apply('first')
    const failed = () => world.tasks('list-backups').filter(({status}) => status === 'failed').length
    await world.until('the list fails', () => failed() > 0)
    await world.untilFinished('first', 3 * hour)
    assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
    assert.equal(world.enqueued, 1)
  })

  test(`S2.12 ${charm} whose first backup somebody else makes cannot be listed: nothing is run, and the message says where to look`, async t => {
    const world = await JobsWorld.startDatabase(t, charm, {durations: {unreported: hour, backup: 2 * hour}})
    await world.until('the model is ready', () => world.modelReason() === 'Connected')
    world.juju.control.model().enqueue(`${world.application}/0`, 'create-backup')
    await world.pass(minute)
    world.apply('second')
    await world.untilFinished('second', 2 * hour)
    assert.equal(world.reason('second'), 'Failed', world.message('second'))
    assert.match(world.message('second'), /^The backups could not be listed: .*juju debug-log/)
    assert.equal(world.enqueued, 1)
  })

  test(`a backup of ${charm} whose leader changes right before it is made on the new leader; the list needs none`, async t => {
    const world = await withABackup(t, charm)
    const {application, juju} = world
    let moved = false
    juju.calls.onCall(({method, params}) => {
      if (moved || method !== 'EnqueueOperation' || !JSON.stringify(params).includes('create-backup')) return
      moved = true
      juju.control.model().setLeader(application, `${application}/2`)
    })
    world.apply('second')
    await world.untilFinished('second', 2 * hour)
    assert.equal(world.reason('second'), 'Succeeded', world.message('second'))
    const status = world.job('second')?.status
    assert.equal(status?.unit, `${application}/2`)
    assert.match(status?.unsuitableUnits?.[0]?.message ?? '', /The action can be run only on leader unit/)
  })

  test(`S2.12 a backup of ${charm} fails without words while PBM reads its store again: the job says so, and another attempt works`, async t => {
    const world = await withABackup(t, charm)
    const resync = () => {
      for (let tries = 0; tries < 10; tries++)
        world.engine.scriptBackup({refused: 'Error: another operation in progress, Resync storage\n'})
    }
    resync()
    world.apply('alone')
    await world.untilFinished('alone', 2 * hour)
    assert.equal(world.reason('alone'), 'Failed', world.message('alone'))
    assert.match(world.message('alone'), /failed without words, as it does when PBM reads its store again for minutes/)
    resync()
    world.apply('again', {backoffLimit: 1})
    await world.untilReason('again', 'RetryBackoff')
    assert.match(world.message('again'), /reads its store again for minutes.*Attempt 2 follows/)
    await world.untilFinished('again', 2 * hour)
    assert.equal(world.reason('again'), 'Succeeded', world.message('again'))
  })

  test(`S1.32 a restore of ${charm} that raises while PBM reads its store leaves words of no charm: the data may be gone, and another one works`, async t => {
    const world = await withABackup(t, charm)
    world.engine.restoresFail = {raises: 'ResyncError: '}
    world.apply('back', confirmedRestore(world, 'restore-1'))
    await world.untilFinished('back', 2 * hour)
    assert.equal(world.reason('back'), 'Failed', world.message('back'))
    assert.match(
      world.message('back'),
      /may be gone or incomplete: .*Look with juju show-task \d+, and at juju debug-log/,
    )
    world.engine.restoresFail = false
    world.apply('again', confirmedRestore(world, 'restore-2'))
    await world.untilFinished('again', 2 * hour)
    assert.equal(world.reason('again'), 'Succeeded', world.message('again'))
  })

  test(`S1.32 a restore of ${charm} that never ends asks for a person after an hour, lists nothing meanwhile, and ends with its deadline`, async t => {
    const world = await withABackup(t, charm)
    world.engine.restoresFail = 'stands'
    world.apply('back', confirmedRestore(world, 'restore-1', {}, {activeDeadlineSeconds: 4200}))
    await world.until('it runs', () => /restore started/i.test(world.message('back')))
    const listed = world.tasks('list-backups').length
    await world.until('a person is asked', () => world.reason('back') === 'ActionRequired', 3 * hour)
    assert.match(world.message('back'), /restore started\/running.*If it says so for long: .*juju debug-log/i)
    assert.equal(world.tasks('list-backups').length, listed)
    await world.untilFinished('back', 4 * hour)
    assert.equal(world.reason('back'), 'DeadlineExceeded', world.message('back'))
  })
}
