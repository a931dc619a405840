import assert from 'node:assert/strict'
import test, {type TestContext} from 'node:test'
import {CallAborted, ConnectionLost, JujuError} from '../../src/juju/errors.ts'
import {ModelSession, type SessionState} from '../../src/juju/model-session.ts'
import type {JujuTarget} from '../../src/juju/target.ts'
import {CertificateAuthority} from '../env/certificates.ts'
import {VirtualClock} from '../support/virtual-clock.ts'
import {controllerUUID, fail, loginReply, modelUUID, respond, ScriptedServer} from '../unit/juju/scripted-server.ts'
import {password, resultsOf, targetOf, testDeps, until} from '../unit/juju/support.ts'

interface World {
  readonly juju: ScriptedServer
  readonly clock: VirtualClock
  readonly session: ModelSession
  readonly deps: ReturnType<typeof testDeps>
  readonly states: SessionState['kind'][]
}

type Prepare = (juju: ScriptedServer) => Partial<JujuTarget> | void

async function start(
  t: TestContext,
  prepare: Prepare = () => undefined,
  authority?: CertificateAuthority,
): Promise<World> {
  const juju = await ScriptedServer.start(authority === undefined ? {} : {authority})
  const clock = new VirtualClock()
  const deps = testDeps(clock)
  const session = new ModelSession(targetOf(juju, prepare(juju) ?? {}), modelUUID, deps)
  const states: SessionState['kind'][] = []
  session.onState(({kind}) => void states.push(kind))
  t.after(async () => {
    await session.close()
    await juju.close()
  })
  return {juju, clock, session, deps, states}
}

async function connected(t: TestContext, prepare?: Prepare, authority?: CertificateAuthority): Promise<World> {
  const world = await start(t, prepare, authority)
  await world.session.whenConnected()
  return world
}

const faultOf = ({state}: ModelSession) => (state.kind === 'lost' ? state.fault.reason : undefined)

const endpointOf = ({state}: ModelSession) => (state.kind === 'connected' ? state.endpoint : undefined)
const accessOf = ({state}: ModelSession) => (state.kind === 'connected' ? state.modelAccess : undefined)

/** Lets virtual time pass until something happens that needs real sockets too. */
async function advanceUntil(clock: VirtualClock, what: string, condition: () => boolean): Promise<void> {
  for (let step = 0; step < 400 && !condition(); step++) {
    await clock.advance(500)
    await new Promise(resolve => setImmediate(resolve))
  }
  await until(what, condition)
}

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
  await clock.advance(999)
  assert.equal(juju.asked('Admin.Login').length, 1)
  await clock.advance(301)
  await session.whenConnected()
  assert.deepEqual(states, ['connected', 'lost', 'connected'])
  assert.equal(juju.asked('Action.EnqueueOperation').length, 1, 'nothing is sent again by the session')
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

