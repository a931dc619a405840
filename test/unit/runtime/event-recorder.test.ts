import assert from 'node:assert/strict'
import {test} from 'node:test'

import {KubeClient} from '../../../src/kube/client.ts'
import {EventRecorder} from '../../../src/runtime/event-recorder.ts'
import type {EventInput} from '../../../src/runtime/event.ts'
import {recordMetrics} from '../../runtime/support/recorders.ts'
import {frozen, json, ScriptedTransport, status, widget} from '../../runtime/support/scripted-transport.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

const started: EventInput = {type: 'Normal', reason: 'Started', action: 'Reconciling', note: 'the backup runs'}

function setUp() {
  const transport = new ScriptedTransport().on('', json({}))
  const clock = new VirtualClock()
  const {metrics, count} = recordMetrics()
  const client = new KubeClient({transport, clock, random: () => 0, retry: {attempts: 1, longestPauseMs: 0}})
  const reporter = {controller: 'charmkeeper.dev/operator', instance: 'pod-1'}
  const recorder = new EventRecorder({client, reporter, clock, metrics, random: () => 0.5})
  const bodies = (): Record<string, unknown>[] =>
    transport.requests.map(({body}) => JSON.parse(body ?? '') as Record<string, unknown>)
  return {transport, clock, recorder, bodies, count}
}

test('an event is what events.k8s.io/v1 asks for: six digits of time, who reports, which object', async () => {
  const {recorder, bodies, transport} = setUp()
  recorder.event(widget('a', '7'), {...started, note: 'x'.repeat(2_000), related: widget('b', '8')})
  await recorder.flush()
  const [event] = bodies()
  assert.match(transport.lines[0] ?? '', /^POST \/apis\/events.k8s.io\/v1\/namespaces\/default\/events$/)
  assert.match(String(event?.['eventTime']), /^2026-11-22T12:00:00\.\d{6}Z$/)
  assert.equal(event?.['reportingController'], 'charmkeeper.dev/operator')
  assert.equal(event?.['reportingInstance'], 'pod-1')
  assert.deepEqual(event?.['regarding'], {
    apiVersion: 'example.dev/v1',
    kind: 'Widget',
    name: 'a',
    namespace: 'default',
    uid: 'uid-a',
    resourceVersion: '7',
  })
  assert.deepEqual((event?.['related'] as {name?: string} | undefined)?.name, 'b')
  assert.equal(String(event?.['note']).length, 1024)
  assert.equal(event?.['series'], undefined)
})

test('the same again within six minutes of the last becomes a series; later it is a new event', async () => {
  const {recorder, bodies, clock, transport} = setUp()
  for (let i = 0; i < 3; i++) {
    recorder.event(widget('a', '7'), started)
    await recorder.flush()
    await clock.advance(300_000)
  }
  assert.deepEqual(
    transport.requests.map(({method}) => method),
    ['POST', 'PATCH', 'PATCH'],
  )
  const [patch] = bodies()[2] as unknown as [
    {op: string; path: string; value: {count: number; lastObservedTime: string}},
  ]
  assert.deepEqual([patch.op, patch.path, patch.value.count], ['add', '/series', 3])
  assert.match(patch.value.lastObservedTime, /\.\d{6}Z$/)
  await clock.advance(60_001)
  recorder.event(widget('a', '7'), started)
  recorder.event(widget('a', '7'), {...started, note: 'another note'})
  await recorder.flush()
  assert.deepEqual(
    transport.requests.slice(3).map(({method}) => method),
    ['POST', 'POST'],
  )
})

test('repetitions that come while the first is under way are counted in one patch', async () => {
  const {recorder, bodies} = setUp()
  for (let i = 0; i < 5; i++) recorder.event(widget('a', '7'), started)
  await recorder.flush()
  assert.equal(bodies().length, 2)
  assert.equal((bodies()[1] as unknown as {value: {count: number}}[])[0]?.value.count, 5)
})

test('an event is written whenever it comes, also in the moment in which the last one is done', async () => {
  for (let turns = 0; turns < 100; turns++) {
    const {recorder, transport} = setUp()
    recorder.event(widget('a', '7'), started)
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    recorder.event(widget('b', '7'), started)
    await recorder.flush()
    assert.equal(transport.lines.length, 2, `after ${turns} turns`)
  }
})

test('an object that talks too much is cut short: 25 at once, then one in five minutes', async () => {
  const {recorder, clock, bodies, count} = setUp()
  for (let i = 0; i < 40; i++) recorder.event(widget('a', '7'), {...started, note: `note ${i}`})
  recorder.event(widget('b', '7'), started)
  await recorder.flush()
  assert.equal(bodies().length, 26)
  assert.equal(count('eventDropped spam'), 15)
  await clock.advance(300_000)
  recorder.event(widget('a', '7'), started)
  await recorder.flush()
  assert.equal(bodies().length, 27)
})

test('nothing reaches the caller: refused, unreachable or full, an event is only counted as dropped', async () => {
  const {recorder, transport, clock, count} = setUp()
  transport.on('POST', status(403, 'Forbidden'))
  recorder.event(widget('a', '7'), started)
  await recorder.flush()
  assert.equal(count('eventDropped failed'), 1)
  transport.on('POST', frozen)
  for (let i = 0; i < 1_002; i++) recorder.event(widget(`w${i}`, '7'), started)
  assert.equal(count('eventDropped full'), 1)
  await clock.advance(31_000)
  assert.equal(count('eventDropped failed'), 2)
})

test('a create whose answer was lost counts as done, and a series that the server forgot begins again', async () => {
  const {recorder, transport} = setUp()
  transport.on('POST', status(409, 'AlreadyExists'), json({}))
  transport.on('PATCH', status(404, 'NotFound'))
  recorder.event(widget('a', '7'), started)
  await recorder.flush()
  recorder.event(widget('a', '7'), started)
  await recorder.flush()
  assert.deepEqual(
    transport.requests.map(({method}) => method),
    ['POST', 'PATCH', 'POST'],
  )
})

test('an object without a namespace has its events in default, and long names stay legal', async () => {
  const {recorder, transport, bodies} = setUp()
  const {namespace: _, ...metadata} = widget('n'.repeat(253), '1').metadata
  recorder.event({...widget('x', '1'), metadata}, started)
  await recorder.flush()
  assert.match(transport.lines[0] ?? '', /namespaces\/default\/events/)
  const [event] = bodies() as {metadata: {name: string}}[]
  assert.ok(event !== undefined && event.metadata.name.length <= 253)
})
