import assert from 'node:assert/strict'
import {suite, test} from 'node:test'
import {CallTimeout, ConnectionLost, JujuError, mayHaveHappened} from '../../src/juju/errors.ts'
import {classify} from '../../src/juju/faults.ts'
import {SnapshotPoller} from '../../src/juju/snapshot.ts'
import {advanceUntil} from '../unit/juju/session-world.ts'
import {until} from '../unit/juju/support.ts'
import {simulatedSession} from './support/simulated-session.ts'

const backup = {unit: 'postgresql/0', action: 'create-backup', parameters: {type: 'full'}}

for (const profile of ['3.6.14', '4.0.12'] as const) {
  suite(`the client under the faults of a simulated Juju ${profile}`, () => {
    test('refuse: it is Unreachable while the port is closed, and comes back', async t => {
      const {juju, clock, lives, fault} = await simulatedSession(t, profile)
      await juju.faults.refuse()
      juju.faults.reset()
      await advanceUntil(clock, 'the port is seen closed', () => /ECONNREFUSED/.test(fault()?.message ?? ''))
      assert.equal(fault()?.reason, 'Unreachable')
      await juju.faults.refuse(false)
      await lives('connected')
    })

    test('S1.5 reset: a pending call is lost, its outcome unknown, and it is not sent again', async t => {
      const {juju, session, lives} = await simulatedSession(t, profile)
      juju.faults.calls.resetBefore('Action.EnqueueOperation')
      await assert.rejects(session.enqueue(backup), (error: ConnectionLost) => mayHaveHappened(error))
      await lives('connected')
      assert.equal(juju.calls.enqueued('create-backup').length, 1)
    })

    test('freeze: within 60 s the connection is given up, and a new one serves', async t => {
      const {juju, session, clock, lives} = await simulatedSession(t, profile)
      const pending = assert.rejects(session.annotations('model', {timeoutMs: Infinity}), ConnectionLost)
      const frozenAt = clock.monotonic()
      juju.faults.freeze()
      await lives('lost')
      assert.ok(clock.monotonic() - frozenAt <= 60_000)
      await pending
      juju.faults.freeze(false)
      await lives('connected')
      await session.annotations('model')
    })

    test('slow: a call ends with its time-out, the connection stays, and the late reply settles no other call', async t => {
      const {juju, session, clock} = await simulatedSession(t, profile)
      juju.faults.calls.delay('Application.Get', 45_000, {times: 1})
      const slow = assert.rejects(session.applicationGet('s3-integrator'), CallTimeout)
      await until('it arrived', () => juju.calls.count('Application.Get') === 1)
      await clock.advance(30_000)
      await slow
      const next = session.applicationGet('postgresql')
      await clock.advance(15_000)
      assert.equal((await next).application, 'postgresql')
      assert.equal(session.state.kind, 'connected')
    })

    for (const silent of [true, false]) {
      test(`S1.5 a reply that is dropped after the work was done (${silent ? 'silence' : 'reset'}): done once, outcome unknown`, async t => {
        const {juju, session, clock, lives} = await simulatedSession(t, profile)
        juju.faults.calls.dropReply('Action.EnqueueOperation', {silent})
        const enqueue = assert.rejects(session.enqueue(backup), (error: unknown) => mayHaveHappened(error))
        await until('it arrived', () => juju.calls.enqueued('create-backup').length === 1)
        if (silent) await clock.advance(30_000)
        await enqueue
        await lives('connected')
        const operations = await session.listOperations({actions: ['create-backup']})
        assert.equal(operations.length, 1)
        assert.equal(juju.calls.enqueued('create-backup').length, 1)
      })
    }

    test('answer twice, the second time late: every call has its own reply', async t => {
      const {juju, session, clock} = await simulatedSession(t, profile)
      juju.faults.calls.answerTwice('Application.Get', {times: 2, afterMs: 5000})
      assert.equal((await session.applicationGet('postgresql')).application, 'postgresql')
      const [one, other] = [session.applicationGet('s3-integrator'), session.applicationGet('postgresql')]
      await clock.advance(10_000)
      assert.deepEqual([(await one).application, (await other).application], ['s3-integrator', 'postgresql'])
      assert.equal(session.state.kind, 'connected')
    })

    test('a server that answers pings and nothing else: calls end with their time-outs, the connection stays', async t => {
      const {juju, session, clock, deps} = await simulatedSession(t, profile)
      const others = ({facade}: {facade: string}): boolean => facade !== 'Pinger'
      juju.faults.calls.dropReply(others, {silent: true, times: Number.POSITIVE_INFINITY})
      const pings = (): number => deps.calls.filter(call => call === 'Pinger.Ping ok').length
      for (let round = 1; round <= 3; round++) {
        const call = assert.rejects(session.applicationGet('postgresql'), CallTimeout)
        await advanceUntil(clock, `ping ${round}`, () => pings() >= round)
        await clock.advance(1000)
        await call
      }
      assert.equal(session.state.kind, 'connected')
      assert.equal(juju.calls.count('Admin.Login'), 1)
    })

    test('expire a login: it is made anew, and calls work again', async t => {
      const {juju, session, lives} = await simulatedSession(t, profile)
      juju.faults.expireLogins()
      await assert.rejects(session.annotations('model'), {code: 'login expired'})
      await until('the old connection is given up', () => session.state.kind === 'lost')
      await lives('connected')
      await session.annotations('model')
    })

    test('a disabled user is CredentialsRejected at its next login, and served again once it is enabled', async t => {
      const {juju, session, clock, lives, fault} = await simulatedSession(t, profile)
      juju.control.disableUser('operator')
      juju.faults.reset()
      await advanceUntil(clock, 'it is refused', () => fault()?.reason === 'CredentialsRejected')
      assert.match(fault()?.message ?? '', /the user exists and is not disabled/)
      juju.control.disableUser('operator', false)
      await lives('connected')
      await session.annotations('model')
    })

    test('upgrade: after the login a reading says ControllerUpgrading, and the next one after it is good', async t => {
      const {juju, session, deps, clock} = await simulatedSession(t, profile)
      const poller = new SnapshotPoller(session, deps)
      t.after(() => poller.close())
      await until('the first reading', () => poller.latest !== undefined)
      juju.faults.upgrade()
      await assert.rejects(poller.refreshNow(), JujuError)
      assert.equal(poller.fault?.reason, 'ControllerUpgrading')
      assert.equal(session.state.kind, 'connected')
      juju.faults.upgrade(false)
      await advanceUntil(clock, 'a good reading', () => poller.fault === undefined)
    })

    test('migrate: writes wait until it is over, then the model is said to have gone, and where to', async t => {
      const {juju, session, fault, clock} = await simulatedSession(t, profile)
      juju.faults.startMigration(juju.modelUUID)
      const refusal: unknown = await session.enqueue(backup).catch((error: unknown) => error)
      assert.deepEqual([classify(refusal).reason, classify(refusal).final], ['ControllerUpgrading', false])
      await session.annotations('model')
      const endpoints = [{host: '10.0.0.9', port: 17070}]
      const elsewhere = {endpoints, caCertificate: 'PEM', controllerUUID: juju.controllerUUID, alias: 'other'}
      juju.faults.redirect(juju.modelUUID, elsewhere)
      await advanceUntil(clock, 'it is seen', () => fault()?.reason === 'ModelMigrated')
      assert.match(fault()?.message ?? '', /"other" at 10\.0\.0\.9:17070/)
    })

    test('redirect: a session follows to the controller that RedirectInfo names', async t => {
      const [first, second] = [await simulatedSession(t, profile), await simulatedSession(t, profile)]
      const [host = '', port] = second.juju.endpoint.split(':')
      first.juju.faults.redirect(first.juju.modelUUID, {
        endpoints: [{host, port: Number(port)}],
        caCertificate: second.juju.caCertificate,
        controllerUUID: second.juju.controllerUUID,
        alias: '',
        silent: true,
      })
      // The model has another UUID there, so that the answer is the second controller's.
      const refusals = {'3.6.14': 'CredentialsRejected', '4.0.12': 'ModelNotFound'}
      await advanceUntil(first.clock, 'the other answers', () => first.fault()?.reason === refusals[profile])
    })

    test('a clock that is two minutes wrong is measured, logged once, and told to the metrics', async t => {
      const {juju, session, deps} = await simulatedSession(t, profile)
      await session.fullStatus()
      assert.ok(Math.abs(session.clockSkew?.skewMs ?? Number.NaN) <= (session.clockSkew?.uncertaintyMs ?? 0) + 1)
      juju.faults.clockWrongBy(120_000)
      for (let reading = 0; reading < 3; reading++) await session.fullStatus()
      assert.ok(Math.abs((session.clockSkew?.skewMs ?? 0) - 120_000) <= 1)
      assert.equal(deps.skews.get(juju.controllerUUID), (session.clockSkew?.skewMs ?? 0) / 1000)
      const lines = deps.log.lines.filter(line => line.includes('clock'))
      assert.deepEqual(lines, [`the controller's clock differs from this machine's {"seconds":120}`])
      await session.close()
      assert.equal(deps.skews.get(juju.controllerUUID), undefined, 'nobody measures it any more')
    })
  })
}
