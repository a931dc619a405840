import assert from 'node:assert/strict'
import test from 'node:test'
import {CalendarMemo, countSlots, latestSlot, nextSlot} from '../../../src/calendar/index.ts'
import {Zone} from '../../../src/calendar/zone.ts'
import {slotsByWalking} from './oracle.ts'
import {readChanges, type Change} from './zdump.ts'

const [from, until] = [Date.UTC(2021, 0, 1), Date.UTC(2026, 0, 1)]
const hourMs = 3_600_000
const changes = readChanges()
const zones = Map.groupBy(changes, change => change.zone)

test('S5.3 all changes of the clocks of twelve zones in five years are those that zdump prints', () => {
  assert.equal(zones.size, 12)
  assert.ok(changes.length > 100, 'the file was read')
  for (const [name, expected] of zones) {
    const zone = new Zone(name)
    const found = [...zone.segments(from, until)].slice(1).map(({opening}) => ({zone: name, ...opening}))
    assert.deepEqual(found, expected)
  }
})

const patterns = [
  '30 2 * * *',
  '15,45 0-4 * * *',
  '0 0 * * *',
  '30 23 * * *',
  '*/15 2 * * *',
  '*/10 * * * *',
  '0 */2 * * *',
  '0 */12 * * *',
  '15 * * * *',
  '20 1-3 * * SUN',
]

for (const schedule of patterns) {
  test(`S5.3 "${schedule}" does on all those days what the rules say, minute by minute`, () => {
    const memo = new CalendarMemo()
    for (const change of changes) {
      const [start, end] = [change.at - 15 * hourMs, change.at + 15 * hourMs]
      const expected = slotsByWalking(schedule, time => offsetBy(change, time), start, end)
      assert.deepEqual(slotsOf(schedule, change.zone, {start, end, memo}), expected, `${change.zone} ${change.at}`)
      assert.equal(countSlots(schedule, change.zone, start, end, memo), expected.length)
      assert.equal(latestSlot(schedule, change.zone, start, end, memo), expected.at(-1))
    }
  })
}

test('S5.3 a minute that comes twice is found again also where the next such day is far away', () => {
  const [first, again] = [Date.parse('2024-11-03T00:10:00-04:00'), Date.parse('2024-11-03T00:10:00-05:00')]
  assert.equal(nextSlot('10-15/9 0 3 11 *', 'America/Havana', first, new CalendarMemo()), again)
  assert.equal(latestSlot('10 * * * SUN', 'America/Havana', 0, again - 1, new CalendarMemo()), first)
})

function offsetBy({at, before, after}: Change, time: number): number {
  return time < at ? before : after
}

function slotsOf(
  schedule: string,
  zone: string,
  {start, end, memo}: {start: number; end: number; memo: CalendarMemo},
): number[] {
  const slots: number[] = []
  let slot = nextSlot(schedule, zone, start, memo)
  for (; slot !== undefined && slot <= end; slot = nextSlot(schedule, zone, slot, memo)) slots.push(slot)
  return slots
}
