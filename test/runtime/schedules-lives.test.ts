/** What comes in the life of a schedule beside its slots: its objects are cleared, and what it refers to goes. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {backupJobResource, backupJobSpecSchema, type BackupJob} from '../../src/api/backup-job.ts'
import {childNameOf} from '../../src/controllers/backup-schedule/child.ts'
import {everyFive, namespace, scheduledWorld, type SchedulesWorld} from './support/schedules-world.ts'

const at = (clock: string): number => Date.parse(`2026-11-20T${clock}:00Z`)
const nameOf = (clock: string): string => childNameOf({namespace, name: 'nightly'}, {slot: at(clock)})

/** The slot comes, and its job ends so. */
async function run(world: SchedulesWorld, clock: string, reason = 'Succeeded'): Promise<void> {
  await world.to(new Date(at(clock) + 5000).toISOString())
  world.finish(nameOf(clock), reason)
  await world.pass(5000)
}

const left = (world: SchedulesWorld): string[] => world.jobs().map(({metadata}) => metadata.name)

test('S5.21 finished jobs go beyond the limits, successes and failures each for themselves; what runs stays', async t => {
  const world = await scheduledWorld(t, {history: {successful: 2, failed: 1}, concurrencyPolicy: 'Queue'})
  await run(world, '12:05')
  await world.to('2026-11-20T12:10:05Z')
  world.grant(nameOf('12:10'))
  for (const clock of ['12:15', '12:20', '12:25']) await run(world, clock)
  for (const clock of ['12:30', '12:35']) await run(world, clock, 'Failed')
  assert.deepEqual(left(world), ['12:10', '12:20', '12:25', '12:35'].map(nameOf))
  assert.equal(world.status().slots?.ran, 7)
  assert.equal(world.status().active?.[0]?.job, nameOf('12:10'))
  const said = world.events().filter(event => event.startsWith('HistoryTrimmed'))
  assert.equal(said.length, 3)
  assert.match(said[0] ?? '', /removed as objects only, their backups stay/)
})

test('S5.21 a job that a running one names as its parent stays beyond the limits, until that is over', async t => {
  const world = await scheduledWorld(t, {history: {successful: 1, failed: 1}})
  await run(world, '12:05')
  const spec = backupJobSpecSchema.parse({
    modelRef: {name: 'prod'},
    application: 'postgresql',
    backup: {type: 'Incremental', parentJobRef: {name: nameOf('12:05')}},
  })
  world.kube.apply<BackupJob>(backupJobResource, {namespace, name: 'on-top', body: {spec}})
  await run(world, '12:10')
  assert.ok(left(world).includes(nameOf('12:05')))
  world.finish('on-top')
  await run(world, '12:15')
  assert.deepEqual(left(world), ['on-top', nameOf('12:15')])
})

test('S5.21 another application in the template: what a backup of the one before builds on stays, and so does a copy of a child', async t => {
  const history = {successful: 1, failed: 1}
  const world = await scheduledWorld(t, {history})
  await run(world, '12:05')
  const [full] = world.jobs()
  const spec = backupJobSpecSchema.parse({modelRef: {name: 'prod'}, application: 'postgresql'})
  const time = '2026-11-20T12:05:30Z'
  const succeeded = {type: 'Succeeded', status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: time}
  const status = {observedGeneration: 1, completionTime: time, backupID: time, conditions: [succeeded]}
  const onTop = {...status, parentBackupID: full?.status?.backupID}
  const {labels = {}, annotations = {}} = full?.metadata ?? {}
  world.kube.apply(backupJobResource, {namespace, name: 'copy', labels, annotations, body: {spec, status}})
  world.kube.apply(backupJobResource, {namespace, name: 'by-hand', body: {spec, status: onTop}})
  await run(world, '12:10')
  const jobTemplate = {spec: {modelRef: {name: 'prod'}, application: 'mysql'}}
  world.apply({schedule: '*/5 * * * *', history, jobTemplate})
  for (const clock of ['12:15', '12:20']) await run(world, clock)
  assert.deepEqual(left(world).toSorted(), ['by-hand', 'copy', ...['12:05', '12:10', '12:20'].map(nameOf)].toSorted())
})

test('S5.12 a BackupStorage that is new in the template: what the charm listed before proves nothing about it', async t => {
  const world = await scheduledWorld(t)
  await run(world, '12:05')
  assert.equal(world.reason(undefined, 'Fresh'), 'Fresh')
  const jobTemplate = {spec: {modelRef: {name: 'prod'}, application: 'postgresql', storageRef: {name: 'other'}}}
  world.apply({schedule: '*/5 * * * *', jobTemplate})
  await world.pass(5000)
  assert.equal(world.reason(undefined, 'Fresh'), 'NoBackupYet')
  const {lastSuccessJob, lastVerifiedTime, target} = world.status()
  assert.deepEqual([lastSuccessJob, lastVerifiedTime, target?.storage], [nameOf('12:05'), undefined, 'other'])
})

