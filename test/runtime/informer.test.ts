import assert from 'node:assert/strict'
import {test} from 'node:test'

import {KubeClient} from '../../src/kube/client.ts'
import {Informer, type InformerOptions} from '../../src/runtime/informer.ts'
import {settle, VirtualClock} from '../support/virtual-clock.ts'
import {recordLog, recordMetrics} from './support/recorders.ts'
import {
  type Answer,
  broken,
  frozen,
  json,
  page,
  ScriptedTransport,
  status,
  WatchScript,
  watches,
  widget,
  type Widget,
  widgets,
} from './support/scripted-transport.ts'

const collection = '/apis/example.dev/v1/widgets'

function setUp(options: Partial<InformerOptions<Widget>> = {}) {
  const transport = new ScriptedTransport()
  const clock = new VirtualClock()
  const log = recordLog()
  const {metrics, count} = recordMetrics()
  const client = new KubeClient({transport, clock, random: () => 0, retry: {attempts: 1, longestPauseMs: 0}})
  const informer = new Informer<Widget>({
    client,
    resource: widgets,
    clock,
    random: () => 0,
    log,
    metrics,
    driftCheckMs: 0,
    streamingList: false,
    ...options,
  })
  const events: string[] = []
  informer.onEvent(({type, object, initial}) => {
    events.push(`${type} ${object.metadata.name} ${object.metadata.resourceVersion}${initial ? ' initial' : ''}`)
  })
  const stop = new AbortController()
  let ended = false
  const start = (): void => void informer.start(stop.signal).then(() => (ended = true))
  const end = async (): Promise<void> => {
    stop.abort(new Error('the test is over'))
    await clock.advance(0)
    assert.equal(ended, true, 'the informer must stop')
    assert.equal(clock.pendingTimers, 0, 'and leave no timer')
  }
  const script = (lists: readonly Answer[], ...streams: readonly WatchScript[]): void => {
    transport
      .on(`GET ${collection}?limit`, ...lists)
      .on(`GET ${collection}?watch`, ...watches(...streams, new WatchScript()))
  }
  const lists = (): number => transport.lines.filter(line => line.includes('?limit')).length
  const watched = (): string[] =>
    transport.lines
      .filter(line => line.includes('watch=true'))
      .map(line => new URLSearchParams(line.split('?')[1]).get('resourceVersion') ?? '')
  return {transport, clock, log, count, informer, events, start, end, script, lists, watched}
}

test('a list in pages fills the cache, then the watch goes on from its version', async () => {
  const {informer, clock, transport, events, start, end, script, watched} = setUp()
  const stream = new WatchScript()
  script([], stream)
  transport.on(`GET ${collection}?limit=500`, page([widget('a', '3')], '9', 'next'))
  transport.on('continue=next', page([widget('b', '5')], '9'))
  assert.equal(informer.hasSynced, false)
  const synced = informer.synced()
  start()
  await synced
  await settle()
  assert.deepEqual(watched(), ['9'])
  stream.event('MODIFIED', widget('a', '10')).event('ADDED', widget('c', '11')).event('DELETED', widget('b', '12'))
  await clock.advance(0)
  assert.deepEqual(events, ['add a 3 initial', 'add b 5 initial', 'update a 10', 'add c 11', 'delete b 5'])
  assert.deepEqual(
    informer.store.list().map(({metadata}) => metadata.name),
    ['a', 'c'],
  )
  await end()
})

test('a watch that ends, breaks or goes silent is resumed from the last version, bookmarks included, without a list', async () => {
  const {clock, start, end, script, lists, watched, count} = setUp()
  const [ended, cut, silent] = [new WatchScript(), new WatchScript(), new WatchScript()]
  script([page([], '9')], ended, cut, silent)
  start()
  await settle()
  ended.event('ADDED', widget('a', '10')).bookmark('15').end()
  await clock.advance(0)
  cut.event('ADDED', widget('b', '20')).fail('ECONNRESET')
  await clock.advance(1_000)
  await clock.advance(140_000)
  assert.deepEqual(watched(), ['9', '15', '20', '20'])
  assert.equal(lists(), 1)
  assert.equal(count('watchFailed widgets.example.dev ECONNRESET'), 1)
  assert.equal(count('watchFailed widgets.example.dev idle'), 1)
  await end()
})

