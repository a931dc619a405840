import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {sleep} from '../../../src/time/clock.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

test('timers fire in the order of their times, those of one time in the order in which they were set', async () => {
  const delays = fc.array(fc.record({ms: fc.integer({min: 0, max: 20}), cancelled: fc.boolean()}), {maxLength: 60})
  await fc.assert(
    fc.asyncProperty(delays, fc.integer({min: 0, max: 20}), async (wanted, passed) => {
      const clock = new VirtualClock(0)
      const fired: number[] = []
      const timers = wanted.map(({ms}, index) => clock.setTimer(ms, () => fired.push(index)))
      for (const [index, {cancelled}] of wanted.entries()) if (cancelled) timers[index]?.cancel()
      const expected = wanted
        .map(({ms, cancelled}, index) => ({ms, cancelled, index}))
        .filter(({ms, cancelled}) => !cancelled && ms <= passed)
        .sort((one, other) => one.ms - other.ms)
        .map(({index}) => index)
      await clock.advance(passed)
      assert.deepEqual(fired, expected)
      assert.equal(clock.pendingTimers, wanted.filter(({ms, cancelled}) => !cancelled && ms > passed).length)
    }),
    {numRuns: 60},
  )
})

test('a timer that a timer sets fires in the same advance, at its own time', async () => {
  const clock = new VirtualClock(1000)
  const times: number[] = []
  clock.setTimer(10, () => {
    times.push(clock.now())
    clock.setTimer(5, () => times.push(clock.now()))
  })
  await clock.advance(20)
  assert.deepEqual([times, clock.now(), clock.monotonic()], [[1010, 1015], 1020, 20])
})

test('what one timer started can set the next: microtasks and turns of the event loop run in between', async () => {
  const clock = new VirtualClock(0)
  const passed: number[] = []
  const walk = async (): Promise<void> => {
    for (let step = 0; step < 5; step++) {
      await sleep(clock, 10)
      await new Promise(resolve => setImmediate(resolve))
      passed.push(clock.monotonic())
    }
  }
  const walking = walk()
  await clock.advance(50)
  await walking
  assert.deepEqual(passed, [10, 20, 30, 40, 50])
})

test('a timer that was cancelled twice, or after it fired, takes nothing else with it', async () => {
  const clock = new VirtualClock()
  const fired: string[] = []
  const first = clock.setTimer(1, () => fired.push('first'))
  clock.setTimer(2, () => fired.push('second'))
  const cancelled = clock.setTimer(2, () => fired.push('cancelled'))
  cancelled.cancel()
  cancelled.cancel()
  await clock.advance(1)
  first.cancel()
  assert.equal(clock.untilNextTimer(), 1)
  await clock.advance(1)
  assert.deepEqual([fired, clock.pendingTimers, clock.untilNextTimer()], [['first', 'second'], 0, undefined])
})

test('time that work spends makes timers late, in their order, and never runs back', async () => {
  const clock = new VirtualClock(0)
  const fired: string[] = []
  const note =
    (name: string): (() => void) =>
    () => {
      fired.push(`${name} at ${clock.monotonic()}`)
      clock.spend(7)
    }
  clock.setTimer(5, note('second'))
  clock.setTimer(3, note('first'))
  clock.setTimer(30, note('third'))
  clock.spend(4)
  assert.deepEqual(fired, [])
  await clock.advance(6)
  assert.deepEqual(fired, ['first at 4', 'second at 11'])
  assert.deepEqual([clock.monotonic(), clock.now(), clock.untilNextTimer()], [18, 18, 12])
  await clock.advance(12)
  assert.equal(fired[2], 'third at 30')
})

test('the wall clock jumps without the timers', async () => {
  const clock = new VirtualClock(0)
  let firedAt = -1
  clock.setTimer(100, () => (firedAt = clock.monotonic()))
  clock.jumpWall(-5000)
  await clock.advance(100)
  assert.deepEqual([firedAt, clock.now()], [100, -4900])
})

test('advanceUntil stops at the first step after which the condition holds, and says when it never does', async () => {
  const clock = new VirtualClock(0)
  let ready = false
  clock.setTimer(250, () => (ready = true))
  await clock.advanceUntil(() => ready)
  assert.equal(clock.monotonic(), 300)
  await assert.rejects(
    clock.advanceUntil(() => false, {limitMs: 1000}),
    /did not hold within 1000 ms/,
  )
})
