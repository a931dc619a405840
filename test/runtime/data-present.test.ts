import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import {backupJobResource, backupJobSpecSchema, type BackupJob} from '../../src/api/backup-job.ts'
import type {MemoryMysql} from '../charms/mysql/memory-engine.ts'
import {JobsWorld, namespace} from './support/jobs-world.ts'

const minute = 60_000
const hour = 60 * minute
const storageRef = {name: 'backups'}

const dataOf = (world: JobsWorld<unknown>, name: string) => world.condition(name, 'DataPresent')
const writesOf = (world: JobsWorld<unknown>, name: string): number =>
  world.kube.server.calls.filter(({method, path}) => method !== 'GET' && path.endsWith(`/backupjobs/${name}/status`))
    .length

async function start(t: TestContext): Promise<JobsWorld<MemoryMysql>> {
  const world = await JobsWorld.startMysql()
  world.endWith(t)
  return world
}

/** As a lifecycle rule of the bucket does it. */
async function expire(world: JobsWorld<MemoryMysql>, name: string): Promise<void> {
  const id = world.job(name)?.status?.backupID
  assert.ok(id)
  for (const key of world.store.objects.keys()) if (key.includes(id)) await world.store.remove(key)
  await world.engine.store.bucket.removeBelow(`pg/${id}`)
}

for (const where of ['the store', 'the list of the charm'] as const) {
  const spec = where === 'the store' ? {storageRef} : {}

  test(`S2.20 DataPresent follows ${where}: a backup that expires is said once, and the job stays as it ended`, async t => {
    const world = await start(t)
    world.storage()
    world.apply('kept', spec)
    await world.untilFinished('kept')
    world.apply('expires', spec)
    await world.untilFinished('expires')
    assert.equal(dataOf(world, 'expires')?.status, 'True')
    const [ended, writes] = [world.job('expires')?.status, writesOf(world, 'expires')]
    await world.pass(30 * minute)
    assert.equal(writesOf(world, 'expires'), writes, 'nothing has changed, so nothing is written')
    await expire(world, 'expires')
    await world.until('it is missed', () => dataOf(world, 'expires')?.status === 'False', 4 * hour)
    assert.equal(dataOf(world, 'expires')?.reason, 'Missing')
    const {conditions, ...rest} = world.job('expires')?.status ?? {observedGeneration: -1}
    assert.deepEqual({...rest, conditions: undefined}, {...ended, conditions: undefined}, 'the whole status is kept')
    assert.equal(conditions?.find(({type}) => type === 'Succeeded')?.status, 'True')
    await world.restartOperator()
    await world.pass(70 * minute)
    assert.equal(world.events('expires').filter(reason => reason === 'BackupDataMissing').length, 1)
    assert.equal(writesOf(world, 'expires'), writes + 1)
    assert.equal(dataOf(world, 'kept')?.status, 'True')
  })
}

test('a store that is away makes DataPresent Unknown in the end, never False, and it comes back', async t => {
  const world = await start(t)
  world.storage()
  world.apply('job', {storageRef})
  await world.untilFinished('job')
  const writes = writesOf(world, 'job')
  world.store.trouble = 'Unreachable'
  await world.pass(70 * minute)
  assert.equal(dataOf(world, 'job')?.status, 'True')
  await world.until('it is Unknown', () => dataOf(world, 'job')?.status === 'Unknown', 4 * hour)
  assert.match(dataOf(world, 'job')?.message ?? '', /^since .* it cannot be told/)
  world.store.trouble = undefined
  await world.until('it is there', () => dataOf(world, 'job')?.status === 'True', 3 * hour)
  assert.equal(writesOf(world, 'job'), writes + 2)
})

test('S2.22 many finished jobs share one look, and their statuses are written at a pace', async t => {
  const world = await start(t)
  world.storage()
  world.apply('first', {storageRef})
  await world.untilFinished('first')
  const first = world.job('first')
  assert.ok(first?.status)
  const spec = backupJobSpecSchema.parse({modelRef: {name: 'prod'}, application: world.application, storageRef})
  const conditions = first.status.conditions?.filter(({type}) => type !== 'DataPresent')
  const many = Array.from({length: 200}, (_, index) => `old-${index}`)
  for (const [index, name] of many.entries()) {
    const backupID = index < 100 ? first.status.backupID : `2020-01-01T00:${String(index % 60).padStart(2, '0')}:00Z`
    const body = {spec, status: {...first.status, conditions, backupID}}
    world.kube.apply<BackupJob>(backupJobResource, {namespace, name, body})
  }
  await world.until('the first is known', () => many.some(name => dataOf(world, name) !== undefined), 3 * hour)
  const began = world.clock.now()
  await world.until('all are known', () => many.every(name => dataOf(world, name) !== undefined), hour)
  assert.ok(world.clock.now() - began > 60_000, 'no storm of writes')
  assert.equal(many.filter(name => dataOf(world, name)?.status === 'True').length, 100)
  assert.equal(many.filter(name => dataOf(world, name)?.reason === 'Missing').length, 100)
  const reads = world.store.requests
  await world.pass(20 * minute)
  assert.ok(world.store.requests - reads < 40, `${world.store.requests - reads} requests for 201 jobs`)
})