test('a version that is gone means a new list, at once, whether HTTP or the stream says so', async () => {
  const {clock, events, start, end, script, lists, watched, transport} = setUp()
  const gone = new WatchScript()
  script(
    [page([widget('a', '3'), widget('b', '3')], '9'), page([widget('a', '40')], '50'), page([widget('a', '40')], '60')],
    gone,
  )
  start()
  await settle()
  gone.event('ERROR', {kind: 'Status', code: 410, reason: 'Expired'})
  await clock.advance(0)
  assert.deepEqual(events.slice(2), ['update a 40', 'delete b 3'])
  assert.deepEqual(watched(), ['9', '50'])
  await clock.advance(130_000)
  transport.on(`GET ${collection}?watch`, status(410, 'Expired'), new WatchScript().answer)
  await clock.advance(10_000)
  assert.equal(lists(), 3)
  await end()
})

test('a server that answers gone again and again is not hammered', async () => {
  const {clock, start, end, transport, lists} = setUp()
  transport.on(`GET ${collection}?limit`, page([], '9')).on(`GET ${collection}?watch`, status(410, 'Expired'))
  start()
  await clock.advance(60_000)
  assert.ok(lists() <= 10, `${lists()} lists in a minute`)
  await end()
})

test('a list that outlives the server’s memory is made in one piece', async () => {
  const {informer, start, end, script, transport} = setUp()
  script([page([widget('a', '3')], '9', 'old')])
  transport.on('continue=old', status(410, 'Expired'))
  transport.on(`GET ${collection} `, broken('never'))
  transport.requests.length = 0
  const whole: Answer = page([widget('a', '3'), widget('b', '4')], '20')
  const send = transport.send.bind(transport)
  transport.send = request => (request.path === collection ? Promise.resolve(whole(request)) : send(request))
  start()
  await settle()
  await settle()
  assert.equal(informer.store.size, 2)
  await end()
})

test('trouble with the first list is waited out: refused, forbidden, frozen; the cache says that it is not there yet', async () => {
  const {informer, clock, log, start, end, script} = setUp()
  script([broken('ECONNREFUSED'), status(403, 'Forbidden'), frozen, page([widget('a', '3')], '9')])
  start()
  await clock.advance(20_000)
  assert.equal(informer.hasSynced, false)
  await clock.advanceUntil(() => informer.hasSynced, {stepMs: 1_000})
  assert.equal(informer.store.size, 1)
  assert.deepEqual(
    log.lines.map(({level}) => level),
    ['warn', 'debug', 'debug'],
  )
  await end()
})

test('429 on a watch is obeyed and costs no list', async () => {
  const {clock, start, end, transport, lists, watched} = setUp()
  transport.on(`GET ${collection}?limit`, page([], '9'))
  transport.on(
    `GET ${collection}?watch`,
    status(429, 'TooManyRequests', {}, {'retry-after': '30'}),
    new WatchScript().answer,
  )
  start()
  await clock.advance(29_000)
  assert.deepEqual(watched(), ['9'])
  await clock.advance(2_000)
  assert.deepEqual(watched(), ['9', '9'])
  assert.equal(lists(), 1)
  await end()
})

test('a watch that cannot be read, and a version from the future, are listed again', async () => {
  const {clock, start, end, script, lists, transport, count} = setUp()
  const garbled = new WatchScript()
  script([page([], '9')], garbled)
  start()
  await settle()
  garbled.raw('{"type":"MODIF\n')
  await clock.advance(2_000)
  assert.equal(count('watchFailed widgets.example.dev garbled'), 1)
  assert.equal(lists(), 2)
  const causes = [{reason: 'ResourceVersionTooLarge'}]
  transport.on(`GET ${collection}?watch`, status(504, 'Timeout', {details: {causes}}), new WatchScript().answer)
  await clock.advance(140_000)
  assert.equal(lists(), 3)
  await end()
})