test('S5.9 S5.11 one run is cleared: the schedule still knows of it, does not run it again, and goes on', async t => {
  const world = await scheduledWorld(t)
  await run(world, '12:05')
  const {lastSuccessTime, lastSuccessBackupID} = world.status()
  world.delete(nameOf('12:05'))
  await world.to('2026-11-20T12:10:10Z')
  assert.deepEqual(left(world), [nameOf('12:10')])
  const {recentRuns} = world.status()
  assert.deepEqual(
    recentRuns?.map(({job, result}) => [job, result]),
    [
      [nameOf('12:10'), undefined],
      [nameOf('12:05'), 'Succeeded'],
    ],
  )
  assert.deepEqual(
    [world.status().lastSuccessTime, world.status().lastSuccessBackupID],
    [lastSuccessTime, lastSuccessBackupID],
  )
  assert.equal(world.creates().get(nameOf('12:05')), 1)
})

test('S5.4 S5.5 the time of the last update moves with a run and with a change, and with nothing else', async t => {
  const world = await scheduledWorld(t)
  assert.equal(world.status().updatedAt, '2026-11-20T12:00:01Z')
  await world.to('2026-11-20T12:04:00Z')
  assert.equal(world.status().updatedAt, '2026-11-20T12:00:01Z')
  await run(world, '12:05')
  const ran = world.status().updatedAt ?? ''
  assert.match(ran, /^2026-11-20T12:05:0\d/)
  await world.to('2026-11-20T12:06:00Z')
  world.apply({schedule: '*/7 * * * *'})
  await world.pass(1000)
  assert.match(world.status().updatedAt ?? '', /^2026-11-20T12:06:0\d/)
})

test('S5.15 a job of somebody else has the name of a run: the slot is skipped, theirs is left alone, the next slot runs', async t => {
  const world = await scheduledWorld(t)
  const spec = backupJobSpecSchema.parse({modelRef: {name: 'prod'}, application: 'another'})
  world.kube.apply<BackupJob>(backupJobResource, {namespace, name: nameOf('12:05'), body: {spec}})
  await run(world, '12:10')
  const outcomes = world.status().recentRuns?.map(({outcome, reason, job}) => [outcome, reason, job])
  assert.deepEqual(outcomes, [
    ['Ran', undefined, nameOf('12:10')],
    ['Skipped', 'NameTaken', undefined],
  ])
  assert.ok(
    world.events().some(event => /^SlotSkipped: .*NameTaken: an object that this schedule did not make/.test(event)),
  )
  const [theirs] = world.jobs()
  assert.deepEqual([theirs?.spec.application, theirs?.spec.cancel], ['another', 'No'])
})

test('S5.20 a job of somebody else has the name of a run at once: nothing of theirs is touched, and it is said', async t => {
  const world = await scheduledWorld(t)
  const name = childNameOf({namespace, name: 'nightly'}, {runNow: 'once', at: 0})
  const spec = backupJobSpecSchema.parse({modelRef: {name: 'prod'}, application: 'another'})
  world.kube.apply<BackupJob>(backupJobResource, {namespace, name, body: {spec}})
  world.apply({...everyFive, runNow: 'once'})
  await world.pass(5000)
  assert.deepEqual(left(world), [name])
  const said = world.events().filter(event => event.includes('NameTaken'))
  assert.equal(said.length, 1)
  assert.match(
    said[0] ?? '',
    /^SlotSkipped: the run for spec\.runNow skipped, NameTaken: .*another text into spec\.runNow$/,
  )
  const {recentRuns, slots, lastHandledRunNow} = world.status()
  assert.deepEqual([recentRuns?.[0]?.reason, lastHandledRunNow], ['NameTaken', 'once'])
  assert.deepEqual(slots, {ran: 0, late: 0, skipped: {}})
  world.apply({...everyFive, runNow: 'once more'})
  await world.pass(5000)
  assert.equal(world.status().recentRuns?.[0]?.outcome, 'Ran')
})

test('a namespace that is being deleted takes no more jobs: the schedule says so, and nothing is asked in a hurry', async t => {
  const world = await scheduledWorld(t)
  const message = 'unable to create new content in namespace databases because it is being terminated'
  world.kube.server.faults.push(({method, path}) =>
    method === 'POST' && path.endsWith('/backupjobs') ? {status: 403, reason: 'Forbidden', message} : undefined,
  )
  await world.to('2026-11-20T12:06:30Z')
  assert.equal(world.reason(), 'TemplateRefused')
  assert.match(world.message(), /being terminated/)
  const asked = world.kube.server.calls.filter(({method, path}) => method === 'POST' && path.endsWith('/backupjobs'))
  assert.ok(asked.length <= 5, `${asked.length} requests in a minute and a half`)
  world.remove()
  await world.to('2026-11-20T12:21:00Z')
  assert.deepEqual(world.jobs(), [])
})
