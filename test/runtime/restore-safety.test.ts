import assert from 'node:assert/strict'
import {test} from 'node:test'
import {safetyBackupName} from '../../src/controllers/backup-job/restore/safety-backup.ts'
import type {JobsWorld} from './support/jobs-world.ts'
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
