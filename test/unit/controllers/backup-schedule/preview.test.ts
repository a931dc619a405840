import assert from 'node:assert/strict'
import {test} from 'node:test'
import {backupScheduleStatusSchema, type BackupScheduleStatus} from '../../../../src/api/backup-schedule.ts'
import {CalendarMemo, type TimeWindow} from '../../../../src/calendar/index.ts'
import {timeOf} from '../../../../src/controllers/backup-schedule/child.ts'
import {nextRunOf, previewOf, type PreviewQuestion} from '../../../../src/controllers/backup-schedule/preview.ts'

const nightly = {schedule: '0 2 * * *', timeZone: 'UTC'}
/** 2026-11-22 is a Sunday. */
const sundays: readonly TimeWindow[] = [{days: ['Sun'], start: '00:00', durationSeconds: 86_400}]

const question = (changes: Partial<PreviewQuestion> = {}): PreviewQuestion => ({
  pattern: nightly,
  windows: [],
  suspended: false,
  jitterMs: 0,
  dueAt: Date.parse('2026-11-20T02:00:00Z'),
  generation: 1,
  before: undefined,
  memo: new CalendarMemo(),
  ...changes,
})

const notesOf = ({upcoming}: Pick<BackupScheduleStatus, 'upcoming'>): string[] =>
  (upcoming ?? []).map(({time, note}) => [time.slice(5, 10), note].join(' ').trim())

const skipped = 'outside of spec.windows: will be skipped'

test('S5.2 S5.5 the next run is the first slot that the windows allow, and those that they do not allow say so', () => {
  const said = previewOf(question({windows: sundays}))
  assert.equal(said.nextScheduleTime, '2026-11-22T02:00:00Z')
  assert.deepEqual(notesOf(said), [
    `11-20 ${skipped}`,
    `11-21 ${skipped}`,
    '11-22',
    `11-23 ${skipped}`,
    `11-24 ${skipped}`,
  ])
})

test('S5.2 windows count at the time at which a run starts, its jitter included', () => {
  const windows = [{start: '02:30', durationSeconds: 3600}]
  assert.equal(nextRunOf(question({windows, dueAt: Date.parse('2026-11-20T02:00:00Z')})), undefined)
  const delayed = question({windows, jitterMs: 2_400_000, dueAt: Date.parse('2026-11-20T02:40:00Z')})
  assert.equal(previewOf(delayed).nextScheduleTime, '2026-11-20T02:40:00Z')
  assert.equal(previewOf(delayed).upcoming?.[0]?.note, undefined)
})

test('S5.2 a change of the clock and a window that is closed are both said, within the bounds of the status', () => {
  const pattern = {schedule: '1-59/2 2 * * *', timeZone: 'Europe/Berlin'}
  const dueAt = Date.parse('2027-03-28T01:00:00Z')
  const said = previewOf(question({pattern, dueAt, windows: [{start: '12:00', durationSeconds: 60}]}))
  const note = said.upcoming?.[0]?.note ?? ''
  assert.match(note, /^clocks go forward: .*; outside of spec\.windows: will be skipped$/)
  backupScheduleStatusSchema.parse({observedGeneration: 1, ...said})
})

test('what was shown is shown again until a slot has passed, or the spec is another one', () => {
  const first = previewOf(question({windows: sundays}))
  const upcoming = (first.upcoming ?? []).map(run => ({...run, local: 'as it was'}))
  const before: BackupScheduleStatus = {
    ...first,
    upcoming,
    observedGeneration: 1,
    pattern: {...nightly, since: '2026-11-19T02:00:00Z', accountedUntil: '2026-11-19T02:00:00Z'},
  }
  assert.equal(previewOf(question({windows: sundays, before})).upcoming, upcoming)
  const next = Date.parse('2026-11-21T02:00:00Z')
  for (const changes of [
    {windows: sundays, dueAt: next},
    {windows: [], generation: 2},
  ]) {
    const said = previewOf(question({...changes, before}))
    assert.notEqual(said.upcoming?.[0]?.local, 'as it was')
    assert.equal(said.nextScheduleTime, changes.windows.length > 0 ? '2026-11-22T02:00:00Z' : '2026-11-20T02:00:00Z')
  }
})

test('the search for a slot that windows allow ends, also where there is none', () => {
  const early = {start: '01:00', durationSeconds: 60}
  assert.equal(nextRunOf(question({windows: [early]})), undefined)
  assert.equal(timeOf(nextRunOf(question({windows: [{...early, start: '02:00'}]})) ?? 0), '2026-11-20T02:00:00Z')
})

test('a pattern that takes many words fits into the status', () => {
  const every = (count: number, step: number): string =>
    Array.from({length: count}, (_, at) => `${at * step}-${at * step + 1}`).join(',')
  const pattern = {schedule: `${every(20, 3)} ${every(8, 3)} * JAN,MAR,MAY,JUL,SEP,NOV *`, timeZone: 'UTC'}
  const said = previewOf(question({pattern}))
  assert.match(said.description ?? '', /\.\.\.$/)
  backupScheduleStatusSchema.parse({observedGeneration: 1, ...said})
})
