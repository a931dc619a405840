import assert from 'node:assert/strict'
import test from 'node:test'
import {CallTimeout, ConnectionLost, JujuError} from '../../src/juju/errors.ts'
import type {ModelSession} from '../../src/juju/model-session.ts'
import {CertificateAuthority} from '../env/certificates.ts'
import {controllerUUID, fail, loginReply, respond, ScriptedServer} from '../unit/juju/scripted-server.ts'
import {listen} from '../unit/juju/connections.ts'
import {startHeldNetwork} from '../unit/juju/held-network.ts'
import {advanceUntil, connected, start} from '../unit/juju/session-world.ts'
import {password, targetOf, until} from '../unit/juju/support.ts'

const faultOf = ({state}: ModelSession) => (state.kind === 'lost' ? state.fault.reason : undefined)

const endpointOf = ({state}: ModelSession) => (state.kind === 'connected' ? state.endpoint : undefined)
const accessOf = ({state}: ModelSession) => (state.kind === 'connected' ? state.modelAccess : undefined)

test('a session connects by itself and says what the login told', async t => {
  const {session, clock, juju} = await start(t)
  assert.equal(session.state.kind, 'connecting')
  await session.whenConnected()
  assert.deepEqual(session.state, {
    kind: 'connected',
    since: clock.now(),
    serverVersion: '3.6.14',
    controllerUUID,
    user: 'operator',
    modelAccess: 'write',
    endpoint: juju.endpoint,
  })
})

test('without a connection a call fails at once and was never sent', async t => {
  const {session} = await start(t, juju => juju.on('Admin.Login', () => 'silence'))
  await assert.rejects(session.annotations('model'), (error: ConnectionLost) => {
    assert.equal(error.outcomeUnknown, false)
    return /Annotations\.Get: not connected yet/.test(error.message)
  })
})

test('S1.5 a reset settles every pending call, and the session comes back after a second or so', async t => {
  const {session, juju, clock, states} = await connected(t)
  juju.on('Action.EnqueueOperation', () => 'silence')
  const enqueue = session.enqueue({unit: 'postgresql/0', action: 'create-backup', parameters: {}})
  const lost = assert.rejects(
    enqueue,
    (error: ConnectionLost) => error instanceof ConnectionLost && error.outcomeUnknown,
  )
  await until('the request arrived', () => juju.asked('Action.EnqueueOperation').length === 1)
  juju.reset()
  await lost
  await until('the loss is seen', () => session.state.kind === 'lost')
  assert.equal(faultOf(session), 'Unreachable')
  // Half of the first delay is what a random of 0.5 gives.
  await clock.advance(499)
  assert.equal(juju.asked('Admin.Login').length, 1)
  await clock.advance(1)
  await session.whenConnected()
  assert.deepEqual(states, ['connected', 'lost', 'connected'])
  assert.equal(juju.asked('Action.EnqueueOperation').length, 1, 'nothing is sent again by the session')
})

test('S1.5 a request that hangs in the network when its connection is given up never arrives', async t => {
  const network = await startHeldNetwork(t)
  const {session, juju, clock} = await connected(t, juju => {
    network.leadTo(juju.endpoint)
    return {endpoints: [network.endpoint]}
  })
  network.hold()
  const overdue = assert.rejects(
    session.enqueue({unit: 'postgresql/0', action: 'create-backup', parameters: {}}, {timeoutMs: 20_000}),
    CallTimeout,
  )
  await clock.advance(20_000)
  await overdue
  session.reconnect()
  await session.whenConnected()
  network.letGo()
  await until('the old connection is gone', () => juju.connections === 1)
  await session.annotations('model').catch(() => undefined)
  assert.equal(juju.asked('Action.EnqueueOperation').length, 0)
})

test('S1.5 a frozen connection is noticed by the ping: every pending call settles, and the session comes back', async t => {
  const {session, juju, clock} = await connected(t)
  juju.on('Application.Get', () => 'silence')
  const pending = session.applicationGet('postgresql', {timeoutMs: Infinity})
  const lost = assert.rejects(pending, ConnectionLost)
  await until('the request arrived', () => juju.asked('Application.Get').length === 1)
  juju.freeze()
  await clock.advance(49_000)
  assert.equal(session.state.kind, 'connected')
  await clock.advance(1000)
  await lost
  await until('the loss is seen', () => session.state.kind === 'lost')
  await clock.advance(1300)
  await session.whenConnected()
})

