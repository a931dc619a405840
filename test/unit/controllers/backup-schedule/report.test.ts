import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupScheduleStatus} from '../../../../src/api/backup-schedule.ts'
import {invalidReport} from '../../../../src/controllers/backup-schedule/report.ts'
import {getCondition} from '../../../../src/runtime/conditions.ts'
import {condition, schedule} from './builders.ts'

const lastVerifiedTime = '2026-11-20T02:10:00Z'
const known: Partial<BackupScheduleStatus> = {
  conditions: [condition('Fresh', 'True', 'Fresh')],
  objectiveSeconds: 86_400,
  lastVerifiedTime,
  nextScheduleTime: '2026-11-21T02:00:00Z',
  upcoming: [{time: '2026-11-21T02:00:00Z', local: '2026-11-21T02:00:00+00:00'}],
  lastSuccessJob: 'nightly-1',
}
const turnsAt = Date.parse('2026-11-21T02:10:00Z')

function freshAt(now: number, changes: Partial<BackupScheduleStatus> = {}): readonly [string | undefined, number] {
  const {status, changesAt} = invalidReport(schedule('nightly', {}, {...known, ...changes}), 'spec.x: wrong', now)
  return [getCondition(status.conditions, 'Fresh')?.reason, changesAt]
}

test('S5.23 an object that breaks a rule promises no run, keeps what is known, and says what is wrong', () => {
  const {status} = invalidReport(schedule('nightly', {}, known), 'spec.x: wrong', turnsAt)
  assert.deepEqual(
    [status.nextScheduleTime, status.upcoming, status.lastSuccessJob],
    [undefined, undefined, 'nightly-1'],
  )
  const ready = getCondition(status.conditions, 'Ready')
  assert.deepEqual([ready?.reason, ready?.message], ['InvalidSpec', 'spec.x: wrong'])
})

test('its newest backup grows older all the same', () => {
  assert.deepEqual(freshAt(turnsAt - 1000), ['Fresh', turnsAt])
  assert.deepEqual(freshAt(turnsAt), ['TooOld', Infinity])
})

test('what nobody looks at never turns for the better, and what is not known is not made up', () => {
  const conditions = [condition('Fresh', 'False', 'TooOld')]
  assert.deepEqual(freshAt(turnsAt - 1000, {conditions}), ['TooOld', Infinity])
  assert.deepEqual(freshAt(turnsAt, {objectiveSeconds: undefined}), ['Fresh', Infinity])
  const {status, changesAt} = invalidReport({...schedule('nightly'), status: undefined} as never, 'wrong', turnsAt)
  assert.deepEqual([getCondition(status.conditions, 'Fresh'), changesAt], [undefined, Infinity])
})