test('events out of order, replayed, or of an object that was re-created leave the cache right', async () => {
  const {informer, clock, events, start, end, script} = setUp()
  const stream = new WatchScript()
  script([page([widget('a', '5')], '9')], stream)
  start()
  await settle()
  stream
    .event('MODIFIED', widget('a', '4'))
    .event('MODIFIED', widget('a', '12'))
    .event('MODIFIED', widget('a', '11'))
    .event('ADDED', widget('a', '15', {uid: 'second'}))
    .event('DELETED', widget('a', '13'))
  await clock.advance(0)
  assert.deepEqual(events, ['add a 5 initial', 'update a 12', 'delete a 12', 'add a 15'])
  assert.equal(informer.store.get('default/a')?.metadata.uid, 'second')
  await end()
})

test('a watch that ends at once without an event is trouble, not a reason to ask again at once', async () => {
  const {clock, start, end, transport, watched} = setUp()
  transport.on(`GET ${collection}?limit`, page([], '9'))
  transport.on(`GET ${collection}?watch`, request => new WatchScript().end().answer(request))
  start()
  await clock.advance(10_000)
  assert.ok(watched().length <= 6, `${watched().length} watches in ten seconds`)
  await end()
})

test('each namespace has a list and a watch of its own; nothing is asked of the whole cluster', async () => {
  const {informer, transport, clock, start, end} = setUp({namespaces: ['one', 'two']})
  const [one, two] = [new WatchScript(), new WatchScript()]
  const path = (namespace: string): string => `GET /apis/example.dev/v1/namespaces/${namespace}/widgets`
  transport.on(`${path('one')}?limit`, page([widget('a', '3', {namespace: 'one'})], '9'))
  transport
    .on(`${path('two')}?limit`, frozen)
    .on(`${path('one')}?watch`, one.answer)
    .on(`${path('two')}?watch`, two.answer)
  start()
  await settle()
  assert.equal(informer.hasSynced, false)
  transport.on(`${path('two')}?limit`, page([widget('b', '4', {namespace: 'two'})], '12'))
  await clock.advanceUntil(() => informer.hasSynced, {stepMs: 1_000})
  await settle()
  one.event('ERROR', {code: 410})
  transport.on(`${path('one')}?limit`, page([], '30'))
  await clock.advance(0)
  assert.deepEqual(
    informer.store.list().map(({metadata}) => metadata.name),
    ['b'],
    'a relist of one leaves two alone',
  )
  assert.ok(transport.lines.every(line => line.includes('/namespaces/')))
  assert.equal(informer.hasSeen('two/b', '12'), true)
  assert.equal(informer.hasSeen('two/x', '13'), false)
  await end()
})

test('a handler that throws is counted, and costs neither the others nor the cache', async () => {
  const {informer, events, start, end, script, count} = setUp()
  informer.onEvent(() => {
    throw new TypeError('oops')
  })
  script([page([widget('a', '3')], '9')])
  start()
  await settle()
  assert.deepEqual([events.length, informer.store.size], [1, 1])
  assert.equal(count('handlerFailed widgets.example.dev'), 1)
  await end()
})

test('a handler that comes late is told of everything that is there, invalid objects included', async () => {
  const {informer, start, end, script} = setUp({
    validate: ({spec}) => (spec.size > 0 ? {ok: true} : {ok: false, path: 'spec.size', message: 'must be positive'}),
  })
  script([page([widget('a', '3'), {...widget('b', '4'), spec: {size: 0}}], '9')])
  start()
  await settle()
  const late: string[] = []
  informer.onEvent(({object, problem}) => late.push(`${object.metadata.name} ${problem?.path}`))
  assert.deepEqual(late, ['a undefined', 'b spec.size'])
  await end()
})

