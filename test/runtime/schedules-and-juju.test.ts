import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import {backupJobResource, type BackupJob} from '../../src/api/backup-job.ts'
import {
  backupScheduleResource,
  backupScheduleSpecSchema,
  type BackupSchedule,
  type BackupScheduleStatus,
} from '../../src/api/backup-schedule.ts'
import {backupStorageResource} from '../../src/api/backup-storage.ts'
import {jujuModelResource, type JujuModel} from '../../src/api/juju-model.ts'
import {JobsWorld, namespace} from './support/jobs-world.ts'

const minute = 60_000

/** As `kubectl apply`, with the defaults that the API server would fill in. */
function apply(world: JobsWorld, spec: Record<string, unknown>, template: object = {}, name = 'nightly'): void {
  const jobTemplate = {spec: {modelRef: {name: 'prod'}, application: world.application, ...template}}
  const whole = backupScheduleSpecSchema.parse({schedule: '*/10 * * * *', jobTemplate, ...spec})
  world.kube.apply<BackupSchedule>(backupScheduleResource, {namespace, name, body: {spec: whole}})
}

function statusOf(world: JobsWorld, name = 'nightly'): BackupScheduleStatus {
  const schedule = world.kube.get<BackupSchedule>(backupScheduleResource, name, namespace)
  return schedule?.status ?? {observedGeneration: -1}
}

/** By name, which holds the slot. */
const jobsOf = (world: JobsWorld): BackupJob[] =>
  world.kube.list<BackupJob>(backupJobResource).toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name))
const timeOf = (text: string | undefined): number => Date.parse(text ?? '')

const condition = (world: JobsWorld, type: string, name?: string) =>
  statusOf(world, name).conditions?.find(one => one.type === type)

const outcomes = (world: JobsWorld, name?: string): string[] =>
  (statusOf(world, name).recentRuns ?? []).map(({slot, outcome, reason, result}) =>
    [slot.slice(11, 16), outcome, reason, result].filter(word => word !== undefined).join(' '),
  )

const worldFor = (t: TestContext): Promise<JobsWorld> => JobsWorld.startFor(t, {schedules: true})

const runs = (world: JobsWorld, count: number, name?: string) =>
  world.until(
    `${count} runs have ended`,
    () => (statusOf(world, name).recentRuns ?? []).filter(({result}) => result !== undefined).length >= count,
  )

test('S2.4 S5.7 a slot becomes a backup in Juju, and the schedule says which', async t => {
  const world = await worldFor(t)
  apply(world, {description: 'for the shop'})
  await runs(world, 1)
  assert.equal(world.enqueued, 1)
  const {lastSuccessBackupID, recentRuns, lastVerifiedTime} = statusOf(world)
  assert.ok(lastSuccessBackupID !== undefined && lastVerifiedTime !== undefined)
  assert.equal(recentRuns?.[0]?.backupID, lastSuccessBackupID)
  assert.equal(condition(world, 'Fresh')?.reason, 'Fresh')
})

test('S1.6 S2.4 S5.13 a schedule and a person at once: one backup after the other', async t => {
  const world = await worldFor(t)
  apply(world, {})
  await world.until('the slot is near', () => world.clock.now() % (10 * minute) > 9 * minute + 50_000)
  world.apply('by-hand')
  await runs(world, 1)
  await world.untilFinished('by-hand')
  const [first, second] = jobsOf(world).toSorted((a, b) => timeOf(a.status?.enqueuedAt) - timeOf(b.status?.enqueuedAt))
  assert.equal(world.enqueued, 2)
  assert.ok(timeOf(first?.status?.completionTime) <= timeOf(second?.status?.enqueuedAt), 'both ran at once')
})

test('S5.14 the first differential run of an application makes a full backup, and the next one builds on it', async t => {
  const world = await worldFor(t)
  apply(world, {schedule: '*/10 * * * *'}, {backup: {type: 'Differential'}}, 'often')
  await runs(world, 2, 'often')
  const types = jobsOf(world).map(({status}) => status?.type)
  assert.deepEqual(types, ['Full', 'Differential'], 'of the first and the second run')
})

