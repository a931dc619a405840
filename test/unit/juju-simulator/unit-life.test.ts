import assert from 'node:assert/strict'
import {test} from 'node:test'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import {postgresqlCharm} from '../../charms/postgresql/machine.ts'
import type {PostgresqlCharmId} from '../../charms/postgresql/dialect.ts'
import {startTestedJuju} from '../../juju-simulator/seed-on-failure.ts'
import type {ModelControl} from '../../juju-simulator/model-control.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const pace = {
  allocate: 40 * second,
  install: 60 * second,
  remove: 15 * second,
  upgrade: 30 * second,
  lease: minute,
  succession: 5 * second,
  jitter: 0,
}

async function lived(t: test.TestContext, charm: PostgresqlCharmId = 'postgresql-14', units = 3) {
  const clock = new VirtualClock()
  const {seed, engine} = memoryPostgresqlModel({clock, charm, units, application: 'db', durations: {full: hour}})
  const juju = await startTestedJuju(t, {profile: '3.6.14', clock, models: [seed], pace})
  t.after(() => juju.stop())
  const control = juju.control.model()
  const application = control.application('db')
  return {clock, juju, control, life: control.life, application, engine, seed}
}

/** `workload: message / agent: message` of a unit. */
function shown(control: ModelControl, name: string): string {
  const unit = control.model.unit(name)
  if (unit === undefined) return 'gone'
  const {workload, agent} = unit
  return `${workload.status}: ${workload.message} / ${agent.status}: ${agent.message}`
}

/** The unit's charm is content, however long its workload takes to start. */
async function untilActive(clock: VirtualClock, control: ModelControl, name: string): Promise<void> {
  await clock.advanceUntil(() => shown(control, name) === 'active:  / idle: ', {stepMs: second, limitMs: 20 * minute})
}

const revisions = (control: ModelControl): readonly number[] =>
  [...control.application('db').units.values()].map(({charm}) => charm.description.revision)

test('a new unit waits for its machine, starts its agent, runs its first hooks and is active', async t => {
  const {clock, control, life} = await lived(t)
  const name = life.startUnit('db')
  const seen = [shown(control, name)]
  for (const ms of [40 * second, 20 * second]) {
    await clock.advance(ms)
    seen.push(shown(control, name))
  }
  assert.deepEqual(seen, [
    'waiting: waiting for machine / allocating: ',
    'waiting: agent initialising / allocating: ',
    'maintenance: installing charm software / executing: running install hook',
  ])
  await clock.advance(39 * second)
  assert.equal(shown(control, name), seen.at(-1))
  await untilActive(clock, control, name)
})

test('a task for a unit that is not up yet waits for it', async t => {
  const {clock, control, life} = await lived(t)
  const task = control.enqueue(life.startUnit('db'), 'list-backups')
  await clock.advance(90 * second)
  assert.equal(control.task(task).status, 'pending')
  await clock.advance(20 * second)
  assert.equal(control.task(task).status, 'completed')
})

test('a unit whose install hook fails shows it, and comes up once that is resolved', async t => {
  const {clock, control, life} = await lived(t)
  const name = life.startUnit('db')
  life.failNextHook(name, 'install')
  await clock.advance(3 * minute)
  assert.equal(shown(control, name), 'error: hook failed: "install" / idle: ')
  await life.resolve(name)
  await untilActive(clock, control, name)
})

test('a removed unit ends what it is doing, runs its stop hook, and is gone; a lease passes on', async t => {
  const {clock, control, life, engine} = await lived(t)
  control.enqueue('db/0', 'list-backups')
  const task = control.enqueue('db/1', 'create-backup')
  await clock.advance(minute)
  life.startRemoval('db/1')
  life.startRemoval('db/0')
  await clock.advance(10 * second)
  assert.equal(shown(control, 'db/0'), 'maintenance: stopping charm software / executing: running stop hook')
  assert.equal(control.model.unit('db/0')?.life, 'dying')
  await clock.advance(6 * second)
  assert.equal(shown(control, 'db/0'), 'gone')
  assert.equal(control.application('db').leader, undefined)
  await clock.advance(5 * second)
  assert.equal(control.application('db').leader, 'db/1')
  assert.equal(control.task(task).status, 'running')
  await clock.advance(hour)
  assert.equal(control.task(task).status, 'completed')
  assert.equal(shown(control, 'db/1'), 'gone')
  assert.equal(engine.primaryUnit, 'db/2')
  assert.deepEqual([...control.model.machines.keys()], ['2', '3'])
})

test('a unit with a failed hook stays dying until that is resolved, one with a lost agent until that is back', async t => {
  const {clock, control, life} = await lived(t)
  life.failHook('db/2', 'config-changed')
  life.killAgent('db/1')
  life.startRemoval('db/2')
  life.startRemoval('db/1')
  await clock.advance(hour)
  assert.match(shown(control, 'db/2'), /^error: hook failed: "config-changed"/)
  assert.match(shown(control, 'db/1'), /lost/)
  await life.resolve('db/2')
  await life.reviveAgent('db/1')
  await clock.advance(minute)
  assert.deepEqual([...control.application('db').units.keys()], ['db/0'])
})