test('S1.5 a peer that stops reading: what it cannot take is refused unsent, and within 50 s the connection is given up', async t => {
  const {session, juju, clock, states} = await connected(t)
  juju.freeze()
  const megabyte = 'x'.repeat(1024 * 1024)
  const outcomes: boolean[] = []
  const calls = Array.from({length: 40}, async () => {
    const error: unknown = await session
      .setAnnotations('model', {big: megabyte}, {timeoutMs: Infinity})
      .catch((failure: unknown) => failure)
    assert.ok(error instanceof ConnectionLost)
    outcomes.push(error.outcomeUnknown)
  })
  await until('what is too much was refused', () => outcomes.length > 0)
  assert.ok(outcomes.length >= 40 - 20, `${40 - outcomes.length} MiB are kept for a peer that does not read`)
  assert.deepEqual([...new Set(outcomes)], [false])
  await clock.advance(50_000)
  await Promise.all(calls)
  assert.equal(outcomes.at(-1), true, 'what was handed to the socket may have arrived')
  // It may be back by now: a new connection is not frozen.
  await until('the loss is seen', () => states.includes('lost'))
})

test('an idle connection is kept by its pings', async t => {
  const {session, juju, clock} = await connected(t)
  for (let beat = 1; beat <= 5; beat++) {
    await clock.advance(30_000)
    await until(
      `ping ${beat} is answered`,
      () => juju.asked('Pinger.Ping').length === beat && clock.pendingTimers === 1,
    )
  }
  assert.equal(session.state.kind, 'connected')
})

test('closing settles every pending call and leaves neither timer nor connection', async t => {
  const {session, juju, clock, states} = await connected(t)
  juju.on('Application.Get', () => 'silence')
  const pending = assert.rejects(session.applicationGet('postgresql'), ConnectionLost)
  await until('the request arrived', () => juju.asked('Application.Get').length === 1)
  await session.close()
  await pending
  await until('the connection is closed', () => juju.connections === 0 && clock.pendingTimers === 0)
  assert.deepEqual(states, ['connected', 'closed'])
  await assert.rejects(session.annotations('model'), /the session is closed/)
  await assert.rejects(session.whenConnected(), /the session is closed/)
  await session.close()
})

test('closing while connecting ends the attempt', async t => {
  const {session, juju, clock} = await start(t, server => server.on('Admin.Login', () => 'silence'))
  await until('the login was asked for', () => juju.asked('Admin.Login').length === 1)
  await session.close()
  await until('nothing is left', () => juju.connections === 0 && clock.pendingTimers === 0)
  assert.equal(session.state.kind, 'closed')
})

test('an unreachable controller is tried again after up to 1, 2, 4 ... 60 s, and for hours', async t => {
  let dials = 0
  const dead = await listen(t, socket => {
    dials++
    socket.destroy()
  })
  const {session, clock, states} = await start(t, () => ({endpoints: [dead]}))
  await until('the first attempt failed', () => session.state.kind === 'lost' && clock.pendingTimers === 1)
  const {since} = session.state
  for (const [index, longest] of [1, 2, 4, 8, 16, 32, 60, 60, 60].entries()) {
    // A random of 0.5 takes half of it.
    await clock.advance(longest * 500 - 1)
    assert.equal(dials, index + 1, `not before ${longest / 2} s`)
    await clock.advance(1)
    await until('another attempt failed', () => dials === index + 2 && clock.pendingTimers === 1)
  }
  assert.equal(faultOf(session), 'Unreachable')
  assert.equal(session.state.since, since, 'it says since when')
  assert.deepEqual(states, ['lost'], 'the same failure is told once')
})

test('what only a person can mend is tried once a minute', async t => {
  const {session, juju, clock} = await start(t, server =>
    server.on('Admin.Login', () => fail('invalid entity name or password', 'unauthorized access')),
  )
  await until('the login was refused', () => session.state.kind === 'lost')
  assert.equal(faultOf(session), 'CredentialsRejected')
  await clock.advance(59_000)
  assert.equal(juju.asked('Admin.Login').length, 1)
  await advanceUntil(clock, 'the next try', () => juju.asked('Admin.Login').length === 2)
})

test('new credentials are tried at once where the old ones failed', async t => {
  const {session, juju} = await start(t, server =>
    server.on('Admin.Login', ({params}) =>
      params['credentials'] === 'rotated'
        ? respond(loginReply())
        : fail('invalid entity name or password', 'unauthorized access'),
    ),
  )
  await until('the login was refused', () => session.state.kind === 'lost')
  const credentials = {kind: 'password', username: 'operator', password: 'rotated'} as const
  session.updateCredentials(targetOf(juju, {credentials}))
  await session.whenConnected()
  assert.equal(juju.asked('Admin.Login').length, 2)
})

