import assert from 'node:assert/strict'
import test, {type TestContext} from 'node:test'
import {findModel} from '../../src/juju/find-model.ts'
import {ModelSession} from '../../src/juju/model-session.ts'
import type {JujuTarget} from '../../src/juju/target.ts'
import {VirtualClock} from '../support/virtual-clock.ts'
import {listen, server} from '../unit/juju/connections.ts'
import {fail, loginReply, respond, type ScriptedServer} from '../unit/juju/scripted-server.ts'
import {advanceUntil} from '../unit/juju/session-world.ts'
import {targetOf, testDeps, until, type TestDeps} from '../unit/juju/support.ts'

/** Sessions to several models of one process, in virtual time. */
function oneProcess(t: TestContext) {
  const clock = new VirtualClock()
  const deps = testDeps(clock)
  const open = (target: JujuTarget, count: number): ModelSession[] => {
    const sessions = Array.from({length: count}, (_, index) => new ModelSession(target, uuid(index), deps))
    t.after(() => Promise.all(sessions.map(session => session.close())))
    return sessions
  }
  return {clock, deps, open}
}

const uuid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
const faults = (sessions: readonly ModelSession[]): ReadonlySet<string> =>
  new Set(sessions.map(({state}) => (state.kind === 'lost' ? state.fault.reason : state.kind)))
const allConnected = (sessions: readonly ModelSession[]): boolean =>
  sessions.every(({state}) => state.kind === 'connected')

async function connectedModels(juju: ScriptedServer, sessions: readonly ModelSession[], deps: TestDeps): Promise<void> {
  await until('all are connected', () => allConnected(sessions))
  assert.equal(juju.connections, sessions.length)
  assert.equal(deps.controllers.size, 1)
}

test('a dead controller with 200 models costs one attempt at a time; other controllers are left alone', async t => {
  const {clock, deps, open} = oneProcess(t)
  let dials = 0
  const dead = await listen(t, socket => {
    dials++
    socket.destroy()
  })
  const juju = await server(t)
  const waiting = open(targetOf(juju, {endpoints: [dead]}), 200)
  const [good] = open(targetOf(juju), 1)
  await good?.whenConnected()
  // The pause of the circuit, and the heartbeat of the good session.
  const settled = (count: number) => until(`${count} dials`, () => dials === count && clock.pendingTimers === 2)
  await settled(1)
  assert.deepEqual([...faults(waiting)], ['Unreachable'])
  for (const [index, longest] of [1, 2, 4, 8, 16].entries()) {
    await clock.advance(longest * 500 - 1)
    assert.equal(dials, index + 1)
    await clock.advance(1)
    await settled(index + 2)
  }
  await assert.rejects(findModel(targetOf(juju, {endpoints: [dead]}), {name: 'x'}, deps), /no endpoint|127\.0\.0\.1/)
  assert.equal(dials, 6, 'a look at the controller fails with what is known')
  assert.equal(good?.state.kind, 'connected')
  assert.equal(juju.asked('Admin.Login').length, 1)
})

test('S1.5 when a controller comes back its models log in again, a few at a time', async t => {
  const {clock, deps, open} = oneProcess(t)
  const juju = await server(t)
  const sessions = open(targetOf(juju), 60)
  await connectedModels(juju, sessions, deps)
  juju.refuseUpgrades = 'HTTP/1.1 503 Service Unavailable\r\n\r\n'
  juju.reset()
  await until('all know that it is gone', () => sessions.every(({state}) => state.kind === 'lost'))
  // Past the pause that each makes for itself, so that all wait for the controller.
  await clock.advance(1000)
  const logins: (() => void)[] = []
  let most = 0
  juju.on('Admin.Login', async () => {
    await new Promise<void>(resolve => logins.push(resolve))
    return respond(loginReply())
  })
  juju.refuseUpgrades = undefined
  await advanceUntil(clock, 'the first one is through', () => logins.length === 1)
  assert.equal(juju.connections, 1)
  logins.shift()?.()
  await until('others follow', () => logins.length === 8)
  await until('all are back', () => {
    most = Math.max(most, logins.length)
    logins.shift()?.()
    return allConnected(sessions)
  })
  assert.equal(most, 8)
  assert.equal(juju.connections, 60)
})