test('on Kubernetes the highest units go first, one after the other, and new ones come together', async t => {
  const {clock, control, life, application} = await lived(t, 'postgresql-k8s-14')
  life.scale('db', 1)
  const left: string[][] = [[...application.units.keys()]]
  for (let step = 0; step < 2; step++) {
    await clock.advance(16 * second)
    left.push([...application.units.keys()])
  }
  assert.deepEqual(left, [['db/0', 'db/1', 'db/2'], ['db/0', 'db/1'], ['db/0']])
  life.scale('db', 3)
  assert.equal(application.scale, 3)
  assert.deepEqual([...application.units.keys()], ['db/0', 'db/1', 'db/2'])
  for (const name of [...application.units.keys()].slice(1)) await untilActive(clock, control, name)
  assert.equal(application.units.size, 3)
})

test('on Kubernetes a number comes back only when its pod is gone', async t => {
  const {clock, life, application} = await lived(t, 'postgresql-k8s-14')
  life.scale('db', 2)
  life.scale('db', 4)
  assert.deepEqual([...application.units.keys()], ['db/0', 'db/1', 'db/2'])
  await clock.advance(20 * second)
  const states = [...application.units.values()].map(({name, started}) => `${name} ${started ? 'up' : 'new'}`)
  assert.deepEqual(states, ['db/0 up', 'db/1 up', 'db/2 new', 'db/3 new'])
})

test('units that are added may fail, or never get a machine', async t => {
  const {clock, control, life} = await lived(t)
  life.setNewcomers('db', 'fail')
  const failed = life.startUnit('db')
  life.setNewcomers('db', 'stay away')
  const missing = life.startUnit('db')
  await clock.advance(hour)
  assert.equal(shown(control, failed), 'error: hook failed: "install" / idle: ')
  assert.equal(shown(control, missing), 'waiting: waiting for machine / allocating: ')
  life.startRemoval(missing)
  await clock.advance(minute)
  assert.equal(shown(control, missing), 'gone')
})

test('without succession nobody leads after the leader, until somebody is made to', async t => {
  const {clock, control, life, application} = await lived(t)
  life.endSuccession('db')
  life.startRemoval('db/0')
  await clock.advance(hour)
  assert.deepEqual([...application.units.keys()], ['db/1', 'db/2'])
  assert.equal(application.leader, undefined)
  control.setLeader('db', 'db/2')
  assert.equal(application.leader, 'db/2')
})

test('a dead machine: its task never ends, and another unit leads when the lease has run out', async t => {
  const {clock, control, life, application} = await lived(t)
  life.killAgent('db/0')
  await clock.advance(59 * second)
  assert.equal(application.leader, 'db/0')
  await clock.advance(2 * second)
  assert.match(String(application.leader), /^db\/[12]$/)
  assert.match(shown(control, 'db/0'), /lost: agent is not communicating with the server/)
})

test('the only machine that could lead is dead when the lease runs out: back again, it leads', async t => {
  const {clock, life, application} = await lived(t)
  for (const unit of ['db/0', 'db/1', 'db/2']) life.killAgent(unit)
  await clock.advance(2 * minute)
  assert.equal(application.leader, undefined)
  await life.reviveAgent('db/1')
  assert.equal(application.leader, 'db/1')
  await life.reviveAgent('db/0')
  assert.equal(application.leader, 'db/1')
})

test('a machine that is back: what ran there has failed, what waited runs', async t => {
  const {clock, control, life} = await lived(t)
  const running = control.enqueue('db/1', 'create-backup')
  await clock.advance(minute)
  life.killAgent('db/1')
  const waiting = control.enqueue('db/1', 'list-backups')
  await clock.advance(2 * hour)
  assert.deepEqual([control.task(running).status, control.task(waiting).status], ['running', 'pending'])
  await life.reviveAgent('db/1')
  await clock.advance(second)
  const {status, message} = control.task(running)
  assert.deepEqual([status, message, control.task(waiting).status], ['failed', 'action terminated', 'completed'])
  await untilActive(clock, control, 'db/1')
})

test('actions run on a unit whose hook failed; update-status does not', async t => {
  const {clock, control, life} = await lived(t)
  life.failHook('db/1', 'update-status')
  const task = control.enqueue('db/1', 'list-backups')
  await clock.advance(10 * minute)
  assert.equal(control.task(task).status, 'completed')
  assert.equal(shown(control, 'db/1'), 'error: hook failed: "update-status" / idle: ')
  await life.resolve('db/1')
  await untilActive(clock, control, 'db/1')
})

