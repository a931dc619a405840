import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupJobStatus} from '../../../../src/api/backup-job.ts'
import {Unwritten} from '../../../../src/controllers/backup-job/unwritten.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const written: BackupJobStatus = {observedGeneration: 1, lastObservedTime: '2026-11-22T11:59:50Z'}
const known: BackupJobStatus = {...written, taskStatus: 'completed'}
const job = {metadata: {uid: 'a', resourceVersion: '7'}, status: written}
const report = {reason: 'Verifying', message: 'Task 6 is completed in Juju.'} as const

test('a brief state is known at once, and written only when it lasts', () => {
  const unwritten = new Unwritten()
  assert.ok(unwritten.withhold('k', job, known, {...report, weight: 'Brief'}, now))
  assert.deepEqual(unwritten.known('k', job).status, known)
  assert.deepEqual(unwritten.written('k', unwritten.known('k', job)), written)
  assert.equal(unwritten.dueIn('k', now + 500), 1500)
  // Another brief state after it does not put the first one off.
  assert.ok(unwritten.withhold('k', job, known, {...report, weight: 'Brief'}, now + 1999))
  assert.equal(unwritten.withhold('k', job, known, {...report, weight: 'Brief'}, now + 2000), false)
})

test('progress waits until thirty seconds after what was written last, however often it changes', () => {
  const unwritten = new Unwritten()
  assert.ok(unwritten.withhold('k', job, known, {...report, weight: 'Progress'}, now))
  assert.equal(unwritten.dueIn('k', now), 20_000)
  assert.equal(unwritten.withhold('k', job, known, {...report, weight: 'Progress'}, now + 20_000), false)
})

test('what has no weight, or is an event, never waits; nor does progress of a job that was never written', () => {
  const unwritten = new Unwritten()
  const event = {type: 'Warning', reason: 'PrimaryChanged', note: 'it changed'} as const
  assert.equal(unwritten.withhold('k', job, known, report, now), false)
  assert.equal(unwritten.withhold('k', job, known, {...report, weight: 'Progress', event}, now), false)
  assert.equal(unwritten.withhold('k', {metadata: {}}, known, {...report, weight: 'Progress'}, now), false)
  assert.equal(unwritten.dueIn('k', now), undefined)
})

test('a change of the object, or another object of the name, makes void what was worked out from the one before', () => {
  for (const metadata of [
    {uid: 'a', resourceVersion: '8'},
    {uid: 'b', resourceVersion: '7'},
  ]) {
    const unwritten = new Unwritten()
    unwritten.withhold('k', job, known, {...report, weight: 'Brief'}, now)
    const changed = {...job, metadata}
    assert.equal(unwritten.known('k', changed), changed)
    assert.equal(unwritten.dueIn('k', now), undefined)
  }
})
