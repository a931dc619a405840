import assert from 'node:assert/strict'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {test, type TestContext} from 'node:test'
import {stringify} from 'yaml'

import {KubeconfigInvalid} from '../../../src/kube/connection.ts'
import {loadConnection} from '../../../src/kube/load-connection.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

const clock = new VirtualClock()

async function directory(t: TestContext): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'charmkeeper-kubeconfig-'))
  t.after(() => rm(made, {recursive: true}))
  return made
}

interface Parts {
  readonly cluster?: object
  readonly user?: object
  readonly context?: object
}

const server = 'https://api.example.com:6443'

function kubeconfig({cluster, user, context}: Parts = {}, name = 'main'): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{name, cluster: {server, ...cluster}}],
    users: [{name, user: user ?? {}}],
    contexts: [{name, context: {cluster: name, user: name, ...context}}],
  })
}

async function load(t: TestContext, parts: Parts) {
  const file = path.join(await directory(t), 'config')
  await writeFile(file, kubeconfig(parts))
  return loadConnection({kubeconfig: file, env: {}, clock})
}

test('a kubeconfig gives the server, certificates as data or as files beside it, and the context’s namespace', async t => {
  const ca = Buffer.from('-----CA-----').toString('base64')
  const connection = await load(t, {
    cluster: {'certificate-authority-data': ca, 'tls-server-name': 'kubernetes', 'proxy-url': 'http://proxy:3128'},
    user: {'client-certificate': 'certs/me.crt', 'client-key': '/abs/me.key', as: 'somebody'},
    context: {namespace: 'team-a'},
  })
  assert.equal(connection.server.href, `${server}/`)
  assert.deepEqual(connection.tls.ca, {data: '-----CA-----'})
  assert.match((connection.tls.cert as {file: string}).file, /^\/.*charmkeeper-kubeconfig-.*\/certs\/me\.crt$/)
  assert.deepEqual(connection.tls.key, {file: '/abs/me.key'})
  assert.equal(connection.tls.serverName, 'kubernetes')
  assert.equal(connection.proxyUrl, 'http://proxy:3128')
  assert.equal(connection.impersonateUser, 'somebody')
  assert.equal(connection.namespace, 'team-a')
  assert.equal(await connection.credentials.authorization(), undefined)
})

test('HTTPS_PROXY leads to the API server where the kubeconfig names no proxy, and from a pod', async t => {
  const dir = await directory(t)
  const proxied = async (parts: Parts, env: Record<string, string>): Promise<string | undefined> => {
    await writeFile(path.join(dir, 'config'), kubeconfig(parts))
    const connection = await loadConnection({kubeconfig: path.join(dir, 'config'), env, clock})
    return connection.proxyUrl
  }
  const env = {HTTPS_PROXY: 'http://environment:3128'}
  assert.equal(await proxied({}, env), 'http://environment:3128')
  assert.equal(await proxied({cluster: {'proxy-url': 'http://named:3128'}}, env), 'http://named:3128')
  assert.equal(await proxied({}, {...env, NO_PROXY: '.example.com'}), undefined)
  await writeFile(path.join(dir, 'token'), 't')
  const pod = {KUBERNETES_SERVICE_HOST: '10.96.0.1', ...env}
  const inside = await loadConnection({env: pod, clock, serviceAccountDirectory: dir})
  assert.equal(inside.proxyUrl, 'http://environment:3128')
  const excepted = {...pod, NO_PROXY: '10.96.0.0/12'}
  assert.equal((await loadConnection({env: excepted, clock, serviceAccountDirectory: dir})).proxyUrl, undefined)
})

test('tokens, users with passwords and token files become an Authorization header', async t => {
  const authorization = async (user: object): Promise<string | undefined> =>
    (await load(t, {user})).credentials.authorization()
  assert.equal(await authorization({token: 't1'}), 'Bearer t1')
  assert.equal(
    await authorization({username: 'me', password: 'pässword'}),
    `Basic ${Buffer.from('me:pässword').toString('base64')}`,
  )
  const file = path.join(await directory(t), 'token')
  await writeFile(file, 't2\n')
  assert.equal(await authorization({tokenFile: file, token: 'old'}), 'Bearer t2')
})

