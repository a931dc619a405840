/** Ends of restores in which a charm gets stuck, or says too little (reference/charms.md, 7): a person is told what to do. */
import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import type {PostgresqlCharmId} from '../charms/postgresql/dialect.ts'
import {JobsWorld, type JobsWorldOptions, type WorldOf} from './support/jobs-world.ts'

const hour = 3_600_000

/** One unit with one backup, called `first`. */
async function withABackup(t: TestContext, options: JobsWorldOptions = {}): Promise<WorldOf<PostgresqlCharmId>> {
  const world = await JobsWorld.startFor(t, {units: 1, ...options})
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  return world
}

function restore(world: JobsWorld, name: string, more: Record<string, unknown> = {}): void {
  const validUntil = new Date(world.clock.now() + 24 * hour).toISOString()
  const {modelUUID} = world.job('first')?.status ?? {}
  const confirmation = {application: world.application, modelUUID, validUntil}
  world.apply(name, {type: 'Restore', restore: {mode: 'Execute', confirmation, requestID: name, ...more}})
}

test('a restore that comes right after the units were removed plans with the units of now', async t => {
  const world = await withABackup(t, {units: 3})
  for (const unit of ['postgresql/1', 'postgresql/2']) await world.juju.control.model().removeUnit(unit)
  restore(world, 'back')
  await world.untilFinished('back', 2 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
})

test('S1.32 a restore that PostgreSQL gives up for ever ends as Failed, and says how to go on', async t => {
  const world = await withABackup(t)
  world.engine.restoreFails = 'failed'
  restore(world, 'back')
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Failed', world.message('back'))
  assert.match(world.message('back'), /Failed to restore backup/)
  assert.match(world.message('back'), /new application/)

  await t.test('the next one is not sent to a unit that refuses it for ever: the message says so again', async () => {
    world.engine.restoreFails = undefined
    restore(world, 'again')
    await world.until('it is told', () => /Failed to restore backup/.test(world.message('again')), 4 * hour)
    assert.match(world.message('again'), /new application/)
    assert.equal(world.tasks('restore').length, 1)
  })
})

test('S1.32 a moment that the archive does not reach ends as Failed; another restore is taken', async t => {
  const world = await withABackup(t)
  await world.pass(10 * 60_000)
  world.engine.restoreFails = 'pitr-failed'
  restore(world, 'back', {pointInTime: new Date(world.clock.now() - 60_000).toISOString()})
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Failed', world.message('back'))
  assert.match(world.message('back'), /cannot restore PITR/)
  world.engine.restoreFails = undefined
  restore(world, 'again')
  await world.untilFinished('again', 4 * hour)
  assert.equal(world.reason('again'), 'Succeeded', world.message('again'))
})

const steps = [
  ['stop', /Failed to stop database service/, /The data is as it was/],
  ['override', /Failed to override Patroni/, /The data is as it was/],
  ['empty', /Failed to remove contents of the data directory/, /make another restore/],
  ['remove', /Failed to remove previous cluster information/, /make another restore/],
] as const
for (const [step, words, next] of steps)
  test(`S1.32 a restore that fails while it would ${step}, and leaves "restoring backup", is over by its task`, async t => {
    const world = await withABackup(t)
    world.engine.restoreFails = {step, detail: 'boom'}
    restore(world, 'back')
    await world.untilFinished('back', 4 * hour)
    assert.equal(world.reason('back'), 'Failed', world.message('back'))
    assert.match(world.message('back'), words)
    assert.match(world.message('back'), next)
    world.engine.restoreFails = undefined
    restore(world, 'again')
    await world.untilFinished('again', 4 * hour)
    assert.equal(world.reason('again'), 'Succeeded', world.message('again'))
  })

test('S1.28 a restore on a standby cluster is refused before anything runs, by the words of the charm', async t => {
  const world = await JobsWorld.startFor(t, {units: 1})
  world.apply('first')
  await world.untilFinished('first')
  world.charm.conditions.standbyCluster = true
  restore(world, 'back')
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'StandbyCluster', world.message('back'))
  assert.match(world.message('back'), /restore that one|primary cluster/)
  assert.equal(world.tasks('restore').length, 0)
})

