import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import {backupScheduleResource} from '../../src/api/backup-schedule.ts'
import {namespace, SchedulesWorld} from './support/schedules-world.ts'

const minute = 60_000
const nightly = {schedule: '0 2 * * *'}
const everyFive = {schedule: '*/5 * * * *'}

function worldFor(t: TestContext): SchedulesWorld {
  const world = new SchedulesWorld('2026-11-20T12:00:01Z')
  t.after(() => world.stop())
  return world
}

/** From now on the API server answers so to every trial of a template, which changes nothing there. */
function answerTrials(world: SchedulesWorld, status: number, reason: string, message: string): void {
  world.kube.server.faults.push(({method, path, query}) =>
    method === 'POST' && path.endsWith('/backupjobs') && query.has('dryRun') ? {status, reason, message} : undefined,
  )
}

const promised = (world: SchedulesWorld): readonly (string | undefined)[] => [
  world.reason(),
  world.status().nextScheduleTime,
]

test('a webhook that refuses the template with a code of its own is quoted, and runs are planned all the same', async t => {
  const world = worldFor(t)
  answerTrials(world, 400, 'BadRequest', 'admission webhook "policies" denied the request: label team is needed')
  world.apply(nightly)
  world.startScheduler()
  await world.pass(1000)
  assert.deepEqual(promised(world), ['TemplateRefused', '2026-11-21T02:00:00Z'])
  assert.match(world.message(), /label team is needed/)
  world.kube.server.faults.length = 0
  await world.pass(2 * minute)
  assert.equal(world.reason(), 'Scheduled')
})

test('an API server that cannot say whether it takes the template keeps no slot from its time; it is asked again', async t => {
  const world = worldFor(t)
  answerTrials(world, 500, 'InternalError', 'the webhook did not answer')
  world.apply(everyFive)
  world.startScheduler()
  await world.pass(1000)
  assert.deepEqual(promised(world), ['Scheduled', '2026-11-20T12:05:00Z'])
  world.kube.server.faults.length = 0
  answerTrials(world, 422, 'Invalid', 'spec.backup is wrong')
  await world.pass(2 * minute)
  assert.equal(world.reason(), 'TemplateRefused')
  world.kube.server.faults.length = 0
  await world.to('2026-11-20T12:05:10Z')
  assert.deepEqual(
    world.status().recentRuns?.map(({outcome}) => outcome),
    ['Ran'],
  )
})

test('S5.2 S5.5 what is promised keeps to the windows, while every slot outside of them is accounted for', async t => {
  const world = worldFor(t)
  world.apply({...everyFive, windows: [{start: '12:10', durationSeconds: 300}]})
  world.startScheduler()
  await world.pass(1000)
  assert.deepEqual(promised(world), ['Scheduled', '2026-11-20T12:10:00Z'])
  assert.equal(world.message(), 'the next backup is due at 2026-11-20T12:10:00Z')
  assert.match(world.status().upcoming?.[0]?.note ?? '', /will be skipped/)
  await world.to('2026-11-20T12:05:10Z')
  assert.equal(world.status().slots?.skipped.OutsideWindow, 1)
  assert.deepEqual(promised(world), ['Scheduled', '2026-11-20T12:10:00Z'])
  await world.to('2026-11-20T12:10:10Z')
  assert.equal(world.status().slots?.ran, 1)
  assert.deepEqual(promised(world), ['Scheduled', '2026-11-21T12:10:00Z'])
})

test('S5.23 an object that breaks a rule plans nothing and its newest backup grows old, until it is mended', async t => {
  const world = worldFor(t)
  world.apply(everyFive)
  world.startScheduler()
  await world.to('2026-11-20T12:05:10Z')
  world.finish(world.jobs()[0]?.metadata.name ?? '')
  await world.pass(5000)
  assert.equal(world.reason(undefined, 'Fresh'), 'Fresh')
  const {spec, status} = world.get()
  const body = {spec: {...spec, concurrencyPolicy: 'Nonsense'}, status}
  world.kube.apply(backupScheduleResource, {namespace, name: 'nightly', body})
  await world.pass(1000)
  assert.deepEqual(promised(world), ['InvalidSpec', undefined])
  assert.equal(world.reason(undefined, 'Fresh'), 'Fresh')
  await world.pass((world.status().objectiveSeconds ?? 0) * 1000 + minute)
  assert.equal(world.reason(undefined, 'Fresh'), 'TooOld')
  world.apply(everyFive)
  await world.pass(1000)
  assert.equal(world.reason(), 'Scheduled')
})
