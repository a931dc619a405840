import assert from 'node:assert/strict'
import {test} from 'node:test'
import {Cancels} from '../../../../src/controllers/backup-job/cancels.ts'

const job = (uid: string, taskID: string) => ({metadata: {name: 'nightly', uid}, status: {taskID}})

test('a cancel that was sent is known of this task of this very job', () => {
  const cancels = new Cancels()
  cancels.sent('team-a/nightly', job('u1', '7'))
  const known = [job('u1', '7'), job('u1', '8'), job('u2', '7')].map(one => cancels.has('team-a/nightly', one))
  assert.deepEqual(known, [true, false, false])
  assert.equal(cancels.has('team-b/nightly', job('u1', '7')), false)
})

test('nothing is kept of a job that is released or gone', () => {
  const cancels = new Cancels()
  for (let index = 0; index < 1000; index++) {
    cancels.sent(`team-a/job-${index}`, job(`u${index}`, '7'))
    cancels.forget(`team-a/job-${index}`)
  }
  assert.equal(cancels.size, 0)
})
