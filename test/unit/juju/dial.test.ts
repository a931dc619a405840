import assert from 'node:assert/strict'
import type net from 'node:net'
import test from 'node:test'
import {connect} from '../../../src/juju/connection.ts'
import {CallAborted, NotTrusted, Unreachable} from '../../../src/juju/errors.ts'
import {EndpointNotAllowed, EndpointPolicy} from '../../../src/net/endpoint-policy.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {connected, listen, server} from './connections.ts'
import {modelUUID} from './scripted-server.ts'
import {targetOf, testDeps, until} from './support.ts'

// Trust

test('a certificate of another CA is not trusted, and no credentials are sent', async t => {
  const [juju, other] = [await server(t), await server(t)]
  const target = targetOf(juju, {caCertificate: other.authority.certificate})
  await assert.rejects(connect({target, modelUUID}, testDeps()), (error: NotTrusted) => {
    assert.equal(error.endpoint, juju.endpoint)
    return error instanceof NotTrusted
  })
  assert.equal(juju.asks.length, 0)
})

test('without a CA the system roots decide', async t => {
  const juju = await server(t, {names: ['localhost', '127.0.0.1']})
  await assert.rejects(connect({target: targetOf(juju, {caCertificate: undefined}), modelUUID}, testDeps()), NotTrusted)
})

test("with a CA the certificate must be Juju's own: the server's address in it is not enough", async t => {
  const juju = await server(t, {names: ['localhost', '127.0.0.1']})
  await assert.rejects(connect({target: targetOf(juju), modelUUID}, testDeps()), NotTrusted)
})

test('an expired certificate is not trusted', async t => {
  const juju = await server(t, {names: ['juju-apiserver'], validity: {from: Date.now() - 9e8, to: Date.now() - 8e8}})
  await assert.rejects(connect({target: targetOf(juju), modelUUID}, testDeps()), /not trusted: .*expired/)
})

test('a CA that is no PEM is said to be that', async t => {
  const juju = await server(t)
  const target = targetOf(juju, {caCertificate: 'not a certificate'})
  await assert.rejects(connect({target, modelUUID}, testDeps()), /given CA certificate is not PEM/)
})

// Endpoints

test('the first endpoint that answers wins; refused and silent ones do not keep it', async t => {
  const juju = await server(t)
  const silent = await listen(t, () => undefined)
  const target = targetOf(juju, {endpoints: ['127.0.0.1:1', silent, juju.endpoint]})
  const {endpoint} = await connected(t, {target, modelUUID}, testDeps())
  assert.equal(endpoint, juju.endpoint)
})

test('an endpoint with a foreign certificate does not keep a good one', async t => {
  const [juju, other] = [await server(t), await server(t)]
  const target = targetOf(juju, {endpoints: [other.endpoint, juju.endpoint]})
  const {endpoint} = await connected(t, {target, modelUUID}, testDeps())
  assert.equal(endpoint, juju.endpoint)
})

