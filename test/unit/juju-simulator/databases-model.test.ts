import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {TestContext} from 'node:test'
import {databasesModel} from '../../charms/databases-model.ts'
import type {DatabaseWish} from '../../charms/databases-model.ts'
import type {DatabaseCharmId} from '../../charms/memory-database.ts'
import {RawClient} from '../../juju-simulator/raw-client.ts'
import {startTestedJuju} from '../../juju-simulator/seed-on-failure.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

async function played(t: TestContext, wishes: readonly (DatabaseCharmId | DatabaseWish)[]) {
  const clock = new VirtualClock()
  const {seed, databases} = databasesModel(wishes, {clock})
  const juju = await startTestedJuju(t, {profile: '4.0.12', clock, models: [seed]})
  t.after(() => juju.stop())
  return {clock, juju, control: juju.control.model(), databases}
}

interface ShownUnit {
  readonly machine: string
  readonly 'workload-status': {readonly status: string; readonly info: string}
  readonly subordinates: Readonly<Record<string, ShownUnit>> | null
}

interface ShownApplication {
  readonly units: Readonly<Record<string, ShownUnit>> | null
  readonly 'subordinate-to': readonly string[]
}

test('databases of all kinds settle beside their own integrators', async t => {
  const {control} = await played(t, ['postgresql-14', 'mysql-8.0', 'mongodb-6', {charm: 'postgresql-16', name: 'pg16'}])
  const applications = [...control.model.applications.values()]
  assert.deepEqual(
    applications.map(({name}) => name),
    ['postgresql', 'postgresql-s3', 'mysql', 'mysql-s3', 'mongodb', 'mongodb-s3', 'pg16', 'pg16-s3'],
  )
  for (const {name, units} of applications)
    for (const unit of units.values()) assert.equal(unit.workload.status, 'active', `${name}: ${unit.workload.message}`)
  const paths = applications
    .filter(({name}) => name.endsWith('-s3'))
    .map(({name}) => control.relations(name)[0]?.own['path'])
  assert.deepEqual(paths, ['/postgresql', '/mysql', '/mongodb', '/pg16'])
})

test('on Kubernetes too, one unit each', async t => {
  const wishes = ['postgresql-k8s-14', 'mysql-k8s-8.0', 'mongodb-k8s-6'] as const
  const {control} = await played(
    t,
    wishes.map(charm => ({charm, units: 1})),
  )
  assert.equal(control.model.type, 'caas')
  for (const {units} of control.model.applications.values())
    assert.deepEqual(
      [...units.values()].map(({workload}) => workload.status),
      ['active'],
    )
})

test('PgBouncer on machines sits beside the units of its database, without a machine of its own', async t => {
  const {juju, control} = await played(t, [{charm: 'postgresql-16', name: 'pg', units: 2, pooler: true}])
  const client = await RawClient.login(juju, `/model/${control.model.uuid}/api`, juju.username, juju.password)
  t.after(() => client.close())
  const {applications, relations} = (await client.call('Client', 8, 'FullStatus', {patterns: []})) as {
    applications: Readonly<Record<string, ShownApplication>>
    relations: readonly {readonly key: string; readonly scope: string}[]
  }
  assert.deepEqual(applications['pg-pooler']?.['subordinate-to'], ['pg'])
  assert.equal(applications['pg-pooler'].units, null)
  const beside = Object.values(applications['pg']?.units ?? {}).map(({subordinates}) => Object.keys(subordinates ?? {}))
  assert.deepEqual(beside, [['pg-pooler/0'], ['pg-pooler/1']])
  const [first] = Object.values(applications['pg']?.units ?? {})
  assert.equal(first?.subordinates?.['pg-pooler/0']?.machine, '')
  assert.equal(first?.subordinates?.['pg-pooler/0']?.['workload-status'].status, 'active')
  assert.equal(relations.find(({key}) => key.includes('pg-pooler:juju-info'))?.scope, 'container')
  assert.equal(control.model.machines.size, 3)
})

test('PgBouncer on Kubernetes is an application of its own', async t => {
  const {control} = await played(t, [{charm: 'postgresql-k8s-16', name: 'pg', pooler: true}])
  assert.deepEqual([...control.application('pg-pooler').units.keys()], ['pg-pooler/0'])
})

const refused: readonly [sentence: string, wishes: readonly (DatabaseCharmId | DatabaseWish)[], message: RegExp][] = [
  ['machines and Kubernetes', ['postgresql-14', 'postgresql-k8s-14'], /cannot be in one model/],
  ['two of one name', ['postgresql-14', 'postgresql-16'], /two applications have one name/],
]
for (const [sentence, wishes, message] of refused) {
  test(`a model does not hold ${sentence}`, () => {
    assert.throws(() => databasesModel(wishes, {clock: new VirtualClock()}), message)
  })
}
