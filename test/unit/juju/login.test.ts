import assert from 'node:assert/strict'
import test from 'node:test'
import {connect} from '../../../src/juju/connection.ts'
import {ModelMigrated, Unsupported} from '../../../src/juju/errors.ts'
import {get} from '../../../src/juju/facades/application.ts'
import {fullStatus} from '../../../src/juju/facades/client.ts'
import {controllerVersion} from '../../../src/juju/facades/controller.ts'
import {classify} from '../../../src/juju/faults.ts'
import {EndpointNotAllowed} from '../../../src/net/endpoint-policy.ts'
import {connected, server} from './connections.ts'
import {controllerUUID, fail, loginReply, modelUUID, respond} from './scripted-server.ts'
import {frame, password, targetOf, testDeps, until} from './support.ts'

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

const token = 's3ss10n-token-distinctive'

test('a session token logs in (Admin 4)', async t => {
  const juju = await server(t)
  juju.on('Admin.LoginWithSessionToken', () => respond(loginReply()))
  await connected(t, {target: targetOf(juju, {credentials: {kind: 'session-token', token}}), modelUUID}, testDeps())
  const [ask] = juju.asks
  assert.deepEqual([ask?.version, ask?.params], [4, {'session-token': token}])
})

test('S2.10 a session token that expired is CredentialsRejected, says to get a new one, and shows nothing of itself', async t => {
  const juju = await server(t)
  juju.on('Admin.LoginWithSessionToken', () => fail('token expired', 'session token invalid'))
  const deps = testDeps()
  const target = targetOf(juju, {credentials: {kind: 'session-token', token}})
  const error: unknown = await connect({target, modelUUID}, deps).catch((refusal: unknown) => refusal)
  const fault = classify(error)
  assert.deepEqual([fault.reason, fault.final], ['CredentialsRejected', true])
  assert.match(fault.message, /token expired.*get a new one/)
  assert.equal(
    `${deps.log.lines.join()}${JSON.stringify(error)}${String(error)}${fault.message}`.includes(token),
    false,
  )
})

test('a controller that is not JAAS refuses a session token, and the message says what it takes', async t => {
  const juju = await server(t)
  juju.on('Admin.LoginWithSessionToken', () => fail('login from old clients (not supported)', 'not supported'))
  const target = targetOf(juju, {credentials: {kind: 'session-token', token}})
  const error: unknown = await connect({target, modelUUID}, testDeps()).catch((refusal: unknown) => refusal)
  assert.match(classify(error).message, /any other a username and a password/)
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
  second.on('Admin.Login', () => respond(loginReply({servers: elsewhere('10.0.0.9:17070')})))
  const {endpoint, login} = await connected(t, {target: targetOf(first), modelUUID}, testDeps())
  assert.equal(endpoint, second.endpoint)
  assert.equal(second.asks[0]?.path, `/model/${modelUUID}/api`)
  assert.deepEqual(login.addresses, [], 'machines of another CA are none of the target')
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
