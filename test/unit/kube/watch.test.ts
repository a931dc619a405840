import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'

import {KubeClient} from '../../../src/kube/client.ts'
import {isGone, TransportError, WatchGarbled, WatchIdle} from '../../../src/kube/errors.ts'
import {splitLines} from '../../../src/kube/line-splitter.ts'
import type {WatchEvent} from '../../../src/kube/watch.ts'
import {
  frozen,
  ScriptedTransport,
  status,
  WatchScript,
  widget,
  type Widget,
  widgets,
} from '../../runtime/support/scripted-transport.ts'
import {settle, VirtualClock} from '../../support/virtual-clock.ts'

function setUp(answer = new WatchScript()) {
  const transport = new ScriptedTransport().on('watch=true', answer.answer)
  const clock = new VirtualClock()
  const client = new KubeClient({transport, clock, random: () => 0})
  const stop = new AbortController()
  const events: WatchEvent<Widget>[] = []
  const read = async (): Promise<void> => {
    const options = {resourceVersion: '5', timeoutSeconds: 270, signal: stop.signal}
    for await (const batch of client.watch<Widget>(widgets, options)) events.push(...batch)
  }
  return {transport, clock, client, stop, events, read, script: answer}
}

async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let start = 0, i = 0; start < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    yield bytes.subarray(start, start + size)
    start += size
  }
}

test('lines come out whole, however the network cuts the bytes, characters of several bytes included', async () => {
  const text = fc.array(
    fc.string({unit: 'grapheme', minLength: 1}).filter(line => !line.includes('\n')),
    {minLength: 1},
  )
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.integer({min: 1, max: 7}), {minLength: 1}), async (lines, sizes) => {
      const seen: string[] = []
      for await (const batch of splitLines(chunked(Buffer.from(`${lines.join('\n')}\n`), sizes))) seen.push(...batch)
      assert.deepEqual(seen, lines)
    }),
  )
})

test('a last line that was cut off is not believed', async () => {
  const seen: string[] = []
  for await (const batch of splitLines(chunked(Buffer.from('{"a":1}\n{"b":'), [3]))) seen.push(...batch)
  assert.deepEqual(seen, ['{"a":1}'])
})

test('a watch asks for bookmarks and an end, and gives events in the batches in which they arrive', async () => {
  const {transport, events, read, script} = setUp()
  const reading = read()
  const lines = [
    {type: 'ADDED', object: widget('a', '6')},
    {type: 'DELETED', object: widget('a', '7')},
  ]
  script
    .raw(lines.map(line => `${JSON.stringify(line)}\n`).join(''))
    .bookmark('8')
    .end()
  await reading
  assert.deepEqual(
    events.map(({type}) => type),
    ['ADDED', 'DELETED', 'BOOKMARK'],
  )
  const query = 'watch=true&allowWatchBookmarks=true&timeoutSeconds=270&resourceVersion=5'
  assert.deepEqual(transport.lines, [`GET /apis/example.dev/v1/widgets?${query}`])
  assert.equal(transport.requests[0]?.kind, 'watch')
})

test('an ERROR event is an ApiError: 410 within a healthy stream means gone', async () => {
  const {read, script} = setUp()
  const reading = read()
  script.event('ERROR', {kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version'})
  await assert.rejects(reading, isGone)
  assert.equal(script.left, true)
})

test('a line that is not JSON, or no event, is garbled', async () => {
  for (const line of ['{"type":"ADD\n', '{"type":"SURPRISE","object":{"metadata":{}}}\n', '{"type":"ADDED"}\n']) {
    const {read, script} = setUp()
    const reading = read()
    script.raw(line)
    await assert.rejects(reading, WatchGarbled)
  }
})

test('silence for longer than bookmarks allow ends the watch; every byte begins the count anew', async () => {
  const {clock, read, script, transport} = setUp()
  const outcome = Promise.allSettled([read()])
  await settle()
  await clock.advance(100_000)
  script.bookmark('9')
  await clock.advance(134_000)
  assert.equal(transport.requests[0]?.signal.aborted, false)
  await clock.advance(2_000)
  const [result] = await outcome
  assert.ok(result.status === 'rejected' && result.reason instanceof WatchIdle)
  assert.equal(clock.pendingTimers, 0)
})

test('a broken stream is a transport error, the caller’s abort is the caller’s reason', async () => {
  const first = setUp()
  const reading = first.read()
  first.script.fail('ECONNRESET')
  await assert.rejects(reading, (error: unknown) => error instanceof TransportError && error.code === 'ECONNRESET')

  const second = setUp()
  const other = second.read()
  await settle()
  second.stop.abort(new Error('stopping'))
  await assert.rejects(other, /stopping/)
  assert.equal(second.clock.pendingTimers, 0)
})

test('a refused watch, and headers that never come, fail like any call', async () => {
  const {transport, client, clock} = setUp()
  const first = async (): Promise<unknown> => client.watch(widgets, {timeoutSeconds: 1}).next()
  transport.on('watch=true', status(410, 'Expired'))
  await assert.rejects(first(), isGone)
  transport.on('watch=true', frozen)
  const outcome = Promise.allSettled([first()])
  await clock.advance(30_000)
  const [result] = await outcome
  assert.match(String(result.status === 'rejected' && result.reason), /no complete answer within 30000 ms/)
})

test('whoever stops reading closes the connection', async () => {
  const {client, script, transport} = setUp()
  const stream = client.watch<Widget>(widgets, {timeoutSeconds: 270})
  const first = stream.next()
  script.event('ADDED', widget('a', '6'))
  await first
  await stream.return(undefined)
  assert.equal(script.left, true)
  assert.equal(transport.requests[0]?.signal.aborted, true)
})
