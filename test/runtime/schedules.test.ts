import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import {everyFive, scheduledWorld, SchedulesWorld} from './support/schedules-world.ts'

const minute = 60_000
function worldFor(t: TestContext, start = '2026-11-20T12:00:01Z'): SchedulesWorld {
  const world = new SchedulesWorld(start)
  t.after(() => world.stop())
  return world
}

const slotsOf = (world: SchedulesWorld): (string | undefined)[] =>
  world.jobs().map(({metadata}) => metadata.annotations?.['charmkeeper.dev/slot']?.slice(11, 16))

test('S5.1 S5.5 S5.16 a slot becomes a BackupJob, and the next time moves on', async t => {
  const world = await scheduledWorld(t)
  assert.equal(world.reason(), 'Scheduled')
  assert.equal(world.status().nextScheduleTime, '2026-11-20T12:05:00Z')
  assert.equal(world.status().upcoming?.length, 5)
  await world.to('2026-11-20T12:05:10Z')
  const [job] = world.jobs()
  assert.deepEqual(job?.metadata.labels, {
    'charmkeeper.dev/schedule': 'nightly',
    'charmkeeper.dev/model': 'prod',
    'charmkeeper.dev/application': 'postgresql',
  })
  assert.equal(job?.metadata.annotations?.['charmkeeper.dev/slot'], '2026-11-20T12:05:00Z')
  assert.equal(job?.metadata.ownerReferences, undefined)
  const {recentRuns, slots, nextScheduleTime, active} = world.status()
  assert.deepEqual(recentRuns, [{slot: '2026-11-20T12:05:00Z', outcome: 'Ran', job: job?.metadata.name}])
  assert.deepEqual([slots?.ran, slots?.late, nextScheduleTime], [1, 0, '2026-11-20T12:10:00Z'])
  assert.deepEqual(active, [{job: job?.metadata.name, slot: '2026-11-20T12:05:00Z'}])
})

test('S5.9 S5.12 S5.15 each run has a name of its own, its result, and what failed says so', async t => {
  const world = await scheduledWorld(t)
  await world.to('2026-11-20T12:05:10Z')
  const [first] = world.jobs()
  world.finish(first?.metadata.name ?? '')
  await world.to('2026-11-20T12:10:10Z')
  const second = world.jobs()[1]
  world.finish(second?.metadata.name ?? '', 'StorageNotConfigured')
  await world.pass(10_000)
  assert.notEqual(first?.metadata.name, second?.metadata.name)
  assert.deepEqual(
    world.status().recentRuns?.map(({result}) => result),
    ['StorageNotConfigured', 'Succeeded'],
  )
  const {lastSuccessJob, lastFailureJob, lastFailureReason, lastAttemptJob} = world.status()
  assert.deepEqual(
    [lastSuccessJob, lastFailureJob, lastFailureReason, lastAttemptJob],
    [first?.metadata.name, second?.metadata.name, 'StorageNotConfigured', second?.metadata.name],
  )
  assert.deepEqual(world.status().active, [])
})

test('S5.18 Forbid: a slot that finds a child at work is skipped, and says so', async t => {
  const world = await scheduledWorld(t)
  await world.to('2026-11-20T12:10:10Z')
  assert.deepEqual(slotsOf(world), ['12:05'])
  assert.deepEqual(world.outcomes(), ['12:10 Skipped Overlap', '12:05 Ran'])
  assert.ok(
    world.events().some(event => event.startsWith('SlotSkipped: the slot 2026-11-20T12:10:00Z skipped, Overlap')),
  )
})

test('S5.18 Queue: one child waits, and the slots after it are skipped', async t => {
  const world = await scheduledWorld(t, {concurrencyPolicy: 'Queue'})
  await world.to('2026-11-20T12:05:10Z')
  world.grant(world.jobs()[0]?.metadata.name ?? '')
  await world.to('2026-11-20T12:15:10Z')
  assert.deepEqual(slotsOf(world), ['12:05', '12:10'])
  assert.deepEqual(world.outcomes(), ['12:15 Skipped Overlap', '12:10 Ran', '12:05 Ran'])
})

