import assert from 'node:assert/strict'
import test from 'node:test'
import {allowed, checkWindows, nextAllowed, type TimeWindow} from '../../../src/calendar/index.ts'

const hours = (count: number): number => count * 3600

const rows: readonly [
  what: string,
  windows: readonly TimeWindow[],
  moments: Readonly<Record<string, boolean>>,
  next: readonly [from: string, to: string | undefined],
][] = [
  [
    'no window at all allows every time',
    [],
    {'2026-04-01T12:00:00Z': true},
    ['2026-04-01T12:00:00Z', '2026-04-01T12:00:00Z'],
  ],
  [
    'a window holds its start and not its end',
    [{start: '08:00', durationSeconds: hours(2)}],
    {
      '2026-04-01T07:59:59.999Z': false,
      '2026-04-01T08:00:00Z': true,
      '2026-04-01T09:59:59.999Z': true,
      '2026-04-01T10:00:00Z': false,
    },
    ['2026-04-01T10:00:00Z', '2026-04-02T08:00:00Z'],
  ],
  [
    'a window goes on after midnight, on the day after the one that it names',
    [{days: ['Sat'], start: '22:00', durationSeconds: hours(8)}],
    {
      '2026-04-03T23:00:00Z': false,
      '2026-04-04T23:00:00Z': true,
      '2026-04-05T05:59:00Z': true,
      '2026-04-05T06:00:00Z': false,
      '2026-04-05T23:00:00Z': false,
    },
    ['2026-04-05T06:00:00Z', '2026-04-11T22:00:00Z'],
  ],
  [
    'a window of two and a half days',
    [{days: ['Fri'], start: '18:00', durationSeconds: hours(60)}],
    {
      '2026-04-03T17:00:00Z': false,
      '2026-04-05T12:00:00Z': true,
      '2026-04-06T05:00:00Z': true,
      '2026-04-06T06:00:00Z': false,
    },
    ['2026-04-06T06:00:00Z', '2026-04-10T18:00:00Z'],
  ],
  [
    'several windows: one of them is enough',
    [
      {start: '02:00', durationSeconds: hours(1)},
      {start: '14:00', durationSeconds: hours(1)},
    ],
    {'2026-04-01T02:30:00Z': true, '2026-04-01T08:00:00Z': false, '2026-04-01T14:30:00Z': true},
    ['2026-04-01T03:00:00Z', '2026-04-01T14:00:00Z'],
  ],
  [
    'a blackout alone allows every other time',
    [{days: ['Mon'], start: '00:00', durationSeconds: hours(24), blackout: true}],
    {'2026-04-06T12:00:00Z': false, '2026-04-07T12:00:00Z': true},
    ['2026-04-06T12:00:00Z', '2026-04-07T00:00:00Z'],
  ],
  [
    'a blackout wins over a window, wherever it stands in the list',
    [
      {start: '03:00', durationSeconds: hours(1), blackout: true},
      {start: '02:00', durationSeconds: hours(4)},
    ],
    {'2026-04-01T02:59:00Z': true, '2026-04-01T03:30:00Z': false, '2026-04-01T04:00:00Z': true},
    ['2026-04-01T03:30:00Z', '2026-04-01T04:00:00Z'],
  ],
  [
    'blackouts that follow each other are waited out together',
    [
      {start: '00:00', durationSeconds: hours(6), blackout: true},
      {start: '05:00', durationSeconds: hours(6), blackout: true},
    ],
    {'2026-04-01T10:59:00Z': false},
    ['2026-04-01T01:00:00Z', '2026-04-01T11:00:00Z'],
  ],
  [
    'a window has a zone of its own',
    [{start: '02:00', durationSeconds: hours(1), timeZone: 'America/New_York'}],
    {'2026-04-01T06:30:00Z': true, '2026-04-01T02:30:00Z': false},
    ['2026-04-01T00:00:00Z', '2026-04-01T06:00:00Z'],
  ],
  [
    'eight hours are eight hours in the night in which clocks go forward',
    [{start: '22:00', durationSeconds: hours(8), timeZone: 'Europe/Berlin'}],
    {'2025-03-30T04:59:00Z': true, '2025-03-30T05:00:00Z': false},
    ['2025-03-30T05:00:00Z', '2025-03-30T20:00:00Z'],
  ],
  [
    'eight hours are eight hours in the night in which clocks go back',
    [{start: '22:00', durationSeconds: hours(8), timeZone: 'Europe/Berlin'}],
    {'2025-10-26T03:59:00Z': true, '2025-10-26T04:00:00Z': false},
    ['2025-10-26T04:00:00Z', '2025-10-26T21:00:00Z'],
  ],
  [
    'a start that clocks skip is the first moment after it',
    [{start: '02:30', durationSeconds: hours(1), timeZone: 'Europe/Berlin'}],
    {'2025-03-30T01:00:00Z': true, '2025-03-30T01:59:00Z': true, '2025-03-30T02:00:00Z': false},
    ['2025-03-30T00:00:00Z', '2025-03-30T01:00:00Z'],
  ],
  [
    'a start that comes twice is the first',
    [{start: '02:30', durationSeconds: hours(1), timeZone: 'Europe/Berlin'}],
    {'2025-10-26T00:30:00Z': true, '2025-10-26T01:29:00Z': true, '2025-10-26T01:30:00Z': false},
    ['2025-10-26T01:30:00Z', '2025-10-27T01:30:00Z'],
  ],
  [
    'blackouts that cover everything leave nothing',
    [{start: '12:00', durationSeconds: hours(24), blackout: true}],
    {'2026-04-01T12:00:00Z': false},
    ['2026-04-01T12:00:00Z', undefined],
  ],
]
for (const [what, windows, moments, [from, to]] of rows) {
  test(`windows: ${what}`, () => {
    for (const [moment, expected] of Object.entries(moments)) {
      assert.equal(allowed(windows, Date.parse(moment), 'UTC'), expected, moment)
    }
    const next = nextAllowed(windows, Date.parse(from), 'UTC')
    assert.equal(next, to === undefined ? undefined : Date.parse(to))
  })
}

