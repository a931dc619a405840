import {test} from 'node:test'
import assert from 'node:assert/strict'
import {jujuModelResource, type JujuModel} from '../../src/api/juju-model.ts'
import {revisionOf} from '../charms/revision.ts'
import {JobsWorld, namespace} from './support/jobs-world.ts'

const minute = 60_000
const hour = 60 * minute

test('S1.5 a lost reply is found again in Juju, and nothing is enqueued twice', async t => {
  const world = await JobsWorld.startFor(t)
  world.juju.faults.calls.dropReply(
    call => call.method === 'EnqueueOperation' && JSON.stringify(call.params).includes('create-backup'),
  )
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.equal(world.enqueued, 1)
  assert.deepEqual(world.events('first'), ['BackupAdopted', 'BackupSucceeded'])
})

test('S1.5 a call that never arrived is sent once more', async t => {
  const world = await JobsWorld.startFor(t)
  world.juju.faults.calls.resetBefore(
    call => call.method === 'EnqueueOperation' && JSON.stringify(call.params).includes('create-backup'),
  )
  world.apply('first')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.equal(world.enqueued, 1)
})

test('S1.5 S2.11 a restart of the operator in the middle follows the same task', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  await world.restartOperator()
  await world.untilFinished('first', 2 * hour)
  assert.equal(world.reason('first'), 'Succeeded')
  assert.equal(world.enqueued, 1)
})

test('a controller that is away for hours costs nothing: the job keeps its reason, and says since when', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  await world.juju.faults.refuse()
  world.juju.faults.reset()
  await world.until('the loss is told', () => /Unreachable/.test(world.message('first')))
  assert.equal(world.reason('first'), 'Running')
  assert.match(world.message('first'), /Juju was last seen at/)
  await world.pass(hour)
  await world.juju.faults.refuse(false)
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded')
  assert.equal(world.enqueued, 1)
})

test('S2.20 the result outlives what Juju remembers', async t => {
  const world = await JobsWorld.startFor(t)
  world.apply('first')
  await world.untilFinished('first')
  const before = world.job('first')?.status
  world.juju.control.model().pruneOperations()
  await world.restartOperator()
  await world.pass(20 * 60_000)
  assert.deepEqual(world.job('first')?.status, before)
})

test('a task that Juju forgot while the operator was away is settled by the listing', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 60_000}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  await world.operator.kill()
  await world.clock.advance(120_000)
  world.juju.control.model().pruneOperations()
  await world.restartOperator()
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
})

test('an API server that restarts, and one that is away, disturb nothing', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 600_000}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  await world.kube.cutWatches()
  const mend = world.kube.fail('/apis/', 503, 'ServiceUnavailable')
  await world.pass(120_000)
  mend()
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded')
  assert.equal(world.enqueued, 1)
})

test('a connection that hangs half-open is noticed and replaced', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 600_000}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  world.juju.faults.freeze()
  await world.until('the model is away', () => world.modelReason() === 'Unreachable')
  world.juju.faults.freeze(false)
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded')
})

test('a JujuModel that gets other endpoints while a backup runs still follows its task to the end', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  const model = world.kube.get<JujuModel>(jujuModelResource, 'prod', namespace)
  assert.ok(model)
  const {controller} = model.spec
  const spec = {...model.spec, controller: {...controller, endpoints: [...controller.endpoints, '127.0.0.1:1']}}
  world.kube.apply<JujuModel>(jujuModelResource, {namespace, name: 'prod', body: {spec}})
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded')
  assert.equal(world.enqueued, 1)
})

test('a model that another cluster takes over while a backup runs is left alone: no cancel reaches Juju', async t => {
  const world = await JobsWorld.startFor(t, {durations: {full: 10 * minute}})
  world.apply('first')
  await world.untilReason('first', 'Running')
  const {modelUUID} = world.juju
  world.juju.world
    .model(modelUUID)
    .annotations.set(`model-${modelUUID}`, new Map([['charmkeeper-owner', 'other/ns/lease']]))
  world.apply('first', {cancel: 'Force'})
  await world.until('it is told', () => /claimed by other\/ns\/lease|ClaimedElsewhere/.test(world.message('first')))
  assert.equal(world.juju.calls.count('Action.Cancel'), 0)
})

test('an application that is removed while its backup is uncertain ends the job', async t => {
  const world = await JobsWorld.startFor(t)
  world.juju.faults.calls.resetBefore(
    call => call.method === 'EnqueueOperation' && JSON.stringify(call.params).includes('create-backup'),
  )
  world.apply('first')
  await world.until('the intent is there', () => world.job('first')?.status?.intent !== undefined)
  world.juju.control.model().model.applications.delete('postgresql')
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'ApplicationNotFound', world.message('first'))
})

/** As 4.x answers between a refresh and the download of the charm. */
const noActionsYet = ['no actions defined for charm postgresql.', 'not found'] as const

test('a job whose charm Juju has not downloaded yet waits, says so, and makes its backup when the actions are there', async t => {
  const world = await JobsWorld.startFor(t, {profile: '4.0.12'})
  const {model} = world.juju.control.model()
  const application = model.applications.get('postgresql')
  assert.ok(application)
  application.charm = revisionOf(application.charm, {revision: application.charm.description.revision + 10})
  model.charms.announce(application.charm)
  world.apply('first', {backoffLimit: 0})
  await world.until('it says what it waits for', () => /has not downloaded the charm/.test(world.message('first')))
  await world.pass(10 * minute)
  assert.equal(world.reason('first'), 'Preparing')
  const looks = world.juju.calls.all.filter(({method}) => method === 'CharmInfo').length
  assert.ok(looks < 60, `${looks} looks in ten minutes`)
  model.charms.download(application.charm)
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.equal(world.enqueued, 1)
})

for (const action of ['list-backups', 'create-backup'])
  test(`a refusal of ${action} because the charm is not downloaded yet is no failure of the job`, async t => {
    const world = await JobsWorld.startFor(t, {profile: '4.0.12'})
    const isIt = (call: {method: string; params: unknown}): boolean =>
      call.method === 'EnqueueOperation' && JSON.stringify(call.params).includes(action)
    world.juju.faults.calls.fail(isIt, ...noActionsYet, {times: 5})
    world.apply('first', {backoffLimit: 0})
    await world.until('it says why', () => /has not downloaded the charm/.test(world.message('first')))
    assert.equal(world.reason('first'), 'Preparing')
    await world.untilFinished('first')
    assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
    assert.deepEqual([world.enqueued, world.job('first')?.status?.attempt], [1, 1])
    assert.equal(world.job('first')?.status?.retryTime, undefined)
  })

test('an action that the charm does not have ends the job as before', async t => {
  const world = await JobsWorld.startFor(t, {profile: '4.0.12'})
  const words = 'action "create-backup" not defined for unit "postgresql/1".'
  const isIt = (call: {method: string; params: unknown}): boolean =>
    call.method === 'EnqueueOperation' && JSON.stringify(call.params).includes('create-backup')
  world.juju.faults.calls.fail(isIt, words, 'not found')
  world.apply('first', {backoffLimit: 0})
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Failed')
  assert.match(world.message('first'), /not defined for unit/)
})
