import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import {
  backupScheduleResource,
  backupScheduleSpecSchema,
  type BackupSchedule,
  type BackupScheduleStatus,
} from '../../src/api/backup-schedule.ts'
import {expiryOption} from '../../src/charms/expiry.ts'
import {JobsWorld, namespace} from './support/jobs-world.ts'

const minute = 60_000
const day = 86_400
const setConfigs = 'Application.SetConfigs'

/** A schedule that does not come due here, as `kubectl apply`. */
function apply(
  world: OneWorld,
  name: string,
  days: number,
  over: {mode?: string; suspend?: boolean; application?: string} = {},
): void {
  const {mode = 'Enforce', suspend = false, application = world.application} = over
  const spec = backupScheduleSpecSchema.parse({
    schedule: '0 0 1 1 *',
    suspend,
    retention: {mode, maxAgeSeconds: days * day},
    jobTemplate: {spec: {modelRef: {name: 'prod'}, application}},
  })
  world.kube.apply<BackupSchedule>(backupScheduleResource, {namespace, name, body: {spec}})
}

function statusOf(world: OneWorld, name: string): BackupScheduleStatus | undefined {
  return world.kube.get<BackupSchedule>(backupScheduleResource, name, namespace)?.status
}
const saidOf = (world: OneWorld, name: string) =>
  statusOf(world, name)?.conditions?.find(({type}) => type === 'Retention')
const option = (world: JobsWorld): unknown =>
  world.juju.control.model().application('s3-integrator').config.get(expiryOption)
const writes = (world: JobsWorld): number => world.juju.calls.count(setConfigs)

type OneWorld = Pick<JobsWorld, 'kube' | 'application' | 'until'>

const worldFor = (t: TestContext): Promise<JobsWorld> => JobsWorld.startFor(t, {schedules: true})

async function untilSaid(world: OneWorld, name: string, reason: string, generation?: number): Promise<void> {
  await world.until(`${name} says ${reason}`, () => {
    const said = saidOf(world, name)
    return said?.reason === reason && (generation === undefined || said.observedGeneration === generation)
  })
}

test('S5.24 the option of the integrator follows the longest schedule, and less only what a person lowers', async t => {
  const world = await worldFor(t)
  apply(world, 'nightly', 30)
  await untilSaid(world, 'nightly', 'RetentionEnforced')
  assert.equal(String(option(world)), '30')
  assert.deepEqual(statusOf(world, 'nightly')?.retention, {
    integrator: 's3-integrator',
    days: 30,
    maxAgeSeconds: 30 * day,
  })
  assert.ok(world.events('nightly').includes('RetentionSet'))

  apply(world, 'weekly', 90)
  await untilSaid(world, 'weekly', 'RetentionEnforced')
  assert.equal(String(option(world)), '90')
  await world.until(
    'nightly knows',
    () => saidOf(world, 'nightly')?.message.includes('90 days, as weekly asks') ?? false,
  )

  apply(world, 'weekly', 90, {suspend: true})
  apply(world, 'nightly', 30, {mode: 'Plan'})
  await untilSaid(world, 'nightly', 'RetentionPlanned')
  apply(world, 'nightly', 30)
  world.kube.delete(backupScheduleResource, 'weekly', namespace)
  await untilSaid(world, 'nightly', 'RetentionKeptLonger')
  assert.equal(
    String(option(world)),
    '90',
    'neither a suspension, nor a change of mode, nor a deletion shortens anything',
  )
  assert.match(
    saidOf(world, 'nightly')?.message ?? '',
    /juju config s3-integrator experimental-delete-older-than-days=30/,
  )

  apply(world, 'nightly', 120)
  await world.until('it is raised', () => String(option(world)) === '120')
  apply(world, 'nightly', 14)
  await world.until('it is lowered by a person', () => String(option(world)) === '14')
  assert.equal(writes(world), 4)
})

