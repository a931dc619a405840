import assert from 'node:assert/strict'
import {test} from 'node:test'

import {abortable} from '../../../src/time/abortable.ts'
import {sleep, systemClock} from '../../../src/time/clock.ts'
import {Deadline} from '../../../src/time/deadline.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

const longest = 2 ** 31

test('a timer refuses what Node would fire at once: NaN, infinity, negative delays', () => {
  for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
    assert.throws(() => systemClock.setTimer(ms, () => undefined), RangeError)
    assert.throws(() => new VirtualClock().setTimer(ms, () => undefined), RangeError)
  }
})

test('a timer beyond what Node can hold is chunked and does not fire early', t => {
  t.mock.timers.enable({apis: ['setTimeout']})
  const armed: number[] = []
  const set = globalThis.setTimeout
  t.mock.method(
    globalThis,
    'setTimeout',
    ((fire: () => void, ms: number) => (armed.push(ms), set(fire, ms))) as typeof set,
  )
  let fired = false
  const timer = systemClock.setTimer(longest + 5, () => (fired = true))
  assert.deepEqual(armed, [86_400_000])
  timer.cancel()
  t.mock.timers.tick(86_400_001)
  assert.equal(fired, false)
  assert.equal(armed.length, 1)
})

test('the system clock fires timers, tells both times, and cancels', async () => {
  const before = systemClock.monotonic()
  await new Promise<void>(resolve => systemClock.setTimer(1, resolve))
  assert.ok(systemClock.monotonic() > before)
  assert.ok(Math.abs(systemClock.now() - Date.now()) < 5_000)
  systemClock.setTimer(60_000, () => assert.fail('was cancelled')).cancel()
})

test('virtual time fires timers in order, and lets what they start set new ones within the same advance', async () => {
  const clock = new VirtualClock()
  const fired: string[] = []
  clock.setTimer(20, () => fired.push('b'))
  clock.setTimer(10, () => {
    fired.push('a')
    void sleep(clock, 5).then(() => fired.push('a+5'))
  })
  clock.setTimer(20, () => fired.push('c'))
  clock.setTimer(31, () => fired.push('late'))
  const start = clock.now()
  await clock.advance(30)
  assert.deepEqual(fired, ['a', 'a+5', 'b', 'c'])
  assert.equal(clock.now() - start, 30)
  assert.equal(clock.pendingTimers, 1)
  clock.jumpWall(-3_600_000)
  assert.equal(clock.monotonic(), 30)
})

test('sleep ends with time, or at once with the reason of its signal, and leaves no timer', async () => {
  const clock = new VirtualClock()
  const stop = new AbortController()
  const slept = sleep(clock, 100, stop.signal)
  stop.abort(new Error('enough'))
  await assert.rejects(slept, /enough/)
  await assert.rejects(sleep(clock, 100, stop.signal), /enough/)
  assert.equal(clock.pendingTimers, 0)
  const whole = sleep(clock, 100)
  await clock.advance(100)
  await whole
})

test('a deadline aborts with its own reason when time runs out, and with the caller’s when that comes first', async () => {
  const clock = new VirtualClock()
  const late = new Deadline(clock, 50, undefined, () => new Error('too late'))
  await clock.advance(50)
  assert.equal(late.expired, true)
  assert.match(String(late.signal.reason), /too late/)

  const parent = new AbortController()
  const early = new Deadline(clock, 50, parent.signal, () => new Error('too late'))
  parent.abort(new Error('the caller left'))
  assert.match(String(early.signal.reason), /the caller left/)
  assert.equal(early.expired, false)
  early.clear()
  assert.equal(clock.pendingTimers, 0)

  const gone = new Deadline(clock, 50, parent.signal, () => new Error('too late'))
  assert.equal(gone.signal.aborted, true)
  gone.clear()
})

test('abortable waits for the promise, but not past its signal', async () => {
  const stop = new AbortController()
  const endless = new Promise<never>(() => undefined)
  const waiting = abortable(endless, stop.signal)
  stop.abort(new Error('stop'))
  await assert.rejects(waiting, /stop/)
  await assert.rejects(abortable(endless, stop.signal), /stop/)
  assert.equal(await abortable(Promise.resolve(1), new AbortController().signal), 1)
  assert.equal(await abortable(Promise.resolve(2), undefined), 2)
  await assert.rejects(abortable(Promise.reject(new Error('own')), new AbortController().signal), /own/)
})
