import assert from 'node:assert/strict'
import net, {type AddressInfo} from 'node:net'
import test, {type TestContext} from 'node:test'
import {connect} from '../../../src/juju/connection.ts'
import {CallAborted, ModelMigrated, NotTrusted, Unreachable, Unsupported} from '../../../src/juju/errors.ts'
import {controllerVersion} from '../../../src/juju/facades/controller.ts'
import {fullStatus} from '../../../src/juju/facades/client.ts'
import {get} from '../../../src/juju/facades/application.ts'
import {EndpointNotAllowed, EndpointPolicy} from '../../../src/net/endpoint-policy.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {controllerUUID, fail, loginReply, modelUUID, respond, ScriptedServer} from './scripted-server.ts'
import {frame, password, targetOf, testDeps, until} from './support.ts'

async function server(t: TestContext, options?: Parameters<typeof ScriptedServer.start>[0]): Promise<ScriptedServer> {
  const started = await ScriptedServer.start(options)
  t.after(() => started.close())
  return started
}

/** Connects, and closes the connection when the test ends. */
async function connected(t: TestContext, ...args: Parameters<typeof connect>) {
  const connection = await connect(...args)
  t.after(() => connection.close())
  return connection
}

/** Listens, and answers as the test says, or not at all. */
async function listen(t: TestContext, onSocket: (socket: net.Socket) => void): Promise<string> {
  const sockets = new Set<net.Socket>()
  const listener = net.createServer(socket => {
    sockets.add(socket.on('error', () => undefined))
    onSocket(socket)
  })
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    listener.close()
  })
  return `127.0.0.1:${(listener.address() as AddressInfo).port}`
}

test('a login to a model: path, credentials, and what the login told', async t => {
  const juju = await server(t)
  juju.on('Admin.Login', () =>
    respond(
      loginReply({
        servers: [
          [
            {value: '10.0.0.1', type: 'ipv4', scope: 'local-cloud', port: 17070},
            {value: '127.0.0.1', type: 'ipv4', scope: 'local-machine', port: 17070},
          ],
          [{value: 'fd00::2', type: 'ipv6', scope: 'local-cloud', port: 17070}],
        ],
      }),
    ),
  )
  const {login, endpoint} = await connected(t, {target: targetOf(juju), modelUUID}, testDeps())
  const [ask] = juju.asks
  assert.equal(ask?.path, `/model/${modelUUID}/api`)
  assert.deepEqual([ask?.name, ask?.version], ['Admin.Login', 3])
  assert.deepEqual(ask?.params, {
    'auth-tag': 'user-operator',
    credentials: password,
    nonce: '',
    macaroons: [],
    'client-version': '3.6.14',
    'user-data': '',
    'cli-args': 'charmkeeper team-a/prod',
  })
  assert.equal(endpoint, juju.endpoint)
  const {facades, ...rest} = login
  assert.deepEqual(facades.get('Action'), [7])
  assert.deepEqual(rest, {
    serverVersion: '3.6.14',
    controllerUUID,
    modelUUID,
    user: 'operator',
    superuser: false,
    modelAccess: 'write',
    addresses: ['10.0.0.1:17070', '[fd00::2]:17070'],
  })
})

test('a login to the controller goes to /api', async t => {
  const juju = await server(t)
  juju.on('Admin.Login', () => respond(loginReply({'model-tag': ''})))
  const {login} = await connected(t, {target: targetOf(juju)}, testDeps())
  assert.deepEqual([juju.asks[0]?.path, login.modelAccess, login.modelUUID], ['/api', undefined, ''])
})

test('a service account logs in with client id and secret (Admin 4)', async t => {
  const juju = await server(t)
  juju.on('Admin.LoginWithClientCredentials', () => respond(loginReply()))
  const credentials = {kind: 'client', clientId: 'id-1', clientSecret: 's3cret'} as const
  await connected(t, {target: targetOf(juju, {credentials}), modelUUID}, testDeps())
  const [ask] = juju.asks
  assert.deepEqual([ask?.version, ask?.params], [4, {'client-id': 'id-1', 'client-secret': 's3cret'}])
})

test('a controller superuser has admin access to every model', async t => {
  const juju = await server(t)
  const user = {identity: 'user-admin', 'controller-access': 'superuser', 'model-access': ''}
  juju.on('Admin.Login', () => respond(loginReply({'user-info': user})))
  const {login} = await connected(t, {target: targetOf(juju), modelUUID}, testDeps())
  assert.deepEqual([login.superuser, login.modelAccess], [true, 'admin'])
})

test('each call goes out in the highest version that both sides know', async t => {
  const juju = await server(t)
  juju.on('Application.Get', () => respond({application: 'x'}))
  juju.on('Client.FullStatus', () => respond(frame('full-status-no-match').response?.response))
  const connection = await connected(t, {target: targetOf(juju), modelUUID}, testDeps())
  await connection.call(get, {application: 'x', branch: ''})
  await connection.call(fullStatus, {patterns: []})
  assert.deepEqual(
    juju.asks.slice(1).map(({name, version}) => [name, version]),
    [
      ['Application.Get', 22],
      ['Client.FullStatus', 8],
    ],
  )
})

