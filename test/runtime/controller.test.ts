import assert from 'node:assert/strict'
import {test} from 'node:test'

import {KubeClient} from '../../src/kube/client.ts'
import {ApiError, NotLeader} from '../../src/kube/errors.ts'
import {ConsistencyGate} from '../../src/runtime/consistency.ts'
import {
  atRest,
  Controller,
  type ControllerOptions,
  type ReconcileContext,
  type Result,
  TerminalError,
} from '../../src/runtime/controller.ts'
import {enqueueSelf} from '../../src/runtime/event-handlers.ts'
import {Informer} from '../../src/runtime/informer.ts'
import {ObjectStore} from '../../src/runtime/store.ts'
import {Urgency} from '../../src/runtime/urgency.ts'
import {sleep} from '../../src/time/clock.ts'
import {settle, VirtualClock} from '../support/virtual-clock.ts'
import {recordLog, recordMetrics} from './support/recorders.ts'
import {
  frozen,
  json,
  page,
  ScriptedTransport,
  WatchScript,
  widget,
  type Widget,
  widgets,
} from './support/scripted-transport.ts'

type Work = (key: string, context: ReconcileContext) => Promise<Result> | Result

function setUp(work: Work, options: Partial<ControllerOptions> = {}) {
  const clock = new VirtualClock()
  const log = recordLog()
  const {metrics, count} = recordMetrics()
  const runs: string[] = []
  const reconciler = {
    async reconcile(key: string, context: ReconcileContext): Promise<Result> {
      runs.push(`${key} at ${clock.monotonic()}`)
      return work(key, context)
    },
  }
  const controller = new Controller({name: 'widgets', reconciler, clock, random: () => 0.5, log, metrics, ...options})
  const [stop, abort] = [new AbortController(), new AbortController()]
  let ended = false
  const run = (): void => void controller.run(stop.signal, abort.signal).then(() => (ended = true))
  const end = async (): Promise<void> => {
    stop.abort()
    await settle()
    assert.equal(ended, true, 'the controller must stop')
    assert.equal(clock.pendingTimers, 0, 'and leave no timer')
  }
  return {clock, log, count, runs, controller, stop, abort, run, end, ended: () => ended}
}

test('a reconcile that went well is not repeated, unless it asked for another look', async () => {
  const {clock, count, runs, controller, run, end} = setUp(key => (key === 'n/again' ? {requeueAfterMs: 1_000} : {}))
  run()
  controller.enqueue('n/once')
  controller.enqueue('n/again')
  await clock.advance(2_500)
  assert.deepEqual(runs, ['n/once at 0', 'n/again at 0', 'n/again at 1000', 'n/again at 2000'])
  assert.equal(count('reconcileFinished widgets success'), 1)
  assert.equal(count('reconcileFinished widgets requeue_after'), 3)
  await end()
})

test('a failure is tried again with growing pauses, and forgotten after a success', async () => {
  let failures = 3
  const {clock, log, count, runs, controller, run, end} = setUp(() => {
    if (failures-- > 0) throw new Error('not yet')
    return {}
  })
  run()
  controller.enqueue('n/a')
  await clock.advance(1_000)
  assert.deepEqual(runs, ['n/a at 0', 'n/a at 5', 'n/a at 15', 'n/a at 35'])
  assert.equal(count('reconcileFailed widgets'), 3)
  const [line] = log.lines.filter(({level}) => level === 'warn')
  assert.deepEqual(
    [line?.fields['controller'], line?.fields['key'], line?.fields['attempt'], line?.fields['retryInMs']],
    ['widgets', 'n/a', 1, 5],
  )
  assert.match(String(line?.fields['reconcileID']), /^80000000-1$/)
  failures = 1
  controller.enqueue('n/a')
  await clock.advance(100)
  assert.equal(runs.at(-1), 'n/a at 1005')
  await end()
})

