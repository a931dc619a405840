import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {FakeRequest} from '../support/fake-kube-server.ts'
import {everyFive, scheduledWorld, type SchedulesWorld} from './support/schedules-world.ts'

const minute = 60_000
/** Answers calls of this kind so from now on. @returns what mends it */
function failing(
  world: SchedulesWorld,
  what: (request: FakeRequest) => boolean,
  status: number,
  reason: string,
): () => void {
  const {faults} = world.kube.server
  const fault = (request: FakeRequest) =>
    what(request) ? {status, reason, message: `${reason} by the test`} : undefined
  faults.push(fault)
  return () => void faults.splice(faults.indexOf(fault), 1)
}

const isCreate = ({method, path, query}: FakeRequest): boolean =>
  method === 'POST' && path.endsWith('/backupjobs') && !query.has('dryRun')
const calls = (world: SchedulesWorld, what: (request: FakeRequest) => boolean): number =>
  world.kube.server.calls.filter(what).length

test('a run at once that is refused is tried once a minute, and says so', async t => {
  const world = await scheduledWorld(t)
  const mend = failing(world, isCreate, 403, 'Forbidden')
  world.apply({...everyFive, runNow: 'now'})
  await world.to('2026-11-20T12:04:00Z')
  assert.equal(world.reason(), 'TemplateRefused')
  assert.ok(calls(world, isCreate) <= 5, `${calls(world, isCreate)} calls in four minutes`)
  mend()
  await world.pass(2 * minute)
  assert.equal(world.status().lastHandledRunNow, 'now')
})

test('a child that is gone before it was accounted for is not made again', async t => {
  const world = await scheduledWorld(t)
  const gone = failing(world, ({path, method}) => method === 'PUT' && path.includes('/backupschedules/'), 500, 'Down')
  await world.to('2026-11-20T12:05:01Z')
  const name = world.jobs()[0]?.metadata.name ?? ''
  world.finish(name)
  world.delete(name)
  gone()
  await world.pass(minute)
  assert.equal(calls(world, isCreate), 1)
  assert.deepEqual(world.outcomes(), ['12:05 Ran'])
})

test('history that cannot be trimmed holds up no slot', async t => {
  const world = await scheduledWorld(t, {history: {successful: 1, failed: 1}})
  failing(world, ({method}) => method === 'DELETE', 403, 'Forbidden')
  for (const slot of ['12:05', '12:10', '12:15', '12:20']) {
    await world.to(`2026-11-20T${slot}:10Z`)
    for (const {metadata, status} of world.jobs()) if (status?.completionTime === undefined) world.finish(metadata.name)
  }
  await world.pass(5000)
  assert.equal(world.status().slots?.ran, 4)
})

test('writes that fail for a while cost no slot after them', async t => {
  const world = await scheduledWorld(t)
  const mend = failing(world, ({method}) => method !== 'GET', 503, 'ServiceUnavailable')
  await world.to('2026-11-20T12:33:00Z')
  mend()
  await world.to('2026-11-20T12:34:00Z')
  for (const {metadata} of world.jobs()) world.finish(metadata.name)
  await world.to('2026-11-20T12:35:10Z')
  assert.deepEqual(world.outcomes().slice(0, 2), ['12:35 Ran', '12:30 Late'])
})

test('windows that cannot be are said, also while a slot waits', async t => {
  const world = await scheduledWorld(t)
  world.model.ready = false
  await world.to('2026-11-20T12:06:00Z')
  world.apply({...everyFive, windows: [{start: '10:00', durationSeconds: 3600, timeZone: 'Mars/Olympus'}]})
  await world.pass(10_000)
  assert.equal(world.reason(), 'InvalidSchedule')
  assert.match(world.message(), /Mars\/Olympus/)
})

test('S5.18 Replace: a child that may not be touched is asked again and again, but not at once', async t => {
  const world = await scheduledWorld(t, {concurrencyPolicy: 'Replace'})
  const isPatch = ({method, path}: FakeRequest): boolean => method === 'PATCH' && path.includes('/backupjobs/')
  failing(world, isPatch, 422, 'Invalid')
  await world.to('2026-11-20T12:11:00Z')
  assert.ok(calls(world, isPatch) < 20, `${calls(world, isPatch)} calls in a minute`)
  assert.equal(world.jobs().length, 2)
})

test('S5.18 Replace: while the new job is refused, the one that waits stays', async t => {
  const world = await scheduledWorld(t, {concurrencyPolicy: 'Replace'})
  await world.to('2026-11-20T12:06:00Z')
  failing(world, isCreate, 403, 'Forbidden')
  await world.to('2026-11-20T12:14:00Z')
  assert.notEqual(world.jobs()[0]?.spec.cancel, 'IfSafe')
})

test('S5.20 a text that has run before says so, and a due slot goes before a run at once', async t => {
  const world = await scheduledWorld(t, {runNow: 'a'})
  await world.pass(5000)
  world.apply({...everyFive, runNow: 'b'})
  await world.pass(5000)
  world.apply({...everyFive, runNow: 'a'})
  await world.pass(5000)
  assert.equal(world.jobs().length, 2)
  assert.match(world.status().recentRuns?.[0]?.message ?? '', /this text has run before, as nightly-/)
})

test('a child whose slot somebody has rewritten is another object that has the name', async t => {
  const world = await scheduledWorld(t)
  const mend = failing(world, ({path, method}) => method === 'PUT' && path.includes('/backupschedules/'), 500, 'Down')
  await world.to('2026-11-20T12:05:01Z')
  world.killSchedulers()
  world.annotate(world.jobs()[0]?.metadata.name ?? '', {'charmkeeper.dev/slot': '2026-11-20T09:00:00Z'})
  mend()
  world.startScheduler()
  await world.pass(minute)
  assert.ok(calls(world, isCreate) < 5, `${calls(world, isCreate)} calls`)
  assert.equal(world.status().recentRuns?.[0]?.reason, 'NameTaken')
})

test('S5.20 a text that has run long ago says so, too', async t => {
  const world = await scheduledWorld(t, {runNow: 'a', history: {successful: 50, failed: 50}})
  await world.pass(5000)
  world.finish(world.jobs()[0]?.metadata.name ?? '')
  for (let slot = 5; slot <= 55; slot += 5) {
    await world.to(`2026-11-20T12:${String(slot).padStart(2, '0')}:10Z`)
    world.finish(world.jobs().at(-1)?.metadata.name ?? '')
  }
  world.apply({...everyFive, runNow: 'b', history: {successful: 50, failed: 50}})
  await world.pass(5000)
  assert.ok(!world.outcomes().includes('12:00 Ran RunNow'), 'the first is shown no more')
  world.apply({...everyFive, runNow: 'a', history: {successful: 50, failed: 50}})
  await world.pass(5000)
  assert.match(world.status().recentRuns?.[0]?.message ?? '', /this text has run before/)
})
