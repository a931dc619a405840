import assert from 'node:assert/strict'
import {test} from 'node:test'
import {postgresqlCharm} from '../../charms/postgresql/machine.ts'
import type {PostgresqlCharm} from '../../charms/postgresql/machine.ts'
import type {PostgresqlCharmId} from '../../charms/postgresql/dialect.ts'
import {MemoryPostgresql} from '../../charms/postgresql/memory-engine.ts'
import {StubHost, unitViews} from './stub-host.ts'

const seconds = 1000
const s3 = {bucket: 'b', 'access-key': 'a', 'secret-key': 's', path: '/pg'}
const up = {status: 'active', message: ''} as const
const primary = {status: 'active', message: 'Primary'} as const
const degraded = {status: 'active', message: 'Primary (degraded)'} as const
const coming = {status: 'waiting', message: 'awaiting for member to start'} as const

async function settled(count: number, id: PostgresqlCharmId = 'postgresql-16') {
  const application = id.includes('k8s') ? 'postgresql-k8s' : 'postgresql'
  const host = new StubHost({
    application,
    units: unitViews(application, count),
    relations: {'s3-parameters': [{id: 1, application: 's3-integrator', data: s3}]},
  })
  const engine = new MemoryPostgresql({
    clock: host.clock,
    durations: {join: 10 * seconds, failover: 30 * seconds, switchover: 2 * seconds, full: 60 * seconds},
  })
  const charm = postgresqlCharm({id, engine})
  const machine = charm.deploy(host)
  await machine.install()
  await machine.hook({kind: 'relation-changed', endpoint: 's3-parameters'})
  const unit = (number: number) => `${application}/${number}`
  const shown = () => host.views.map(view => view.status)
  const run = (number: number, action: string, parameters: Record<string, unknown> = {}) => {
    const abort = new AbortController()
    const task = {id: '1', unit: unit(number), action, parameters, signal: abort.signal, log: async () => {}}
    return {abort, outcome: machine.runAction(task)}
  }
  /** The outcome of an action that virtual time ends. */
  const ran = async (number: number, action: string, parameters?: Record<string, unknown>) => {
    const {outcome} = run(number, action, parameters)
    await host.clock.advance(2 * 60 * seconds)
    return outcome
  }
  const scale = async (count: number) => {
    const now = unitViews(application, count)
    host.views = now.map((view, number) => ({...view, status: host.views[number]?.status ?? coming}))
    await machine.hook({kind: 'units-changed'})
  }
  const updateStatus = async (...numbers: number[]) => {
    for (const number of numbers) await machine.hook({kind: 'update-status', unit: unit(number)})
  }
  return {host, engine, charm, machine, unit, shown, run, ran, scale, updateStatus}
}

test('one unit is the primary; of three, one is', async () => {
  assert.deepEqual((await settled(1)).shown(), [primary])
  assert.deepEqual((await settled(3)).shown(), [primary, up, up])
})

test('a unit that is added copies the primary before it is active, and does no backups meanwhile', async () => {
  const {host, shown, scale, updateStatus, run} = await settled(1)
  await scale(2)
  await updateStatus(1)
  assert.deepEqual(shown(), [primary, coming])
  const {outcome} = run(1, 'create-backup')
  assert.deepEqual(await outcome, {
    status: 'failed',
    message: 'Unit cannot perform backups as the database seems to be offline',
  })
  await host.clock.advance(10 * seconds)
  assert.deepEqual(shown(), [primary, up])
})

test('while a unit is coming the primary is degraded, and of three with two coming it cannot write', async () => {
  const {host, shown, scale, updateStatus} = await settled(1)
  await scale(2)
  await updateStatus(0, 1)
  assert.deepEqual(shown(), [{status: 'active', message: 'Primary (read-only)'}, coming])
  await scale(3)
  await host.clock.advance(5 * seconds)
  await updateStatus(0)
  assert.deepEqual(shown()[0], {status: 'active', message: 'Primary (read-only)'})
  await host.clock.advance(10 * seconds)
  assert.deepEqual(shown(), [primary, up, up])
})

test('a primary that dies is succeeded after a while; what it was comes back as a replica', async () => {
  const {host, engine, machine, unit, shown, updateStatus, ran} = await settled(3)
  await machine.hook({kind: 'crash', unit: unit(0)})
  await updateStatus(1, 2)
  assert.equal(engine.primaryUnit, undefined)
  assert.deepEqual(await ran(1, 'get-primary'), {status: 'completed', results: {}})
  assert.deepEqual(await ran(1, 'get-primary'), {status: 'completed', results: {primary: unit(1)}})
  assert.deepEqual(shown().slice(1), [degraded, up])
  await machine.hook({kind: 'start', unit: unit(0)})
  assert.deepEqual(shown()[0], coming)
  await host.clock.advance(10 * seconds)
  assert.deepEqual(shown(), [up, primary, up])
})

test('a replica that dies leaves the primary degraded until it is back', async () => {
  const {host, machine, unit, shown, updateStatus} = await settled(3)
  await machine.hook({kind: 'crash', unit: unit(2)})
  await updateStatus(0, 1)
  assert.deepEqual(shown().slice(0, 2), [degraded, up])
  await updateStatus(2)
  await host.clock.advance(10 * seconds)
  assert.deepEqual(shown(), [primary, up, up])
})

