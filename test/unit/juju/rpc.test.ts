import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type {FrameChannel} from '../../../src/juju/channel.ts'
import {CallAborted, CallTimeout, ConnectionLost, JujuError, mayHaveHappened} from '../../../src/juju/errors.ts'
import {startHeartbeat} from '../../../src/juju/heartbeat.ts'
import {Rpc} from '../../../src/juju/rpc.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {LogBook} from './support.ts'

/** The other side, played by the test. */
class Wire implements FrameChannel {
  readonly sent: Record<string, unknown>[] = []
  open = true
  terminated = false
  #handlers: {message: (frame: string) => void; closed: (why: string) => void} | undefined

  send(frame: string): void {
    if (!this.open) throw new Error('not open')
    this.sent.push(JSON.parse(frame) as Record<string, unknown>)
  }

  listen(handlers: {message: (frame: string) => void; closed: (why: string) => void}): void {
    this.#handlers = handlers
  }

  close(): void {
    this.drop('bye')
  }

  terminate(): void {
    this.terminated = true
    this.drop('terminated')
  }

  say(frame: unknown): void {
    this.#handlers?.message(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  drop(why: string): void {
    this.open = false
    this.#handlers?.closed(why)
  }
}

function start() {
  const wire = new Wire()
  const clock = new VirtualClock()
  const log = new LogBook()
  const calls: string[] = []
  const metrics = {
    call: (method: string, code: string, seconds: number) => void calls.push(`${method} ${code} ${seconds}`),
    clockSkew: () => undefined,
  }
  return {wire, clock, log, calls, rpc: new Rpc(wire, {clock, log, metrics})}
}

const call = (method = 'Get', params: unknown = {}) => ({facade: 'Application', version: 19, method, params})

test('a request is a frame of Juju, and its reply settles it', async () => {
  const {wire, rpc, calls, clock} = start()
  const reply = rpc.request(call('Get', {application: 'x'}))
  assert.deepEqual(wire.sent, [
    {'request-id': 1, type: 'Application', version: 19, request: 'Get', params: {application: 'x'}},
  ])
  await clock.advance(1500)
  wire.say({'request-id': 1, response: {charm: 'y'}})
  assert.deepEqual(await reply, {charm: 'y'})
  assert.deepEqual(calls, ['Application.Get ok 1.5'])
  assert.equal(clock.pendingTimers, 0)
})

test('replies belong to their requests in any order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([1, 2, 3, 4, 5], {minLength: 5}), async order => {
      const {wire, rpc} = start()
      const replies = [1, 2, 3, 4, 5].map(() => rpc.request(call()))
      for (const id of order) wire.say({'request-id': id, response: id})
      assert.deepEqual(await Promise.all(replies), [1, 2, 3, 4, 5])
    }),
  )
})

test('an error is told by its text, although a failed call has a response too', async () => {
  const {wire, rpc, calls} = start()
  const reply = rpc.request(call())
  wire.say({'request-id': 1, error: 'no way', 'error-code': 'unauthorized access', 'error-info': {a: 1}, response: {}})
  await assert.rejects(reply, (error: JujuError) => {
    assert.deepEqual(
      [error.name, error.message, error.code, error.info, error.method],
      ['JujuError', 'no way', 'unauthorized access', {a: 1}, 'Application.Get'],
    )
    return !mayHaveHappened(error)
  })
  assert.deepEqual(calls, ['Application.Get unauthorized access 0'])
})

test('an error without a code is an error', async () => {
  const {wire, rpc, calls} = start()
  const reply = rpc.request(call())
  wire.say({'request-id': 1, error: 'boom', response: {}})
  await assert.rejects(reply, {name: 'JujuError', code: '', message: 'boom'})
  assert.deepEqual(calls, ['Application.Get error 0'])
})

test('an empty error is none', async () => {
  const {wire, rpc} = start()
  const reply = rpc.request(call())
  wire.say({'request-id': 1, error: '', 'error-code': '', response: 1})
  assert.equal(await reply, 1)
})

test('a watcher is named beside the params', () => {
  const {wire, rpc} = start()
  void rpc.request(call('Next'), {id: '7'}).catch(() => undefined)
  assert.equal(wire.sent[0]?.['id'], '7')
})