test('a repository without any backup has none to restore, and the charm is not asked to try', async t => {
  const world = await JobsWorld.startFor(t, {units: 1})
  await world.until('the model is ready', () => world.modelReason() === 'Connected')
  const {modelUUID} = world.juju
  const validUntil = new Date(world.clock.now() + hour).toISOString()
  const confirmation = {application: 'postgresql', modelUUID, validUntil}
  const spec = {mode: 'Execute', confirmation, requestID: 'none', pointInTime: 'latest'}
  world.apply('back', {type: 'Restore', restore: spec})
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'BackupNotFound', world.message('back'))
  assert.match(world.message('back'), /make (one|a full backup) first/)
  assert.equal(world.tasks('restore').length, 0)
})

/** The charm takes a blank, a zone as an offset and six digits at most; it refuses `T`, `Z`, and a text that is empty. */
const moments: readonly (readonly [written: (moment: Date) => string, as: string])[] = [
  [moment => moment.toISOString(), 'in UTC'],
  [moment => moment.toISOString().replace('Z', '000Z'), 'with all the digits that the charm reads'],
  [moment => new Date(moment.getTime() + 5.5 * hour).toISOString().replace('Z', '+05:30'), 'in another zone'],
]
for (const [written, as] of moments)
  test(`S1.23 a moment ${as} reaches the charm in a form that it reads, and no text is empty`, async t => {
    const world = await withABackup(t)
    await world.pass(20 * 60_000)
    await world.engine.write()
    const moment = new Date(world.clock.now() - 10 * 60_000)
    restore(world, 'back', {pointInTime: written(moment)})
    await world.untilFinished('back', 4 * hour)
    assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
    const [task] = world.tasks('restore')
    const sent = String(task?.params['restore-to-time'])
    assert.match(sent, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/)
    assert.equal(Date.parse(sent.replace(' ', 'T').replace('+00', 'Z')), moment.getTime())
    for (const value of Object.values(task?.params ?? {})) assert.notEqual(value, '')
  })

test('S1.26 the label of pgBackRest is no id of the charm: it is refused with the ids that there are, and nothing runs', async t => {
  const world = await withABackup(t)
  const {backupID = '', artefact} = world.job('first')?.status ?? {}
  assert.match(artefact?.label ?? '', /^\d{8}-\d{6}F$/)
  restore(world, 'back', {source: {backupID: artefact?.label}})
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'BackupNotFound', world.message('back'))
  assert.ok(world.message('back').includes(backupID), world.message('back'))
  assert.equal(world.tasks('restore').length, 0)
})

const replications = [
  ['postgresql-16', 'asyncReplication', /async replication relation.*Remove the relation to the other cluster first/],
  [
    'postgresql-k8s-14',
    'asyncReplication',
    /replicating data to a standby cluster.*Remove the relation to the standby cluster first/,
  ],
  [
    'postgresql-16-next',
    'logicalReplication',
    /logical replication relation.*Remove the relation of the logical replication first/,
  ],
] as const
for (const [charm, condition, words] of replications)
  test(`S1.32 a restore that ${charm} refuses for its ${condition} touches nothing, and says what has to go first`, async t => {
    const world = await withABackup(t, {charm, units: 3})
    world.charm.conditions[condition] = true
    restore(world, 'back', {replicas: 'Rebuild'})
    await world.untilFinished('back', 4 * hour)
    assert.equal(world.reason('back'), 'Failed', world.message('back'))
    assert.match(world.message('back'), /^The charm refused the restore; no data was touched: /)
    assert.match(world.message('back'), words)
    assert.equal(world.juju.control.model().application(world.application).units.size, 3)
  })