test('the only unit comes back as the primary', async () => {
  const {host, machine, unit, shown, updateStatus} = await settled(1)
  await machine.hook({kind: 'crash', unit: unit(0)})
  await host.clock.advance(60 * seconds)
  await updateStatus(0)
  assert.deepEqual(shown(), [coming])
  await host.clock.advance(10 * seconds)
  assert.deepEqual(shown(), [primary])
})

test('a backup on a unit that dies never ends by itself, and leaves no row', async () => {
  const {host, machine, unit, run, ran} = await settled(3)
  const {outcome, abort} = run(2, 'create-backup')
  await host.clock.advance(10 * seconds)
  await machine.hook({kind: 'crash', unit: unit(2)})
  await host.clock.advance(3600 * seconds)
  const unended = Symbol('unended')
  assert.equal(await Promise.race([outcome, Promise.resolve(unended)]), unended)
  abort.abort(new Error('given up'))
  await assert.rejects(outcome, /given up/)
  const listed = await ran(1, 'list-backups')
  assert.ok(listed.status === 'completed')
  assert.doesNotMatch(String(listed.results['backups']), /full backup/)
})

test('a unit that is removed takes its role with it: another one is the primary at once', async () => {
  const {host, engine, machine, unit, shown, updateStatus} = await settled(3)
  host.views = host.views.slice(1)
  await machine.hook({kind: 'units-changed'})
  assert.equal(engine.primaryUnit, unit(1))
  await updateStatus(1, 2)
  assert.deepEqual(shown(), [primary, up])
})

test('a new leader shows what is wrong with the repository', async () => {
  const {host, engine, machine, unit, shown} = await settled(3)
  engine.initialiseFails = 'another-cluster'
  host.views = host.views.map(view => ({...view, leader: view.name === unit(2)}))
  await machine.hook({kind: 'leader-elected', unit: unit(2)})
  assert.deepEqual(shown()[2], {
    status: 'blocked',
    message: 'the S3 repository has backups from another cluster',
  })
})

test('what leads a standby cluster is not called its primary', async () => {
  const {charm, machine, unit, shown, updateStatus} = await settled(3)
  charm.conditions.standbyCluster = true
  await updateStatus(0)
  assert.deepEqual(shown()[0], {status: 'active', message: 'Standby'})
  await machine.hook({kind: 'crash', unit: unit(2)})
  await updateStatus(0)
  assert.deepEqual(shown()[0], {status: 'active', message: 'Standby (degraded)'})
})

const promotions: readonly [
  sentence: string,
  number: number,
  parameters: Record<string, unknown>,
  outcome: Awaited<ReturnType<Awaited<ReturnType<typeof settled>>['ran']>>,
  prepare?: (charm: PostgresqlCharm, engine: MemoryPostgresql) => void,
][] = [
  ['a replica is promoted', 2, {scope: 'unit'}, {status: 'completed', results: {}}],
  ['no scope', 2, {}, {status: 'failed', message: 'Scope should be either cluster or unit'}],
  [
    'the primary itself',
    0,
    {scope: 'unit'},
    {status: 'failed', message: 'Switchover failed or timed out, check the logs for details'},
  ],
  [
    'a replica that is not synchronous',
    2,
    {scope: 'unit'},
    {status: 'failed', message: 'Unit is not sync standby'},
    (_, engine) => void engine.cluster.asynchronous.add('postgresql/2'),
  ],
  ['force without need', 2, {scope: 'unit', force: true}, {status: 'failed', message: 'Raft is not stuck'}],
  [
    'a majority that is lost',
    2,
    {scope: 'unit'},
    {status: 'failed', message: 'Raft is stuck. Set force to reinitialise with new primary'},
    ({conditions}) => void (conditions.raftStuck = true),
  ],
  [
    'a lost majority is given up by force',
    2,
    {scope: 'unit', force: true},
    {status: 'completed', results: {}},
    ({conditions}) => void (conditions.raftStuck = true),
  ],
]
for (const [sentence, number, parameters, outcome, prepare] of promotions) {
  test(`promote-to-primary: ${sentence}`, async () => {
    const {engine, charm, unit, ran} = await settled(3)
    prepare?.(charm, engine)
    assert.deepEqual(await ran(number, 'promote-to-primary', parameters), outcome)
    assert.equal(engine.primaryUnit, unit(outcome.status === 'completed' ? number : 0))
  })
}

test('on Kubernetes the primary may be promoted again, and there is no force', async () => {
  const {ran} = await settled(3, 'postgresql-k8s-16')
  assert.deepEqual(await ran(0, 'promote-to-primary', {scope: 'unit'}), {status: 'completed', results: {}})
  assert.deepEqual(await ran(1, 'promote-to-primary', {scope: 'unit', force: true}), {
    status: 'failed',
    message: 'Suprerfluous force flag with unit scope',
  })
})

test('another revision of the charm finds the cluster, its repository and a restore that is on its way', async () => {
  const {host, charm, engine, unit, ran} = await settled(1)
  await ran(0, 'create-backup')
  const [backup] = engine.repository.backups
  assert.ok(backup !== undefined)
  const restored = await ran(0, 'restore', {'restore-to-time': 'latest'})
  assert.equal(restored.status, 'completed')
  const next = charm.revised(900)
  assert.equal(next.description.revision, 900)
  const machine = next.deploy(host)
  await machine.hook({kind: 'upgrade-charm', unit: unit(0)})
  assert.deepEqual(host.statusOf(unit(0)), primary)
  assert.equal(engine.repository.archive.timeline, 2)
})