test('S1.5 no reply in time: the outcome is unknown, and a late reply does no harm', async () => {
  const {wire, rpc, clock, calls} = start()
  const reply = rpc.request(call(), {timeoutMs: 5000})
  const rejected = assert.rejects(reply, (error: CallTimeout) => error instanceof CallTimeout && mayHaveHappened(error))
  await clock.advance(5000)
  await rejected
  assert.deepEqual(calls, ['Application.Get timeout 5'])
  wire.say({'request-id': 1, response: {}})
  wire.say({'request-id': 1, response: {}})
  const next = rpc.request(call())
  wire.say({'request-id': 2, response: 'next'})
  assert.equal(await next, 'next')
})

test('a call waits 30 s unless told, and for ever when told so', async () => {
  const {rpc, clock, wire} = start()
  const usual = assert.rejects(rpc.request(call()), /within 30 s/)
  const patient = rpc.request(call('Next'), {timeoutMs: Infinity})
  await clock.advance(30_000)
  await usual
  await clock.advance(86_400_000)
  wire.say({'request-id': 2, response: 'at last'})
  assert.equal(await patient, 'at last')
})

test('an abort settles the call at once; before it was sent, nothing happened', async () => {
  const {rpc, wire} = start()
  const controller = new AbortController()
  const pending = rpc.request(call(), {signal: controller.signal})
  controller.abort(new Error('shutting down'))
  await assert.rejects(pending, (error: CallAborted) => {
    assert.equal((error.cause as Error).message, 'shutting down')
    return error instanceof CallAborted && mayHaveHappened(error)
  })
  const before = rpc.request(call(), {signal: AbortSignal.abort()})
  await assert.rejects(before, (error: CallAborted) => error instanceof CallAborted && !mayHaveHappened(error))
  assert.equal(wire.sent.length, 1)
})

test('S1.5 when the connection ends every pending call is lost, with an unknown outcome', async () => {
  const {wire, rpc, clock, calls} = start()
  const pending = [rpc.request(call()), rpc.request(call('Next'), {timeoutMs: Infinity})]
  wire.drop('websocket closed (1006)')
  for (const one of pending) {
    await assert.rejects(one, (error: ConnectionLost) => error instanceof ConnectionLost && error.outcomeUnknown)
  }
  assert.equal(await rpc.closed, 'websocket closed (1006)')
  assert.deepEqual(calls, ['Application.Get lost 0', 'Application.Next lost 0'])
  assert.equal(clock.pendingTimers, 0)
})

test('S1.5 a call on a connection that ended was never sent', async () => {
  const {wire, rpc} = start()
  wire.drop('gone')
  await assert.rejects(
    rpc.request(call()),
    (error: ConnectionLost) => !error.outcomeUnknown && /gone/.test(error.message),
  )
  const closing = start()
  closing.wire.open = false
  await assert.rejects(closing.rpc.request(call()), (error: ConnectionLost) => !error.outcomeUnknown)
  assert.equal(closing.clock.pendingTimers, 0)
})

test('S1.5 a connection that owes replies is given up when it is closed, one that owes none is closed in good order', async () => {
  const settled = start()
  const reply = settled.rpc.request(call())
  settled.wire.say({'request-id': 1, response: {}})
  await reply
  settled.rpc.close()
  assert.equal(settled.wire.terminated, false)

  const owing = start()
  const lost = assert.rejects(owing.rpc.request(call()), ConnectionLost)
  owing.rpc.close()
  await lost
  assert.equal(owing.wire.terminated, true)

  const late = start()
  const overdue = assert.rejects(late.rpc.request(call(), {timeoutMs: 1000}), CallTimeout)
  await late.clock.advance(1000)
  await overdue
  late.rpc.close()
  assert.equal(late.wire.terminated, true)

  const left = start()
  const controller = new AbortController()
  const aborted = assert.rejects(left.rpc.request(call(), {signal: controller.signal}), CallAborted)
  controller.abort()
  await aborted
  left.rpc.close()
  assert.equal(left.wire.terminated, true)
})

for (const timeoutMs of [Number.NaN, -1]) {
  test(`a time-out of ${timeoutMs} ms is refused before anything is sent`, async () => {
    const {wire, rpc, clock, calls} = start()
    await assert.rejects(rpc.request(call(), {timeoutMs}), RangeError)
    rpc.close()
    assert.deepEqual([wire.sent.length, wire.terminated, clock.pendingTimers, calls], [0, false, 0, []])
  })
}