test('a streamed list fills the cache from the watch alone, and shows nothing as gone before its end', async () => {
  const {informer, events, transport, clock, start, end, lists} = setUp({streamingList: true})
  const stream = new WatchScript()
  transport.on('sendInitialEvents=true', stream.answer)
  start()
  await settle()
  stream.event('ADDED', widget('a', '3')).event('ADDED', widget('b', '4'))
  await clock.advance(0)
  assert.equal(informer.hasSynced, false)
  stream.bookmark('9', {'k8s.io/initial-events-end': 'true'}).event('MODIFIED', widget('a', '10'))
  await clock.advance(0)
  assert.equal(informer.hasSynced, true)
  assert.deepEqual(events, ['add a 3 initial', 'add b 4 initial', 'update a 10'])
  assert.equal(lists(), 0)
  assert.match(transport.lines[0] ?? '', /resourceVersionMatch=NotOlderThan/)
  await end()
})

test('a server without streamed lists is asked in pages instead', async () => {
  const old = setUp({streamingList: true})
  old.script([page([widget('a', '3')], '9')])
  old.transport.on('sendInitialEvents=true', status(422, 'Invalid'))
  old.start()
  await settle()
  await settle()
  assert.deepEqual([old.informer.hasSynced, old.lists()], [true, 1])
  await old.end()
})

test('a streamed list that broke off is read in pages, and the one after it as a stream again', async () => {
  const {informer, transport, clock, start, end, lists, script} = setUp({streamingList: true})
  const [broke, again, gone] = [new WatchScript(), new WatchScript(), new WatchScript()]
  script([page([widget('b', '4')], '9')], gone)
  transport.on('sendInitialEvents=true', ...watches(broke, again))
  const names = (): readonly string[] => informer.store.list().map(({metadata}) => metadata.name)
  start()
  await settle()
  broke.event('ADDED', widget('a', '3')).end()
  await clock.advance(2_000)
  assert.deepEqual([names(), lists()], [['b'], 1], 'what only the stream had shown is gone')
  gone.event('ERROR', {kind: 'Status', code: 410, reason: 'Expired'})
  await clock.advance(2_000)
  again.event('ADDED', widget('c', '12')).bookmark('13', {'k8s.io/initial-events-end': 'true'})
  await clock.advance(0)
  assert.deepEqual([names(), lists()], [['c'], 1])
  await end()
})

for (const [what, answer] of Object.entries<() => Answer>({
  'an error in the stream': () => new WatchScript().event('ERROR', {kind: 'Status', code: 500}).answer,
  'a version that the server does not reach': () =>
    new WatchScript().event('ERROR', {kind: 'Status', code: 504}).answer,
  'a server in trouble': () => status(503, 'ServiceUnavailable'),
  'a stream that is not allowed': () => status(403, 'Forbidden'),
  'a stream that says nothing': () => new WatchScript().answer,
  'a server that does not know what it is asked for': () => new WatchScript().bookmark('9').answer,
}))
  test(`a streamed list is followed by pages after ${what}`, async () => {
    const {informer, transport, clock, start, end, lists, script} = setUp({streamingList: true})
    script([page([widget('a', '3')], '9')])
    transport.on('sendInitialEvents=true', answer())
    start()
    for (let seconds = 0; seconds < 140; seconds++) await clock.advance(1_000)
    assert.deepEqual([informer.hasSynced, lists()], [true, 1])
    await end()
  })

test('where neither a stream nor pages come through, both are tried in turn', async () => {
  const {informer, transport, clock, start, end, lists, script} = setUp({streamingList: true})
  script([status(500, 'InternalError'), status(500, 'InternalError')])
  const stream = new WatchScript()
  transport.on('sendInitialEvents=true', status(500, 'InternalError'), status(500, 'InternalError'), stream.answer)
  start()
  for (let seconds = 0; seconds < 60; seconds++) await clock.advance(1_000)
  stream.bookmark('9', {'k8s.io/initial-events-end': 'true'})
  await clock.advance(0)
  assert.deepEqual([informer.hasSynced, lists()], [true, 2])
  await end()
})

