import assert from 'node:assert/strict'
import test from 'node:test'
import {describePattern, shortestGapMs, stableJitterMs} from '../../../src/calendar/index.ts'

const words: readonly [schedule: string, timeZone: string | undefined, expected: string][] = [
  ['0 2 * * *', undefined, 'At 02:00, every day'],
  ['0 2 * * *', 'Europe/Berlin', 'At 02:00, every day (Europe/Berlin)'],
  ['@daily', 'UTC', 'At 00:00, every day (UTC)'],
  ['30 2,14 * * 7', undefined, 'At 02:30 and 14:30, only on Sunday'],
  ['*/15 * * * *', undefined, 'Every 15 minutes, every hour, every day'],
  ['0 0 29 FEB *', undefined, 'At 00:00, on day 29 of the month, only in February'],
  ['0 0 13 * 5', 'UTC', 'At 00:00, on day 13 of the month, and on Friday; one of the two is enough (UTC)'],
]
for (const [schedule, timeZone, expected] of words) {
  test(`in words: "${schedule}"`, () => assert.equal(describePattern(schedule, timeZone), expected))
}

test('what is no pattern has no words', () => {
  assert.throws(() => describePattern('0 0 2 * * *'), RangeError)
})

const hour = 3_600_000
const cadences: readonly [schedule: string, gap: number][] = [
  ['0 2 * * *', 24 * hour],
  ['@hourly', hour],
  ['*/15 * * * *', hour / 4],
  ['0,59 2 * * *', (hour * 59) / 60],
  ['0,30 0,23 * * *', hour / 2],
  ['45 23,0 * * *', hour],
  ['0 0,23 * * MON', 23 * hour],
  ['0 0,23 * * MON,TUE', hour],
  ['0 0,23 28,1 2,3 *', hour],
  ['0 0,23 29 2 *', 23 * hour],
  ['@weekly', Number.POSITIVE_INFINITY],
  ['0 0 31 * *', Number.POSITIVE_INFINITY],
  ['0 0 30 2 *', Number.POSITIVE_INFINITY],
  ['0 0 13 * FRI', 24 * hour],
]
for (const [schedule, gap] of cadences) {
  test(`the shortest gap of "${schedule}" is ${gap / hour} h`, () => assert.equal(shortestGapMs(schedule), gap))
}

test('a delay is the same for the same schedule, within its bound, and spread over many', () => {
  const delays = Array.from({length: 2000}, (_, index) => stableJitterMs(`prod/nightly-${index}`, 600))
  assert.deepEqual(
    delays,
    Array.from({length: 2000}, (_, index) => stableJitterMs(`prod/nightly-${index}`, 600)),
  )
  assert.ok(delays.every(delay => Number.isInteger(delay) && delay >= 0 && delay < 600_000))
  const perMinute = Map.groupBy(delays, delay => Math.floor(delay / 60_000))
  assert.equal(perMinute.size, 10)
  for (const [, group] of perMinute) assert.ok(group.length > 140 && group.length < 260, `${group.length} of 2000`)
  assert.equal(stableJitterMs('prod/nightly', 0), 0)
  assert.ok(Math.abs(stableJitterMs('prod/nightly', 600) * 2 - stableJitterMs('prod/nightly', 1200)) <= 1000)
  assert.equal(stableJitterMs('prod/nightly', 600) % 1000, 0)
})
