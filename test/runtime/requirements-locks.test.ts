/** What excludes what on one application: every pair of works that there is, also over a restart, and nothing left behind. */
import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import {backupJobResource, type BackupJob} from '../../src/api/backup-job.ts'
import {HookActions} from '../charms/hook-actions.ts'
import {postgresqlCharm} from '../charms/postgresql/machine.ts'
import {MemoryPostgresql} from '../charms/postgresql/memory-engine.ts'
import {IGNORE_TASK_ANNOTATION} from '../../src/api/meta.ts'
import {JobsWorld, namespace} from './support/jobs-world.ts'
import {confirmedRestore} from './support/restore-spec.ts'

const minute = 60_000
const hour = 60 * minute

/** Works on an application that last for a while, each as it is begun and as it is seen to run. */
const works = {
  'a backup': {
    begin: (world: JobsWorld, name: string) => world.apply(name),
    runs: (world: JobsWorld) => world.tasks('create-backup').some(({status}) => status === 'running'),
  },
  'a restore': {
    begin: (world: JobsWorld, name: string) => world.apply(name, confirmedRestore(world, name)),
    runs: (world: JobsWorld) => world.engine.restores.length > 0,
  },
  'a post hook': {
    begin: (world: JobsWorld, name: string) =>
      world.apply(name, {backup: {type: 'Incremental'}, hooks: {post: [{action: 'resume'}]}}),
    runs: (world: JobsWorld) => world.tasks('resume').some(({status}) => status === 'running'),
  },
} as const
type Work = keyof typeof works
const names = Object.keys(works) as readonly Work[]

/** A restore first tries to list, for ten minutes, on a unit that may be busy; what it waits for has to last longer, twice. */
const lasting = (waiting: Work): number => (waiting === 'a restore' ? 30 * minute : 6 * minute)

/** One unit with one backup; backups, restores and hooks take so long from now on. */
async function withSlowWorks(t: TestContext, duration: number): Promise<JobsWorld> {
  const hooks = new HookActions()
  const world = await JobsWorld.startFor(t, {units: 1, hooks})
  world.apply('before')
  await world.untilFinished('before')
  assert.equal(world.reason('before'), 'Succeeded', world.message('before'))
  Object.assign(world.engine.durations, {full: duration, restore: duration})
  hooks.takes.set('resume', duration)
  return world
}

for (const held of names)
  for (const waiting of names)
    test(`S1.33 S2.16 S2.17 S2.18 ${waiting} waits while there is ${held}, over restarts too, and goes on after it`, async t => {
      const world = await withSlowWorks(t, lasting(waiting))
      works[held].begin(world, 'holder')
      await world.until(`${held} runs`, () => works[held].runs(world))
      const before = world.juju.control.model().tasks().length
      works[waiting].begin(world, 'waiter')
      await world.untilReason('waiter', 'Queued')
      await world.restartOperator()
      await world.pass(minute)
      await world.untilReason('waiter', 'Queued')
      assert.equal(world.finished('holder'), false)
      assert.match(world.message('waiter'), /BackupJob databases\/holder is working on postgresql; position 1/)
      const begun = world.juju.control.model().tasks().slice(before)
      assert.deepEqual(
        begun.filter(({action}) => action !== 'list-backups' && action !== 'get-primary'),
        [],
      )
      await world.untilFinished('holder', 3 * hour)
      assert.equal(world.reason('holder'), 'Succeeded', world.message('holder'))
      await world.untilFinished('waiter', 3 * hour)
      assert.equal(world.reason('waiter'), 'Succeeded', world.message('waiter'))
      const [first, second] = ['holder', 'waiter'].map(name => world.job(name)?.status)
      assert.ok(Date.parse(second?.grantedAt ?? '') >= Date.parse(first?.completionTime ?? ''), 'one after the other')
    })