test('S5.18 Replace: a child that waits gives way, one that runs does not', async t => {
  const world = await scheduledWorld(t, {concurrencyPolicy: 'Replace'})
  await world.to('2026-11-20T12:10:10Z')
  const [replaced, next] = world.jobs()
  assert.equal(replaced?.spec.cancel, 'IfSafe')
  assert.equal(replaced?.metadata.annotations?.['charmkeeper.dev/replaced-by-slot'], '2026-11-20T12:10:00Z')
  world.finish(replaced?.metadata.name ?? '', 'Cancelled')
  world.grant(next?.metadata.name ?? '')
  await world.pass(5000)
  assert.deepEqual(world.outcomes(), ['12:10 Ran', '12:05 Skipped Replaced'])
  await world.to('2026-11-20T12:15:10Z')
  assert.notEqual(world.jobs()[1]?.spec.cancel, 'IfSafe')
  assert.deepEqual(slotsOf(world), ['12:05', '12:10', '12:15'])
})

test('S5.19 suspended: every slot is skipped, and a resume runs none of them', async t => {
  const world = await scheduledWorld(t, {suspend: true})
  assert.equal(world.reason(), 'Suspended')
  assert.equal(world.status().nextScheduleTime, undefined)
  await world.to('2026-11-20T12:12:00Z')
  world.apply(everyFive)
  await world.pass(1000)
  assert.deepEqual(world.outcomes(), ['12:10 Skipped Suspended', '12:05 Skipped Suspended'])
  assert.equal(world.status().nextScheduleTime, '2026-11-20T12:15:00Z')
  await world.to('2026-11-20T12:15:10Z')
  assert.deepEqual(slotsOf(world), ['12:15'])
})

test('S5.20 a new token runs once more, also while suspended, and the next time stays', async t => {
  const world = await scheduledWorld(t, {suspend: true})
  world.apply({...everyFive, suspend: true, runNow: 'before-the-migration'})
  await world.pass(10_000)
  assert.equal(world.jobs().length, 1)
  assert.equal(world.status().lastHandledRunNow, 'before-the-migration')
  assert.deepEqual(world.outcomes(), ['12:00 Ran RunNow'])
  assert.deepEqual(world.status().slots, {ran: 0, late: 0, skipped: {}})
  world.killSchedulers()
  world.startScheduler()
  await world.pass(10_000)
  assert.equal(world.jobs().length, 1)
})

test('S5.17 the operator was down: the newest missed slot runs late, all are counted', async t => {
  const world = await scheduledWorld(t)
  world.killSchedulers()
  await world.pass(32 * minute)
  world.startScheduler()
  await world.pass(10_000)
  assert.deepEqual(slotsOf(world), ['12:30'])
  assert.deepEqual(world.outcomes(), ['12:30 Late', '12:25 Skipped OperatorDown'])
  assert.deepEqual(world.status().slots, {ran: 0, late: 1, skipped: {OperatorDown: 5}})
})

test('S5.22 stopped between creation and status: the child is adopted, not made again', async t => {
  const world = await scheduledWorld(t)
  const mend = world.kube.fail('/status', 500, 'InternalError')
  await world.to('2026-11-20T12:05:10Z')
  assert.equal(world.jobs().length, 1)
  world.killSchedulers()
  mend()
  world.startScheduler()
  await world.pass(10_000)
  assert.deepEqual(world.outcomes(), ['12:05 Ran'])
  assert.deepEqual([...world.creates().values()], [1])
})

test('S5.23 the model is away: the slot waits for it, and then runs late', async t => {
  const world = await scheduledWorld(t)
  world.model.ready = false
  await world.to('2026-11-20T12:07:00Z')
  assert.equal(world.reason(), 'ModelNotReady')
  assert.match(
    world.message(),
    /JujuModel prod is Unreachable: no endpoint answers; the slot of 2026-11-20T12:05:00Z waits for it until 2026-11-20T12:10:00Z/,
  )
  world.model.ready = true
  await world.pass(5000)
  assert.deepEqual(world.outcomes(), ['12:05 Late'])
  assert.equal(world.reason(), 'Scheduled')
})

test('S5.23 away for three slots: each says why it was skipped, and the fourth runs', async t => {
  const world = await scheduledWorld(t)
  world.model.ready = false
  await world.to('2026-11-20T12:19:00Z')
  world.model.ready = true
  await world.pass(5000)
  await world.to('2026-11-20T12:20:10Z')
  assert.deepEqual(world.outcomes(), [
    '12:20 Skipped Overlap',
    '12:15 Late',
    '12:10 Skipped ModelUnavailable',
    '12:05 Skipped ModelUnavailable',
  ])
})

