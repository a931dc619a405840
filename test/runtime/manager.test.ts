import assert from 'node:assert/strict'
import {test} from 'node:test'

import {LeadershipLost} from '../../src/runtime/leader-election.ts'
import {type ManagedController, Manager, type ManagerOptions} from '../../src/runtime/manager.ts'
import {settle, VirtualClock} from '../support/virtual-clock.ts'
import {recordLog} from './support/recorders.ts'
import {widgets} from './support/scripted-transport.ts'

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), {once: true})))

/** Parts that write down what happens to them, in order. */
function setUp(options: Partial<ManagerOptions> = {}) {
  const clock = new VirtualClock()
  const log = recordLog()
  const story: string[] = []
  const synced = Promise.withResolvers<void>()
  const elected = Promise.withResolvers<void>()
  const lost = Promise.withResolvers<never>()
  const work = {ms: 0, ignoresAbort: false}
  const elector = {
    isSettled: false,
    elected: elected.promise,
    run: (signal: AbortSignal) =>
      Promise.race([aborted(signal).then(() => void story.push('election ends')), lost.promise]),
    release: async () => void story.push('lease released'),
  }
  const informer = {
    resource: widgets,
    hasSynced: false,
    async start(signal: AbortSignal) {
      story.push('informer starts')
      await aborted(signal)
      story.push('informer ends')
    },
    synced: async (signal?: AbortSignal) => {
      await Promise.race([synced.promise, signal === undefined ? new Promise(() => undefined) : aborted(signal)])
      signal?.throwIfAborted()
    },
  }
  const controller: ManagedController = {
    name: 'widgets',
    async run(signal, abort) {
      story.push('controller starts')
      await aborted(signal)
      story.push('intake stops')
      const left = new Promise<void>(resolve => clock.setTimer(work.ms, resolve))
      await (abort === undefined || work.ignoresAbort ? left : Promise.race([left, aborted(abort)]))
      story.push(abort?.aborted === true ? 'work aborted' : 'work done')
    },
    healthProblem: () => undefined,
  }
  const recorder = {flush: async () => void story.push('events flushed')}
  const manager = new Manager({
    clock,
    log,
    elector,
    recorder,
    close: async () => void story.push('connections closed'),
    ...options,
  })
  manager.addInformer(informer)
  manager.addController(controller)
  const stop = new AbortController()
  return {clock, log, story, synced, elected, lost, work, elector, informer, controller, manager, stop}
}

test('caches fill first, also in a process that does not lead; then the election; then the controllers', async () => {
  const {clock, manager, stop, story, synced, elected} = setUp()
  const running = manager.run(stop.signal)
  await settle()
  assert.deepEqual(story, ['informer starts'])
  elected.resolve()
  await settle()
  assert.deepEqual(story, ['informer starts'])
  synced.resolve()
  await settle()
  assert.deepEqual(story, ['informer starts', 'controller starts'])
  stop.abort()
  await clock.advance(1)
  await running
})

test('a stop is orderly: intake, work in progress, events, lease, connections', async () => {
  const {clock, manager, stop, story, synced, elected, work} = setUp()
  work.ms = 5_000
  synced.resolve()
  elected.resolve()
  const running = manager.run(stop.signal)
  await settle()
  stop.abort()
  await clock.advance(4_999)
  assert.deepEqual(story.slice(2), ['intake stops'])
  await clock.advance(1)
  await running
  assert.deepEqual(story.slice(3, 5), ['work done', 'events flushed'])
  assert.ok(story.indexOf('lease released') > story.indexOf('events flushed'))
  assert.equal(story.at(-1), 'connections closed')
  assert.equal(clock.pendingTimers, 0)
})