test('a controller that is being upgraded is asked by one session at a time, and all go on when it is over', async t => {
  const {clock, open} = oneProcess(t)
  const juju = await server(t)
  juju.on('Admin.Login', () => fail('upgrade in progress', 'upgrade in progress'))
  const sessions = open(targetOf(juju), 20)
  await until('all know', () => [...faults(sessions)].join() === 'ControllerUpgrading')
  assert.equal(juju.asked('Admin.Login').length, 1)
  await clock.advance(500)
  await until('it was asked again', () => juju.asked('Admin.Login').length === 2)
  juju.on('Admin.Login', () => fail('login failed - maintenance in progress', ''))
  await advanceUntil(clock, 'it was asked again', () => juju.asked('Admin.Login').length === 3)
  assert.deepEqual([...faults(sessions)], ['ControllerUpgrading'])
  juju.on('Admin.Login', () => respond(loginReply()))
  await advanceUntil(clock, 'all are connected', () => allConnected(sessions))
})

const ofOneModel: readonly [what: string, answer: ReturnType<typeof fail>, reason: string][] = [
  ['is unknown', fail('unknown model: "x"', 'model not found'), 'ModelNotFound'],
  ['is closed to the user', fail('permission denied', 'unauthorized access'), 'InsufficientAccess'],
  ['refuses the login', fail('invalid entity name or password', 'unauthorized access'), 'CredentialsRejected'],
  ['is being migrated', fail('model migration in progress', 'model migration in progress'), 'ControllerUpgrading'],
  ['is throttled', fail('try again', 'try again'), 'Unreachable'],
]
for (const [what, answer, reason] of ofOneModel) {
  test(`a model that ${what} does not keep the others of its controller waiting`, async t => {
    const {clock, open} = oneProcess(t)
    const juju = await server(t)
    let refusing = true
    juju.on('Admin.Login', ({path}) => (refusing && path.includes(uuid(0)) ? answer : respond(loginReply())))
    const [bad, ...good] = open(targetOf(juju), 12)
    await until('the others are connected', () => allConnected(good))
    assert.deepEqual([...faults(bad === undefined ? [] : [bad])], [reason])
    refusing = false
    await advanceUntil(clock, 'it is connected too', () => bad?.state.kind === 'connected')
    assert.equal(juju.asked('Admin.Login').length, 13)
  })
}

test('a path that an HTTP server refuses does not keep other models waiting', async t => {
  const {open} = oneProcess(t)
  const juju = await server(t)
  juju.refuseUpgrades = 'HTTP/1.1 404 Not Found\r\n\r\n'
  const [bad] = open(targetOf(juju), 1)
  await until('it was refused', () => bad?.state.kind === 'lost')
  juju.refuseUpgrades = undefined
  const good = open(targetOf(juju), 2)[1]
  await good?.whenConnected()
})

test('a redirect that leads nowhere is no matter of the controller that redirects', async t => {
  const {open} = oneProcess(t)
  const juju = await server(t)
  juju.on('Admin.Login', ({path}) =>
    path.includes(uuid(0)) ? fail('redirection required', 'redirection required') : respond(loginReply()),
  )
  const nowhere = [[{value: '127.0.0.1', type: 'ipv4', scope: 'public', port: 1}]]
  juju.on('Admin.RedirectInfo', () => respond({servers: nowhere, 'ca-cert': juju.authority.certificate}))
  const [bad, ...good] = open(targetOf(juju), 5)
  await until('the others are connected', () => allConnected(good) && bad?.state.kind === 'lost')
  assert.match(bad?.state.kind === 'lost' ? bad.state.fault.message : '', /127\.0\.0\.1:1/)
})

test('closing sessions that wait leaves neither timer nor socket', async t => {
  const {clock, open} = oneProcess(t)
  const juju = await server(t)
  juju.on('Admin.Login', () => 'silence')
  const sessions = open(targetOf(juju), 10)
  await until('one logs in', () => juju.asked('Admin.Login').length === 1)
  await Promise.all(sessions.map(session => session.close()))
  await until('nothing is left', () => juju.connections === 0 && clock.pendingTimers === 0)
})
