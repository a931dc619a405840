import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import {HookActions} from '../charms/hook-actions.ts'
import type {JobsWorld} from './support/jobs-world.ts'
import {begun, execute, hour, minute, rebuild, restoring, units, withABackup} from './support/restore-world.ts'

const hooks = {pre: [{action: 'pause'}], post: [{action: 'resume', when: 'Always'}]}

/** A restore between two hooks that take some minutes, and has come to that step. */
async function at(t: TestContext, step: string, more: Record<string, unknown> = {}) {
  const played = new HookActions()
  played.takes.set('pause', 5 * minute)
  played.takes.set('resume', 5 * minute)
  const world = await withABackup(t, {hooks: played})
  world.engine.durations.restore = 5 * minute
  world.apply('back', restoring(execute(world, rebuild), {hooks, ...more}))
  const isThere = (): boolean =>
    begun(world, 'back', step) !== undefined && (!step.endsWith('Hooks') || lastHook(world)?.taskID !== undefined)
  await world.until(`${step} is under way`, isThere, 2 * hour)
  return {world, ran: () => played.played.map(({action}) => action)}
}

const lastHook = (world: JobsWorld) => world.job('back')?.status?.hooks?.at(-1)
const isGone = (world: JobsWorld) => (): boolean => world.job('back') === undefined

for (const [step, restores] of [
  ['PreHooks', 0],
  ['ScaleDown', 0],
  ['Settle', 1],
  ['PostHooks', 1],
] as const)
  test(`S1.53 a restore that is deleted at the step ${step} runs what always follows, once, before it goes`, async t => {
    const {world, ran} = await at(t, step)
    world.delete('back')
    await world.until('it is gone', isGone(world), 4 * hour)
    assert.deepEqual(ran(), ['pause', 'resume'])
    assert.deepEqual([world.tasks('restore').length, units(world)], [restores, 3])
  })

for (const step of ['PreHooks', 'PostHooks'])
  test(`S1.5 S1.53 a hook of a restore that goes on while Juju is away, and the operator is killed, runs once (${step})`, async t => {
    const {world, ran} = await at(t, step)
    await world.juju.faults.refuse()
    world.juju.faults.reset()
    await world.until('the loss is told', () => /Juju was last seen at/.test(world.message('back')))
    await world.restartOperator()
    await world.pass(hour)
    const status = world.job('back')?.status
    assert.ok(world.clock.now() - Date.parse(status?.lastObservedTime ?? '') < 10 * minute)
    assert.ok(world.clock.now() - Date.parse(status?.lastSeenTime ?? '') > 50 * minute)
    await world.juju.faults.refuse(false)
    await world.untilFinished('back', 4 * hour)
    assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
    assert.equal(world.job('back')?.status?.lastSeenTime, undefined)
    assert.deepEqual(ran(), ['pause', 'resume'])
    assert.deepEqual([world.tasks('restore').length, units(world)], [1, 3])
  })

test('S1.22 S1.53 a post hook that does not end keeps a restore no longer than activeDeadlineSeconds, and is said', async t => {
  const {world} = await at(t, 'PostHooks', {activeDeadlineSeconds: 1800})
  const {unit = '', taskID = ''} = lastHook(world) ?? {}
  const control = world.juju.control.model()
  control.killAgent(unit)
  await world.untilFinished('back', 5 * hour)
  assert.equal(world.reason('back'), 'HookFailed', world.message('back'))
  assert.match(
    world.message('back'),
    /resume on postgresql\/\d+\) was not over after 1800 s.*Before that: Restored backup/,
  )
  await world.pass(10 * minute)
  assert.deepEqual(world.job('back')?.metadata.finalizers, ['charmkeeper.dev/running'])
  control.finish(taskID)
  await world.until('it is released', () => (world.job('back')?.metadata.finalizers ?? []).length === 0, hour)
})