const refused: readonly [string, Parts, RegExp][] = [
  [
    'TLS verification is never switched off',
    {cluster: {'insecure-skip-tls-verify': true}},
    /insecure-skip-tls-verify is refused; give the server's CA/,
  ],
  ['plain http leaves this machine', {cluster: {server: 'http://10.0.0.1:8080'}}, /is refused; write https/],
  ['a server that is no URL', {cluster: {server: 'api.example.com'}}, /not a URL/],
  ['a proxy of another kind', {cluster: {'proxy-url': 'socks4://p:1'}}, /proxy-url is refused/],
  [
    'a cloud’s own auth-provider',
    {user: {'auth-provider': {name: 'gcp'}}},
    /gcp is gone since Kubernetes 1.26; use exec/,
  ],
  [
    'a plugin that asks questions',
    {user: {exec: {apiVersion: 'v1', command: 'x', interactiveMode: 'Always'}}},
    /needs a terminal/,
  ],
  ['a plugin without a command', {user: {exec: {apiVersion: 'v1'}}}, /needs apiVersion and command/],
  ['acting as groups', {user: {as: 'me', 'as-groups': ['g']}}, /as-groups is not supported/],
  ['a context of a cluster that is not there', {context: {cluster: 'other'}}, /has no cluster "other"/],
  ['a context of a user who is not there', {context: {user: 'other'}}, /has no user "other"/],
  ['a cluster without a server', {cluster: {server: ''}}, /incomplete: clusters\[0\].cluster.server is missing/],
]
for (const [what, parts, message] of refused)
  test(`refused with what to write instead: ${what}`, t =>
    assert.rejects(
      load(t, parts),
      (error: unknown) => error instanceof KubeconfigInvalid && message.test(error.message),
    ))

test('without TLS this machine may be reached, as with kubectl proxy', async t => {
  const connection = await load(t, {cluster: {server: 'http://127.0.0.1:8001'}})
  assert.equal(connection.server.port, '8001')
})

test('a kubeconfig that is not there, not YAML, or without context says so and quotes nothing', async t => {
  const dir = await directory(t)
  const file = path.join(dir, 'config')
  const fails = (message: RegExp, context?: string) =>
    assert.rejects(loadConnection({kubeconfig: file, context, env: {}, clock}), (error: unknown) => {
      assert.ok(error instanceof KubeconfigInvalid)
      assert.match(error.message, message)
      assert.doesNotMatch(error.message, /hunter2/)
      return true
    })
  await fails(/cannot be read/)
  await writeFile(file, 'users: [{user: {token: hunter2}')
  await fails(/is not YAML/)
  await writeFile(file, '')
  await fails(/no current-context/)
  await writeFile(file, kubeconfig())
  await fails(/has no context "other"/, 'other')
})

test('of several files in KUBECONFIG the first wins for each name, and missing ones are passed over', async t => {
  const dir = await directory(t)
  const [a, b] = [path.join(dir, 'a'), path.join(dir, 'b')]
  await writeFile(a, kubeconfig({cluster: {server: 'https://first'}}))
  await writeFile(b, `${kubeconfig({cluster: {server: 'https://second'}}, 'other')}`)
  const KUBECONFIG = [path.join(dir, 'missing'), a, b].join(path.delimiter)
  assert.equal((await loadConnection({env: {KUBECONFIG}, clock})).server.host, 'first')
  assert.equal((await loadConnection({env: {KUBECONFIG}, context: 'other', clock})).server.host, 'second')
})

test('without KUBECONFIG the home directory’s file counts, and then the pod’s service account', async t => {
  const dir = await directory(t)
  const env = {HOME: dir, KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443'}
  const pod = {env, clock, serviceAccountDirectory: dir}
  await assert.rejects(loadConnection(pod), /no service account token/)
  await writeFile(path.join(dir, 'token'), 'pod-token')
  await writeFile(path.join(dir, 'namespace'), 'operators\n')
  const inPod = await loadConnection(pod)
  assert.equal(inPod.server.href, 'https://[fd00::1]/')
  assert.deepEqual(inPod.tls.ca, {file: path.join(dir, 'ca.crt')})
  assert.equal(inPod.namespace, 'operators')
  assert.equal(await inPod.credentials.authorization(), 'Bearer pod-token')

  await mkdir(path.join(dir, '.kube'))
  await writeFile(path.join(dir, '.kube', 'config'), kubeconfig())
  assert.equal((await loadConnection(pod)).server.host, 'api.example.com:6443')
  await assert.rejects(loadConnection({env: {}, clock}), /no way to the API server/)
  await assert.rejects(loadConnection({env: {}, context: 'x', clock}), /no kubeconfig with context "x"/)
})
