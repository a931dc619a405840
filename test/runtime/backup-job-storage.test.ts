import {test} from 'node:test'
import assert from 'node:assert/strict'
import {JobsWorld} from './support/jobs-world.ts'

const storageRef = {name: 'backups'}

test('S2.1 S2.13 a backup is proved in the store, with its size, its WAL and its log', async t => {
  const world = await JobsWorld.startFor(t)
  world.storage()
  world.apply('first', {storageRef})
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.equal(world.condition('first', 'Verified')?.reason, 'FoundInStore')
  const status = world.job('first')?.status
  assert.ok((status?.sizeBytes ?? 0) > 0)
  assert.match(status?.walStart ?? '', /^[0-9A-F]{24}$/)
  assert.equal(status?.artefact?.endpoint, 'https://s3.example.com')
  assert.ok(world.store.objects.has(status?.artefact?.logPath ?? ''))
})

for (const omission of ['index', 'manifest', 'data', 'wal'] as const)
  test(`a backup whose ${omission} is not in the store is VerificationFailed, never Succeeded`, async t => {
    const world = await JobsWorld.startFor(t)
    world.storage()
    world.engine.scriptBackup({omit: [omission]})
    world.apply('first', {storageRef})
    await world.untilFinished('first')
    assert.equal(world.reason('first'), 'VerificationFailed', world.message('first'))
    assert.equal(world.condition('first', 'Verified')?.status, 'False')
    assert.notEqual(world.job('first')?.status?.backupID, undefined)
  })

test('S1.9 an integrator that points elsewhere refuses the job, and nothing runs', async t => {
  const world = await JobsWorld.startFor(t)
  world.storage({bucket: 'another-bucket'})
  world.apply('first', {storageRef})
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'StorageMismatch')
  assert.match(world.message('first'), /bucket/)
  assert.equal(world.enqueued, 0)
})

test('S1.9 an application that is not related to an integrator is StorageNotConfigured, and nothing runs', async t => {
  const world = await JobsWorld.startFor(t, {related: false})
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'StorageNotConfigured', world.message('first'))
  assert.equal(world.enqueued, 0)
})

test('S1.9 a job that is made right after the integration does not end for what Juju showed before', async t => {
  const world = await JobsWorld.startFor(t, {related: false})
  await world.pass(10_000)
  await world.juju.control.model().relate('postgresql:s3-parameters', 's3-integrator:s3-credentials')
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
})

test('a job waits for a BackupStorage that is not there yet', async t => {
  const world = await JobsWorld.startFor(t)
  world.apply('first', {storageRef})
  await world.until('it waits', () => /BackupStorage/.test(world.message('first')))
  assert.equal(world.reason('first'), 'Preparing')
  world.storage()
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
})

test('a BackupStorage that only a person can mend stalls the job, which goes on by itself then', async t => {
  const world = await JobsWorld.startFor(t)
  world.store.trouble = 'CredentialsRejected'
  world.storage()
  world.apply('first', {storageRef})
  await world.untilReason('first', 'ActionRequired')
  assert.equal(world.condition('first', 'Stalled')?.status, 'True')
  world.store.trouble = undefined
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
})

test('a store that is away after the backup is waited for, and says nothing about the backup', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 600_000}})
  world.storage()
  world.apply('first', {storageRef})
  await world.untilReason('first', 'Running')
  world.store.trouble = 'Unreachable'
  await world.until('the wait is told', () => world.reason('first') === 'Verifying' && world.message('first') !== '')
  await world.pass(600_000)
  assert.equal(world.reason('first'), 'Verifying', world.message('first'))
  world.store.trouble = undefined
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
})

test('a second job goes on while the first only waits for the store', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 600_000}})
  world.storage()
  world.apply('first', {storageRef})
  await world.untilReason('first', 'Running')
  world.store.trouble = 'Unreachable'
  world.apply('second')
  await world.untilReason('second', 'Running')
  assert.equal(world.reason('first'), 'Verifying')
})
