import assert from 'node:assert/strict'
import {test} from 'node:test'

import {Urgency} from '../../../src/runtime/urgency.ts'
import {settle, VirtualClock} from '../../support/virtual-clock.ts'

function setUp() {
  const clock = new VirtualClock()
  const urgency = new Urgency({clock, patienceMs: 1_000})
  const resumed: string[] = []
  const wait = (name: string): void => {
    const over = urgency.over()
    if (over === undefined) resumed.push(`${name} at once`)
    else void over.then(() => resumed.push(`${name} at ${clock.monotonic()}`))
  }
  return {clock, urgency, resumed, wait}
}

test('while nothing is urgent, and once nothing is any more, nobody waits', async () => {
  const {clock, urgency, resumed, wait} = setUp()
  wait('before')
  urgency.begin()
  urgency.end()
  await clock.advance(20)
  wait('after')
  assert.deepEqual(resumed, ['before at once', 'after at once'])
  assert.equal(clock.pendingTimers, 0)
})

test('who can wait goes on when the last piece of a burst is done, small gaps in it included', async () => {
  const {clock, urgency, resumed, wait} = setUp()
  urgency.begin()
  urgency.begin()
  wait('a')
  wait('b')
  await clock.advance(100)
  urgency.end()
  await clock.advance(100)
  urgency.end()
  await clock.advance(10)
  urgency.begin()
  await clock.advance(90)
  assert.equal(resumed.length, 0)
  urgency.end()
  wait('c')
  await clock.advance(20)
  await settle()
  assert.deepEqual(resumed, ['a at 320', 'b at 320', 'c at 320'])
  assert.equal(clock.pendingTimers, 0)
})

test('a burst that does not end holds others up once, for its patience, and the next burst again', async () => {
  const {clock, urgency, resumed, wait} = setUp()
  urgency.begin()
  await clock.advance(400)
  wait('a')
  await clock.advance(600)
  assert.deepEqual(resumed, ['a at 1000'])
  assert.equal(urgency.aftermathMs(4), 0)
  wait('b')
  assert.deepEqual(resumed, ['a at 1000', 'b at once'])
  urgency.end()
  await clock.advance(500)
  urgency.begin()
  wait('c')
  await clock.advance(1_000)
  assert.deepEqual(resumed.slice(2), ['c at 2500'])
  assert.equal(clock.pendingTimers, 0)
})

test('the more a burst has set off, the longer others had better be silent about it', async () => {
  const {clock, urgency} = setUp()
  assert.equal(urgency.aftermathMs(4), 0)
  for (let piece = 0; piece < 100; piece++) urgency.begin()
  await clock.advance(500)
  assert.equal(urgency.aftermathMs(4), 400)
  for (let piece = 0; piece < 100; piece++) urgency.end()
  await clock.advance(100)
  assert.equal(urgency.aftermathMs(4), 300)
  await clock.advance(300)
  assert.equal(urgency.aftermathMs(4), 0)
  urgency.begin()
  urgency.end()
  assert.equal(urgency.aftermathMs(4), 20, 'one alone sets off next to nothing')
})

test('work that is tried again and again makes others wait for a few times the patience at the longest', async () => {
  const {clock, urgency} = setUp()
  const waits: number[] = []
  for (let piece = 0; piece < 450; piece++) {
    urgency.begin()
    await clock.advance(5)
    urgency.end()
    await clock.advance(5)
    waits.push(urgency.aftermathMs(40))
  }
  assert.ok(Math.max(...waits) <= 3_000, `${Math.max(...waits)} ms`)
  assert.deepEqual([waits[150], ...new Set(waits.slice(400))], [2490, 0])
})

test('bursts that follow each other let everybody speak in the end', async () => {
  const {clock, urgency} = setUp()
  const waits: number[] = []
  for (let burst = 0; burst < 100; burst++) {
    for (let piece = 0; piece < 50; piece++) urgency.begin()
    for (let piece = 0; piece < 50; piece++) urgency.end()
    await clock.advance(100)
    waits.push(urgency.aftermathMs(20))
  }
  assert.deepEqual([waits[50], new Set(waits.slice(61))], [900, new Set([0])])
  await clock.advance(1_000)
  assert.equal(urgency.aftermathMs(20), 0)
  for (let piece = 0; piece < 50; piece++) urgency.begin()
  assert.equal(urgency.aftermathMs(20), 1_000, 'after a rest they wait again')
  for (let piece = 0; piece < 50; piece++) urgency.end()
  await clock.advance(3_600_000)
  urgency.begin()
  assert.equal(urgency.aftermathMs(20), 20, 'also when nobody saw that rest')
  urgency.end()
})

test('what ends must have begun', () => {
  const {urgency} = setUp()
  assert.throws(() => urgency.end(), RangeError)
})
