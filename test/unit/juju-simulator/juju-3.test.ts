import assert from 'node:assert/strict'
import {test} from 'node:test'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import {RawClient} from '../../juju-simulator/raw-client.ts'
import {startTestedJuju} from '../../juju-simulator/seed-on-failure.ts'
import type {SimulatedJujuOptions} from '../../juju-simulator/simulator.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

// Juju 3.6 could not be recorded: these are the differences from 4.x that its code and schemas show.

const missing = '00000000-0000-4000-8000-000000000000'

async function started(t: test.TestContext, options: Partial<SimulatedJujuOptions> = {}) {
  const clock = new VirtualClock()
  const {seed, engine} = memoryPostgresqlModel({clock})
  const juju = await startTestedJuju(t, {profile: '3.6.14', clock, models: [seed], checksParams: false, ...options})
  t.after(() => juju.stop())
  const client = await RawClient.login(juju, `/model/${juju.modelUUID}/api`, 'operator', 'operator-secret')
  t.after(() => client.close())
  const enqueue = async (name: string, parameters: object, receiver = 'unit-postgresql-1') =>
    client.call('Action', 7, 'EnqueueOperation', {actions: [{name, receiver, parameters}]})
  return {clock, juju, engine, client, enqueue}
}

interface Item {
  readonly action?: {readonly tag: string; readonly name: string; readonly parameters?: object}
  readonly status?: string
  readonly completed?: string
  readonly output?: object
  readonly error?: {readonly message: string; readonly code: string}
}

const itemsOf = (reply: Record<string, unknown>, key = 'actions'): readonly Item[] => reply[key] as readonly Item[]

test('an unknown model looks like a wrong password', async t => {
  const {juju} = await started(t)
  await assert.rejects(
    RawClient.login(juju, `/model/${missing}/api`, 'operator', 'operator-secret'),
    /invalid entity name or password/,
  )
})

test('the reply of an enqueue repeats name and parameters', async t => {
  const {enqueue} = await started(t)
  const [item] = itemsOf(await enqueue('create-backup', {type: 'full'}))
  assert.equal(item?.action?.name, 'create-backup')
  assert.deepEqual(item?.action?.parameters, {type: 'full'})
})

test('parameters are held against the charm’s schema at enqueue, and nothing runs', async t => {
  const {enqueue, juju} = await started(t)
  const [wrongType] = itemsOf(await enqueue('create-backup', {type: 7}))
  assert.match(wrongType?.error?.message ?? '', /^validation failed: \(root\)\.type : must be of type string, given 7/)
  const [extra] = itemsOf(await enqueue('list-backups', {bogus: 1}))
  assert.match(extra?.error?.message ?? '', /additional property "bogus" is not allowed/)
  assert.deepEqual(juju.control.model().tasks(), [])
})

test('lists and objects stay what they are, where 4.x makes texts of them', async t => {
  const {enqueue, juju} = await started(t, {quirks: {validatesParameters: false}})
  await enqueue('list-backups', {list: ['a', 1]})
  assert.deepEqual(juju.control.model().tasks()[0]?.params, {list: ['a', 1]})
})

test('what is wrong with one action of a call is told beside it', async t => {
  const {client} = await started(t)
  const actions = [
    {name: 'list-backups', receiver: 'unit-postgresql-0', parameters: {}},
    {name: 'no-such', receiver: 'unit-postgresql-0', parameters: {}},
    {name: 'list-backups', receiver: 'unit-postgresql-9', parameters: {}},
    {name: 'list-backups', receiver: 'ghost/leader', parameters: {}},
  ]
  const items = itemsOf(await client.call('Action', 7, 'EnqueueOperation', {actions}))
  assert.deepEqual(
    items.map(item => item.error?.message ?? item.status),
    [
      'pending',
      'action "no-such" not defined on unit "postgresql/0"',
      'unit "postgresql/9" not found',
      'could not determine leader for "ghost"',
    ],
  )
})

