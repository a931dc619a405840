import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import {safetyBackupName} from '../../src/controllers/backup-job/restore/safety-backup.ts'
import type {JobsWorld} from './support/jobs-world.ts'
import {confirmed} from './support/restore-spec.ts'
import {execute, hour, minute, restoring, withABackup} from './support/restore-world.ts'

const broken = {run: {rc: 56, stdout: '', stderr: 'ERROR: [056]: unable to find primary cluster'}}
const safely = (world: JobsWorld, safetyBackup: string) => restoring(execute(world, {safetyBackup}))
const safetyOf = (world: JobsWorld): string => world.job('back')?.status?.restore?.safetyBackupJob ?? ''
const evidenceOf = (world: JobsWorld): string =>
  world.job('back')?.status?.restore?.steps?.find(({name}) => name === 'SafetyBackup')?.evidence ?? ''

test('S1.21 a restore whose safety backup fails changes nothing where it is required, and says that it goes on where it is not', async t => {
  const world = await withABackup(t, {units: 1})
  world.engine.scriptBackup(broken)
  world.apply('back', safely(world, 'Required'))
  await world.untilFinished('back', 2 * hour)
  assert.equal(world.reason('back'), 'SafetyBackupFailed', world.message('back'))
  assert.match(
    world.message('back'),
    new RegExp(`BackupJob ${safetyOf(world)} ended with Failed\\. Nothing was changed`),
  )
  assert.equal(world.tasks('restore').length, 0)
  world.delete('back')
  await world.until('it is gone', () => world.job('back') === undefined, hour)
  world.engine.scriptBackup(broken)
  world.apply('back', safely(world, 'IfPossible'))
  await world.untilFinished('back', 2 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.match(evidenceOf(world), /none was made: BackupJob .* ended with Failed/)
  assert.ok(world.events('back').includes('SafetyBackupFailed'))
  assert.equal(world.tasks('restore').length, 1)
})

test('S1.21 a BackupJob that has the name of the safety backup is none of it: it is left alone, and nothing is changed', async t => {
  const world = await withABackup(t, {units: 1})
  world.engine.durations.full = 10 * minute
  world.apply('nightly')
  await world.untilReason('nightly', 'Running')
  world.apply('back', safely(world, 'Required'))
  await world.untilReason('back', 'Queued')
  const back = world.job('back')
  assert.ok(back)
  const name = safetyBackupName(back)
  world.apply(name, {backup: {importID: world.job('first')?.status?.backupID}})
  await world.untilFinished('back', 2 * hour)
  assert.equal(world.reason('back'), 'SafetyBackupFailed', world.message('back'))
  assert.match(world.message('back'), new RegExp(`another BackupJob has the name ${name}`))
  assert.deepEqual([world.reason(name), world.enqueued, world.tasks('restore').length], ['Succeeded', 2, 0])
})

test('S1.5 S1.21 a safety backup whose object is deleted half-way is made once more: only a proved one counts', async t => {
  const world = await withABackup(t, {units: 1})
  world.engine.durations.full = 10 * minute
  world.apply('back', safely(world, 'Required'))
  await world.until('it runs', () => world.enqueued === 2 && world.reason(safetyOf(world)) === 'Running', hour)
  const uid = world.job(safetyOf(world))?.metadata.uid
  world.delete(safetyOf(world))
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.notEqual(world.job(safetyOf(world))?.metadata.uid, uid)
  assert.match(evidenceOf(world), /succeeded: backup /)
  assert.deepEqual([world.enqueued, world.tasks('restore').length], [3, 1])
})

const blocked = /cannot restore PITR/

/** A restore to a moment has failed and left the database blocked, as the charm does; another restore is the cure. */
async function afterAFailedRestore(t: TestContext): Promise<JobsWorld> {
  const world = await withABackup(t, {units: 1})
  world.engine.restoreFails = 'pitr-failed'
  world.apply('failed', safely(world, 'Skip'))
  await world.untilFinished('failed', 4 * hour)
  assert.match(world.message('failed'), blocked)
  world.engine.restoreFails = undefined
  return world
}

const another = (world: JobsWorld, requestID: string, safetyBackup: string) =>
  restoring(confirmed(world, requestID, {safetyBackup}))

test('S1.21 a safety backup that cannot be made of a database that a failed restore has blocked ends, and the restore that cures it goes on', async t => {
  const world = await afterAFailedRestore(t)
  world.apply('back', another(world, 'restore-2', 'IfPossible'))
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.equal(world.reason(safetyOf(world)), 'Cancelled')
  assert.match(evidenceOf(world), /none was made: BackupJob .* ended with Cancelled, .*No unit can make the backup now/)
  assert.ok(world.events('back').includes('SafetyBackupGivenUp'))
  assert.deepEqual([world.enqueued, world.tasks('restore').length], [1, 2])
})

test('S1.21 where the safety backup is required, the restore itself asks a person; cancelled, it leaves the application free', async t => {
  const world = await afterAFailedRestore(t)
  const spec = another(world, 'restore-2', 'Required')
  world.apply('back', spec)
  await world.until('a person is asked', () => world.reason('back') === 'ActionRequired', 2 * hour)
  assert.match(
    world.message('back'),
    /No unit can make the backup now: .*restore\.safetyBackup: Skip and a new requestID/,
  )
  assert.equal(world.condition('back', 'Stalled')?.status, 'True')
  await world.pass(20 * minute)
  assert.deepEqual([world.reason('back'), world.tasks('restore').length], ['ActionRequired', 1])
  world.apply('back', {...spec, cancel: 'IfSafe'})
  await world.untilFinished('back', hour)
  assert.equal(world.reason('back'), 'Cancelled', world.message('back'))
  await world.untilFinished(safetyOf(world), hour)
  world.apply('cure', another(world, 'restore-3', 'Skip'))
  await world.untilFinished('cure', 4 * hour)
  assert.equal(world.reason('cure'), 'Succeeded', world.message('cure'))
})
