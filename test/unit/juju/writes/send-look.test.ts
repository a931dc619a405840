import assert from 'node:assert/strict'
import test from 'node:test'
import {JujuError, Unsupported} from '../../../../src/juju/errors.ts'
import {cancel} from '../../../../src/juju/writes/cancel.ts'
import {look} from '../../../../src/juju/writes/look.ts'
import {createSecret, updateSecret} from '../../../../src/juju/writes/secrets.ts'
import {send} from '../../../../src/juju/writes/send.ts'
import {enqueue, exec, type TaskTarget} from '../../../../src/juju/writes/tasks.ts'
import {addUnits} from '../../../../src/juju/writes/units.ts'
import {VirtualClock} from '../../../support/virtual-clock.ts'
import {FakeSession} from './fake-model.ts'
import {backup, words} from './builders.ts'

const enqueued = {
  operation: 'operation-10',
  actions: [{action: {tag: 'action-11', receiver: 'unit-postgresql-1'}, status: 'pending'}],
}
const never = new Promise<never>(() => undefined)

function intentOf(clock: VirtualClock, target: TaskTarget = backup) {
  const controllerTime = new Date(clock.now()).toISOString()
  return {target, before: {highestOperationID: '9'}, time: clock.now(), controllerTime, callTimeoutMs: 30_000}
}

test('S1.5 a write that is answered is done; it goes to Juju once', async () => {
  const clock = new VirtualClock()
  const session = new FakeSession(clock, {'Action.EnqueueOperation': () => Promise.resolve(enqueued)})
  const sent = await send(session, enqueue, intentOf(clock), {clock})
  assert.deepEqual(sent.kind === 'Done' && [sent.result.operationID, sent.result.taskID], ['10', '11'])
  assert.deepEqual(session.calls, ['Action.EnqueueOperation'])
})

test('S1.5 a refusal settles a write, a lost reply leaves it open', async () => {
  const clock = new VirtualClock()
  const refusal = new JujuError('Action.EnqueueOperation', 'permission denied', 'unauthorized access')
  const refusing = new FakeSession(clock, {'Action.EnqueueOperation': () => Promise.reject(refusal)})
  const refused = await send(refusing, enqueue, intentOf(clock), {clock})
  assert.deepEqual(refused, {kind: 'Refused', error: refusal})
  const silent = new FakeSession(clock, {'Action.EnqueueOperation': () => never})
  const sending = send(silent, enqueue, intentOf(clock), {clock})
  await clock.advance(30_000)
  assert.equal((await sending).kind, 'Uncertain')
})

/** An AddUnits of two that is refused like this. */
function refusedUnits(code: string, message = code) {
  const clock = new VirtualClock()
  const refusal = new JujuError('Application.AddUnits', message, code)
  const session = new FakeSession(clock, {'Application.AddUnits': () => Promise.reject(refusal)})
  const target = {application: 'postgresql', count: 2}
  return send(session, addUnits, {target, before: {}, time: clock.now(), callTimeoutMs: 30_000}, {clock})
}

for (const [code, message] of [['excessive contention'], ['', 'cannot add unit 2/2 to application "postgresql"']])
  test(`S1.5 units that failed with "${message ?? code}" may be there in part: Juju adds one after the other`, async () =>
    assert.equal((await refusedUnits(code ?? '', message)).kind, 'Uncertain'))

for (const [code, message] of [
  ['unauthorized access'],
  ['operation is blocked'],
  ['not supported'],
  ['not found'],
  ['upgrade in progress'],
  ['', 'migration in progress, model is exporting'],
])
  test(`S1.5 units that were refused with "${message ?? code}" are not there: Juju looks at that first`, async () =>
    assert.equal((await refusedUnits(code ?? '', message)).kind, 'Refused'))

test('S1.5 an answer that makes no sense may stand for an effect', async () => {
  const clock = new VirtualClock()
  const session = new FakeSession(clock, {
    'Action.EnqueueOperation': () => Promise.resolve({operation: '', actions: [{}]}),
  })
  assert.equal((await send(session, enqueue, intentOf(clock), {clock})).kind, 'Uncertain')
})

