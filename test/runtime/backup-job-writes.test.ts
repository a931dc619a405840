/** How often a backup asks the API server to write its job, and what a job that has its finalizer from the beginning does with it. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {backupJobResource, backupJobSpecSchema, type BackupJob} from '../../src/api/backup-job.ts'
import {RUNNING_FINALIZER} from '../../src/api/meta.ts'
import {JobsWorld, namespace} from './support/jobs-world.ts'

/** As a schedule makes its jobs. */
function applyHeld(world: JobsWorld, name: string, over: Record<string, unknown> = {}): void {
  const spec = backupJobSpecSchema.parse({modelRef: {name: 'prod'}, application: world.application, ...over})
  world.kube.apply<BackupJob>(backupJobResource, {namespace, name, finalizers: [RUNNING_FINALIZER], body: {spec}})
}

const isReleased = (world: JobsWorld, name: string): boolean =>
  (world.job(name)?.metadata.finalizers ?? []).length === 0

const writesOf = (world: JobsWorld, name: string): readonly string[] =>
  world.kube.server.calls
    .filter(({method, path}) => method !== 'GET' && new RegExp(`/backupjobs/${name}(/status)?$`).test(path))
    .map(({path}) => (path.endsWith('/status') ? 'status' : 'object'))

test('a backup is four writes of its job: its grant with its intent, its task, its end, and the finalizer', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 20_000}})
  await world.until('the model is connected', () => world.modelReason() === 'Connected')
  applyHeld(world, 'of-a-schedule')
  await world.untilFinished('of-a-schedule')
  await world.until('it is released', () => isReleased(world, 'of-a-schedule'))
  assert.equal(world.reason('of-a-schedule'), 'Succeeded')
  assert.deepEqual(writesOf(world, 'of-a-schedule'), ['status', 'status', 'status', 'object'])
  assert.deepEqual(world.events('of-a-schedule'), ['BackupStarted', 'BackupSucceeded'])
  world.apply('of-a-person')
  await world.untilFinished('of-a-person')
  await world.until('it is released', () => isReleased(world, 'of-a-person'))
  assert.deepEqual(writesOf(world, 'of-a-person'), ['object', 'status', 'status', 'status', 'object'])
})

test('a job that has its finalizer and no grant yet is gone at once when it is deleted, and released when it ends', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 60_000}})
  applyHeld(world, 'running')
  await world.untilReason('running', 'Running')
  applyHeld(world, 'queued')
  await world.untilReason('queued', 'Queued')
  world.delete('queued')
  await world.until('it is gone', () => world.job('queued') === undefined, 1000)
  applyHeld(world, 'without-a-database', {application: 'nowhere'})
  await world.untilFinished('without-a-database')
  await world.until('it is released', () => isReleased(world, 'without-a-database'), 1000)
  assert.equal(world.enqueued, 1)
})

test('a job that gives its grant back before anybody could see it lets the next one go on at once', async t => {
  const world = await JobsWorld.startFor(t)
  world.apply('first', {backup: {unit: 'postgresql/99'}})
  world.apply('second')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Failed')
  await world.untilReason('second', 'Running', 'Succeeded')
  const [ended, granted] = [world.job('first')?.status?.completionTime, world.job('second')?.status?.grantedAt]
  const waitedMs = Date.parse(granted ?? '') - Date.parse(ended ?? '')
  assert.ok(waitedMs <= 1000, `${waitedMs} ms`)
})
