import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'

import {Workqueue} from '../../../src/runtime/workqueue.ts'
import {recordMetrics} from '../../runtime/support/recorders.ts'
import {settle, VirtualClock} from '../../support/virtual-clock.ts'

function setUp() {
  const clock = new VirtualClock()
  const {metrics, seen, count} = recordMetrics()
  return {clock, seen, count, queue: new Workqueue({name: 'q', clock, metrics})}
}

test('a key that is added often is given out once, in the order of first adds', async () => {
  const {queue} = setUp()
  for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key)
  assert.deepEqual([await queue.take(), await queue.take(), await queue.take()], ['a', 'b', 'c'])
  assert.equal(queue.length, 0)
})

test('a key that is added while it is worked on comes again afterwards, and never at the same time', async () => {
  const {queue} = setUp()
  queue.add('a')
  assert.equal(await queue.take(), 'a')
  queue.add('a')
  queue.add('a')
  let second: string | undefined
  void queue.take().then(key => (second = key))
  await settle()
  assert.equal(second, undefined)
  queue.done('a')
  await settle()
  assert.equal(second, 'a')
  queue.done('a')
  assert.equal(queue.length, 0)
})

test('what just changed goes before first lists and resyncs, also when it waits among them already', async () => {
  const {queue} = setUp()
  queue.add('old', 'low')
  queue.add('both', 'low')
  queue.add('new')
  queue.add('both')
  queue.add('new', 'low')
  assert.deepEqual([await queue.take(), await queue.take(), await queue.take()], ['new', 'both', 'old'])
})

test('delayed keys share one timer; of two times for one key the earlier wins', async () => {
  const {clock, queue} = setUp()
  queue.addAfter('a', 1_000)
  queue.addAfter('b', 500)
  queue.addAfter('a', 100)
  queue.addAfter('b', 5_000)
  assert.equal(clock.pendingTimers, 1)
  await clock.advance(100)
  assert.equal(await queue.take(), 'a')
  await clock.advance(399)
  assert.equal(queue.length, 0)
  await clock.advance(1)
  assert.equal(await queue.take(), 'b')
  await clock.advance(10_000)
  assert.equal(queue.length, 0)
  assert.equal(clock.pendingTimers, 0)
})

test('what rounding leaves of a delay is a whole ms: a key cannot come back for ever at one moment', async () => {
  const {clock, queue} = setUp()
  await clock.advance(1e9 + 1 / 3)
  queue.addAfter('a', 1e-9)
  await clock.advance(0.5)
  assert.equal(queue.length, 0)
  await clock.advance(0.5)
  assert.equal(queue.length, 1)
})

test('a delay of zero is now; NaN and negative ones are mistakes; years are cut to the horizon', async () => {
  const {clock, queue} = setUp()
  queue.addAfter('a', 0)
  assert.equal(queue.length, 1)
  assert.throws(() => queue.addAfter('b', Number.NaN), RangeError)
  assert.throws(() => queue.addAfter('b', -1), RangeError)
  queue.addAfter('c', Number.POSITIVE_INFINITY)
  await clock.advance(180 * 86_400_000)
  assert.equal(queue.length, 2)
})

test('a failing key waits 5 ms, doubling to 1000 s, until it is forgotten', () => {
  const {queue} = setUp()
  const pauses = Array.from({length: 20}, () => queue.addRateLimited('a'))
  assert.deepEqual(pauses.slice(0, 4), [5, 10, 20, 40])
  assert.equal(pauses.at(-1), 1_000_000)
  assert.equal(queue.failures('a'), 20)
  queue.forget('a')
  assert.equal(queue.failures('a'), 0)
  assert.equal(queue.addRateLimited('a'), 5)
  assert.equal(queue.addRateLimited('b', 7_000), 7_000)
})

test('many keys that fail at once are spread out: a hundred, then ten a second', () => {
  const {queue} = setUp()
  const pauses = Array.from({length: 150}, (_, i) => queue.addRateLimited(`key-${i}`))
  assert.equal(pauses.filter(pause => pause === 5).length, 100)
  assert.equal(Math.round(pauses.at(-1) ?? 0), 5_000)
})

