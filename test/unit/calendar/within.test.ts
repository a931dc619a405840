import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {
  allowed,
  CalendarMemo,
  checkWindows,
  checkWithin,
  nextSlot,
  weekdayNames,
  type TimeWindow,
} from '../../../src/calendar/index.ts'
import {sparsePattern} from './arbitrary.ts'

const from = Date.parse('2026-04-01T00:00:00Z')
const yearMs = 366 * 86_400_000
const hours = (count: number): number => count * 3600

function judge(schedule: string, windows: readonly TimeWindow[], delayMs = 0, timeZone = 'UTC'): string | undefined {
  return checkWithin({schedule, timeZone, windows, delayMs}, from)?.reason
}

const night: TimeWindow = {start: '22:00', durationSeconds: hours(6)}
const rows: readonly [
  what: string,
  schedule: string,
  windows: readonly TimeWindow[],
  never: boolean,
  delayMs?: number,
  zone?: string,
][] = [
  ['no windows at all', '0 12 * * *', [], false],
  ['a slot within the window', '0 2 * * *', [night], false],
  ['the window is open already', '30 0 1 4 *', [night], false],
  ['a slot at noon, a window at night', '0 12 * * *', [night], true],
  ['the end of the window does not belong to it', '0 4 * * *', [night], true],
  ['its start does', '0 22 * * *', [night], false],
  ['the jitter carries the run out of the window', '59 3 * * *', [night], true, 60_000],
  ['the jitter carries the run into the window', '59 21 * * *', [night], false, 60_000],
  ['the second window fits', '0 12 * * *', [night, {start: '11:00', durationSeconds: hours(2)}], false],
  ['a Sunday against a window on Saturdays', '0 2 * * SUN', [{...night, days: ['Fri']}], true],
  ['the window of Saturday goes on into Sunday', '0 2 * * SUN', [{...night, days: ['Sat']}], false],
  ['once in the year the first of the month is a Sunday', '0 23 1 * *', [{...night, days: ['Sun']}], false],
  ['a blackout every day at that time', '0 2 * * *', [{...night, blackout: true}], true],
  [
    'a blackout that leaves one day',
    '0 2 * * *',
    [{...night, blackout: true, days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']}],
    false,
  ],
  [
    'the blackout covers what the window allows',
    '0 2 * * *',
    [night, {start: '01:00', durationSeconds: hours(2), blackout: true}],
    true,
  ],
  ['the same clock in another zone', '0 2 * * *', [{...night, timeZone: 'Asia/Tokyo'}], true],
  [
    'only while clocks are back is it in the window',
    '0 20 * * *',
    [{start: '21:00', durationSeconds: 1800, timeZone: 'Europe/Berlin'}],
    false,
  ],
  ['a slot in four years is not judged', '0 12 29 2 *', [night], false],
]

for (const [what, schedule, windows, never, delayMs, zone] of rows)
  test(`S5.2 windows and pattern: ${what}`, () => {
    assert.equal(judge(schedule, windows, delayMs, zone), never ? 'NeverMatches' : undefined)
  })

test('S5.2 a pattern that the windows never allow is said with both, with the first run and with what would be allowed', () => {
  const windows: TimeWindow[] = [
    {days: ['Sat', 'Sun'], start: '22:00', durationSeconds: hours(4)},
    {start: '04:00', durationSeconds: hours(1), blackout: true},
  ]
  const question = {schedule: '0 12 * * *', timeZone: 'Europe/Berlin', windows, delayMs: 35_000}
  assert.equal(
    checkWithin(question, from)?.message,
    'no slot of spec.schedule "0 12 * * *" (its jitter of 35 s included) lies in spec.windows (Sat Sun 22:00 for 14400 s, ' +
      'not every day 04:00 for 3600 s) within a year: the first would run at 2026-04-01T12:00:35+02:00, ' +
      'and the next moment that they allow is 2026-04-04T22:00:00+02:00; change one of the two',
  )
})

test('S5.2 of many windows a message names three', () => {
  const windows = Array.from({length: 5}, (_, hour) => ({start: `0${hour}:00`, durationSeconds: 600}))
  const message = checkWithin({schedule: '0 12 * * *', timeZone: 'UTC', windows, delayMs: 0}, from)?.message ?? ''
  assert.match(
    message,
    /\(every day 00:00 for 600 s, every day 01:00 for 600 s, every day 02:00 for 600 s and 2 more\)/,
  )
})

const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/Havana', 'Australia/Lord_Howe')
const anyWindow: fc.Arbitrary<TimeWindow> = fc.record({
  days: fc.uniqueArray(fc.constantFrom(...weekdayNames), {maxLength: 3}),
  start: fc.tuple(fc.nat({max: 5}), fc.constantFrom('00', '30')).map(([hour, minute]) => `0${hour}:${minute}`),
  durationSeconds: fc.constantFrom(60, 1800, hours(3), hours(30)),
  timeZone: fc.option(zone, {nil: undefined}),
  blackout: fc.boolean(),
})

test('S5.2 it is said exactly when a walk through all slots of the year finds none that is allowed', () => {
  const memo = new CalendarMemo()
  let [never, some] = [0, 0]
  fc.assert(
    fc.property(
      sparsePattern,
      zone,
      fc.array(anyWindow, {minLength: 1, maxLength: 3}),
      fc.constantFrom(0, 35_000, 1_800_000),
      (schedule, timeZone, windows, delayMs) => {
        if (checkWindows(windows, from, timeZone, memo).length > 0) return
        const runs = (): boolean | undefined => {
          let slot = nextSlot(schedule, timeZone, from - delayMs - 1, memo)
          if (slot === undefined || slot + delayMs >= from + yearMs) return undefined
          for (; slot !== undefined && slot + delayMs < from + yearMs; slot = nextSlot(schedule, timeZone, slot, memo))
            if (allowed(windows, slot + delayMs, timeZone, memo)) return true
          return false
        }
        const expected = runs()
        if (expected === false) never++
        else some++
        const said = checkWithin({schedule, timeZone, windows, delayMs}, from, memo)
        assert.equal(said?.reason, expected === false ? 'NeverMatches' : undefined)
      },
    ),
    {numRuns: 150},
  )
  assert.ok(never > 10 && some > 10, `${never} never, ${some} some time`)
})