test('a template that the API server refuses says so before its first slot, and runs once it is taken', async t => {
  const world = worldFor(t)
  const mend = world.kube.fail('/backupjobs', 422, 'Invalid', 'spec.backup: compression is wrong')
  const lists = world.kube.server.faults.pop()
  world.kube.server.faults.push(request => (request.method === 'POST' ? lists?.(request) : undefined))
  world.apply(everyFive)
  world.startScheduler()
  await world.pass(1000)
  assert.equal(world.reason(), 'TemplateRefused')
  assert.match(world.message(), /compression is wrong/)
  await world.to('2026-11-20T12:06:00Z')
  assert.equal(world.status().waitingSlot?.reason, 'TemplateRefused')
  mend()
  world.kube.server.faults.length = 0
  await world.pass(2 * minute)
  assert.deepEqual(world.outcomes(), ['12:05 Late'])
  assert.equal(world.reason(), 'Scheduled')
})

test('a wrong pattern names the place, disturbs nothing, and is mended', async t => {
  const world = await scheduledWorld(t)
  world.apply({schedule: '0 0 30 2 *'})
  await world.pass(1000)
  assert.equal(world.reason(), 'NeverMatches')
  assert.equal(world.status().nextScheduleTime, undefined)
  world.apply(everyFive)
  await world.pass(1000)
  assert.equal(world.reason(), 'Scheduled')
  assert.equal(world.status().nextScheduleTime, '2026-11-20T12:05:00Z')
})

test('S5.2 windows that no slot can meet are said at once, instead of skipping each slot, and are mended', async t => {
  const world = await scheduledWorld(t)
  world.apply({...everyFive, windows: [{start: '02:01', durationSeconds: 120}]})
  await world.pass(1000)
  assert.equal(world.reason(), 'NeverMatches')
  assert.match(world.message(), /spec\.windows \(every day 02:01 for 120 s\)/)
  assert.equal(world.status().nextScheduleTime, undefined)
  await world.to('2026-11-20T12:30:00Z')
  assert.deepEqual(world.outcomes(), [])
  world.apply({...everyFive, windows: [{start: '12:00', durationSeconds: 3600}]})
  await world.to('2026-11-20T12:35:30Z')
  assert.equal(world.reason(), 'Scheduled')
  assert.deepEqual(world.outcomes(), ['12:35 Ran'])
})

test('S5.8 a schedule that is deleted starts nothing more, and its child goes on', async t => {
  const world = await scheduledWorld(t)
  await world.to('2026-11-20T12:05:10Z')
  world.remove()
  await world.to('2026-11-20T12:21:00Z')
  assert.deepEqual(slotsOf(world), ['12:05'])
  assert.equal(world.jobs()[0]?.metadata.deletionTimestamp, undefined)
})

test('S5.22 two schedulers at once make one child for each slot', async t => {
  const world = await scheduledWorld(t, {concurrencyPolicy: 'Queue'})
  world.startScheduler()
  for (const slot of ['12:05', '12:10', '12:15']) {
    await world.to(`2026-11-20T${slot}:10Z`)
    for (const job of world.jobs().filter(one => one.status?.completionTime === undefined))
      world.finish(job.metadata.name)
  }
  await world.pass(5000)
  assert.deepEqual(slotsOf(world), ['12:05', '12:10', '12:15'])
  assert.equal(world.status().slots?.ran, 3)
})

test('the clock jumps by an hour and back: no slot is lost or doubled', async t => {
  const world = await scheduledWorld(t)
  world.clock.jumpWall(60 * minute)
  await world.pass(11_000)
  assert.deepEqual(slotsOf(world), ['13:00'])
  assert.deepEqual(world.status().slots, {ran: 1, late: 0, skipped: {OperatorDown: 11}})
  world.finish(world.jobs()[0]?.metadata.name ?? '')
  world.clock.jumpWall(-60 * minute)
  await world.to('2026-11-20T12:50:00Z')
  assert.deepEqual(slotsOf(world), ['13:00'])
  await world.to('2026-11-20T13:05:10Z')
  assert.deepEqual(slotsOf(world), ['13:00', '13:05'])
})

test('another application in the template: nobody is safe by the backups of the one before', async t => {
  const world = await scheduledWorld(t)
  await world.to('2026-11-20T12:05:10Z')
  world.finish(world.jobs()[0]?.metadata.name ?? '')
  await world.pass(10_000)
  assert.equal(world.reason(undefined, 'Fresh'), 'Fresh')
  const jobTemplate = {spec: {modelRef: {name: 'prod'}, application: 'mysql'}}
  world.apply({...everyFive, jobTemplate})
  await world.pass(10_000)
  assert.equal(world.reason(undefined, 'Fresh'), 'NoBackupYet')
  const {lastSuccessJob, lastVerifiedTime, target, slots} = world.status()
  assert.deepEqual(
    [lastSuccessJob, lastVerifiedTime, target?.application, slots?.ran],
    [undefined, undefined, 'mysql', 1],
  )
})