test('new credentials leave a connection that stands alone, and are used by the next login', async t => {
  const {session, juju, clock} = await connected(t)
  const credentials = {kind: 'password', username: 'operator', password: 'rotated'} as const
  session.updateCredentials(targetOf(juju, {credentials}))
  await clock.advance(5000)
  assert.equal(juju.asked('Admin.Login').length, 1)
  juju.reset()
  await advanceUntil(clock, 'a second login', () => juju.asked('Admin.Login').length === 2)
  assert.deepEqual(
    juju.asked('Admin.Login').map(({params}) => params['credentials']),
    [password, 'rotated'],
  )
})

test('the same credentials again change nothing', async t => {
  const {session, juju, clock} = await start(t, server =>
    server.on('Admin.Login', () => fail('invalid entity name or password', 'unauthorized access')),
  )
  await until('the login was refused', () => session.state.kind === 'lost')
  session.updateCredentials(targetOf(juju))
  await clock.advance(1000)
  assert.equal(juju.asked('Admin.Login').length, 1)
})

test('a new login can be asked for, for example to see rights that were granted since', async t => {
  const {session, juju, states} = await connected(t)
  const user = {identity: 'user-operator', 'controller-access': 'login', 'model-access': 'admin'}
  juju.on('Admin.Login', () => respond(loginReply({'user-info': user})))
  session.reconnect()
  assert.equal(session.state.kind, 'connecting')
  await session.whenConnected()
  assert.equal(accessOf(session), 'admin')
  assert.deepEqual(states, ['connected', 'connecting', 'connected'])
})

test('a login that expires is made anew', async t => {
  const {session, juju, clock} = await connected(t)
  juju.on('Application.Get', () => fail('login expired', 'login expired'))
  await assert.rejects(session.applicationGet('postgresql'), {name: 'JujuError', code: 'login expired'})
  await advanceUntil(clock, 'a second login', () => juju.asked('Admin.Login').length === 2)
  await session.whenConnected()
})

test('a model that migrates away is said to have gone, and where to', async t => {
  const {session, juju, clock} = await connected(t)
  juju.on('Admin.Login', () =>
    fail('redirection required', 'redirection required', {
      servers: [[{value: '10.0.0.9', type: 'ipv4', scope: 'local-cloud', port: 17070}]],
      'ca-cert': '',
      'controller-tag': '',
      'controller-alias': 'other',
    }),
  )
  juju.reset()
  await advanceUntil(clock, 'the redirect is seen', () => faultOf(session) === 'ModelMigrated')
  assert.match(session.state.kind === 'lost' ? session.state.fault.message : '', /"other" at 10\.0\.0\.9:17070/)
})

test('when the given endpoint is gone, the machines that the controller named are tried as well', async t => {
  const authority = new CertificateAuthority('ha-controller')
  const other = await ScriptedServer.start({authority})
  t.after(() => other.close())
  const [value, port] = other.endpoint.split(':')
  const servers = [[{value, type: 'ipv4', scope: 'local-cloud', port: Number(port)}]]
  const world = await connected(t, server => server.on('Admin.Login', () => respond(loginReply({servers}))), authority)
  await world.juju.close()
  await advanceUntil(world.clock, 'the other machine is found', () => endpointOf(world.session) === other.endpoint)
})

test('waiting for the connection ends with its signal', async t => {
  const {session} = await start(t, juju => juju.on('Admin.Login', () => 'silence'))
  await assert.rejects(session.whenConnected(AbortSignal.abort(new Error('enough'))), /enough/)
  const controller = new AbortController()
  const waiting = assert.rejects(session.whenConnected(controller.signal), /enough/)
  controller.abort(new Error('enough'))
  await waiting
})

test('a listener that throws harms nobody', async t => {
  const {session, juju, deps, clock} = await connected(t)
  const heard: string[] = []
  session.onState(() => {
    throw new Error('bad listener')
  })
  const stop = session.onState(({kind}) => void heard.push(kind))
  juju.reset()
  await until('the loss is seen', () => heard.includes('lost'))
  stop()
  await advanceUntil(clock, 'a second login', () => session.state.kind === 'connected')
  assert.deepEqual(heard, ['lost'])
  assert.ok(deps.log.lines.some(line => line.includes('bad listener')))
})

test('S2.10 in a whole session the password is in no log line, state or metric', async t => {
  const {session, juju, deps, clock} = await connected(t)
  juju.on('Application.Get', () => fail('no', 'not found'))
  await assert.rejects(session.applicationGet('postgresql'), JujuError)
  juju.on('Admin.Login', () => fail('invalid entity name or password', 'unauthorized access'))
  juju.reset()
  await advanceUntil(clock, 'the login was refused', () => faultOf(session) === 'CredentialsRejected')
  const everything = [deps.log.lines, deps.calls, session.state, session].map(one => JSON.stringify(one)).join()
  assert.ok(deps.calls.includes('Admin.Login unauthorized access'))
  assert.equal(everything.includes(password), false)
})