const from = Date.parse('2026-04-01T00:00:00Z')
const night: TimeWindow = {start: '22:00', durationSeconds: hours(8)}

const wrong: readonly [
  what: string,
  windows: readonly TimeWindow[],
  problems: readonly [index: number, message: RegExp][],
][] = [
  ['good ones', [night, {days: ['Sun'], start: '23:00', durationSeconds: hours(1), blackout: true}], []],
  [
    'a zone that does not exist',
    [night, {...night, timeZone: 'Mars/Olympus'}],
    [[1, /"Mars\/Olympus" is not a time zone/]],
  ],
  ['no time of the day', [{...night, start: '24:00'}], [[0, /start "24:00" is no time of the day; write HH:MM/]]],
  ['no duration', [{...night, durationSeconds: 0}], [[0, /durationSeconds 0 is no time/]]],
  ['no day', [{...night, days: ['Funday' as 'Sun']}], [[0, /the day "Funday" is not known; write one of Sun, Mon/]]],
  [
    'a window inside a blackout',
    [night, {start: '12:00', durationSeconds: hours(2)}, {start: '20:00', durationSeconds: hours(12), blackout: true}],
    [[0, /a blackout covers this window always, so it never allows anything/]],
  ],
  [
    'a window inside a blackout of another zone, but not in summer',
    [night, {start: '23:00', durationSeconds: hours(8), timeZone: 'Europe/Berlin', blackout: true}],
    [],
  ],
  [
    'blackouts that leave no time',
    [
      {start: '00:00', durationSeconds: hours(12), blackout: true},
      {start: '12:00', durationSeconds: hours(12), blackout: true},
    ],
    [[0, /the blackouts leave no time at all/]],
  ],
]
for (const [what, windows, problems] of wrong) {
  test(`checked windows: ${what}`, () => {
    const found = checkWindows(windows, from, 'UTC')
    assert.deepEqual(
      found.map(({index}) => index),
      problems.map(([index]) => index),
    )
    for (const [at, [, message]] of problems.entries()) assert.match(found[at]?.message ?? '', message)
  })
}

test('a zone of the schedule that does not exist is found in a window without one', () => {
  assert.match(checkWindows([night], from, 'Mars/Olympus')[0]?.message ?? '', /"Mars\/Olympus" is not a time zone/)
})

test('windows that are refused are asked nothing', () => {
  assert.throws(() => allowed([{...night, start: '7 pm'}], from, 'UTC'), RangeError)
  assert.throws(() => nextAllowed([{...night, timeZone: 'Mars/Olympus'}], from, 'UTC'), RangeError)
})
