import {test} from 'node:test'
import assert from 'node:assert/strict'
import {profileFor} from '../../../../src/charms/profiles.ts'
import type {BackupRow} from '../../../../src/charms/profile.ts'
import {decide} from '../../../../src/controllers/backup-job/decide.ts'
import type {Observed} from '../../../../src/controllers/backup-job/observed.ts'
import {application, at, intent, now, observed, over, ready, says, task, unit, type World} from './builders.ts'

const profile = profileFor({
  name: 'mysql',
  channel: '8.0/stable',
  charmUrl: 'ch:amd64/jammy/mysql-366',
  actions: ['create-backup', 'list-backups', 'get-cluster-status', 'restore'],
})
const view = application({
  charm: 'mysql',
  units: [unit('mysql/0', {workloadMessage: 'Primary'}), unit('mysql/1'), unit('mysql/2')],
})

function mysql(world: World, over: Partial<Observed> = {}): string {
  const present = {state: 'present', view: {...view, ...world.view}, profile, unsupported: ''} as const
  return says(
    decide(observed({...world, spec: {application: 'mysql', ...world.spec}}, {application: present, ...over})),
  )
}

const old = '2026-11-21T02:00:00Z'
const ours = '2026-11-22T09:58:00Z'
const theirs = '2026-11-22T09:59:00Z'
const finished = (id: string): BackupRow => ({id, action: 'full', finished: true})
const running = (id: string): BackupRow => ({id, action: 'full', finished: false, running: true})
const failed = (id: string): BackupRow => ({id, action: 'full', finished: false, error: ''})
const after = (...rows: BackupRow[]) => ({after: ready({ok: true as const, rows: [finished(old), ...rows]})})
const ended = (taskStatus: string, words = '') => ({
  ...over(taskStatus, words),
  unit: 'mysql/1',
  intent: {...intent, unit: 'mysql/1', newestBackupID: old},
})
const reporting = (id: string) => ({task: task({status: 'completed', output: {'backup-id': id}})})

test('S2.5 the backup is the one whose id the task reports, whatever else is new in the list', () => {
  const status = ended('completed')
  const step = mysql({status, readings: after(finished(ours), finished(theirs))}, reporting(ours))
  assert.equal(step, `wait Verifying: The charm lists the new backup ${ours} as finished.`)
})

test('after a restart the list is not judged before the task, and what it reports, is seen again', () => {
  const world = {status: ended('completed'), readings: after(finished(ours), finished(theirs))}
  assert.match(mysql(world), /^wait Verifying: Waiting to see what task 9 says that it made/)
})

test('S2.20 where Juju has forgotten the task, the new row of the list is ours, and two are no answer', () => {
  const one = {status: ended('pruned'), readings: after(finished(ours))}
  assert.match(mysql(one), /^wait Verifying: The charm lists the new backup 2026-11-22T09:58:00Z/)
  const gone = {status: ended('completed'), readings: after(finished(ours), finished(theirs))}
  assert.match(mysql(gone, {task: {state: 'gone'}}), /^finish Ambiguous: /)
})

test('a reported backup that the charm does not list is VerificationFailed, although another one is new', () => {
  const world = {status: ended('completed'), readings: after(finished(theirs))}
  assert.match(
    mysql(world, reporting(ours)),
    /^finish VerificationFailed: The task is completed .* lists no new full backup/,
  )
})

test('S1.20 a reported backup that is in progress or failed in the list is never Succeeded', () => {
  for (const [row, words] of [
    [running(ours), /as in progress, although nothing of it runs any more\. It cannot be restored\.$/],
    [failed(ours), /as failed\. It cannot be restored\.$/],
  ] as const) {
    const step = mysql({status: ended('completed'), readings: after(row)}, reporting(ours))
    assert.match(step, /^finish VerificationFailed: The charm lists backup 2026-11-22T09:58:00Z as /)
    assert.match(step, words)
  }
})

test('a failed task with a stale row is a failed attempt, which backoffLimit may repeat', () => {
  const status = ended('failed', 'Error backing up the database')
  const readings = after(running(ours))
  assert.match(
    mysql({status, readings}),
    /^finish Failed: The backup failed: Error backing up the database\. .*in progress/,
  )
  assert.match(mysql({status, readings, spec: {backoffLimit: 1}}), /^wait RetryBackoff: .*Attempt 2 follows/)
})

test('a task of which nothing is known but that it is over, and whose row is stale, has made nothing', () => {
  const step = mysql({status: ended('pruned'), readings: after(running(ours))})
  assert.match(step, /^finish Failed: The backup failed: The task is over, its outcome is not known\. .*in progress/)
})

test('after three tries in a row the backup is prepared without knowing the primary', () => {
  const unknown = (failures: number) => ({state: 'failed', message: 'no', failures, retryAt: now}) as const
  const readings = {before: ready({ok: true as const, rows: []})}
  const world = {status: {grantedAt: at(-310)}, readings}
  assert.match(
    mysql({...world, readings: {...readings, primary: unknown(2)}}),
    /^read Preparing: Listing .*failed: no$/,
  )
  assert.match(mysql({...world, readings: {...readings, primary: unknown(3)}}), /^read Preparing: Will run on mysql\/1/)
})

for (const [words, expected] of [
  ['S3 relation is blocked for write', /^finish Failed: S3 relation is blocked for write\. .*a path of its own/],
  ["Missing S3 parameters: ['bucket']", /^finish StorageNotConfigured: .*s3-integrator: bucket and credentials/],
  ['Unit cannot perform backups as it is the cluster primary', /^wait RetryBackoff: mysql\/1 cannot .*another unit/],
] as const)
  test(`a refusal needs no listing and names the next step: ${words}`, () => {
    assert.match(mysql({status: ended('failed', words)}), expected)
  })

test('S1.17 a cancelled task says what it may have left', () => {
  const status = {...ended('aborted'), completionTime: at(-5)}
  assert.match(
    mysql({status, spec: {cancel: 'Force'}}),
    /^finish Cancelled: .*offline and hidden; .*in progress for ever/,
  )
})

test('an application that says that its store is not its own waits for a person before it asks for anything', () => {
  const status = {workloadStatus: 'blocked', workloadMessage: 'Move restored cluster to another S3 repository'}
  assert.match(
    mysql({view: {status}}),
    /^wait ActionRequired: The application is blocked: Move restored .*another path/,
  )
  const foreign = {workloadStatus: 'blocked', workloadMessage: 'the S3 repository has backups from another cluster'}
  assert.match(
    says(decide(observed({view: {status: foreign}}))),
    /^wait ActionRequired: The application is blocked: the S3 repository has backups from another cluster\.$/,
  )
  assert.doesNotMatch(mysql({}), /ActionRequired/)
})