test('when none answers, every endpoint is told with its own failure', async t => {
  const plain = await listen(t, socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  const target = targetOf(await server(t), {endpoints: ['127.0.0.1:1', plain]})
  await assert.rejects(connect({target, modelUUID}, testDeps()), (error: Unreachable) => {
    const told = new Map(error.endpoints.map(({endpoint, message}) => [endpoint, message]))
    assert.match(told.get('127.0.0.1:1') ?? '', /ECONNREFUSED/)
    assert.match(told.get(plain) ?? '', /does not speak TLS/)
    return error instanceof Unreachable
  })
})

test('an untrusted certificate is told before an unreachable address: it is what a person can mend', async t => {
  const [juju, other] = [await server(t), await server(t)]
  const target = targetOf(juju, {endpoints: ['127.0.0.1:1', other.endpoint]})
  await assert.rejects(connect({target, modelUUID}, testDeps()), NotTrusted)
})

test('an endpoint that accepts and says nothing is given up after 15 s', async t => {
  const clock = new VirtualClock()
  const accepted: net.Socket[] = []
  const silent = await listen(t, socket => void accepted.push(socket))
  const target = targetOf(await server(t), {endpoints: [silent]})
  const failed = assert.rejects(connect({target, modelUUID}, testDeps(clock)), /no answer within 15 s/)
  await until('it was dialled', () => accepted.length === 1)
  await clock.advance(15_000)
  await failed
  await until('nothing is left', () => clock.pendingTimers === 0)
})

test('a server that is no websocket is told by its HTTP status; redirects are not followed', async t => {
  const juju = await server(t)
  juju.refuseUpgrades = 'HTTP/1.1 302 Found\r\nLocation: https://169.254.169.254/\r\n\r\n'
  await assert.rejects(connect({target: targetOf(juju), modelUUID}, testDeps()), /HTTP 302.*redirects are not followed/)
  juju.refuseUpgrades = 'HTTP/1.1 400 Bad Request\r\n\r\n'
  await assert.rejects(connect({target: targetOf(juju), modelUUID}, testDeps()), /HTTP 400.*Juju controller\?/)
})

test('an abort while dialling, and one while logging in, end the attempt', async t => {
  const juju = await server(t)
  juju.on('Admin.Login', () => 'silence')
  await assert.rejects(
    connect({target: targetOf(juju), modelUUID}, testDeps(), AbortSignal.abort(new Error('stop'))),
    /stop/,
  )
  const controller = new AbortController()
  const attempt = connect({target: targetOf(juju), modelUUID}, testDeps(), controller.signal)
  const aborted = assert.rejects(attempt, CallAborted)
  await until('the login was asked for', () => juju.asked('Admin.Login').length === 1)
  controller.abort()
  await aborted
  await until('the connection is closed', () => juju.connections === 0)
})

// Endpoint policy

test('by default a literal loopback address is not dialled', async t => {
  const juju = await server(t)
  const deps = testDeps(undefined, EndpointPolicy.parse(undefined))
  await assert.rejects(connect({target: targetOf(juju), modelUUID}, deps), EndpointNotAllowed)
  assert.equal(juju.connections, 0)
})

test('a name is judged by the address that it resolves to', async t => {
  const juju = await server(t)
  const port = juju.endpoint.split(':')[1]
  const target = targetOf(juju, {endpoints: [`juju.example.com:${port}`]})
  const resolve = (
    _host: string,
    _options: unknown,
    done: (error: null, found: {address: string; family: number}[]) => void,
  ) => done(null, [{address: '127.0.0.1', family: 4}])
  const refusing = testDeps(undefined, EndpointPolicy.parse(undefined, {resolve}))
  await assert.rejects(connect({target, modelUUID}, refusing), EndpointNotAllowed)
  const allowing = testDeps(undefined, EndpointPolicy.parse(['127.0.0.0/8'], {resolve}))
  await connected(t, {target, modelUUID}, allowing)
})

test('a name with an address that does not answer is reached by its other one', async t => {
  const juju = await server(t)
  const target = targetOf(juju, {endpoints: [`juju.example.com:${juju.endpoint.split(':')[1]}`]})
  const found = [
    {address: '::1', family: 6},
    {address: '127.0.0.1', family: 4},
  ]
  const resolve = (_host: string, _options: unknown, done: (error: null, all: typeof found) => void) =>
    done(null, found)
  const policy = EndpointPolicy.parse(['127.0.0.0/8', '::1'], {resolve})
  await connected(t, {target, modelUUID}, testDeps(undefined, policy))
})

test('addresses that the controller named are dialled too, within the policy, and decide nothing when they fail', async t => {
  const juju = await server(t)
  const known = {serverVersion: '4.0.12', addresses: ['192.0.2.1:17070', juju.endpoint]}
  const deps = testDeps(undefined, EndpointPolicy.parse(['127.0.0.0/8']))
  const target = targetOf(juju, {endpoints: ['127.0.0.1:1']})
  const {endpoint} = await connected(t, {target, modelUUID, known}, deps)
  assert.equal(endpoint, juju.endpoint)
  assert.equal(juju.asks[0]?.params['client-version'], '4.0.12')
  const refused = connect({target, modelUUID, known: {...known, addresses: ['192.0.2.1:17070']}}, deps)
  await assert.rejects(refused, (error: Unreachable) => error.endpoints.length === 1)
})
