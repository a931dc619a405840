import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import {RESOLVE_ANNOTATION} from '../../src/api/meta.ts'
import type {JobsWorld, JobsWorldOptions} from './support/jobs-world.ts'
import {execute, hour, minute, rebuild, restoring, units, withABackup} from './support/restore-world.ts'

interface Call {
  readonly method: string
  readonly params: unknown
}

/** The call that hands the restore itself to Juju. */
const isRestore = ({method, params}: Call): boolean =>
  method === 'EnqueueOperation' && JSON.stringify(params).includes('"restore"')

const profiles = ['3.6.14', '4.0.12'] as const

/** The same restore again, as a person applies it with an answer for the effect of that time. */
function answer(world: JobsWorld, time: string | undefined, word: string): void {
  const spec = world.job('back')?.spec
  assert.ok(spec && time !== undefined)
  world.apply('back', spec as unknown as Record<string, unknown>, {[RESOLVE_ANNOTATION]: `${time}=${word}`})
}

for (const profile of profiles) {
  test(`S1.5 on Juju ${profile} the lost reply of a restore is found again in Juju, and the restore runs once`, async t => {
    const world = await withABackup(t, {profile})
    world.juju.faults.calls.dropReply(isRestore)
    world.apply('back', restoring(execute(world, rebuild)))
    await world.untilFinished('back', 4 * hour)
    assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
    assert.equal(world.tasks('restore').length, 1)
    assert.ok(world.events('back').includes('RestoreAdopted'))
  })

  test(`S1.5 on Juju ${profile} a restore that never reached Juju is sent once more, as the units prove that nothing happened`, async t => {
    const world = await withABackup(t, {profile})
    world.juju.faults.calls.resetBefore(isRestore)
    world.apply('back', restoring(execute(world, rebuild)))
    await world.untilFinished('back', 4 * hour)
    assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
    assert.equal(world.tasks('restore').length, 1)
    assert.equal(units(world), 3)
  })
}

test('S1.5 a late reply of a restore changes nothing: it runs once', async t => {
  const world = await withABackup(t)
  world.juju.faults.calls.answerLate(isRestore, 10 * minute)
  world.apply('back', restoring(execute(world, rebuild)))
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.equal(world.tasks('restore').length, 1)
})

for (const [charm, methods] of [
  ['postgresql-16', ['Application.DestroyUnit', 'Application.AddUnits']],
  ['postgresql-k8s-16', ['Application.ScaleApplications']],
] as const)
  for (const fate of ['lost before', 'lost after', 'late'] as const)
    test(`S1.5 with ${charm} changes of units whose replies are ${fate} happen once each`, async t => {
      const world = await withABackup(t, {charm})
      const times = {times: charm === 'postgresql-16' ? 1 : 2}
      for (const method of methods) {
        if (fate === 'lost before') world.juju.faults.calls.resetBefore(method, times)
        else if (fate === 'lost after') world.juju.faults.calls.dropReply(method, times)
        else world.juju.faults.calls.answerLate(method, 5 * minute, times)
      }
      world.apply('back', restoring(execute(world, rebuild)))
      await world.untilFinished('back', 4 * hour)
      assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
      const lines = world.juju.control.model().units(world.application)
      const highest = Math.max(...lines.map(({name}) => Number(name.split('/')[1])))
      assert.deepEqual([lines.length, highest], [3, charm === 'postgresql-16' ? 4 : 2])
    })

/** A restore whose call is lost, while its unit's status changes, so that nothing proves that it did not run. */
async function uncertain(t: TestContext, options: JobsWorldOptions & {arrives: boolean}): Promise<JobsWorld> {
  const {arrives, ...rest} = options
  const world = await withABackup(t, {units: 1, ...rest})
  if (!arrives) world.juju.faults.calls.resetBefore(isRestore)
  world.apply('back', restoring(execute(world)))
  await world.until('the intent is there', () => world.job('back')?.status?.intent !== undefined)
  const control = world.juju.control.model()
  await world.pass(1000)
  control.setUnitStatus('postgresql/0', 'maintenance', 'something')
  await world.until('a person is asked', () => world.reason('back') === 'OutcomeUnknown')
  control.setUnitStatus('postgresql/0', 'active', 'Primary')
  return world
}

test('S1.5 api.md 11: a restore that nothing proves not to have happened is not sent again; the message has the command that answers', async t => {
  const world = await uncertain(t, {arrives: false})
  const time = world.job('back')?.status?.intent?.time
  assert.match(
    world.message('back'),
    /kubectl -n databases annotate --overwrite backupjob back charmkeeper\.dev\/resolve=/,
  )
  assert.ok(world.message('back').includes(`${time}=Happened`))
  assert.equal(world.condition('back', 'Stalled')?.status, 'True')
  await world.pass(2 * hour)
  assert.equal(world.reason('back'), 'OutcomeUnknown')
  assert.equal(world.tasks('restore').length, 0)
})

test('api.md 11: DidNotHappen sends the restore once more', async t => {
  const world = await uncertain(t, {arrives: false})
  answer(world, world.job('back')?.status?.intent?.time, 'DidNotHappen')
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.equal(world.tasks('restore').length, 1)
})

test('api.md 11: Happened lets the units show what came of it, also if they had shown it before the answer', async t => {
  const world = await uncertain(t, {arrives: false})
  await world.pass(hour)
  answer(world, world.job('back')?.status?.intent?.time, 'Happened')
  await world.untilFinished('back', 2 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.equal(world.tasks('restore').length, 0)
})

test('api.md 11: Abandon ends the restore and frees the application; the request counts as open in the ledger', async t => {
  const world = await uncertain(t, {arrives: false})
  answer(world, world.job('back')?.status?.intent?.time, 'Abandon')
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'Failed', world.message('back'))
  assert.match(world.message('back'), /A person abandoned it/)
  await world.until('it is released', () => (world.job('back')?.metadata.finalizers ?? []).length === 0)
  world.apply('nightly')
  await world.untilFinished('nightly')
  assert.equal(world.reason('nightly'), 'Succeeded', world.message('nightly'))
  world.apply('other', restoring(execute(world)))
  await world.untilReason('other', 'OutcomeUnknown')
  assert.equal(world.tasks('restore').length, 0)
})

test('an answer that names another time is no answer', async t => {
  const world = await uncertain(t, {arrives: false})
  answer(world, '2026-01-01T00:00:00.000Z', 'DidNotHappen')
  await world.pass(10 * minute)
  assert.equal(world.reason('back'), 'OutcomeUnknown')
  assert.equal(world.tasks('restore').length, 0)
})

test('S1.5 a restore of which nothing is known can be cancelled neither by spec.cancel nor by deletion: a person answers', async t => {
  const world = await uncertain(t, {arrives: false})
  world.delete('back')
  await world.pass(10 * minute)
  assert.equal(world.reason('back'), 'OutcomeUnknown')
  answer(world, world.job('back')?.status?.intent?.time, 'DidNotHappen')
  await world.until('it is gone', () => world.job('back') === undefined, 2 * hour)
  assert.equal(world.tasks('restore').length, 0)
})

test('a restore whose call never arrived can still be cancelled, and expires, as nothing has touched the data', async t => {
  const world = await withABackup(t, {units: 1})
  world.juju.faults.calls.resetBefore(isRestore)
  const spec = restoring(execute(world))
  world.apply('back', spec)
  await world.until('the intent is there', () => world.job('back')?.status?.intent !== undefined)
  world.apply('back', {...spec, cancel: 'IfSafe'})
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'Cancelled', world.message('back'))
  assert.equal(world.tasks('restore').length, 0)
})
