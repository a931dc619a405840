import assert from 'node:assert/strict'
import {test} from 'node:test'

import {KubeClient} from '../../src/kube/client.ts'
import {Informer} from '../../src/runtime/informer.ts'
import {settle, VirtualClock} from '../support/virtual-clock.ts'
import {recordLog, recordMetrics} from './support/recorders.ts'
import {
  type Answer,
  json,
  page,
  ScriptedTransport,
  status,
  WatchScript,
  widget,
  type Widget,
  widgets,
} from './support/scripted-transport.ts'

const collection = 'GET /apis/example.dev/v1/widgets'
const one = (name: string): string => `GET /apis/example.dev/v1/namespaces/default/widgets/${name}`

/** A cache that holds a at 3 and b at 4; from then on the watch delivers only what the test sends. */
async function setUp() {
  const transport = new ScriptedTransport()
  const clock = new VirtualClock()
  const log = recordLog()
  const {metrics, count} = recordMetrics()
  const client = new KubeClient({transport, clock, random: () => 0, retry: {attempts: 1, longestPauseMs: 0}})
  const informer = new Informer<Widget>({
    client,
    resource: widgets,
    clock,
    random: () => 0.5,
    log,
    metrics,
    streamingList: false,
  })
  const watch = new WatchScript()
  transport.on(`${collection}?limit`, page([widget('a', '3'), widget('b', '4')], '9'))
  transport.on(`${collection}?watch`, watch.answer)
  const stop = new AbortController()
  const running = informer.start(stop.signal)
  await settle()
  const truth = (items: readonly Widget[], gets: Readonly<Record<string, Answer>> = {}): void => {
    transport.on(`${collection}?limit`, page(items, '50'))
    for (const [name, answer] of Object.entries(gets)) transport.on(one(name), answer)
  }
  const check = async (): Promise<readonly string[]> => {
    const checked = informer.checkDrift(stop.signal)
    await clock.advance(25_000)
    return checked
  }
  const end = async (): Promise<void> => {
    stop.abort(new Error('the test is over'))
    await running
  }
  return {transport, clock, log, count, informer, watch, truth, check, end}
}

test('a cache that agrees is left alone, and only metadata was asked for', async () => {
  const {transport, truth, check, count, end} = await setUp()
  truth([widget('a', '3'), widget('b', '4')])
  assert.deepEqual(await check(), [])
  assert.match(transport.requests.at(-1)?.headers['accept'] ?? '', /PartialObjectMetadata/)
  assert.equal(count('cacheDrifted'), 0)
  await end()
})

const drifts: readonly [string, readonly Widget[], Readonly<Record<string, Answer>>, string][] = [
  ['missing', [widget('a', '3'), widget('b', '4'), widget('c', '8')], {c: json(widget('c', '8'))}, 'default/c'],
  ['too old', [widget('a', '7'), widget('b', '4')], {a: json(widget('a', '7'))}, 'default/a'],
  ['still there though deleted', [widget('a', '3')], {b: status(404, 'NotFound')}, 'default/b'],
  [
    'a predecessor of the same name',
    [widget('a', '3'), widget('b', '8', {uid: 'new'})],
    {b: json(widget('b', '8', {uid: 'new'}))},
    'default/b',
  ],
]
for (const [what, items, gets, key] of drifts)
  test(`drift is found, counted, said and mended: an object is ${what}`, async () => {
    const {informer, truth, check, clock, count, log, end} = await setUp()
    truth(items, gets)
    assert.deepEqual(await check(), [key])
    await clock.advance(0)
    assert.equal(count('cacheDrifted widgets.example.dev 1'), 1)
    assert.equal(log.lines.at(-1)?.level, 'error')
    assert.deepEqual(
      informer.store.list().map(({metadata}) => metadata.uid),
      items.map(({metadata}) => metadata.uid),
    )
    await end()
  })

test('what the watch delivers a moment later is no drift', async () => {
  const {informer, truth, watch, clock, count, end} = await setUp()
  truth([widget('a', '7'), widget('c', '8')])
  const checked = informer.checkDrift(new AbortController().signal)
  await clock.advance(5_000)
  watch.event('MODIFIED', widget('a', '7')).event('ADDED', widget('c', '8')).event('DELETED', widget('b', '9'))
  await clock.advance(20_000)
  assert.deepEqual(await checked, [])
  assert.equal(count('cacheDrifted'), 0)
  await end()
})

test('an object that was created and deleted since the list is no drift', async () => {
  const {truth, check, end} = await setUp()
  truth([widget('a', '3'), widget('b', '4'), widget('c', '8')], {c: status(404, 'NotFound')})
  assert.deepEqual(await check(), [])
  await end()
})

test('the check runs by itself about every ten minutes, and survives a server in trouble', async () => {
  const {transport, clock, truth, count, end, informer} = await setUp()
  transport.on(`${collection}?limit`, status(500, 'InternalError'))
  const bookmarks = async (minutes: number): Promise<void> => clock.advance(minutes * 60_000)
  await bookmarks(10)
  assert.equal(count('cacheDrifted'), 0)
  truth([widget('a', '3')], {b: status(404, 'NotFound')})
  await bookmarks(11)
  assert.equal(count('cacheDrifted widgets.example.dev 1'), 1)
  assert.equal(informer.store.size, 1)
  await end()
})

test('a cache of many objects is compared as much more seldom', async () => {
  const {transport, clock, watch, truth, end} = await setUp()
  for (let index = 0; index < 29_998; index++) watch.event('ADDED', widget(`w${index}`, '5'))
  await clock.advance(0)
  truth([widget('a', '3'), widget('b', '4')])
  const comparisons = (): number =>
    transport.requests.filter(({headers}) => headers['accept']?.includes('Partial')).length
  // The pause that had begun before is over, too.
  await clock.advance(11 * 60_000)
  const before = comparisons()
  await clock.advance(28 * 60_000)
  assert.equal(comparisons(), before)
  await clock.advance(3 * 60_000)
  assert.ok(comparisons() > before)
  await end()
})