test('on machines every unit takes up a new charm by itself, after the action that runs there', async t => {
  const {clock, control, life, engine, application} = await lived(t)
  const task = control.enqueue('db/2', 'create-backup')
  await clock.advance(second)
  life.refresh('db', postgresqlCharm({id: 'postgresql-14', engine, revision: 500}))
  assert.equal(application.charmUrl, 'ch:amd64/postgresql-500')
  assert.deepEqual(revisions(control), [468, 468, 468])
  assert.match(shown(control, 'db/0'), /executing: running upgrade-charm hook/)
  await clock.advance(31 * second)
  assert.deepEqual(revisions(control), [500, 500, 468])
  await clock.advance(hour)
  assert.equal(control.task(task).status, 'completed')
  assert.deepEqual(revisions(control), [500, 500, 500])
  const later = control.enqueue('db/2', 'list-backups')
  await clock.advance(second)
  assert.equal(control.task(later).status, 'completed')
})

test('on Kubernetes pods are replaced from the highest down; what runs in one is killed after its grace', async t => {
  const {clock, control, life, engine} = await lived(t, 'postgresql-k8s-14')
  const before = control.application('db').charm.description.revision
  const task = control.enqueue('db/2', 'create-backup')
  await clock.advance(second)
  life.refresh('db', postgresqlCharm({id: 'postgresql-k8s-14', engine, revision: 900}))
  await clock.advance(61 * second)
  assert.equal(control.task(task).message, 'action terminated')
  assert.deepEqual(revisions(control), [before, before, 900])
  await clock.advance(30 * second)
  assert.deepEqual(revisions(control), [before, 900, 900])
  await clock.advance(30 * second)
  assert.deepEqual(revisions(control), [900, 900, 900])
})

test('a refresh that is taken back while it runs replaces the pods that had it already', async t => {
  const {clock, control, life, engine, application} = await lived(t, 'postgresql-k8s-14')
  const old = application.charm
  life.refresh('db', postgresqlCharm({id: 'postgresql-k8s-14', engine, revision: 900}))
  await clock.advance(35 * second)
  life.refresh('db', old)
  await clock.advance(3 * minute)
  assert.deepEqual(
    revisions(control),
    [0, 1, 2].map(() => old.description.revision),
  )
})

test('a unit whose upgrade-charm fails shows it; the others go on', async t => {
  const {clock, control, life, engine} = await lived(t)
  life.failNextHook('db/1', 'upgrade-charm')
  life.refresh('db', postgresqlCharm({id: 'postgresql-14', engine, revision: 500}))
  await clock.advance(minute)
  assert.equal(shown(control, 'db/1'), 'error: hook failed: "upgrade-charm" / idle: ')
  assert.match(shown(control, 'db/2'), /^active/)
  await life.resolve('db/1')
  await untilActive(clock, control, 'db/1')
})

test('an application goes with its last unit and its relations, and comes back with units numbered from zero', async t => {
  const {clock, control, life, seed} = await lived(t)
  const again = life.startApplicationRemoval('db')
  assert.equal(control.application('db').life, 'dying')
  await clock.advance(minute)
  assert.throws(() => control.application('db'), /there is no application db/)
  assert.deepEqual(control.relations('s3-integrator'), [])
  await life.deploy(again, seed.relations)
  assert.deepEqual([...control.application('db').units.keys()], ['db/0', 'db/1', 'db/2'])
  const task = control.enqueue('db/1', 'create-backup')
  await clock.advance(hour + second)
  assert.equal(control.task(task).status, 'completed')
})

test('a stranger keeps its habit until it ends, on units by chance', async t => {
  const {clock, control, life} = await lived(t)
  const end = life.stranger({action: 'list-backups', every: hour, application: 'db', user: 'colleague'})
  await clock.advance(24 * hour)
  const tasks = control.tasks()
  assert.ok(tasks.length > 15 && tasks.length < 48, `${tasks.length} in a day`)
  assert.deepEqual([...new Set(tasks.map(({unit}) => unit))].sort(), ['db/0', 'db/1', 'db/2'])
  end()
  await clock.advance(24 * hour)
  assert.equal(control.tasks().length, tasks.length)
})

test('pruning forgets what is too old, then the oldest until the rest fits; what runs stays', async t => {
  const {clock, control, life} = await lived(t)
  const old = control.enqueue('db/2', 'list-backups')
  await clock.advance(15 * 24 * hour)
  assert.throws(() => control.task(old), /there is no task/)
  const ids = [1, 2, 3].map(() => control.enqueue('db/2', 'list-backups'))
  await clock.advance(second)
  const running = control.enqueue('db/1', 'create-backup')
  life.keepOperations({maxBytes: 500})
  life.prune()
  const left = control.tasks().map(({task}) => task)
  assert.ok(left.length < 4 && left.includes(running), String(left))
  assert.ok(!left.includes(ids[0] ?? ''))
})
