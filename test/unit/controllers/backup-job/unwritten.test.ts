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

test('of jobs that begin together a state stays brief for longer', () => {
  const unwritten = new Unwritten()
  for (let index = 0; index < 100; index++)
    unwritten.withhold(`${index}`, job, known, {...report, weight: 'Brief'}, now)
  assert.equal(unwritten.dueIn('99', now), 2_000 + 99 * 20)
  for (let index = 0; index < 99; index++) unwritten.forget(`${index}`)
  for (let index = 0; index < 100; index++)
    unwritten.withhold(`r-${index}`, job, known, {...report, weight: 'Progress'}, now)
  unwritten.withhold('next', job, known, {...report, weight: 'Brief'}, now)
  assert.equal(unwritten.dueIn('next', now), 2_020, 'jobs that run do not count')
  for (let index = 0; index < 9_999; index++)
    unwritten.withhold(`${index}`, job, known, {...report, weight: 'Brief'}, now)
  assert.equal(unwritten.dueIn('9998', now), 30_000)
})

test('progress waits until thirty seconds after what was written last, however often it changes', () => {
  const unwritten = new Unwritten()
  assert.ok(unwritten.withhold('k', job, known, {...report, weight: 'Progress'}, now))
  assert.equal(unwritten.dueIn('k', now), 20_000)
  assert.equal(unwritten.withhold('k', job, known, {...report, weight: 'Progress'}, now + 20_000), false)
})

test('what has no weight never waits; nor does progress of a job that was never written', () => {
  const unwritten = new Unwritten()
  assert.equal(unwritten.withhold('k', job, known, report, now), false)
  assert.equal(unwritten.withhold('k', {metadata: {}}, known, {...report, weight: 'Progress'}, now), false)
  assert.equal(unwritten.dueIn('k', now), undefined)
})

test('progress does not put off what is due before, and events wait for the write that shows what they tell', () => {
  const unwritten = new Unwritten()
  const started = {type: 'Normal', reason: 'BackupStarted', note: 'task 6 was handed over'} as const
  const changed = {type: 'Warning', reason: 'PrimaryChanged', note: 'it changed'} as const
  assert.ok(unwritten.withhold('k', job, known, {...report, weight: 'Brief', event: started}, now))
  assert.ok(unwritten.withhold('k', job, known, {...report, weight: 'Progress', event: changed}, now + 500))
  assert.equal(unwritten.dueIn('k', now + 500), 1500)
  assert.deepEqual(unwritten.events('k', job), [started, changed])
  assert.equal(unwritten.withhold('k', job, known, {...report, weight: 'Progress'}, now + 2000), false)
})

test('a change of the object beside its status leaves what is known, with its time', () => {
  const unwritten = new Unwritten()
  unwritten.withhold('k', job, known, {...report, weight: 'Brief'}, now)
  const changed = {metadata: {uid: 'a', resourceVersion: '8'}, status: {...written}}
  assert.deepEqual(unwritten.known('k', changed), {...changed, status: known})
  assert.deepEqual(unwritten.written('k', unwritten.known('k', changed)), written)
  assert.equal(unwritten.dueIn('k', now + 500), 1500)
})

test('another status, or another object of the name, makes void what was worked out from the one before', () => {
  for (const changed of [
    {metadata: {uid: 'a', resourceVersion: '8'}, status: {...written, attempt: 2}},
    {metadata: {uid: 'b', resourceVersion: '7'}, status: written},
  ]) {
    const unwritten = new Unwritten()
    unwritten.withhold('k', job, known, {...report, weight: 'Brief'}, now)
    assert.equal(unwritten.known('k', changed), changed)
    assert.equal(unwritten.dueIn('k', now), undefined)
  }
})