test('work that does not end in time has its signals aborted; what ignores even that is left behind', async () => {
  const {clock, log, manager, stop, story, synced, elected, work} = setUp({drainMs: 10_000})
  work.ms = 3_600_000
  synced.resolve()
  elected.resolve()
  const running = manager.run(stop.signal)
  await settle()
  stop.abort()
  await clock.advance(10_000)
  await running
  assert.ok(story.includes('work aborted') && story.includes('lease released'))
  assert.equal(log.lines.find(({level}) => level === 'warn')?.fields['step'], 'draining')

  const stubborn = setUp({drainMs: 10_000})
  stubborn.work.ms = 3_600_000
  stubborn.work.ignoresAbort = true
  stubborn.synced.resolve()
  stubborn.elected.resolve()
  const leaving = stubborn.manager.run(stubborn.stop.signal)
  await settle()
  stubborn.stop.abort()
  await stubborn.clock.advance(20_000)
  await leaving
  assert.equal(stubborn.story.at(-1), 'connections closed')
})

test('the loss of the lease ends everything at once, is not followed by a release, and is the fault that run throws', async () => {
  const {clock, manager, stop, story, synced, elected, lost, work} = setUp()
  work.ms = 3_600_000
  synced.resolve()
  elected.resolve()
  const running = Promise.allSettled([manager.run(stop.signal)])
  await settle()
  lost.reject(new LeadershipLost('taken'))
  await clock.advance(0)
  const [outcome] = await running
  assert.ok(outcome.status === 'rejected' && outcome.reason instanceof LeadershipLost)
  assert.ok(story.includes('work aborted'))
  assert.ok(!story.includes('lease released') && !story.includes('events flushed'))
})

test('the loss of the lease during a stop ends the draining too', async () => {
  const {clock, manager, stop, story, synced, elected, lost, work} = setUp()
  work.ms = 10_000
  synced.resolve()
  elected.resolve()
  const running = Promise.allSettled([manager.run(stop.signal)])
  await settle()
  stop.abort()
  await clock.advance(1_000)
  lost.reject(new LeadershipLost('taken'))
  await clock.advance(0)
  const [outcome] = await running
  assert.equal(outcome.status, 'rejected')
  assert.ok(story.includes('work aborted'))
})

test('a process that is stopped before it led, or before its caches were there, just leaves', async () => {
  for (const ready of [false, true]) {
    const {manager, stop, story, synced} = setUp()
    if (ready) synced.resolve()
    const running = manager.run(stop.signal)
    await settle()
    stop.abort()
    await running
    assert.ok(!story.includes('controller starts'))
    assert.equal(story.at(-1), 'connections closed')
  }
  const {manager, story} = setUp()
  await manager.run(AbortSignal.abort())
  assert.ok(!story.includes('controller starts'))
})

test('without an election the controllers work as soon as the caches are there; runnables end with them', async () => {
  const {clock, story, informer, controller, synced} = setUp()
  const manager = new Manager({clock})
  manager.addInformer(informer)
  manager.addController(controller)
  manager.addRunnable({name: 'poller', run: signal => aborted(signal).then(() => void story.push('poller ends'))})
  const stop = new AbortController()
  const running = manager.run(stop.signal)
  synced.resolve()
  await settle()
  assert.deepEqual(story, ['informer starts', 'controller starts'])
  stop.abort()
  await clock.advance(1)
  await running
  assert.ok(story.includes('poller ends'))
})

test('a fault of a runnable ends the process', async () => {
  const {clock, synced, elected, manager, stop} = setUp()
  manager.addRunnable({name: 'broken', run: () => Promise.reject(new Error('cannot go on'))})
  synced.resolve()
  elected.resolve()
  const running = assert.rejects(manager.run(stop.signal), /cannot go on/)
  await clock.advance(1)
  await running
})

test('not ready until caches are complete and the election is settled', () => {
  const {manager, elector, informer} = setUp()
  const problems = (): string[] =>
    manager.health
      .ready()
      .checks.filter(({problem}) => problem)
      .map(({name}) => name)
  assert.deepEqual(problems(), ['election', 'cache:widgets.example.dev'])
  informer.hasSynced = true
  assert.deepEqual(problems(), ['election'])
  elector.isSettled = true
  assert.equal(manager.health.ready().ok, true)
  assert.equal(manager.health.live().ok, true)
})
