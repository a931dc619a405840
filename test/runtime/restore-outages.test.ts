import assert from 'node:assert/strict'
import {test} from 'node:test'
import {jujuModelResource, type JujuModel} from '../../src/api/juju-model.ts'
import {secrets} from '../../src/kube/resources.ts'
import {namespace, type JobsWorld} from './support/jobs-world.ts'
import {begun, execute, hour, minute, rebuild, restoring, units, withABackup} from './support/restore-world.ts'

const profiles = ['3.6.14', '4.0.12'] as const
const changing = ['ScaleDown', 'Settle', 'ScaleUp'] as const

/** A restore of some minutes that has come to that step. */
async function at(world: JobsWorld, step: string): Promise<void> {
  world.engine.durations.restore = 5 * minute
  world.apply('back', restoring(execute(world, rebuild)))
  await world.until(`${step} begins`, () => begun(world, 'back', step) !== undefined, 2 * hour)
}

const suspend = (world: JobsWorld, isSuspended: boolean): void => {
  const model = world.kube.get<JujuModel>(jujuModelResource, 'prod', namespace)
  assert.ok(model)
  world.kube.apply<JujuModel>(jujuModelResource, {
    namespace,
    name: 'prod',
    body: {spec: {...model.spec, suspend: isSuspended}},
  })
}

const wentWell = async (world: JobsWorld): Promise<void> => {
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.deepEqual([world.tasks('restore').length, units(world)], [1, 3])
}

for (const profile of profiles)
  for (const step of changing)
    test(`on Juju ${profile} a controller that is away at the step ${step} of a restore costs nothing but time; the job keeps its reason`, async t => {
      const world = await withABackup(t, {profile})
      await at(world, step)
      await world.juju.faults.refuse()
      world.juju.faults.reset()
      await world.until('the loss is told', () => /Juju was last seen at/.test(world.message('back')))
      assert.equal(world.reason('back'), 'Running')
      await world.pass(hour)
      await world.juju.faults.refuse(false)
      await wentWell(world)
    })

for (const step of changing) {
  test(`S1.5 an operator that is killed at the step ${step} of a restore goes on where it was`, async t => {
    const world = await withABackup(t)
    await at(world, step)
    await world.restartOperator()
    await wentWell(world)
  })

  test(`a JujuModel that is suspended at the step ${step} of a restore lets it end`, async t => {
    const world = await withABackup(t)
    await at(world, step)
    suspend(world, true)
    await world.pass(30 * minute)
    suspend(world, false)
    await wentWell(world)
  })

  test(`a model that another operator claims at the step ${step} of a restore is left alone until it is given back`, async t => {
    const world = await withABackup(t)
    await at(world, step)
    const {modelUUID} = world.juju
    const owner = world.juju.world.model(modelUUID).annotations.get(`model-${modelUUID}`)
    const own = owner?.get('charmkeeper-owner') ?? ''
    owner?.set('charmkeeper-owner', 'other/ns/lease')
    await world.until('it is told', () => /other\/ns\/lease|ClaimedElsewhere/.test(world.message('back')), 2 * hour)
    const writes = (): number =>
      ['Application.DestroyUnit', 'Application.AddUnits', 'Annotations.Set'].reduce(
        (sum, method) => sum + world.juju.calls.count(method),
        world.tasks('restore').length,
      )
    const before = writes()
    await world.pass(hour)
    assert.equal(writes(), before)
    owner?.set('charmkeeper-owner', own)
    await wentWell(world)
  })

  test(`a namespace that is deleted at the step ${step} of a restore waits for its end, and then lets go`, async t => {
    const world = await withABackup(t)
    await at(world, step)
    world.delete('back')
    world.kube.delete(jujuModelResource, 'prod', namespace)
    world.kube.delete(secrets, 'juju-operator', namespace)
    await world.until('all is gone', () => world.job('back') === undefined, 4 * hour)
    assert.equal(units(world), 3)
    assert.equal(world.tasks('restore').length, step === 'ScaleDown' ? 0 : 1)
    await world.until('the model is gone', () => !world.kube.get(jujuModelResource, 'prod', namespace), hour)
  })
}

for (const step of ['ScaleDown', 'Restore', 'Settle', 'ScaleUp'])
  for (const profile of profiles)
    test(`on Juju ${profile} an application that is removed at the step ${step} of a restore ends it`, async t => {
      const world = await withABackup(t, {profile})
      await at(world, step)
      const removed = world.juju.control.model().life.removeApplication(world.application)
      await world.untilFinished('back', 2 * hour)
      await Promise.all([removed, world.pass(10 * minute)])
      // What is known of the data by then stays the outcome.
      const reason = step === 'ScaleUp' ? 'Succeeded' : 'ApplicationNotFound'
      assert.equal(world.reason('back'), reason, world.message('back'))
      await world.until('it is released', () => (world.job('back')?.metadata.finalizers ?? []).length === 0, hour)
    })

for (const method of ['EnqueueOperation', 'AddUnits', 'DestroyUnit'])
  test(`an application that is removed while the reply of ${method} is lost ends its restore`, async t => {
    const world = await withABackup(t)
    world.juju.faults.calls.dropReply(
      call =>
        call.method === method && (method !== 'EnqueueOperation' || JSON.stringify(call.params).includes('"restore"')),
    )
    const open = (): boolean => {
      const {intent, operationID, restore} = world.job('back')?.status ?? {}
      return restore?.change !== undefined || (intent !== undefined && operationID === undefined)
    }
    const isIt = (): boolean => open() && world.juju.calls.all.some(call => call.method === method)
    world.apply('back', restoring(execute(world, rebuild)))
    await world.until(
      'it is open',
      () => isIt() && (method !== 'EnqueueOperation' || world.tasks('restore').length === 1),
      2 * hour,
    )
    const removed = world.juju.control.model().life.removeApplication(world.application)
    await world.untilFinished('back', 2 * hour)
    await Promise.all([removed, world.pass(10 * minute)])
    assert.equal(
      world.reason('back'),
      method === 'AddUnits' ? 'Succeeded' : 'ApplicationNotFound',
      world.message('back'),
    )
  })

test('while nothing happens nothing is written, although every call takes time: a restore that settles, and one that waits for units', async t => {
  const world = await withABackup(t)
  world.engine.durations.restore = 50 * minute
  world.engine.durations.join = 50 * minute
  world.apply('back', restoring(execute(world, rebuild)))
  for (const step of ['Settle', 'ScaleUp']) {
    await world.until(`${step} begins`, () => begun(world, 'back', step) !== undefined, 2 * hour)
    await world.pass(10 * minute)
    const before = world.kube.server.calls.length
    await world.pass(20 * minute)
    const written = world.kube.server.calls
      .slice(before)
      .filter(({method, path}) => method !== 'GET' && path.includes('/charmkeeper.dev/'))
    assert.deepEqual(written, [], step)
  }
  await wentWell(world)
})