test('S5.23 the application is gone for a while: each slot fails and says so, and the next one runs', async t => {
  const world = await worldFor(t)
  apply(world, {}, {application: 'elsewhere'})
  await runs(world, 2)
  assert.ok(
    outcomes(world).every(line => line.endsWith('Ran ApplicationNotFound')),
    outcomes(world).join(', '),
  )
  assert.equal(condition(world, 'Ready')?.reason, 'Scheduled')
  apply(world, {})
  await runs(world, 3)
  assert.match(outcomes(world)[0] ?? '', /Ran Succeeded$/)
})

test('S5.8 S5.11 deleted in the middle of a run: the run ends, and nothing more is started', async t => {
  const world = await worldFor(t)
  apply(world, {})
  await world.until('a backup runs', () => world.enqueued === 1)
  world.kube.delete(backupScheduleResource, 'nightly', namespace)
  await world.pass(25 * minute)
  assert.equal(world.enqueued, 1)
  const [job] = jobsOf(world)
  assert.equal(world.reason(job?.metadata.name ?? ''), 'Succeeded')
})

test('S5.23 the JujuModel is deleted: the schedule names it, its slot waits, and runs when there is one again', async t => {
  const world = await worldFor(t)
  apply(world, {})
  await runs(world, 1)
  const {spec} = world.kube.get<JujuModel>(jujuModelResource, 'prod', namespace) ?? {}
  world.kube.delete(jujuModelResource, 'prod', namespace)
  await world.until('the schedule misses its model', () => condition(world, 'Ready')?.reason === 'ModelNotReady')
  assert.match(condition(world, 'Ready')?.message ?? '', /there is no JujuModel databases\/prod|JujuModel prod/)
  await world.until('a slot waits', () => statusOf(world).waitingSlot !== undefined)
  assert.equal(statusOf(world).waitingSlot?.reason, 'ModelUnavailable')
  world.kube.apply<JujuModel>(jujuModelResource, {namespace, name: 'prod', body: {spec}})
  await runs(world, 2)
  assert.match(outcomes(world)[0] ?? '', /(Ran|Late) Succeeded$/)
  assert.equal(condition(world, 'Ready')?.reason, 'Scheduled')
})

test('S5.23 the storage is deleted: the schedule says so, its run waits and slots say for what; proved once it is back', async t => {
  const world = await worldFor(t)
  world.storage()
  apply(world, {}, {storageRef: {name: 'backups'}})
  await runs(world, 1)
  world.kube.delete(backupStorageResource, 'backups', namespace)
  await world.until('a slot is skipped', () => outcomes(world).some(line => line.endsWith('Skipped Overlap')))
  assert.equal(condition(world, 'Ready')?.reason, 'StorageNotReady')
  assert.match(condition(world, 'Ready')?.message ?? '', /there is no BackupStorage backups in namespace databases/)
  world.storage()
  await runs(world, 2)
  assert.match(outcomes(world).find(line => line.includes('Ran')) ?? '', /Ran Succeeded$/)
  assert.equal(condition(world, 'Ready')?.reason, 'Scheduled')
})

test('S5.12 a run that fails has the words of the charm in the status of its schedule, also when its job is gone', async t => {
  const world = await worldFor(t)
  world.engine.scriptBackup({run: {rc: 55, stdout: '', stderr: 'ERROR: [055]: unable to load info file'}})
  apply(world, {})
  await runs(world, 1)
  const [failed] = jobsOf(world)
  const name = failed?.metadata.name ?? ''
  const entry = () => statusOf(world).recentRuns?.find(({job}) => job === name)
  assert.deepEqual([entry()?.outcome, entry()?.result, entry()?.message], ['Ran', 'Failed', world.message(name)])
  assert.match(entry()?.message ?? '', /Failed to backup PostgreSQL with error/)
  await world.restartOperator()
  world.delete(name)
  await runs(world, 2)
  assert.match(entry()?.message ?? '', /Failed to backup PostgreSQL with error/)
  assert.equal(statusOf(world).lastFailureReason, 'Failed')
})