test('a facade that the controller does not offer is Unsupported, and nothing is sent', async t => {
  const juju = await server(t)
  juju.on('Admin.Login', () => respond(loginReply({facades: [{name: 'Pinger', versions: [1]}]})))
  const connection = await connected(t, {target: targetOf(juju)}, testDeps())
  await assert.rejects(connection.call(controllerVersion, {}), Unsupported)
  assert.equal(juju.asks.length, 1)
})

test('a reply in an unknown shape names the field, and does not show its value', async t => {
  const juju = await server(t)
  juju.on('Application.Get', () => respond({application: 5, charm: 'secret-thing'}))
  const connection = await connected(t, {target: targetOf(juju), modelUUID}, testDeps())
  await assert.rejects(connection.call(get, {application: 'x', branch: ''}), (error: Error) => {
    assert.match(error.message, /Application\.Get.*application/)
    assert.doesNotMatch(error.message, /secret-thing/)
    return error.name === 'UnexpectedReply'
  })
})

for (const version of ['2.9.49', '2.9-rc3', '1.25.0']) {
  test(`Juju ${version} is unsupported`, async t => {
    const juju = await server(t)
    juju.on('Admin.Login', () => respond(loginReply({'server-version': version})))
    await assert.rejects(connect({target: targetOf(juju), modelUUID}, testDeps()), Unsupported)
    await until('the connection is closed', () => juju.connections === 0)
  })
}

test('a wrong password is told as Juju tells it, and the connection is closed', async t => {
  const juju = await server(t)
  juju.on('Admin.Login', () => fail('invalid entity name or password', 'unauthorized access'))
  await assert.rejects(connect({target: targetOf(juju), modelUUID}, testDeps()), {
    name: 'JujuError',
    code: 'unauthorized access',
    method: 'Admin.Login',
  })
  await until('the connection is closed', () => juju.connections === 0)
})

test('a demand for a macaroon is refused: nobody is there to answer it', async t => {
  const juju = await server(t)
  juju.on('Admin.Login', () => respond({'discharge-required': {x: 1}, 'discharge-required-error': 'go there'}))
  await assert.rejects(connect({target: targetOf(juju), modelUUID}, testDeps()), {code: 'macaroon discharge required'})
})

test('S2.10 neither password nor client secret is in a log line or an error', async t => {
  const juju = await server(t)
  juju.on('Admin.Login', () => fail('invalid entity name or password', 'unauthorized access'))
  const deps = testDeps()
  const error = await connect({target: targetOf(juju), modelUUID}, deps).catch((refusal: unknown) => refusal)
  assert.ok(deps.log.lines.length > 0)
  assert.equal(`${deps.log.lines.join()}${JSON.stringify(error)}${String(error)}`.includes(password), false)
})

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

// Redirects

const elsewhere = (endpoint: string) => {
  const [value, port] = endpoint.split(':')
  return [[{value, type: 'ipv4', scope: 'public', port: Number(port)}]]
}

test('a migrated model is not followed: the outcome says where it went', async t => {
  const juju = await server(t)
  juju.on('Admin.Login', () =>
    fail('redirection to alternative server required', 'redirection required', {
      servers: elsewhere('10.0.0.9:17070'),
      'ca-cert': 'PEM',
      'controller-tag': `controller-${controllerUUID}`,
      'controller-alias': 'other',
    }),
  )
  await assert.rejects(connect({target: targetOf(juju), modelUUID}, testDeps()), (error: ModelMigrated) => {
    const {controllerAlias, addresses, caCertificate} = error
    assert.deepEqual([controllerAlias, addresses, caCertificate], ['other', ['10.0.0.9:17070'], 'PEM'])
    assert.equal(error.controllerUUID, controllerUUID)
    return error instanceof ModelMigrated
  })
})

test('a redirect without a reason (old JAAS) is asked about and followed, with the CA that it names', async t => {
  const [first, second] = [await server(t), await server(t)]
  first.on('Admin.Login', () => fail('redirection required', 'redirection required'))
  first.on('Admin.RedirectInfo', () =>
    respond({servers: elsewhere(second.endpoint), 'ca-cert': second.authority.certificate}),
  )
  const {endpoint} = await connected(t, {target: targetOf(first), modelUUID}, testDeps())
  assert.equal(endpoint, second.endpoint)
  assert.equal(second.asks[0]?.path, `/model/${modelUUID}/api`)
  await until('the first connection is closed', () => first.connections === 0)
})

test('a redirect to an address that is not allowed is not followed', async t => {
  const juju = await server(t)
  juju.on('Admin.Login', () => fail('redirection required', 'redirection required'))
  juju.on('Admin.RedirectInfo', () => respond({servers: elsewhere('169.254.169.254:80'), 'ca-cert': ''}))
  await assert.rejects(connect({target: targetOf(juju), modelUUID}, testDeps()), EndpointNotAllowed)
})

test('a redirect in circles ends', async t => {
  const juju = await server(t)
  juju.on('Admin.Login', () => fail('redirection required', 'redirection required'))
  juju.on('Admin.RedirectInfo', () =>
    respond({servers: elsewhere(juju.endpoint), 'ca-cert': juju.authority.certificate}),
  )
  await assert.rejects(connect({target: targetOf(juju), modelUUID}, testDeps()), /redirected in circles/)
})