test('a failure for good waits for a change of the object', async () => {
  const {clock, count, runs, controller, run, end} = setUp(() => {
    throw new TerminalError('the spec cannot work')
  })
  run()
  controller.enqueue('n/a')
  await clock.advance(3_600_000)
  assert.equal(runs.length, 1)
  assert.equal(count('reconcileFailedForGood widgets'), 1)
  controller.enqueue('n/a')
  await settle()
  assert.equal(runs.length, 2)
  await end()
})

test('a mistake in a reconciler is counted, says where, and stops nobody else', async () => {
  const {clock, log, count, runs, controller, run, end} = setUp(key => {
    if (key === 'n/bad') throw new TypeError('undefined is not a function')
    return {}
  })
  run()
  controller.enqueue('n/bad')
  controller.enqueue('n/good')
  await clock.advance(4)
  assert.deepEqual(runs, ['n/bad at 0', 'n/good at 0'])
  assert.equal(count('reconcilePanicked widgets'), 1)
  assert.match(String(log.lines.find(({level}) => level === 'error')?.fields['file']), /controller\.test\.ts/)
  await end()
})

test('a server that asks to be left alone is left alone by the queue', async () => {
  const call = {method: 'GET', path: '/x'}
  let failures = 1
  const {clock, runs, controller, run, end} = setUp(() => {
    if (failures-- > 0) throw new ApiError(call, 429, {}, 60_000)
    return {}
  })
  run()
  controller.enqueue('n/a')
  await clock.advance(120_000)
  assert.deepEqual(runs, ['n/a at 0', 'n/a at 60000'])
  await end()
})

test('whoever lost the lease leaves the key to the new leader', async () => {
  const {clock, count, runs, controller, run, end} = setUp(() => {
    throw new NotLeader('ns/lease')
  })
  run()
  controller.enqueue('n/a')
  await clock.advance(3_600_000)
  assert.equal(runs.length, 1)
  assert.equal(count('reconcileFailed'), 0)
  await end()
})

test('an object that somebody changed meanwhile is tried again quietly', async () => {
  let conflicts = 1
  const {clock, log, runs, controller, run, end} = setUp(() => {
    if (conflicts-- > 0) throw new ApiError({method: 'PATCH', path: '/x'}, 409, {reason: 'Conflict'})
    return {}
  })
  run()
  controller.enqueue('n/a')
  await clock.advance(10)
  assert.equal(runs.length, 2)
  assert.deepEqual(
    log.lines.filter(({level}) => level !== 'debug'),
    [],
  )
  await end()
})

test('a reconcile that takes too long has its signal aborted, is counted, and is tried again', async () => {
  const world = setUp((_, {signal}) => sleep(world.clock, 3_600_000, signal).then(() => ({})), {timeoutMs: 30_000})
  const {clock, log, count, runs, controller, run} = world
  run()
  controller.enqueue('n/a')
  await clock.advance(31_000)
  assert.equal(count('reconcileTimedOut widgets'), 1)
  assert.match(String(log.lines.find(({level}) => level === 'warn')?.fields['error']), /longer than 30000 ms/)
  assert.equal(runs.length, 2)
  world.stop.abort()
  world.abort.abort(new Error('exit'))
  await settle()
  assert.equal(world.ended(), true)
})

test('a reconcile that ignores its signal makes the process unhealthy, and the key is not worked on twice', async () => {
  const {clock, runs, controller, run} = setUp(() => new Promise<Result>(() => undefined), {
    timeoutMs: 30_000,
    workers: 2,
  })
  run()
  controller.enqueue('n/a')
  await clock.advance(30_000)
  controller.enqueue('n/a')
  await clock.advance(30_000)
  assert.equal(controller.healthProblem(), undefined)
  await clock.advance(1)
  assert.match(controller.healthProblem() ?? '', /the reconcile of n\/a has been running for 60001 ms/)
  assert.equal(runs.length, 1)
})