test('an unreachable controller is tried again after 1, 2, 4 ... 60 s and jitter, and for hours', async t => {
  const {session, clock, deps} = await start(t, () => ({endpoints: ['127.0.0.1:1']}))
  await until('the first attempt failed', () => session.state.kind === 'lost')
  const since = session.state.since
  const waits: number[] = []
  let attempts = deps.log.lines.length
  for (const expected of [1, 2, 4, 8, 16, 32, 60, 60]) {
    // Half of the jitter of 20 % is what a random of 0.5 gives.
    await clock.advance(expected * 1100 - 1)
    assert.equal(deps.log.lines.length, attempts, `no attempt before ${expected} s`)
    await clock.advance(1)
    await until('another attempt failed', () => deps.log.lines.length > attempts)
    attempts = deps.log.lines.length
    waits.push(expected)
  }
  assert.equal(faultOf(session), 'Unreachable')
  assert.equal(session.state.since, since, 'it says since when')
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

// The calls, as they go over the wire

test('S1.1 an enqueue asks for one action of one unit, by tag', async t => {
  const {session, juju} = await connected(t)
  juju.on('Action.EnqueueOperation', () => respond({operation: 'operation-0', actions: resultsOf('actions-completed')}))
  const made = await session.enqueue({unit: 'postgresql/0', action: 'create-backup', parameters: {type: 'full'}})
  assert.deepEqual([made.operationID, made.taskID, made.unit], ['0', '1', 'postgresql/0'])
  assert.deepEqual(juju.asked('Action.EnqueueOperation')[0]?.params, {
    actions: [
      {
        tag: '',
        receiver: 'unit-postgresql-0',
        name: 'create-backup',
        parameters: {type: 'full'},
        parallel: false,
        'execution-group': '',
      },
    ],
  })
})

test('annotations go to the model or to an application; a success lists nothing', async t => {
  const {session, juju} = await connected(t)
  juju.on('Annotations.Set', () => respond({results: []}))
  juju.on('Annotations.Get', () => respond({results: [{entity: 'x', annotations: {a: '1'}, error: {}}]}))
  await session.setAnnotations('model', {'charmkeeper-owner': 'me'})
  await session.setAnnotations({application: 'postgresql'}, {'charmkeeper-ledger': ''})
  assert.deepEqual(await session.annotations('model'), {a: '1'})
  assert.deepEqual(
    juju.asked('Annotations.Set').map(({params}) => params['annotations']),
    [
      [{entity: `model-${modelUUID}`, annotations: {'charmkeeper-owner': 'me'}}],
      [{entity: 'application-postgresql', annotations: {'charmkeeper-ledger': ''}}],
    ],
  )
})

test('an annotation that is refused is an error, wherever the answer has it', async t => {
  const {session, juju} = await connected(t)
  juju.on('Annotations.Set', () =>
    respond({results: [{error: {message: 'permission denied', code: 'unauthorized access'}}]}),
  )
  juju.on('Annotations.Get', () =>
    respond({results: [{entity: '', error: {error: {message: 'gone', code: 'not found'}}}]}),
  )
  await assert.rejects(session.setAnnotations('model', {a: '1'}), {code: 'unauthorized access'})
  await assert.rejects(session.annotations({application: 'ghost'}), {code: 'not found'})
})

test('S1.11 a cancel is accepted, or refused in the words of Juju', async t => {
  const {session, juju} = await connected(t)
  const aborting = {action: {tag: 'action-6', receiver: 'unit-postgresql-0', name: 'create-backup'}, status: 'aborting'}
  juju.on('Action.Cancel', ({params}) =>
    JSON.stringify(params).includes('action-6')
      ? respond({results: [aborting]})
      : respond({results: resultsOf('cancel-running')}),
  )
  const results = await session.cancel(['6', '7'])
  const accepted = results.get('6')
  assert.equal(accepted?.accepted && accepted.task?.status, 'aborting')
  const refused = results.get('7')
  assert.match(refused && !refused.accepted ? refused.error.message : '', /cannot prepare statement/)
  assert.equal(juju.asked('Action.Cancel').length, 2)
})

test('a cancel that was not answered is an error, not a refusal', async t => {
  const {session, juju} = await connected(t)
  juju.on('Action.Cancel', () => 'silence')
  const controller = new AbortController()
  const cancel = assert.rejects(session.cancel(['6'], {signal: controller.signal}), CallAborted)
  await until('the request arrived', () => juju.asked('Action.Cancel').length === 1)
  controller.abort()
  await cancel
})

test('S1.8 log lines of a task arrive as they are written, until Juju ends the watch', async t => {
  const {session, juju} = await connected(t)
  const line = (message: string) => JSON.stringify({timestamp: '2026-11-22T18:48:38.975Z', message})
  const changes = [[line('b'), 'not JSON'], []]
  juju.on('Action.WatchActionsProgress', () => respond({results: [{'watcher-id': '5', changes: [line('a')]}]}))
  juju.on('StringsWatcher.Next', () => {
    const next = changes.shift()
    return next === undefined ? fail('watcher was stopped', 'stopped') : respond({'watcher-id': '', changes: next})
  })
  juju.on('StringsWatcher.Stop', () => respond())
  const seen: string[] = []
  for await (const lines of session.watchActionsProgress('13')) seen.push(...lines.map(({message}) => message))
  assert.deepEqual(seen, ['a', 'b', 'not JSON'])
  assert.deepEqual(
    juju.asks.filter(({id}) => id !== undefined).map(({name, id}) => [name, id]),
    [...Array.from({length: 3}, () => ['StringsWatcher.Next', '5']), ['StringsWatcher.Stop', '5']],
  )
})

test('a watch that nobody needs any more is stopped', async t => {
  const {session, juju} = await connected(t)
  const line = JSON.stringify({timestamp: '2026-11-22T18:48:38.975Z', message: 'a'})
  juju.on('Action.WatchActionsProgress', () => respond({results: [{'watcher-id': '5', changes: [line]}]}))
  juju.on('StringsWatcher.Stop', () => respond())
  const lines = session.watchActionsProgress('13')
  await lines.next()
  await lines.return(undefined)
  assert.equal(juju.asked('StringsWatcher.Stop').length, 1)
})

test('a watch of an unknown task is an error', async t => {
  const {session, juju} = await connected(t)
  juju.on('Action.WatchActionsProgress', () => respond({results: [{error: {message: 'gone', code: 'not found'}}]}))
  await assert.rejects(session.watchActionsProgress('13').next(), JujuError)
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