test('operations carry times and output', async t => {
  const {clock, client, enqueue} = await started(t)
  await enqueue('create-backup', {})
  await clock.advance(10_000)
  const [operation] = itemsOf(await client.call('Action', 7, 'ListOperations', {}), 'results') as readonly (Item & {
    readonly summary: string
    readonly started: string
    readonly actions: readonly Item[]
  })[]
  assert.equal(operation?.summary, 'create-backup run on unit-postgresql-1')
  assert.equal(operation?.started, '2026-11-22T12:00:00Z')
  assert.equal(operation?.completed, '2026-11-22T12:00:03Z')
  assert.equal(operation?.actions[0]?.completed, '2026-11-22T12:00:03Z')
  assert.deepEqual(operation?.actions[0]?.output, {'backup-status': 'backup created', 'return-code': 0})
})

test('operations are listed in their order, 10 after 2', async t => {
  const {client, juju} = await started(t)
  for (let count = 0; count < 6; count++) juju.control.model().enqueue('postgresql/2', 'get-primary')
  const results = (await client.call('Action', 7, 'ListOperations', {}))['results'] as {operation: string}[]
  assert.deepEqual(
    results.map(({operation}) => operation),
    [1, 3, 5, 7, 9, 11].map(id => `operation-${id}`),
  )
})

test('a cancelled running backup is killed: aborting, then aborted; the status stays until update-status', async t => {
  const {clock, client, enqueue, juju} = await started(t)
  const [item] = itemsOf(await enqueue('create-backup', {}))
  await clock.advance(1000)
  const entities = {entities: [{tag: item?.action?.tag}]}
  const [cancelled] = itemsOf(await client.call('Action', 7, 'Cancel', entities), 'results')
  assert.equal(cancelled?.status, 'aborting')
  await clock.advance(1)
  const [after] = itemsOf(await client.call('Action', 7, 'Actions', entities), 'results')
  assert.equal(after?.status, 'aborted')
  const unit = juju.control.model().application('postgresql').units.get('postgresql/1')
  assert.equal(unit?.workload.message, 'creating backup')
  await clock.advance(300_000)
  assert.equal(unit?.workload.message, '')
})

test('a pending task is cancelled and never runs', async t => {
  const {clock, client, enqueue, juju, engine} = await started(t)
  juju.control.model().holdUnit('postgresql/1')
  const [item] = itemsOf(await enqueue('create-backup', {}))
  const [cancelled] = itemsOf(
    await client.call('Action', 7, 'Cancel', {entities: [{tag: item?.action?.tag}]}),
    'results',
  )
  assert.equal(cancelled?.status, 'cancelled')
  juju.control.model().releaseUnit('postgresql/1')
  await clock.advance(60_000)
  assert.deepEqual(engine.repository.backups, [])
})

test('a unit shows its own charm while it still runs another than its application', async t => {
  const {client, juju} = await started(t)
  const unit = juju.control.model().application('postgresql').units.get('postgresql/2')
  assert.ok(unit)
  unit.charm = {...unit.charm, description: {...unit.charm.description, revision: 467}}
  const status = (await client.call('Client', 8, 'FullStatus', {})) as {
    applications: Record<string, {units: Record<string, {charm: string}>}>
  }
  const shown = Object.values(status.applications['postgresql']?.units ?? {}).map(({charm}) => charm)
  assert.deepEqual(shown, ['', '', 'ch:amd64/postgresql-467'])
})

test('UnitsInfo gives what the other side published', async t => {
  const {client} = await started(t)
  const reply = await client.call('Application', 22, 'UnitsInfo', {entities: [{tag: 'unit-postgresql-0'}]})
  const [{result}] = reply['results'] as [
    {result: {'relation-data': {endpoint: string; ApplicationData: Record<string, string>}[]}},
  ]
  const s3 = result['relation-data'].find(({endpoint}) => endpoint === 's3-parameters')
  assert.equal(s3?.ApplicationData['bucket'], 'backups')
})

test('models carry their owner as a tag', async t => {
  const {juju} = await started(t)
  const client = await RawClient.login(juju, '/api', 'operator', 'operator-secret')
  const reply = await client.call('ModelManager', 10, 'ListModelSummaries', {'user-tag': 'user-operator', all: false})
  const [{result}] = reply['results'] as [{result: Record<string, unknown>}]
  assert.equal(result['owner-tag'], 'user-admin')
  assert.equal(result['user-access'], 'write')
  client.close()
})