test('several workers work side by side, never on one key', async () => {
  let active = 0
  let most = 0
  const world = setUp(
    async () => {
      most = Math.max(most, ++active)
      await sleep(world.clock, 10)
      active -= 1
      return {}
    },
    {workers: 3},
  )
  const {clock, controller, run, end, count} = world
  run()
  for (let i = 0; i < 9; i++) controller.enqueue(`n/${i % 5}`)
  await clock.advance(100)
  assert.equal(most, 3)
  assert.equal(count('maxConcurrentReconciles widgets 3'), 1)
  assert.equal(controller.backlog, 0)
  await end()
})

test('many quick reconciles leave turns of the event loop to timers and answers', async () => {
  const {runs, controller, run, end} = setUp(() => ({}), {workers: 4})
  for (let index = 0; index < 1_000; index++) controller.enqueue(`n/${index}`)
  run()
  let largest = 0
  for (let before = 0; before < 1_000; before = runs.length) {
    await new Promise(resolve => setImmediate(resolve))
    largest = Math.max(largest, runs.length - before)
  }
  assert.ok(largest <= 50, `${largest} reconciles in one turn`)
  await end()
})

test('stopping lets the reconcile in progress end, and begins no other', async () => {
  const world = setUp(() => sleep(world.clock, 5_000).then(() => ({})))
  const {clock, runs, controller, run, stop} = world
  run()
  controller.enqueue('n/a')
  controller.enqueue('n/b')
  await clock.advance(1_000)
  stop.abort()
  controller.enqueueAfter('n/c', 1)
  await clock.advance(3_999)
  assert.equal(world.ended(), false)
  await clock.advance(1)
  assert.equal(world.ended(), true)
  assert.deepEqual(runs, ['n/a at 0'])
})

test('stopping begins no reconcile that was waiting for its turn', async () => {
  const {runs, controller, stop, run, end} = setUp(() => ({}), {workers: 4})
  for (let index = 0; index < 1_000; index++) controller.enqueue(`n/${index}`)
  run()
  for (let before = -1; before < runs.length;) {
    before = runs.length
    // No turn of the event loop passes here.
    for (let microtask = 0; microtask < 100; microtask++) await Promise.resolve()
  }
  const begun = runs.length
  stop.abort()
  await settle()
  assert.ok(begun > 0 && begun < 1_000)
  assert.equal(runs.length, begun)
  await end()
})

test('a controller that is stopped before it starts does nothing', async () => {
  const {runs, controller, stop, run, ended} = setUp(() => ({}))
  controller.enqueue('n/a')
  stop.abort()
  run()
  await settle()
  assert.deepEqual([runs, ended()], [[], true])
})

test('every object is looked at again after about its resync time, until it is gone', async () => {
  const store = new ObjectStore<Widget>()
  store.put(widget('a', '1'), 'list')
  const {clock, runs, controller, run, end} = setUp(() => ({}), {primary: {resource: widgets, store}, resyncMs: 60_000})
  run()
  controller.enqueue('default/a')
  await clock.advance(60_000)
  assert.deepEqual(runs, ['default/a at 0', 'default/a at 60000'])
  store.remove('default/a')
  await clock.advance(600_000)
  assert.equal(runs.length, 3)
  await end()
})

test('an object at rest is left out of the resync until something happens to it', async () => {
  const store = new ObjectStore<Widget>()
  store.put(widget('a', '1'), 'list')
  let result: Result = atRest
  const primary = {resource: widgets, store}
  const {clock, runs, controller, run, end} = setUp(() => result, {primary, resyncMs: 60_000})
  run()
  controller.enqueue('default/a')
  await clock.advance(600_000)
  assert.equal(runs.length, 1)
  result = {}
  controller.enqueue('default/a')
  await clock.advance(60_000)
  assert.deepEqual(runs.slice(1), ['default/a at 600000', 'default/a at 660000'])
  store.remove('default/a')
  await clock.advance(60_000)
  await end()
})

