import assert from 'node:assert/strict'
import {test} from 'node:test'
import {theChosenMustStillBeThere} from '../../../../src/controllers/backup-job/restore/still-there.ts'
import {at, listing, now, observed, row, says} from './builders.ts'

const chosen = '2026-11-21T02:00:00Z'
const safety = '2026-11-22T09:58:00Z'
const made = {name: 'SafetyBackup', plan: 'Makes a full backup.', startedAt: at(-200), finishedAt: at(-100)} as const

const after = (...ids: readonly string[]) => {
  const restore = {chosenBackupID: chosen, steps: [made]}
  const readings = {before: listing(...ids.map(id => row(id)))}
  return observed({spec: {type: 'Restore', restore: {}}, status: {restore}, readings})
}

test('the safety backup may have been the end of the chosen one: then nothing is changed', () => {
  assert.equal(theChosenMustStillBeThere(after(chosen, safety)), undefined)
  const step = theChosenMustStillBeThere(after(safety))
  assert.match(step === undefined ? '' : says(step), /^finish BackupNotFound: .*has expired it\. Nothing was changed/)
})

test('a listing from before the safety backup proves nothing, and is read again', () => {
  const o = after(chosen, safety)
  const {before} = o.readings
  assert.equal(before.state, 'ready')
  const old = {...o, readings: {...o.readings, before: {...before, at: now - 150_000}}} as typeof o
  const step = theChosenMustStillBeThere(old)
  assert.deepEqual(step?.do === 'read' && step.readings, ['before'])
})

test('without a safety backup, and once the plan stands, nothing is asked', () => {
  const o = after(safety)
  const without = {...o, status: {...o.status, restore: {chosenBackupID: chosen, steps: []}}}
  assert.equal(theChosenMustStillBeThere(without), undefined)
  const entered = {...o, status: {...o.status, restore: {...o.status.restore, ledgerTime: at(-50)}}}
  assert.equal(theChosenMustStillBeThere(entered), undefined)
})