for (const action of ['create-backup', 'restore'] as const)
  for (const waiting of ['a backup', 'a restore'] as const)
    test(`S1.33 S2.18 ${waiting} waits for a ${action} that somebody runs with juju, over a restart too`, async t => {
      const world = await withSlowWorks(t, lasting(waiting))
      world.juju.control.model().holdUnit('postgresql/0')
      const task = world.juju.control.model().enqueue('postgresql/0', action, {})
      await world.pass(61_000)
      works[waiting].begin(world, 'waiter')
      await world.untilReason('waiter', 'Queued')
      await world.restartOperator()
      await world.pass(minute)
      await world.untilReason('waiter', 'Queued')
      assert.match(world.message('waiter'), new RegExp(`Juju task ${task} \\(${action} on postgresql/0\\)`))
      world.juju.control.model().finish(task, {status: 'failed', message: 'given up'})
      world.juju.control.model().releaseUnit('postgresql/0')
      await world.untilFinished('waiter', 3 * hour)
      assert.equal(world.reason('waiter'), 'Succeeded', world.message('waiter'))
    })

/** What a unit of machines shows while its charm is being refreshed. */
const outdated = 'PostgreSQL 16.9 running; Snap revision 212 (outdated); Charm revision 900'

test('S1.33 S2.18 a refresh that Juju shows holds the application, across a restart, and lets it go with its end', async t => {
  const world = await JobsWorld.startFor(t)
  world.juju.control.model().setUnitStatus('postgresql/0', 'active', outdated)
  await world.pass(61_000)
  world.apply('waiter')
  await world.untilReason('waiter', 'Queued')
  assert.match(world.message('waiter'), /postgresql is being refreshed: postgresql\/0 says: PostgreSQL 16.9 running/)
  await world.restartOperator()
  await world.pass(minute)
  await world.untilReason('waiter', 'Queued')
  assert.equal(world.enqueued, 0)
  world.juju.control.model().setUnitStatus('postgresql/0', 'active', '')
  await world.untilFinished('waiter', 3 * hour)
  assert.equal(world.reason('waiter'), 'Succeeded', world.message('waiter'))
})

test('S1.33 a person may tell a job to go on beside a refresh', async t => {
  const world = await JobsWorld.startFor(t)
  world.juju.control.model().setUnitStatus('postgresql/0', 'active', outdated)
  await world.pass(61_000)
  world.apply('bold', {}, {[IGNORE_TASK_ANNOTATION]: 'refresh'})
  await world.untilFinished('bold', 3 * hour)
  assert.equal(world.reason('bold'), 'Succeeded', world.message('bold'))
})

test('S2.18 the lock of an object that was removed by force is that of its task in Juju, and ends with it', async t => {
  const world = await withSlowWorks(t, 6 * minute)
  world.apply('torn-out')
  await world.until('it runs', () => works['a backup'].runs(world))
  await world.untilReason('torn-out', 'Running')
  world.delete('torn-out')
  const body = {spec: world.job('torn-out')?.spec}
  world.kube.apply<BackupJob>(backupJobResource, {namespace, name: 'torn-out', finalizers: [], body})
  assert.equal(world.job('torn-out'), undefined)
  world.apply('waiter')
  await world.untilReason('waiter', 'Queued')
  assert.match(world.message('waiter'), /Juju task \d+ \(create-backup on postgresql\/0\)/)
  await world.untilFinished('waiter', 3 * hour)
  assert.equal(world.reason('waiter'), 'Succeeded', world.message('waiter'))
})

test('S2.16 backups of two applications of a model run side by side', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  const engine = new MemoryPostgresql({clock: world.clock, version: '16', durations: {full: 10 * minute}})
  const charm = postgresqlCharm({id: 'postgresql-16', engine})
  const related = [['other:s3-parameters', 's3-integrator:s3-credentials']] as const
  await world.juju.control.model().life.deploy({name: 'other', charm, units: 1, config: {}}, related)
  world.apply('first')
  world.apply('second', {application: 'other'})
  await world.until(
    'both run',
    () => world.tasks('create-backup').filter(({status}) => status === 'running').length === 2,
  )
  await world.untilFinished('first', 2 * hour)
  await world.untilFinished('second', 2 * hour)
  assert.deepEqual([world.reason('first'), world.reason('second')], ['Succeeded', 'Succeeded'], world.message('second'))
})