test('draining gives nothing out, wakes who waits, takes nothing in, and ends with the last work', async () => {
  const {clock, queue} = setUp()
  queue.add('a')
  await queue.take()
  const waiting = queue.take()
  queue.add('a')
  queue.addAfter('b', 10)
  let drained = false
  const draining = queue.drain().then(() => (drained = true))
  assert.equal(await waiting, undefined)
  queue.add('c')
  queue.addAfter('c', 1)
  await clock.advance(100)
  assert.equal(drained, false)
  queue.done('a')
  await draining
  assert.equal(await queue.take(), undefined)
  assert.equal(clock.pendingTimers, 0)
  await queue.drain()
})

test('adds, depth, waiting and working times are counted', async () => {
  const {clock, seen, queue} = setUp()
  queue.add('a')
  queue.add('a')
  await clock.advance(2_000)
  await queue.take()
  await clock.advance(500)
  queue.done('a')
  queue.addRateLimited('a')
  assert.deepEqual(seen, [
    'queueAdded q',
    'queueDepth q 1',
    'queueWaited q 2',
    'queueDepth q 0',
    'queueWorked q 0.5',
    'queueRetried q',
  ])
})

/**
 * The queue against a model of what it promises: at any time a key is out at most once; what was added is given out
 * again after its work; nothing else is given out; delays are kept.
 */
type Command =
  | {readonly do: 'add' | 'addLow' | 'done'; readonly key: string}
  | {readonly do: 'addAfter'; readonly key: string; readonly ms: number}
  | {readonly do: 'take'}
  | {readonly do: 'advance'; readonly ms: number}

const someKey = fc.constantFrom('a', 'b', 'c', 'd')
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({do: fc.constantFrom('add' as const, 'addLow' as const, 'done' as const), key: someKey}),
  fc.record({do: fc.constant('addAfter' as const), key: someKey, ms: fc.integer({min: 1, max: 50})}),
  fc.record({do: fc.constant('take' as const)}),
  fc.record({do: fc.constant('advance' as const), ms: fc.integer({min: 1, max: 40})}),
)

class Model {
  readonly pending = new Set<string>()
  readonly out = new Set<string>()
  readonly due = new Map<string, number>()
  now = 0

  addAfter(key: string, ms: number): void {
    this.due.set(key, Math.min(this.due.get(key) ?? Number.POSITIVE_INFINITY, this.now + ms))
  }

  advance(ms: number): void {
    this.now += ms
    for (const [key, at] of this.due)
      if (at <= this.now) {
        this.due.delete(key)
        this.pending.add(key)
      }
  }

  get takeable(): ReadonlySet<string> {
    return new Set([...this.pending].filter(key => !this.out.has(key)))
  }
}

async function obey(next: Command, queue: Workqueue, model: Model, clock: VirtualClock): Promise<void> {
  if (next.do === 'advance') {
    model.advance(next.ms)
    await clock.advance(next.ms)
  } else if (next.do === 'addAfter') {
    model.addAfter(next.key, next.ms)
    queue.addAfter(next.key, next.ms)
  } else if (next.do === 'done') {
    model.out.delete(next.key)
    queue.done(next.key)
  } else if (next.do === 'take') {
    if (model.takeable.size === 0) return
    const key = (await queue.take()) ?? assert.fail('a key was due')
    assert.ok(model.takeable.has(key), `${key} was given out wrongly`)
    model.pending.delete(key)
    model.out.add(key)
  } else {
    model.pending.add(next.key)
    queue.add(next.key, next.do === 'addLow' ? 'low' : 'normal')
  }
  assert.equal(queue.length, model.pending.size)
  assert.deepEqual(new Set(queue.inWork.keys()), model.out)
}

test('whatever is done to the queue in whatever order, it keeps its promises', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, {maxLength: 60}), async commands => {
      const clock = new VirtualClock()
      const queue = new Workqueue({name: 'q', clock})
      const model = new Model()
      for (const next of commands) await obey(next, queue, model, clock)
      assert.ok(clock.pendingTimers <= 1, 'one timer for all delays')
      for (let left = model.takeable.size; left > 0; left--) await obey({do: 'take'}, queue, model, clock)
      assert.equal(model.takeable.size, 0)
    }),
    {numRuns: 150},
  )
})

test('a hundred thousand keys go through in a moment, however they are added', async () => {
  const {queue, clock} = setUp()
  for (let i = 0; i < 100_000; i++) queue.addAfter(`key-${i}`, 1 + (i % 977))
  assert.equal(clock.pendingTimers, 1)
  await clock.advance(1_000)
  for (let i = 0; i < 100_000; i++) queue.done((await queue.take()) ?? assert.fail('a key is missing'))
  assert.equal(queue.length, 0)
})
