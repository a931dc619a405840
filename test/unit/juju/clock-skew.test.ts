import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {agentSkewAtLeast, agentSkews, ClockSkewEstimator, skewOf} from '../../../src/juju/clock-skew.ts'
import {ClockWatch} from '../../../src/juju/clock-watch.ts'
import {LogBook} from './support.ts'

const reading = (skewMs: number, roundTripMs: number, at = 1_000_000) => ({
  theirs: at + skewMs - roundTripMs / 2,
  receivedAt: at,
  roundTripMs,
})

test('a clock that was read in the middle of the round trip is off by what it shows, give or take half of it', () => {
  assert.deepEqual(skewOf({theirs: 105_000, receivedAt: 100_100, roundTripMs: 200}), {skewMs: 5000, uncertaintyMs: 100})
})

test('the truth is always within the uncertainty, wherever in the round trip the clock was read', () => {
  const ms = fc.integer({min: 0, max: 60_000})
  fc.assert(
    fc.property(fc.integer({min: -1e6, max: 1e6}), fc.array(fc.tuple(ms, ms), {minLength: 1}), (truth, trips) => {
      const estimator = new ClockSkewEstimator()
      let now = 1e9
      for (const [there, back] of trips) {
        now += there + back
        estimator.observe({theirs: now - back + truth, receivedAt: now, roundTripMs: there + back})
        const {skewMs, uncertaintyMs} = estimator.estimate ?? {skewMs: Number.NaN, uncertaintyMs: 0}
        assert.ok(Math.abs(skewMs - truth) <= uncertaintyMs)
      }
    }),
  )
})

test('a slow reply does not spoil what a fast one told', () => {
  const estimator = new ClockSkewEstimator()
  assert.equal(estimator.estimate, undefined)
  estimator.observe(reading(5000, 20))
  assert.deepEqual(estimator.observe(reading(7000, 8000)), {skewMs: 5000, uncertaintyMs: 10})
})

test('a clock that was set is believed at once', () => {
  const estimator = new ClockSkewEstimator()
  estimator.observe(reading(5000, 20))
  assert.deepEqual(estimator.observe(reading(-60_000, 400)), {skewMs: -60_000, uncertaintyMs: 200})
})

test('an old reading does not count for ever: clocks drift', () => {
  const estimator = new ClockSkewEstimator()
  estimator.observe(reading(5000, 2))
  for (let count = 0; count < 8; count++) estimator.observe(reading(5001, 40))
  assert.equal(estimator.estimate?.skewMs, 5001)
})

test('a clock that is more than 30 s wrong is one line in the log, until it was right in between', () => {
  const log = new LogBook()
  const watch = new ClockWatch(log)
  for (const skewMs of [0, 30_100, 45_000, 46_000]) watch.observe(reading(skewMs, 100))
  assert.deepEqual(log.lines, [`the controller's clock differs from this machine's {"seconds":30}`])
  watch.observe(reading(1000, 100))
  watch.observe(reading(-90_000, 100))
  assert.equal(log.lines.length, 2)
  assert.match(log.lines[1] ?? '', /-90/)
  assert.equal(watch.skew?.skewMs, -90_000)
})

test('what is said of a clock that is wrong does not change with every reading, nor at the limit', () => {
  const watch = new ClockWatch(new LogBook())
  const said = (...skews: number[]) =>
    skews.map(skewMs => {
      // Each is the only one that counts: it contradicts the one before by more than their uncertainty.
      watch.observe(reading(skewMs, 100))
      return watch.notableMs
    })
  assert.deepEqual(said(0, 29_900, 31_000, 29_900, 31_000), [undefined, undefined, 31_000, 31_000, 31_000])
  assert.deepEqual(said(60_000, 62_000, 24_000), [31_000, 62_000, undefined])
  assert.deepEqual(said(-600_000, -640_000, -661_000), [-600_000, -600_000, -661_000])
})

test('what may be no more than a slow reply is not called wrong', () => {
  const log = new LogBook()
  new ClockWatch(log).observe(reading(31_000, 20_000))
  assert.deepEqual(log.lines, [])
})

const noon = Date.UTC(2026, 10, 22, 12)
const at = (seconds: number): string => new Date(noon + seconds * 1000).toISOString()
const times: readonly [sentence: string, task: Parameters<typeof agentSkewAtLeast>[0], seconds: number][] = [
  ['times in order', {enqueued: at(-9), started: at(-5), completed: at(-1)}, 0],
  ['a start before the enqueue', {enqueued: at(-9), started: at(-100)}, -91],
  ['an end in the future', {enqueued: at(-9), started: at(-5), completed: at(40)}, 40],
  ['a start in the future', {enqueued: at(-9), started: at(40)}, 40],
  ['a second of rounding', {enqueued: at(-8.2), started: at(-9)}, 0],
  ['a task that waits', {enqueued: at(-9)}, 0],
  ['a task of Juju 4 without an end', {enqueued: at(-9), started: at(-8)}, 0],
]
for (const [sentence, task, seconds] of times) {
  test(`${sentence}: the agent's clock is at least ${seconds} s off`, () =>
    assert.equal(agentSkewAtLeast(task, noon), seconds * 1000))
}

test('of several tasks of a unit the one that tells most counts; units in order are left out', () => {
  const skews = agentSkews(
    [
      {receiver: 'a/0', enqueued: at(-9), started: at(-50)},
      {receiver: 'a/0', enqueued: at(-9), started: at(-20)},
      {receiver: 'a/1', enqueued: at(-9), started: at(-5)},
    ],
    noon,
  )
  assert.deepEqual([...skews], [['a/0', -41_000]])
})