/** A controller that raises spec.size to 2, once, on a real informer, gate and client over a scripted API server. */
async function raiser() {
  const transport = new ScriptedTransport()
  const clock = new VirtualClock()
  const gate = new ConsistencyGate({clock})
  const client = new KubeClient({transport, clock, random: () => 0, onWrite: gate.wrote})
  const informer = new Informer<Widget>({
    client,
    resource: widgets,
    clock,
    random: () => 0.5,
    driftCheckMs: 0,
    streamingList: false,
  })
  gate.track(informer)
  const reconciler = {
    async reconcile(key: string): Promise<Result> {
      const object = informer.store.get(key)
      if (object === undefined || object.spec.size > 1) return {}
      await client.jsonPatch(widgets, object.metadata, [
        {op: 'replace', path: '/spec/size', value: object.spec.size + 1},
      ])
      return {}
    },
  }
  const {metrics, count} = recordMetrics()
  const options = {name: 'raiser', reconciler, clock, random: () => 0, primary: informer, gate, metrics}
  const controller = new Controller(options)
  informer.onEvent(enqueueSelf(controller))
  const watch = new WatchScript()
  const raised: Widget = {...widget('a', '12'), spec: {size: 2}}
  transport.on('GET /apis/example.dev/v1/widgets?limit', page([widget('a', '3')], '9')).on('?watch', watch.answer)
  transport.on('PATCH', json(raised))
  const stop = new AbortController()
  const over = [informer.start(stop.signal), controller.run(stop.signal)]
  await clock.advance(0)
  const end = async (): Promise<void> => {
    stop.abort()
    await Promise.all(over)
  }
  const patches = (): number => transport.lines.filter(line => line.startsWith('PATCH')).length
  return {transport, clock, controller, watch, raised, count, patches, end}
}

test('a cache that does not show our own write yet is not decided from: nothing is done twice', async () => {
  const {clock, controller, watch, raised, count, patches, end} = await raiser()
  assert.equal(patches(), 1)
  controller.enqueue('default/a')
  await clock.advance(3_000)
  assert.deepEqual([patches(), count('staleCacheWaited raiser')], [1, 1])
  watch.event('MODIFIED', raised)
  await clock.advance(0)
  assert.ok(count('reconcileFinished raiser success') >= 2, 'it goes on as soon as the cache has caught up')
  await clock.advance(60_000)
  assert.equal(patches(), 1)
  await end()
})

test('a cache that stays behind, as on a half-open watch, is mended by a live read', async () => {
  const {transport, clock, controller, raised, patches, count, end} = await raiser()
  transport.on('GET /apis/example.dev/v1/namespaces/default/widgets/a', json(raised))
  controller.enqueue('default/a')
  await clock.advance(6_900)
  assert.equal(count('reconcileFinished raiser success'), 1)
  await clock.advance(200)
  assert.ok(count('reconcileFinished raiser success') >= 2)
  assert.equal(patches(), 1)
  await end()
})

test('while neither the watch nor a live read says how things are, nothing is done', async () => {
  const {transport, clock, controller, patches, end} = await raiser()
  transport.on('GET /apis/example.dev/v1/namespaces/default/widgets/a', frozen)
  controller.enqueue('default/a')
  await clock.advance(100_000)
  assert.equal(patches(), 1)
  const ending = end()
  await clock.advance(200_000)
  await ending
})

test('a controller that yields begins no reconcile while urgent work is under way, new keys included', async () => {
  const clock = new VirtualClock()
  const urgency = new Urgency({clock, patienceMs: 60_000})
  const {runs, controller, run, stop} = setUp(() => ({}), {clock, yieldsTo: urgency, workers: 2})
  run()
  urgency.begin()
  for (const key of ['n/a', 'n/b', 'n/c']) controller.enqueue(key)
  await clock.advance(500)
  assert.equal(runs.length, 0)
  urgency.end()
  await clock.advance(20)
  assert.deepEqual(
    runs.map(line => line.split(' ')[0]),
    ['n/a', 'n/b', 'n/c'],
  )
  stop.abort()
  await settle()
})