test('a streamed list that does not come about is asked for as a stream again', async () => {
  const {informer, transport, clock, start, end, lists} = setUp({streamingList: true})
  const stream = new WatchScript()
  transport.on('sendInitialEvents=true', status(429, 'TooManyRequests'), broken('ECONNREFUSED'), stream.answer)
  start()
  for (let seconds = 0; seconds < 10; seconds++) await clock.advance(1_000)
  stream.event('ADDED', widget('a', '3')).bookmark('9', {'k8s.io/initial-events-end': 'true'})
  await clock.advance(0)
  assert.deepEqual([informer.hasSynced, lists()], [true, 0])
  await end()
})

test('a streamed list that is begun anew, for the cache has drifted, is no failure: it is a stream again', async () => {
  const {informer, transport, clock, start, end} = setUp({streamingList: true})
  const streams = [new WatchScript(), new WatchScript(), new WatchScript()] as const
  transport.on('sendInitialEvents=true', ...watches(...streams))
  transport.on(`GET ${collection}?limit`, page([], '50'))
  transport.on('GET /apis/example.dev/v1/namespaces/default/widgets/a', status(404, 'NotFound'))
  const asked = (): number => transport.lines.filter(line => line.includes('sendInitialEvents')).length
  const drifted = async (): Promise<readonly string[]> => {
    const found = informer.checkDrift(new AbortController().signal)
    await clock.advance(25_000)
    return found
  }
  start()
  await settle()
  streams[0].event('ADDED', widget('a', '3')).bookmark('9', {'k8s.io/initial-events-end': 'true'})
  await clock.advance(0)
  assert.deepEqual([await drifted(), asked()], [['default/a'], 2])
  assert.deepEqual([await drifted(), asked()], [['default/a'], 3])
  streams[2].bookmark('60', {'k8s.io/initial-events-end': 'true'})
  await clock.advance(0)
  assert.deepEqual(informer.store.list(), [])
  await end()
})

test('what changes or goes while a list is being streamed is as it is at its end', async () => {
  const {informer, transport, clock, start, end} = setUp({streamingList: true})
  const stream = new WatchScript()
  transport.on('sendInitialEvents=true', stream.answer)
  start()
  await settle()
  stream.event('ADDED', widget('a', '3')).event('ADDED', widget('b', '4'))
  stream.event('DELETED', widget('a', '5')).event('MODIFIED', widget('b', '6')).event('ADDED', widget('c', '7'))
  stream.bookmark('9', {'k8s.io/initial-events-end': 'true'})
  await clock.advance(0)
  assert.deepEqual(
    informer.store.list().map(({metadata}) => `${metadata.name} ${metadata.resourceVersion}`),
    ['b 6', 'c 7'],
  )
  await end()
})

test('what was deleted while a list is being streamed is gone at its end, though an old answer brings it back', async () => {
  const {informer, transport, clock, start, end} = setUp({streamingList: true})
  const stream = new WatchScript()
  transport.on('sendInitialEvents=true', stream.answer)
  transport.on('GET /apis/example.dev/v1/namespaces/default/widgets/a', json(widget('a', '4')))
  start()
  await settle()
  stream.event('ADDED', widget('a', '3')).event('DELETED', widget('a', '5'))
  await clock.advance(0)
  await informer.refresh('default/a')
  stream.bookmark('9', {'k8s.io/initial-events-end': 'true'})
  await clock.advance(0)
  assert.deepEqual(informer.store.list(), [])
  await end()
})

test('a refresh reads one object past the cache: newer, or gone', async () => {
  const {informer, transport, events, start, end, script} = setUp()
  script([page([widget('a', '3')], '9')])
  start()
  await settle()
  transport.on(
    'GET /apis/example.dev/v1/namespaces/default/widgets/a',
    json(widget('a', '12')),
    status(404, 'NotFound'),
    broken('ECONNRESET'),
  )
  await informer.refresh('default/a')
  await informer.refresh('default/a')
  assert.deepEqual(events.slice(1), ['update a 12', 'delete a 12'])
  await assert.rejects(informer.refresh('default/a'), /ECONNRESET/)
  await end()
})

test('waiting for the first list ends with its signal', async () => {
  const {informer} = setUp()
  await assert.rejects(informer.synced(AbortSignal.abort(new Error('stop'))), /stop/)
})