test('what the controller does not offer is thrown on: waiting does not help', async () => {
  const clock = new VirtualClock()
  const session = new FakeSession(clock, {
    'Action.EnqueueOperation': () => Promise.reject(new Unsupported('no Action')),
  })
  await assert.rejects(send(session, enqueue, intentOf(clock), {clock}), Unsupported)
})

test("the call's time-out counts from the intent", async () => {
  const clock = new VirtualClock()
  const session = new FakeSession(clock, {'Action.EnqueueOperation': () => never})
  const intent = intentOf(clock)
  await clock.advance(4_000)
  let kind = ''
  const sending = send(session, enqueue, intent, {clock}).then(sent => (kind = sent.kind))
  await clock.advance(25_999)
  assert.equal(kind, '')
  await clock.advance(1)
  assert.equal(await sending, 'Uncertain')
})

const notSent: readonly [
  what: string,
  prepare: (session: FakeSession, clock: VirtualClock) => Promise<void>,
  why: RegExp,
][] = [
  ['an intent that took long to write', (_, clock) => clock.advance(5_001), /took too long/],
  [
    'a connection that is gone',
    session => {
      session.lose()
      return Promise.resolve()
    },
    /connection was lost/,
  ],
  [
    'a connection that was made after the intent: the look-up would take it for a new one',
    async (session, clock) => {
      await clock.advance(1)
      session.reconnect()
    },
    /made anew/,
  ],
]
for (const [what, prepare, why] of notSent) {
  test(`S1.5 nothing is sent for ${what}`, async () => {
    const clock = new VirtualClock()
    const session = new FakeSession(clock, {})
    const intent = intentOf(clock)
    await prepare(session, clock)
    const sent = await send(session, enqueue, intent, {clock})
    assert.match(sent.kind === 'NotSent' ? sent.why : sent.kind, why)
    assert.deepEqual(session.calls, [])
  })
}

test('S1.5 nothing is sent when our clock went back after the intent: the call would wait for as long', async () => {
  const clock = new VirtualClock()
  const session = new FakeSession(clock, {})
  const intent = {...intentOf(clock), time: clock.now() + 3600_000}
  const sent = await send(session, enqueue, intent, {clock})
  assert.match(sent.kind === 'NotSent' ? sent.why : sent.kind, /clock went back/)
  assert.deepEqual(session.calls, [])
})

test('S1.5 a connection from before our clock went back is made anew, and the next intent is sent', async () => {
  const clock = new VirtualClock()
  const session = new FakeSession(clock, {'Action.EnqueueOperation': () => Promise.resolve(enqueued)})
  session.state = session.connected(clock.now() + 3600_000)
  assert.equal((await send(session, enqueue, intentOf(clock), {clock})).kind, 'NotSent')
  assert.deepEqual([session.reconnects, session.calls], [1, []])
  assert.equal((await send(session, enqueue, intentOf(clock), {clock})).kind, 'Done')
  assert.equal(session.reconnects, 1)
})

test('S1.5 nothing is sent to whoever leads: the look-up would not find it, and take that for proof', async () => {
  const clock = new VirtualClock()
  const session = new FakeSession(clock, {})
  const leader = {...backup, unit: 'postgresql/leader'}
  await assert.rejects(send(session, enqueue, intentOf(clock, leader), {clock}), RangeError)
  const command = {unit: leader.unit, command: 'uptime', timeoutMs: 1000}
  await assert.rejects(send(session, exec(), {...intentOf(clock), target: command}, {clock}), RangeError)
  assert.deepEqual(session.calls, [])
})

test('a secret without a label, or without its content, is not sent', async () => {
  const clock = new VirtualClock()
  const session = new FakeSession(clock, {})
  const intent = {before: [], time: clock.now(), callTimeoutMs: 30_000}
  const content = {key: 'value'}
  for (const target of [
    {label: '', description: '', content},
    {label: 's3', description: ''},
  ])
    await assert.rejects(send(session, createSecret, {...intent, target}, {clock}), RangeError)
  const target = {secret: {label: 's3'}}
  await assert.rejects(send(session, updateSecret, {...intent, before: {}, target}, {clock}), RangeError)
  assert.deepEqual(session.calls, [])
})

