import assert from 'node:assert/strict'
import test from 'node:test'
import {previewSlots} from '../../../src/calendar/index.ts'

const rows: readonly [schedule: string, zone: string, after: string, slots: readonly string[]][] = [
  ['0 2 * * *', 'UTC', '2026-04-01T02:00:00Z', ['2026-04-02T02:00:00Z', '2026-04-03T02:00:00Z']],
  ['0 2 * * *', 'Asia/Kathmandu', '2026-04-01T00:00:00Z', ['2026-04-02T02:00:00+05:45', '2026-04-03T02:00:00+05:45']],
  ['0 2 * * *', 'America/St_Johns', '2026-01-01T00:00:00Z', ['2026-01-01T02:00:00-03:30', '2026-01-02T02:00:00-03:30']],
  [
    '30 2 * * *',
    'Europe/Berlin',
    '2025-03-29T12:00:00Z',
    ['2025-03-30T03:00:00+02:00 clocks go forward: 02:30 does not exist, runs at 03:00', '2025-03-31T02:30:00+02:00'],
  ],
  [
    '0,30 2 * * *',
    'Europe/Berlin',
    '2025-03-29T12:00:00Z',
    [
      '2025-03-30T03:00:00+02:00 clocks go forward: 02:00 and 02:30 do not exist, runs once at 03:00',
      '2025-03-31T02:00:00+02:00',
    ],
  ],
  [
    '*/10 2 * * *',
    'Europe/Berlin',
    '2025-03-29T12:00:00Z',
    ['2025-03-30T03:00:00+02:00 clocks go forward: 02:00, 02:10, 02:20 and others do not exist, runs once at 03:00'],
  ],
  [
    '30 2 * * *',
    'Europe/Berlin',
    '2025-10-25T12:00:00Z',
    [
      '2025-10-26T02:30:00+02:00 clocks go back: 02:30 comes twice, runs the first time only',
      '2025-10-27T02:30:00+01:00',
    ],
  ],
  [
    '30 * * * *',
    'Europe/Berlin',
    '2025-10-25T23:45:00Z',
    [
      '2025-10-26T02:30:00+02:00 clocks go back: 02:30 comes twice, runs both times, this is the first',
      '2025-10-26T02:30:00+01:00 clocks go back: 02:30 comes twice, runs both times, this is the second',
      '2025-10-26T03:30:00+01:00',
    ],
  ],
  ['30 * * * *', 'Europe/Berlin', '2025-03-30T00:00:00Z', ['2025-03-30T01:30:00+01:00', '2025-03-30T03:30:00+02:00']],
  [
    '@daily',
    'America/Havana',
    '2025-03-08T12:00:00Z',
    ['2025-03-09T01:00:00-04:00 clocks go forward: 00:00 does not exist, runs at 01:00', '2025-03-10T00:00:00-04:00'],
  ],
  [
    '15 2 * * *',
    'Australia/Lord_Howe',
    '2025-10-04T00:00:00Z',
    ['2025-10-05T02:30:00+11:00 clocks go forward: 02:15 does not exist, runs at 02:30', '2025-10-06T02:15:00+11:00'],
  ],
]
for (const [schedule, zone, after, slots] of rows) {
  test(`S5.3 S5.5 the next slots of "${schedule}" in ${zone} after ${after}`, () => {
    const coming = previewSlots(schedule, zone, Date.parse(after), slots.length)
    assert.deepEqual(
      coming.map(({local, note}) => (note === undefined ? local : `${local} ${note}`)),
      slots,
    )
    for (const {time, local} of coming) assert.equal(Date.parse(local), time)
  })
}

test('a pattern that never matches has no next slots', () => {
  assert.deepEqual(previewSlots('0 0 30 2 *', 'UTC', 0, 5), [])
})
