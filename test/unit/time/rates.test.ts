import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'

import {Backoff} from '../../../src/time/backoff.ts'
import {TokenBucket} from '../../../src/time/token-bucket.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

test('a backoff doubles from its first delay to its longest, and begins again after a reset', () => {
  const backoff = new Backoff({initialMs: 100, maxMs: 1_000, jitter: 0, random: () => 0.5})
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map(() => backoff.next()),
    [100, 200, 400, 800, 1_000, 1_000],
  )
  assert.equal(backoff.failures, 6)
  backoff.reset()
  assert.equal(backoff.next(), 100)
})

test('jitter only lengthens a delay, by at most its share, for any number of failures', () => {
  fc.assert(
    fc.property(fc.double({min: 0, max: 0.999, noNaN: true}), fc.nat(5_000), (random, failures) => {
      const backoff = new Backoff({initialMs: 10, maxMs: 500, jitter: 0.5, random: () => random})
      for (let i = 0; i < failures; i++) backoff.next()
      const delay = backoff.next()
      assert.ok(delay >= 10 && delay <= 750, `${delay}`)
    }),
    {numRuns: 50},
  )
})

test('full jitter is anything from nothing to the delay', () => {
  const chances = [0, 0.5, 0.999, 0.25]
  const backoff = new Backoff({initialMs: 100, maxMs: 400, jitter: 'full', random: () => chances.shift() ?? 0})
  assert.deepEqual(
    [1, 2, 3, 4].map(() => backoff.next()),
    [0, 100, 399.6, 100],
  )
})

test('a bucket lets its burst through at once and then its rate, and never more than its burst after a pause', async () => {
  const clock = new VirtualClock()
  const bucket = new TokenBucket(clock, 10, 3)
  assert.deepEqual(
    [0, 0, 0].map(() => bucket.reserve()),
    [0, 0, 0],
  )
  assert.equal(bucket.reserve(), 100)
  assert.equal(bucket.reserve(), 200)
  assert.equal(bucket.tryTake(), false)
  await clock.advance(60_000)
  assert.deepEqual(
    [1, 2, 3, 4].map(() => bucket.tryTake()),
    [true, true, true, false],
  )
})

test('a bucket that would let nothing through is refused', () => {
  for (const [rate, burst] of [
    [0, 1],
    [1, 0],
    [Number.NaN, 1],
  ] as const)
    assert.throws(() => new TokenBucket(new VirtualClock(), rate, burst), RangeError)
})
