import assert from 'node:assert/strict'
import {test} from 'node:test'
import {decide} from '../../../../src/controllers/backup-job/decide.ts'
import {untilDeadline} from '../../../../src/controllers/backup-job/rules/deadline.ts'
import {at, enqueued, job, now, observed, says, type World} from './builders.ts'

const backup = {importID: '2026-11-21T02:00:00Z'}
const away = {state: 'unready', reason: 'Unreachable', message: 'away', permanent: false, followable: false} as const
/** The builders' job was created a minute ago. */
const importing = (activeDeadlineSeconds: number, world: World = {}) => ({
  ...world,
  spec: {backup, activeDeadlineSeconds, ...world.spec},
})

test('S1.19 S1.22 activeDeadlineSeconds of an import count from its creation: nothing is run for it', () => {
  const failing = {before: {state: 'failed', message: 'no answer', failures: 9, retryAt: 0}} as const
  const look = (seconds: number) => says(decide(observed(importing(seconds, {readings: failing}))))
  assert.match(look(61), /^read Preparing: Looking for backup 2026-11-21T02:00:00Z .*no answer/)
  assert.match(look(60), /^finish DeadlineExceeded: Backup 2026-11-21T02:00:00Z was not found within 60 s/)
  assert.match(says(decide(observed(importing(60), {model: away}))), /^finish DeadlineExceeded: /)
  assert.match(says(decide(observed(importing(61), {model: away}))), /^wait WaitingForModel: /)
})

test('S1.19 S1.22 so they do for the proof of what was found', () => {
  const found = {status: {backupID: backup.importID, taskStatus: 'completed'}, spec: {storageRef: {name: 'backups'}}}
  const storage = {state: 'unready', reason: 'Unreachable', message: 'away'} as const
  const look = (seconds: number) => says(decide(observed(importing(seconds, found), {storage})))
  assert.match(look(61), /^wait Verifying: BackupStorage backups is Unreachable/)
  assert.match(look(60), /^finish DeadlineExceeded: Backup .* was not proved within 60 s of the creation/)
})

test('a job is looked at when its next deadline is over, at the latest', () => {
  const until = (spec: object, status = {}) => {
    const one = job({...spec}, status)
    return untilDeadline({job: one, status: one.status ?? {observedGeneration: -1}}, now)
  }
  assert.equal(until({}), Number.POSITIVE_INFINITY)
  assert.equal(until({startingDeadlineSeconds: 100, activeDeadlineSeconds: 1}), 40_000)
  assert.equal(until({startingDeadlineSeconds: 50}), Number.POSITIVE_INFINITY)
  assert.equal(until({startingDeadlineSeconds: 100, activeDeadlineSeconds: 400}, enqueued), 101_000)
  assert.equal(until({backup, activeDeadlineSeconds: 90}), 30_000)
  const concluded = {...enqueued, conclusion: {reason: 'Succeeded', message: '', time: at(-10)}}
  assert.equal(until({activeDeadlineSeconds: 60}, concluded), 50_000)
})