for (const nonsense of ['this is not JSON', '[]', '{"response": {}}', '{"request-id": "1"}']) {
  test(`a frame that is none of Juju's ends the connection: ${nonsense}`, async () => {
    const {wire, rpc} = start()
    const pending = rpc.request(call())
    wire.say(nonsense)
    await assert.rejects(pending, ConnectionLost)
    assert.equal(wire.terminated, true)
  })
}

test('S2.10 params, replies and error infos are never logged', async () => {
  const {wire, rpc, log} = start()
  const ok = rpc.request(call('Set', {secret: 'hunter2'}))
  const bad = rpc.request(call('Set', {secret: 'hunter2'}))
  wire.say({'request-id': 1, response: {secret: 'hunter2'}})
  wire.say({'request-id': 2, error: 'no', 'error-info': {secret: 'hunter2'}})
  wire.say({'request-id': 99, response: {secret: 'hunter2'}})
  await Promise.allSettled([ok, bad])
  assert.ok(log.lines.length >= 3)
  assert.equal(log.lines.join('\n').includes('hunter2'), false)
})

test('every call settles exactly once, whatever happens to the connection', async () => {
  const step = fc.constantFrom('call', 'reply', 'reply twice', 'wait', 'drop', 'abort')
  await fc.assert(
    fc.asyncProperty(fc.array(step, {maxLength: 25}), async steps => {
      const {wire, rpc, clock, calls} = start()
      const controller = new AbortController()
      const settled: Promise<unknown>[] = []
      let replied = 0
      for (const one of steps) {
        if (one === 'call') settled.push(rpc.request(call(), {signal: controller.signal}).catch(() => undefined))
        if (one.startsWith('reply')) wire.say({'request-id': ++replied, response: {}})
        if (one === 'reply twice') wire.say({'request-id': replied, response: {}})
        if (one === 'wait') await clock.advance(20_000)
        if (one === 'drop') wire.drop('dropped')
        if (one === 'abort') controller.abort()
      }
      const sent = wire.sent.length
      await clock.advance(30_000)
      await Promise.all(settled)
      assert.equal(calls.length, sent, 'each request that was sent is counted once')
      assert.equal(clock.pendingTimers, 0)
    }),
    {numRuns: 50},
  )
})

test('the heartbeat asks every 30 s', async () => {
  const {wire, rpc, clock} = start()
  startHeartbeat(rpc, clock)
  await clock.advance(29_999)
  assert.equal(wire.sent.length, 0)
  await clock.advance(1)
  for (let beat = 1; beat <= 3; beat++) {
    assert.equal(wire.sent.length, beat)
    assert.deepEqual([wire.sent[beat - 1]?.['type'], wire.sent[beat - 1]?.['request']], ['Pinger', 'Ping'])
    wire.say({'request-id': beat, response: {}})
    await clock.advance(30_000)
  }
  assert.equal(rpc.isClosed, false)
})

test('a half-open connection is given up 20 s after the ping that nobody answered; what is pending is lost', async () => {
  const {wire, rpc, clock} = start()
  startHeartbeat(rpc, clock)
  const pending = rpc.request(call('Next'), {timeoutMs: Infinity})
  const lost = assert.rejects(pending, ConnectionLost)
  await clock.advance(49_999)
  assert.equal(wire.terminated, false)
  await clock.advance(1)
  await lost
  assert.equal(wire.terminated, true)
  assert.equal(await rpc.closed, 'the controller stopped answering')
  assert.equal(clock.pendingTimers, 0)
})

test('a ping that is refused is a sign of life', async () => {
  const {wire, rpc, clock} = start()
  startHeartbeat(rpc, clock)
  await clock.advance(30_000)
  wire.say({'request-id': 1, error: 'upgrade in progress', 'error-code': 'upgrade in progress'})
  await clock.advance(30_000)
  assert.equal(wire.sent.length, 2)
})

test('the heartbeat ends with the connection, and when it is told to', async () => {
  const ended = start()
  startHeartbeat(ended.rpc, ended.clock)
  ended.rpc.close()
  await ended.clock.advance(0)
  assert.equal(ended.clock.pendingTimers, 0)
  const told = start()
  startHeartbeat(told.rpc, told.clock)()
  await told.clock.advance(100_000)
  assert.equal(told.wire.sent.length, 0)
})
