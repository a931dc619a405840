import assert from 'node:assert/strict'
import test from 'node:test'
import {Cron} from 'croner'
import fc from 'fast-check'
import {
  CalendarMemo,
  checkPattern,
  collisions,
  countSlots,
  describePattern,
  latestSlot,
  longestGapMs,
  nextSlot,
  shortestGapMs,
  type DueTimes,
} from '../../../src/calendar/index.ts'
import {Zone} from '../../../src/calendar/zone.ts'
import {anyPattern, datedPattern, meetingPattern, nearChange, sparsePattern} from './arbitrary.ts'
import {offsetsByParts, slotsByWalking} from './oracle.ts'

const [hourMs, dayMs] = [3_600_000, 86_400_000]
const memo = new CalendarMemo()

test('S5.2 S5.3 any pattern around any change of the clocks: next, newest and count are what walking minute by minute finds', () => {
  const offsets = new Map<string, (time: number) => number>()
  fc.assert(
    fc.property(anyPattern, nearChange, fc.integer({min: 1, max: 40}), (schedule, {zone, time}, hours) => {
      if (checkPattern(schedule, zone) !== undefined) return
      const offsetAt = offsets.get(zone) ?? offsetsByParts(zone)
      offsets.set(zone, offsetAt)
      const end = time + hours * hourMs
      const expected = slotsByWalking(schedule, offsetAt, time, end)
      const next = nextSlot(schedule, zone, time, memo)
      assert.equal(next !== undefined && next <= end ? next : undefined, expected[0])
      assert.equal(latestSlot(schedule, zone, time, end, memo), expected.at(-1))
      assert.equal(countSlots(schedule, zone, time, end, memo), expected.length)
    }),
    {numRuns: 150},
  )
})

test('S5.2 any pattern at any time: the next slot is that of croner, but for skipped slots of wildcards, which are made up for', () => {
  fc.assert(
    fc.property(anyPattern, nearChange, fc.integer({min: -700, max: 700}), (schedule, {zone, time}, days) => {
      const problem = checkPattern(schedule, zone)
      const cron = new Cron(schedule, {timezone: zone, paused: true, mode: '5-part', fixedTimeRule: 'no-wildcard'})
      const after = Math.floor(time / 1000) * 1000 + days * dayMs
      const theirs = cron.nextRun(new Date(after))?.getTime()
      if (problem !== undefined) return assert.deepEqual([problem.reason, theirs], ['NeverMatches', undefined])
      const ours = nextSlot(schedule, zone, after, memo)
      assert.ok(ours !== undefined)
      if (ours === theirs) return
      const {opening} = new Zone(zone).segmentAt(ours)
      assert.ok(opening?.at === ours && opening.after > opening.before, 'the clocks went forward in this moment')
      assert.match(schedule, /^\S*[*/]|^\S+ \S*[*/]/)
      assert.equal(cron.nextRun(new Date(ours))?.getTime(), nextSlot(schedule, zone, ours, memo))
    }),
    {numRuns: 400},
  )
})

test('S5.5 the newest slot up to a moment is the one whose next slot is after it', () => {
  fc.assert(
    fc.property(fc.oneof(anyPattern, datedPattern), nearChange, (schedule, {zone, time}) => {
      if (checkPattern(schedule, zone) !== undefined) return
      const latest = latestSlot(schedule, zone, Number.NEGATIVE_INFINITY, time, memo) ?? Number.NaN
      const next = nextSlot(schedule, zone, latest, memo) ?? Number.NaN
      assert.ok(latest <= time && time < next, `${latest} ${time} ${next}`)
      assert.equal(countSlots(schedule, zone, latest - 1, next, memo), 2)
      assert.equal(latestSlot(schedule, zone, latest, next - 1, memo), undefined)
    }),
    {numRuns: 1000},
  )
})

test('S5.17 slots of two periods are the slots of both together, so that none is counted twice or lost', () => {
  const lengths = fc.tuple(fc.integer({min: 0, max: 200 * 24}), fc.integer({min: 0, max: 200 * 24}))
  fc.assert(
    fc.property(anyPattern, nearChange, lengths, (schedule, {zone, time}, [first, second]) => {
      const [middle, end] = [time + first * hourMs, time + (first + second) * hourMs]
      const count = (from: number, to: number): number => countSlots(schedule, zone, from, to, memo)
      assert.equal(count(time, middle) + count(middle, end), count(time, end))
    }),
    {numRuns: 200},
  )
})

test('the longest gap is the longest that going from slot to slot finds', () => {
  fc.assert(
    fc.property(sparsePattern, nearChange, (schedule, {zone, time}) => {
      if (checkPattern(schedule, zone) !== undefined) return
      const gaps = gapsByWalking(schedule, zone, {from: time, days: 90})
      assert.equal(longestGapMs(schedule, zone, time, memo), Math.max(...gaps))
    }),
    {numRuns: 100},
  )
})

test('the shortest gap is the shortest of eight years in a zone whose clocks never change', () => {
  fc.assert(
    fc.property(sparsePattern, nearChange, (schedule, {time}) => {
      if (checkPattern(schedule, 'UTC') !== undefined) return
      const shortest = shortestGapMs(schedule, memo)
      const gaps = gapsByWalking(schedule, 'UTC', {from: time, days: 8 * 366})
      if (shortest <= dayMs) assert.equal(shortest, Math.min(...gaps))
      else assert.ok(shortest === Number.POSITIVE_INFINITY && gaps.every(gap => gap > dayMs))
    }),
    {numRuns: 50},
  )
})

function gapsByWalking(schedule: string, zone: string, {from, days}: {from: number; days: number}): readonly number[] {
  const gaps: number[] = []
  let slot = latestSlot(schedule, zone, Number.NEGATIVE_INFINITY, from, memo)
  while (slot !== undefined && slot <= from + days * dayMs) {
    const next = nextSlot(schedule, zone, slot, memo)
    if (next === undefined) break
    gaps.push(next - slot)
    slot = next
  }
  return gaps
}

test('S5.13 two patterns collide in the first minute that is a slot of both', () => {
  let met = 0
  const shift = fc.oneof(fc.constant(0), fc.integer({min: -90, max: 90}))
  fc.assert(
    fc.property(meetingPattern, meetingPattern, nearChange, shift, fc.boolean(), (one, other, near, days, sameZone) => {
      const from = near.time + days * dayMs
      const a = {schedule: one, timeZone: near.zone}
      const b = {schedule: other, timeZone: sameZone ? near.zone : 'Europe/Berlin'}
      const ours = new Set(slotsOfWeek(a, from))
      const expected = slotsOfWeek(b, from).find(slot => ours.has(slot))
      assert.equal(collisions(a, b, from, memo), expected)
      met += expected === undefined ? 0 : 1
    }),
    {numRuns: 300},
  )
  assert.ok(met > 10, `${met} collisions`)
})

function slotsOfWeek({schedule, timeZone}: DueTimes, from: number): number[] {
  const slots: number[] = []
  let slot = nextSlot(schedule, timeZone, from - 1, memo)
  for (; slot !== undefined && slot < from + 7 * dayMs; slot = nextSlot(schedule, timeZone, slot, memo))
    slots.push(slot)
  return slots
}

test('every valid pattern has words', () => {
  fc.assert(fc.property(anyPattern, schedule => assert.match(describePattern(schedule), /^[A-Z].* /)))
})
