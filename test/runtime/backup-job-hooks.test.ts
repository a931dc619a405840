import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import {HookActions} from '../charms/hook-actions.ts'
import {JobsWorld} from './support/jobs-world.ts'

interface HooksWorld {
  readonly world: JobsWorld
  readonly played: HookActions
  /** actions that Juju was asked for, of those that count here, in their order */
  readonly asked: () => readonly string[]
}

async function start(t: TestContext): Promise<HooksWorld> {
  const played = new HookActions()
  const world = await JobsWorld.startFor(t, {hooks: played})
  const counted = ['pause', 'resume', 'quiesce', 'create-backup']
  const all = () => world.juju.control.model().tasks()
  const asked = () => all().flatMap(({action}) => (counted.includes(action) ? [action] : []))
  return {world, played, asked}
}

const around = {pre: [{action: 'pause'}], post: [{action: 'resume', params: {mode: 'slow'}}]}

test('S1.53 hooks run before and after a backup, on the leader, with their parameters, and each run is in the status', async t => {
  const {world, played, asked} = await start(t)
  world.apply('first', {hooks: around})
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.deepEqual(asked(), ['pause', 'create-backup', 'resume'])
  assert.deepEqual(
    played.played.map(({unit, action, parameters}) => [unit, action, parameters]),
    [
      ['postgresql/0', 'pause', {}],
      ['postgresql/0', 'resume', {mode: 'slow'}],
    ],
  )
  const runs = world.job('first')?.status?.hooks ?? []
  assert.deepEqual(
    runs.map(run => [run.phase, run.index, run.action, run.taskStatus]),
    [
      ['Pre', 0, 'pause', 'completed'],
      ['Post', 0, 'resume', 'completed'],
    ],
  )
  assert.equal(world.job('first')?.status?.conclusion, undefined)
  assert.deepEqual(world.job('first')?.metadata.finalizers ?? [], [])
})

test('S1.53 a hook with unit All runs on each unit, one after the other', async t => {
  const {world, played} = await start(t)
  world.apply('first', {hooks: {pre: [{action: 'pause', unit: 'All'}]}})
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.deepEqual(
    played.played.map(({unit}) => unit),
    ['postgresql/0', 'postgresql/1', 'postgresql/2'],
  )
})

test('S1.53 a pre hook that fails ends the job without a backup; with onError Continue it is only said', async t => {
  const {world, asked} = await start(t)
  world.apply('strict', {hooks: {pre: [{action: 'quiesce'}], post: [{action: 'resume'}]}})
  await world.untilFinished('strict')
  assert.equal(world.reason('strict'), 'HookFailed', world.message('strict'))
  assert.match(
    world.message('strict'),
    /spec\.hooks\.pre\[0\] \(quiesce on postgresql\/0\) is failed: clients are still connected/,
  )
  assert.deepEqual(asked(), ['quiesce', 'resume'])
  world.apply('lenient', {hooks: {pre: [{action: 'quiesce', onError: 'Continue'}]}})
  await world.untilFinished('lenient')
  assert.equal(world.reason('lenient'), 'Succeeded', world.message('lenient'))
  assert.ok(world.events('lenient').includes('HookFailed'))
})

test('S1.53 a post hook that fails says so of a backup that is there; those that follow it still run', async t => {
  const {world, asked} = await start(t)
  world.apply('first', {hooks: {post: [{action: 'quiesce'}, {action: 'resume'}]}})
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'HookFailed', world.message('first'))
  assert.match(world.message('first'), /Before that: Backup .* was made on/)
  assert.ok(world.job('first')?.status?.backupID)
  assert.deepEqual(asked(), ['create-backup', 'quiesce', 'resume'])
})

test('S1.53 hooks after a failure run after a failure only, and those after a success after a success only', async t => {
  const {world, asked} = await start(t)
  const post = [
    {action: 'pause', when: 'OnFailure'},
    {action: 'resume', when: 'OnSuccess'},
  ]
  world.apply('good', {hooks: {post}})
  await world.untilFinished('good')
  assert.deepEqual(asked(), ['create-backup', 'resume'])
  world.engine.scriptBackup({run: {rc: 56, stdout: '', stderr: 'ERROR: [056]: unable to find primary cluster'}})
  world.apply('bad', {hooks: {post}})
  await world.untilFinished('bad')
  assert.equal(world.reason('bad'), 'Failed', world.message('bad'))
  assert.deepEqual(asked(), ['create-backup', 'resume', 'create-backup', 'pause'])
})

test('S1.5 S1.53 hooks that always run do so although the operator was killed in the middle, and once', async t => {
  const {world, asked} = await start(t)
  world.apply('first', {hooks: around})
  await world.until('the backup runs', () => asked().includes('create-backup'))
  await world.restartOperator()
  await world.untilFinished('first')
  assert.equal(world.reason('first'), 'Succeeded', world.message('first'))
  assert.deepEqual(asked(), ['pause', 'create-backup', 'resume'])
})

test('S1.53 a job that is deleted after its pre hook makes no backup, and undoes the hook before it goes', async t => {
  const {world, played, asked} = await start(t)
  played.takes.set('pause', 60_000)
  world.apply('first', {hooks: around})
  await world.until('the hook runs', () => asked().includes('pause'))
  world.delete('first')
  await world.until('it is gone', () => world.job('first') === undefined)
  assert.deepEqual(asked(), ['pause', 'resume'])
})

for (const [what, hook, words] of [
  ['an action that the charm does not have', {action: 'explode'}, /no action explode; it has: .*create-backup/],
  ['a parameter that the action does not have', {action: 'pause', params: {now: 'yes'}}, /pause does not take it: now/],
  [
    'a value that the action does not take',
    {action: 'resume', params: {mode: 'later'}},
    /resume does not take it: mode/,
  ],
] as const)
  test(`S1.53 a hook with ${what} is refused before anything runs`, async t => {
    const {world, asked} = await start(t)
    world.apply('first', {hooks: {post: [hook]}})
    await world.untilFinished('first')
    assert.equal(world.reason('first'), 'Unsupported')
    assert.match(world.message('first'), words)
    assert.deepEqual(asked(), [])
  })

test('S1.19 a backup that somebody else made is found, proved and described, and nothing is run for it', async t => {
  const {world, asked} = await start(t)
  world.storage()
  world.apply('first', {storageRef: {name: 'backups'}})
  await world.untilFinished('first')
  const backupID = world.job('first')?.status?.backupID
  const before = asked().length
  world.apply('adopted', {storageRef: {name: 'backups'}, backup: {importID: backupID}})
  await world.untilFinished('adopted')
  assert.equal(world.reason('adopted'), 'Succeeded', world.message('adopted'))
  assert.equal(world.condition('adopted', 'Verified')?.reason, 'FoundInStore')
  const [made, adopted] = ['first', 'adopted'].map(name => world.job(name)?.status)
  for (const field of ['backupID', 'artefact', 'type', 'method', 'sizeBytes', 'walStop', 'timeline'] as const)
    assert.deepEqual(adopted?.[field], made?.[field], field)
  assert.deepEqual([adopted?.intent, adopted?.grantedAt, asked().length], [undefined, undefined, before])
  world.apply('missing', {backup: {importID: '2026-01-01T00:00:00Z'}})
  await world.untilFinished('missing')
  assert.equal(world.reason('missing'), 'BackupNotFound')
  assert.match(world.message('missing'), new RegExp(backupID ?? 'none'))
})
