import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {TestContext} from 'node:test'
import {defaultS3, memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import {s3Integrator2Charm} from '../../charms/s3-integrator-2.ts'
import {startTestedJuju} from '../../juju-simulator/seed-on-failure.ts'
import {startSimulatedJuju} from '../../juju-simulator/simulator.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

const seconds = 1000
const minutes = 60 * seconds
const pace = {allocate: 40 * seconds, install: 60 * seconds, remove: 15 * seconds, lease: minutes, jitter: 0}
const durations = {join: 10 * seconds, failover: 30 * seconds, full: 10 * minutes}

async function three(t: TestContext) {
  const clock = new VirtualClock()
  const {seed, engine} = memoryPostgresqlModel({clock, charm: 'postgresql-16', application: 'db', durations})
  const juju = await startTestedJuju(t, {profile: '3.6.14', clock, models: [seed], pace})
  t.after(() => juju.stop())
  const control = juju.control.model()
  const shown = (unit: string): string => {
    const {workload} = control.model.unit(unit) ?? {workload: {status: 'gone', message: ''}}
    return workload.message === '' ? workload.status : `${workload.status}: ${workload.message}`
  }
  return {clock, control, engine, shown, all: () => ['db/0', 'db/1', 'db/2'].map(shown)}
}

test("when the primary's machine dies another unit takes over and leads, and the one that is back follows", async t => {
  const {clock, control, engine, shown, all} = await three(t)
  assert.deepEqual(all(), ['active: Primary', 'active', 'active'])
  control.killAgent('db/0')
  await clock.advance(10 * minutes)
  assert.equal(engine.primaryUnit, 'db/1')
  assert.equal(shown('db/1'), 'active: Primary (degraded)')
  assert.notEqual(control.application('db').leader, 'db/0')
  const reviving = control.life.reviveAgent('db/0')
  await clock.advance(5 * minutes)
  await reviving
  await clock.advance(10 * minutes)
  assert.deepEqual(all(), ['active', 'active: Primary', 'active'])
})

test('a backup on a unit that dies never ends, and the listing on another unit does not have it', async t => {
  const {clock, control} = await three(t)
  const backup = control.enqueue('db/2', 'create-backup')
  await clock.advance(minutes)
  assert.equal(control.task(backup).status, 'running')
  control.killAgent('db/2')
  await clock.advance(60 * minutes)
  assert.equal(control.task(backup).status, 'running')
  const listing = control.enqueue('db/1', 'list-backups')
  await clock.advance(minutes)
  assert.equal(control.task(listing).status, 'completed')
  assert.doesNotMatch(String(control.task(listing).output['backups']), /full backup/)
})

test('a unit that is added waits for its member, and then does the backups that the primary refuses', async t => {
  const {clock, control, shown} = await three(t)
  const name = control.life.startUnit('db')
  await clock.advance(101 * seconds)
  assert.equal(shown(name), 'waiting: awaiting for member to start')
  const early = control.enqueue(name, 'create-backup')
  await clock.advance(seconds)
  assert.equal(control.task(early).message, 'Unit cannot perform backups as the database seems to be offline')
  await clock.advance(20 * seconds)
  assert.equal(shown(name), 'active')
  const backup = control.enqueue(name, 'create-backup')
  await clock.advance(11 * minutes)
  assert.equal(control.task(backup).status, 'completed')
})

test('what goes wrong in a machine beside its hooks is told when the Juju stops', async () => {
  const clock = new VirtualClock()
  const {seed, engine} = memoryPostgresqlModel({clock, application: 'db', durations})
  const juju = await startSimulatedJuju({profile: '3.6.14', clock, models: [seed], pace})
  engine.member = () => Promise.reject(new Error('nobody can say'))
  juju.control.model().killAgent('db/0')
  await clock.advance(durations.failover)
  await assert.rejects(juju.stop(), ({errors}: AggregateError) => /nobody can say/.test(String(errors[0])))
})

test('track 2 of s3-integrator gives PostgreSQL its settings once the secret is granted', async t => {
  const clock = new VirtualClock()
  const {seed} = memoryPostgresqlModel({clock, application: 'db', units: 1, related: false})
  const integrator = {name: 's3', charm: s3Integrator2Charm(), units: 1, config: defaultS3}
  const applications = [...seed.applications.filter(({name}) => name === 'db'), integrator]
  const model = {...seed, applications, relations: [['db:s3-parameters', 's3:s3-credentials'] as const]}
  const juju = await startTestedJuju(t, {profile: '3.6.14', clock, models: [model], pace})
  t.after(() => juju.stop())
  const control = juju.control.model()
  const shown = () => control.model.unit('s3/0')?.workload.message
  assert.equal(shown(), "Missing config(s): 'credentials'")
  const content = {'access-key': btoa('an-access-key'), 'secret-key': btoa('a-secret-key')}
  const secret = control.model.secrets.create({label: 's3', content}, clock.now())
  await control.setConfig('s3', {credentials: secret.uri})
  assert.equal(shown(), `The secret '${secret.uri}' has not been granted to the charm`)
  const refused = control.enqueue('db/0', 'list-backups')
  await clock.advance(seconds)
  assert.equal(control.task(refused).message, "Missing S3 parameters: ['bucket', 'access-key', 'secret-key']")
  secret.granted.add('s3')
  await clock.advance(10 * minutes)
  assert.equal(shown(), '')
  assert.equal(control.relations('db')[0]?.data['secret-key'], 'a-secret-key')
  const listed = control.enqueue('db/0', 'list-backups')
  await clock.advance(seconds)
  assert.equal(control.task(listed).status, 'completed')
})