/** A Juju that knows these operations, in pages of two. */
function juju(clock: VirtualClock, operations: readonly object[]): FakeSession {
  const status = {
    model: {name: 'prod', 'model-status': {status: 'available'}},
    applications: {postgresql: {charm: 'ch:amd64/postgresql-843', status: {}}},
    relations: null,
  }
  const params = {type: 'object', properties: {type: {type: 'string'}, wait: {type: 'boolean', default: true}}}
  return new FakeSession(clock, {
    'Client.FullStatus': () =>
      Promise.resolve({...status, 'controller-timestamp': new Date(clock.now()).toISOString()}),
    'Charms.CharmInfo': () =>
      Promise.resolve({
        url: 'x',
        revision: 1,
        meta: {name: 'postgresql'},
        actions: {specs: {'create-backup': {params}}},
      }),
    'Action.ListOperations': asked => {
      const {offset} = asked as {offset: number}
      const results = operations.slice(offset, offset + 2)
      return Promise.resolve({results, truncated: offset + 2 < operations.length})
    },
  })
}

const operation = (id: number, action: string, parameters: object, enqueuedAt: number) => ({
  operation: `operation-${id}`,
  status: 'completed',
  enqueued: new Date(enqueuedAt).toISOString(),
  actions: [
    {action: {tag: `action-${id}`, receiver: 'unit-postgresql-1', name: action, parameters}, status: 'completed'},
  ],
})

test('S1.5 a look waits for the time-out without asking Juju, then asks on a new connection, page after page', async () => {
  const clock = new VirtualClock()
  const start = clock.now()
  const session = juju(clock, [
    operation(8, 'list-backups', {}, start - 9000),
    operation(9, 'list-backups', {}, start - 5000),
    operation(10, 'create-backup', {type: 'full', wait: true}, start + 2000),
  ])
  const intent = intentOf(clock)
  assert.deepEqual(await look(session, enqueue, intent, {clock}), {kind: 'NotYet', until: start + 30_000})
  assert.deepEqual([session.calls, session.reconnects], [[], 0])
  await clock.advance(30_000)
  const verdict = await look(session, enqueue, intent, {clock})
  assert.match(words(verdict), /^Happened .*"operationID":"10","taskID":"10"/)
  assert.equal(session.reconnects, 1)
  assert.equal(session.calls.filter(name => name === 'Action.ListOperations').length >= 2, true)
})

test('S1.5 a connection that is newer than the intent is not given up', async () => {
  const clock = new VirtualClock()
  const session = juju(clock, [operation(9, 'list-backups', {}, clock.now() - 5000)])
  const intent = intentOf(clock)
  await clock.advance(10)
  session.reconnect()
  await clock.advance(30_000)
  assert.equal((await look(session, enqueue, intent, {clock})).kind, 'DidNotHappen')
  assert.equal(session.reconnects, 1)
})

test('S1.11 a lost cancel is looked up in its task', async () => {
  const clock = new VirtualClock()
  const session = new FakeSession(clock, {
    'Action.Cancel': () => never,
    'Action.Actions': () =>
      Promise.resolve({results: [{action: {tag: 'action-11', receiver: 'unit-postgresql-1'}, status: 'aborting'}]}),
  })
  const intent = {target: {taskID: '11'}, before: {}, time: clock.now(), callTimeoutMs: 30_000}
  const sending = send(session, cancel, intent, {clock})
  await clock.advance(30_000)
  assert.equal((await sending).kind, 'Uncertain')
  const verdict = await look(session, cancel, intent, {clock})
  assert.equal(verdict.kind === 'Happened' && verdict.result?.status, 'aborting')
})

test('S1.11 what Juju says against a cancel is a refusal', async () => {
  const clock = new VirtualClock()
  const session = new FakeSession(clock, {
    'Action.Cancel': () => Promise.resolve({results: [{error: {message: 'action 11 not found', code: 'not found'}}]}),
  })
  const intent = {target: {taskID: '11'}, before: {}, time: clock.now(), callTimeoutMs: 30_000}
  const sent = await send(session, cancel, intent, {clock})
  assert.equal(sent.kind === 'Refused' && sent.error.code, 'not found')
})
