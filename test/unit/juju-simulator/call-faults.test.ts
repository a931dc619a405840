import assert from 'node:assert/strict'
import {test} from 'node:test'
import {setTimeout as pause} from 'node:timers/promises'
import {enqueue, ping, started, until} from './support.ts'

test('refuse: new connections are refused, open ones live on, and later new ones come in again', async t => {
  const {juju, login} = await started(t)
  const open = await login()
  await juju.faults.refuse()
  await assert.rejects(login(), /ECONNREFUSED/)
  assert.deepEqual((await open.send(ping)).response, {})
  await juju.faults.refuse(false)
  assert.deepEqual((await (await login()).send(ping)).response, {})
})

test('reset: every connection is cut', async t => {
  const {juju, login} = await started(t)
  const client = await login()
  const closed = new Promise(resolve => client.socket.once('close', resolve))
  juju.faults.reset()
  await closed
  assert.equal(juju.server.connections.length, 0)
})

test('freeze: half-open connections answer nothing, new ones get no handshake; a thaw lets all of it through', async t => {
  const {juju, login} = await started(t)
  const client = await login()
  juju.faults.freeze()
  const answered = client.send(ping)
  const late = login()
  await pause(30)
  assert.equal(client.replies.length, 1)
  assert.equal(client.socket.readyState, client.socket.OPEN)
  assert.equal(juju.calls.count('Pinger.Ping'), 0)
  juju.faults.freeze(false)
  await answered
  await late
})

test('slow: a call takes its time, of the world’s clock', async t => {
  const {juju, clock, login} = await started(t)
  const client = await login()
  juju.faults.slow(60_000)
  let answered = false
  const sent = client.send(ping).then(() => (answered = true))
  await until(() => juju.calls.count('Pinger.Ping') === 1)
  await clock.advance(59_000)
  assert.equal(answered, false)
  await clock.advance(2000)
  await sent
})

test('drop the reply: the work is done, the connection is cut', async t => {
  const {juju, login, control} = await started(t)
  const client = await login()
  juju.faults.calls.dropReply('Action.EnqueueOperation')
  await assert.rejects(client.send(enqueue), /closed/)
  assert.equal(control.tasks().length, 1)
  assert.equal(juju.calls.of('Action.EnqueueOperation')[0]?.fault, 'drop-reply')
})

test('drop the reply silently: the work is done, the connection stays', async t => {
  const {juju, login, control} = await started(t)
  const client = await login()
  juju.faults.calls.dropReply('Action.EnqueueOperation', {silent: true})
  void client.send(enqueue).catch(() => undefined)
  assert.deepEqual((await client.send(ping)).response, {})
  await until(() => control.tasks().length === 1)
})

test('reset before: nothing was done', async t => {
  const {juju, login, control} = await started(t)
  const client = await login()
  juju.faults.calls.resetBefore('Action.EnqueueOperation')
  await assert.rejects(client.send(enqueue), /closed/)
  assert.equal(control.tasks().length, 0)
})

test('answer late: the work is done at once, only its reply takes time', async t => {
  const {juju, clock, login, control} = await started(t)
  const client = await login()
  juju.faults.calls.answerLate('Action.EnqueueOperation', 5000)
  const answer = client.send(enqueue)
  await until(() => control.tasks().length === 1)
  assert.equal(client.replies.length, 1)
  await clock.advance(5000)
  assert.equal((await answer).error, undefined)
})

test('answer twice: the second reply has the same number, and the work was done once', async t => {
  const {juju, clock, login, control} = await started(t)
  const client = await login()
  juju.faults.calls.answerTwice('Action.EnqueueOperation', {afterMs: 5000})
  await client.send(enqueue)
  await clock.advance(5000)
  await until(() => client.replies.length === 3)
  assert.deepEqual(client.replies[2], client.replies[1])
  assert.equal(control.tasks().length, 1)
})

test('fail: so many calls fail with Juju’s words and code', async t => {
  const {juju, login} = await started(t)
  const client = await login()
  juju.faults.calls.fail('Pinger.Ping', 'try again', 'try again', {times: 2})
  const codes = []
  for (let count = 0; count < 3; count++) codes.push((await client.send(ping))['error-code'])
  assert.deepEqual(codes, ['try again', 'try again', undefined])
})

test('expire logins: every call fails until the next login', async t => {
  const {juju, login} = await started(t)
  const client = await login()
  juju.faults.expireLogins()
  assert.equal((await client.send(ping))['error-code'], 'login expired')
  assert.deepEqual((await (await login()).send(ping)).response, {})
})

test('garbled listing: the task ends well, its text is broken', async t => {
  const {juju, clock, login, control} = await started(t)
  const client = await login()
  juju.faults.calls.garbleListings(text => text.replaceAll('|', '#'))
  const task = control.enqueue('postgresql/1', 'list-backups')
  await clock.advance(1)
  const reply = await client.call('Action', 7, 'Actions', {entities: [{tag: `action-${task}`}]})
  const [result] = reply['results'] as [{status: string; output: {backups: string}}]
  assert.equal(result.status, 'completed')
  assert.match(result.output.backups, /backup-id {12}#/)
})

test('reorder units: the same units, backwards', async t => {
  const {juju, login} = await started(t)
  const client = await login()
  juju.faults.calls.reorderUnits()
  const status = await client.call('Client', 8, 'FullStatus')
  const {units} = (status['applications'] as Record<string, {units: object}>)['postgresql'] ?? {units: {}}
  assert.deepEqual(Object.keys(units), ['postgresql/2', 'postgresql/1', 'postgresql/0'])
})