for (const [fate, lose, times] of [
  ['was set, and the answer is lost', (world: JobsWorld) => world.juju.faults.calls.dropReply(setConfigs), 1],
  ['never arrived', (world: JobsWorld) => world.juju.faults.calls.resetBefore(setConfigs), 2],
] as const)
  test(`S5.24 S5.22 an option that ${fate}: what came of it is looked up first`, async t => {
    const world = await worldFor(t)
    lose(world)
    apply(world, 'nightly', 30)
    await world.until('the intent is written', () => statusOf(world, 'nightly')?.retention?.intent !== undefined)
    const {days, application, before} = statusOf(world, 'nightly')?.retention?.intent ?? {}
    assert.deepEqual([application, days, before], ['s3-integrator', 30, undefined])
    await world.restartOperator()
    await world.until('the option is set', () => String(option(world)) === '30')
    await world.until('the intent is settled', () => statusOf(world, 'nightly')?.retention?.intent === undefined)
    assert.ok(['RetentionEnforced', 'RetentionKeptLonger'].includes(saidOf(world, 'nightly')?.reason ?? ''))
    await untilSaid(world, 'nightly', 'RetentionEnforced')
    assert.equal(writes(world), times)
  })

test('S5.24 an application behind the integrator that nobody asked: nothing is written, until it has a schedule of its own', async t => {
  const world = await worldFor(t)
  const wiki = {name: 'wiki-db', charm: world.charm, units: 1, config: {}}
  const {life} = world.juju.control.model()
  await life.deploy(wiki, [['wiki-db:s3-parameters', 's3-integrator:s3-credentials']])
  apply(world, 'nightly', 30)
  await untilSaid(world, 'nightly', 'RetentionConflict')
  assert.match(saidOf(world, 'nightly')?.message ?? '', /s3-integrator also serves wiki-db/)
  await world.pass(10 * minute)
  assert.equal(writes(world), 0)
  apply(world, 'wiki', 60, {application: 'wiki-db'})
  await untilSaid(world, 'nightly', 'RetentionEnforced')
  assert.equal(String(option(world)), '60')
})

test('S5.24 an application that was integrated a moment ago loses nothing: before less is kept, Juju is asked again', async t => {
  const world = await worldFor(t)
  apply(world, 'nightly', 30)
  await untilSaid(world, 'nightly', 'RetentionEnforced')
  const wiki = {name: 'wiki-db', charm: world.charm, units: 1, config: {}}
  await world.juju.control.model().life.deploy(wiki, [['wiki-db:s3-parameters', 's3-integrator:s3-credentials']])
  apply(world, 'nightly', 14)
  await untilSaid(world, 'nightly', 'RetentionConflict')
  assert.equal(String(option(world)), '30')
})

test('S5.24 with Plan nothing is written, and the backups that would go are shown', async t => {
  const world = await worldFor(t)
  const made: string[] = []
  for (const hours of [0, 1, 1, 30]) {
    world.clock.jumpWall(hours * 60 * minute)
    made.push(new Date(world.clock.now()).toISOString().replace(/\.\d+Z/, 'Z'))
    await world.engine.addBackup('full')
  }
  apply(world, 'nightly', 1, {mode: 'Plan'})
  await world.until('what would go is shown', () => statusOf(world, 'nightly')?.expiring !== undefined)
  assert.deepEqual(
    statusOf(world, 'nightly')?.expiring?.map(({backupID}) => backupID),
    made.slice(0, 2),
    'the third is what a restore to a day ago begins with',
  )
  assert.match(saidOf(world, 'nightly')?.message ?? '', /^with mode Enforce, 2 of 4 listed backups would go/)
  assert.equal(writes(world), 0)
})

test('S5.24 a charm that cannot expire says so at once, whatever the mode', async t => {
  const world = await JobsWorld.startDatabase(t, 'mysql-8.0', {schedules: true})
  for (const [index, mode] of ['Plan', 'Enforce'].entries()) {
    apply(world, 'nightly', 30, {mode})
    await untilSaid(world, 'nightly', 'RetentionUnsupported', index + 1)
  }
  assert.equal(saidOf(world, 'nightly')?.status, 'False')
})

test('S5.24 what Juju refuses is said in its words, and nothing is taken for set', async t => {
  const world = await worldFor(t)
  world.juju.faults.calls.fail(setConfigs, 'disable-all-changes', 'operation is blocked', {times: 100})
  apply(world, 'nightly', 30)
  await world.until('it is said', () => /disable-all-changes/.test(saidOf(world, 'nightly')?.message ?? ''))
  assert.ok(['RetentionRefused', 'RetentionWaiting'].includes(saidOf(world, 'nightly')?.reason ?? ''))
  assert.equal(statusOf(world, 'nightly')?.retention?.maxAgeSeconds, undefined)
  assert.equal(statusOf(world, 'nightly')?.retention?.intent, undefined)
})
