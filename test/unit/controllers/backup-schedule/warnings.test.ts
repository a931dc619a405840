import assert from 'node:assert/strict'
import {test} from 'node:test'
import {CalendarMemo} from '../../../../src/calendar/index.ts'
import {cadenceWarnings} from '../../../../src/controllers/backup-schedule/warnings.ts'
import {schedule} from './builders.ts'

/** 2026-11-20 is a Friday. */
const now = Date.parse('2026-11-20T12:00:00Z')
const day = (...days: string[]): object => ({windows: [{days, start: '00:00', durationSeconds: 86_400}]})

function collisionOf(ours: object, theirs: object): string | undefined {
  const others = [schedule('other', theirs)]
  const warnings = cadenceWarnings({schedule: schedule('nightly', ours), others, now, memo: new CalendarMemo()})
  return warnings.find(({reason}) => reason === 'Collision')?.message
}

test('S5.2 two schedules collide where the windows of both let them run, and nowhere else', () => {
  assert.match(collisionOf({}, {}) ?? '', /^other comes due in the same minute, next at 2026-11-21T02:00:00Z/)
  assert.equal(collisionOf(day('Sun'), day('Mon')), undefined)
  assert.match(collisionOf(day('Sun', 'Mon'), day('Mon', 'Tue')) ?? '', /next at 2026-11-23T02:00:00Z/)
  assert.match(collisionOf(day('Sun'), {}) ?? '', /next at 2026-11-22T02:00:00Z/)
  const blackout = {windows: [{start: '01:00', durationSeconds: 7200, blackout: true}]}
  assert.equal(collisionOf({}, blackout), undefined)
})

test('a schedule whose windows nobody can read collides with none: it does not run', () => {
  assert.equal(
    collisionOf({}, {windows: [{start: '00:00', durationSeconds: 86_400, timeZone: 'Mars/Olympus'}]}),
    undefined,
  )
})
