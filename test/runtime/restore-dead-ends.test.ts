/** Ends of restores in which a charm gets stuck, or says too little (reference/charms.md, 7): a person is told what to do. */
import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import {JobsWorld, type JobsWorldOptions} from './support/jobs-world.ts'

const hour = 3_600_000

/** One unit with one backup, called `first`. */
async function withABackup(t: TestContext, options: JobsWorldOptions = {}): Promise<JobsWorld> {
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
