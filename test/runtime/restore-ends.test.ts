import assert from 'node:assert/strict'
import {test} from 'node:test'
import {HookActions} from '../charms/hook-actions.ts'
import type {RestoreScript} from '../charms/postgresql/memory-engine.ts'
import {execute, hour, minute, rebuild, restoring, units, withABackup} from './support/restore-world.ts'

interface End {
  readonly script: RestoreScript
  readonly reason: string
  readonly words: RegExp
  /** units that are there in the end */
  readonly left: number
}

const destroyed = /The restore failed, and the data of postgresql\/\d is gone or incomplete/
const ends: Readonly<Record<string, End>> = {
  'ends before the data is touched': {
    script: {step: 'stop', detail: 'timed out'},
    reason: 'Failed',
    words: /refused the restore; no data was touched: Failed to stop database service.*database may be stopped/,
    left: 3,
  },
  'fails while the data directory is emptied': {
    script: {step: 'empty', detail: 'permission denied'},
    reason: 'Failed',
    words: destroyed,
    left: 1,
  },
  'fails while the old cluster is forgotten': {
    script: {step: 'remove', detail: 'the API is away'},
    reason: 'Failed',
    words: destroyed,
    left: 1,
  },
  'crashes in the code of the charm': {
    script: {raises: 'AttributeError: NoneType'},
    reason: 'Failed',
    words: /The restore failed, and the data of postgresql\/\d may be gone or incomplete/,
    left: 1,
  },
  'fails inside of the database': {
    script: 'failed',
    reason: 'Failed',
    words: /Failed to restore backup.*deploy a new application of one unit.* were removed and not added again/,
    left: 1,
  },
  'does not reach its moment': {
    script: 'pitr-failed',
    reason: 'Failed',
    words: /cannot restore PITR.*another restore.* were removed and not added again/,
    left: 1,
  },
}

for (const profile of ['3.6.14', '4.0.12'] as const)
  for (const [what, {script, reason, words, left}] of Object.entries(ends))
    test(`S1.31 on Juju ${profile} a restore that ${what} says what became of the data; hooks that always run do so, and the application is free`, async t => {
      const hooks = new HookActions()
      const world = await withABackup(t, {profile, hooks})
      world.engine.restoreFails = script
      const post = [
        {action: 'resume', when: 'Always'},
        {action: 'pause', when: 'OnSuccess'},
      ]
      world.apply('back', restoring(execute(world, rebuild), {hooks: {post}}))
      await world.untilFinished('back', 4 * hour)
      assert.equal(world.reason('back'), reason, world.message('back'))
      assert.match(world.message('back'), words)
      assert.deepEqual([world.tasks('restore').length, units(world)], [1, left])
      assert.deepEqual(
        hooks.played.map(({action}) => action),
        ['resume'],
      )
      assert.deepEqual(world.job('back')?.metadata.finalizers ?? [], [])
      const said = world.events('back').filter(event => event.startsWith('Restore'))
      assert.deepEqual(said, ['RestoreStarted', 'RestoreFailed'])
      world.apply('twice', restoring(execute(world, rebuild)))
      await world.untilFinished('twice')
      assert.match(world.message('twice'), /Request restore-1 .* failed/)
    })

test('a restore that stands for ever asks a person to look, writes nothing meanwhile, and goes on when that changes', async t => {
  const world = await withABackup(t, {units: 1})
  world.engine.restoreFails = 'stands'
  world.apply('back', restoring(execute(world)))
  await world.until('a person is asked', () => world.reason('back') === 'ActionRequired', 4 * hour)
  assert.match(world.message('back'), /restoring backup.*juju debug-log --include postgresql\/\d/)
  assert.equal(world.condition('back', 'Stalled')?.status, 'True')
  await world.pass(10 * minute)
  const before = world.kube.server.calls.length
  await world.pass(2 * hour)
  const written = world.kube.server.calls.slice(before).filter(({path}) => path.includes('/backupjobs/back'))
  assert.deepEqual(written, [])
  world.juju.control.model().setUnitStatus(world.job('back')?.status?.unit ?? '', 'active', 'Primary')
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
})

test('S1.22 activeDeadlineSeconds ends the waiting for a restore that stands, and says what is left to be done', async t => {
  const world = await withABackup(t)
  world.engine.restoreFails = 'stands'
  world.apply('back', restoring(execute(world, rebuild), {activeDeadlineSeconds: 1800}))
  await world.untilFinished('back', 2 * hour)
  assert.equal(world.reason('back'), 'DeadlineExceeded', world.message('back'))
  assert.match(world.message('back'), /not over 1800 s after.* were removed and not added again/)
  world.apply('twice', restoring(execute(world, rebuild)))
  await world.untilReason('twice', 'OutcomeUnknown')
})

test('S1.22 activeDeadlineSeconds does not stop a task that hangs: it keeps the application until Juju shows it over', async t => {
  const world = await withABackup(t, {units: 1})
  const control = world.juju.control.model()
  world.apply('back', restoring(execute(world), {activeDeadlineSeconds: 600}))
  await world.until('the plan stands', () => world.job('back')?.status?.restore?.ledgerTime !== undefined)
  control.holdUnit('postgresql/0')
  await world.until('the task is there', () => world.tasks('restore').length === 1)
  const task = world.tasks('restore')[0]?.task ?? ''
  control.start(task)
  await world.untilFinished('back', hour)
  assert.equal(world.reason('back'), 'DeadlineExceeded', world.message('back'))
  assert.deepEqual(world.job('back')?.metadata.finalizers, ['charmkeeper.dev/running'])
  world.apply('nightly')
  await world.untilReason('nightly', 'Queued')
  control.finish(task)
  control.releaseUnit('postgresql/0')
  await world.until('it is released', () => (world.job('back')?.metadata.finalizers ?? []).length === 0)
  await world.untilFinished('nightly', 2 * hour)
})

test('S1.5 startingDeadlineSeconds ends a restore that did not begin in time, and none that did', async t => {
  const world = await withABackup(t)
  world.engine.durations.full = hour
  world.apply('nightly')
  await world.untilReason('nightly', 'Running')
  world.apply('late', restoring(execute(world, rebuild), {startingDeadlineSeconds: 600}))
  await world.untilFinished('late', 20 * minute)
  assert.equal(world.reason('late'), 'DeadlineExceeded', world.message('late'))
  assert.match(world.message('late'), /It was waiting: .*nightly/)
  await world.untilFinished('nightly', 2 * hour)
  world.juju.control.model().life.failNextHook('postgresql/1', 'stop')
  world.apply('back', restoring(execute(world, rebuild), {startingDeadlineSeconds: 600}))
  await world.until('one hangs', () => /Waiting for postgresql\/1 to go/.test(world.message('back')))
  await world.pass(20 * minute)
  assert.equal(world.finished('back'), false)
  await world.juju.control.model().life.resolve('postgresql/1')
  await world.untilFinished('back', 2 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
})
