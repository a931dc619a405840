import assert from 'node:assert/strict'
import test from 'node:test'
import {Cron} from 'croner'
import {CalendarMemo, collisions, countSlots, latestSlot, longestGapMs, nextSlot} from '../../../src/calendar/index.ts'

/** Costs are compared with each other in one process, never with the clock on the wall: so no test depends on how busy a machine is. */
function least(times: number, work: () => void): number {
  const measured = Array.from({length: times}, () => {
    const start = process.cpuUsage()
    work()
    const {user, system} = process.cpuUsage(start)
    return user + system
  })
  return Math.max(1, Math.min(...measured))
}

const from = Date.parse('2026-04-01T00:00:00Z')
const [minuteMs, dayMs] = [60_000, 86_400_000]
const common = ['0 2 * * *', '30 3 * * SUN', '*/15 * * * *', '@hourly', '0 0 1 * *', '15 1 * * MON-FRI']
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Tokyo']
const cadences = common.flatMap(schedule => zones.map(zone => ({schedule, zone})))

test('four weeks of every minute are counted for less than a hundredth of walking through them', () => {
  const memo = new CalendarMemo()
  const end = from + 28 * dayMs
  let walked = 0
  const walking = least(3, () => {
    walked = 0
    let slot = nextSlot('* * * * *', 'Europe/Berlin', from, memo)
    for (; slot !== undefined && slot <= end; slot = nextSlot('* * * * *', 'Europe/Berlin', slot, memo)) walked++
  })
  const counting = least(3, () => {
    for (let round = 0; round < 10; round++) {
      assert.equal(countSlots('* * * * *', 'Europe/Berlin', from, end, memo), walked)
    }
  })
  assert.equal(walked, (28 * dayMs) / minuteMs)
  assert.ok(counting / 10 < walking / 100, `${counting / 10} us against ${walking} us`)
})

test('the next slot costs less than croner with an object that is kept, and needs no object', () => {
  const memo = new CalendarMemo()
  const crons = cadences.map(({schedule, zone}) => new Cron(schedule, {timezone: zone, paused: true, mode: '5-part'}))
  const moments = Array.from({length: 20}, (_, index) => from + index * 17 * 3_600_000)
  const theirs = least(3, () => {
    for (const cron of crons) for (const moment of moments) cron.nextRun(new Date(moment))
  })
  const ours = least(3, () => {
    for (const {schedule, zone} of cadences) for (const moment of moments) nextSlot(schedule, zone, moment, memo)
  })
  assert.ok(ours < theirs, `${ours} us against ${theirs} us`)
})

test('the longest gap of 90 days costs less than twenty next slots of croner', () => {
  const memo = new CalendarMemo()
  const crons = cadences.map(({schedule, zone}) => new Cron(schedule, {timezone: zone, paused: true, mode: '5-part'}))
  const theirs = least(3, () => {
    for (const cron of crons) for (let run = 0; run < 20; run++) cron.nextRun(new Date(from + run * dayMs))
  })
  const ours = least(3, () => {
    for (const {schedule, zone} of cadences) longestGapMs(schedule, zone, from, memo)
  })
  assert.ok(ours < theirs, `${ours} us against ${theirs} us`)
})

test('collisions of fifty schedules of one application are looked for in all pairs for less than one walk through a month', () => {
  const memo = new CalendarMemo()
  const due = Array.from({length: 50}, (_, index) => ({
    schedule: `${index} ${index % 24} * * *`,
    timeZone: 'Europe/Berlin',
  }))
  const pairs = due.flatMap((a, index) => due.slice(index + 1).map(b => [a, b] as const))
  assert.deepEqual(
    [pairs.length, pairs.filter(([a, b]) => collisions(a, b, from, memo) !== undefined).length],
    [1225, 0],
  )
  const walking = least(3, () => {
    let slot: number | undefined = from
    while (slot !== undefined && slot < from + 31 * dayMs) slot = nextSlot('* * * * *', 'Asia/Tokyo', slot, memo)
  })
  const looking = least(3, () => {
    for (const [a, b] of pairs.slice(0, 49)) collisions(a, b, from, memo)
  })
  assert.ok(looking < walking, `${looking} us for one schedule against ${walking} us`)
})

test('a zone that was asked about is not read again, and a full memo begins anew', t => {
  const made = t.mock.method(Intl, 'DateTimeFormat')
  const memo = new CalendarMemo()
  for (let run = 0; run < 10; run++) nextSlot('0 2 * * *', 'Europe/Berlin', from, memo)
  assert.equal(made.mock.callCount(), 1)
  for (const zone of Intl.supportedValuesOf('timeZone').slice(0, 100)) nextSlot('0 2 * * *', zone, from, memo)
  for (let minute = 0; minute < 3000; minute++)
    nextSlot(`${minute % 60} ${minute % 24} ${(minute % 28) + 1} * *`, 'UTC', from, memo)
  assert.equal(nextSlot('0 2 * * *', 'Europe/Berlin', from, memo), from + dayMs)
  assert.ok(made.mock.callCount() < 110)
})

test('the newest slot of a pattern with one slot in four years is found without a walk through them', t => {
  const memo = new CalendarMemo()
  const asked = t.mock.getter(Intl.DateTimeFormat.prototype, 'format')
  assert.equal(latestSlot('0 0 29 2 *', 'Europe/Berlin', 0, from, memo), Date.parse('2024-02-28T23:00:00Z'))
  assert.equal(nextSlot('0 0 29 2 *', 'Europe/Berlin', from, memo), Date.parse('2028-02-28T23:00:00Z'))
  assert.ok(asked.mock.callCount() > 0 && asked.mock.callCount() < 60, `${asked.mock.callCount()} questions to Intl`)
})
