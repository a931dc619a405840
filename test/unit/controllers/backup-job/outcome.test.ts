import assert from 'node:assert/strict'
import {test} from 'node:test'
import {afterEnqueue, refusedPauseMs} from '../../../../src/controllers/backup-job/rules/outcome.ts'
import {JujuError} from '../../../../src/juju/errors.ts'
import {at, now, observed} from './builders.ts'

const target = {unit: 'postgresql/1', action: 'create-backup', parameters: {}}
const intent = {
  unit: target.unit,
  action: target.action,
  time: at(0),
  highestOperationID: '4',
  newestBackupID: '',
  parameters: {},
}
const refusal = (message: string, code: string) =>
  ({kind: 'Refused', error: new JujuError('Action.EnqueueOperation', message, code)}) as const
const prepared = (attempt: number) => observed({status: {intent, unit: target.unit, attempt}})

test('an action that Juju took is followed, from the time that Juju gives, or else from now', () => {
  for (const [enqueued, from] of [
    [at(-3), at(-3)],
    [undefined, at(0)],
  ] as const) {
    const result = {operationID: '5', taskID: '6', unit: target.unit, enqueued}
    const {do: what, report} = afterEnqueue(prepared(1), target, {kind: 'Done', result})
    assert.deepEqual([what, report.reason, report.event?.reason], ['wait', 'Running', 'BackupStarted'])
    assert.deepEqual(report.patch, {operationID: '5', taskID: '6', taskStatus: 'pending', enqueuedAt: from})
  }
})

test('what never left, and what Juju refuses only for now, is no attempt; the latter has its pause in the status', () => {
  const away = afterEnqueue(prepared(1), target, {kind: 'NotSent', why: 'the connection was lost'})
  assert.deepEqual(away.report.patch, {intent: undefined, unit: undefined, attempt: undefined})
  const later = afterEnqueue(prepared(3), target, refusal('migration in progress, model is exporting', ''))
  const retryTime = new Date(now + refusedPauseMs).toISOString()
  assert.deepEqual(later.report.patch, {intent: undefined, unit: undefined, attempt: 2, retryTime})
  assert.deepEqual([away.report.reason, later.report.reason], ['Preparing', 'Preparing'])
})

test('any other refusal is a failed attempt, with the words of Juju', () => {
  const {do: what, report} = afterEnqueue(prepared(1), target, refusal('no such unit', 'not found'))
  assert.deepEqual([what, report.reason], ['finish', 'Failed'])
  assert.match(report.message, /Juju refused the action.*no such unit/)
})
