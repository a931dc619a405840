import assert from 'node:assert/strict'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import {type AddressInfo, connect} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {Duplex} from 'node:stream'
import {test, type TestContext} from 'node:test'
import type {TLSSocket} from 'node:tls'

import {KubeClient} from '../../src/kube/client.ts'
import type {ClusterConnection} from '../../src/kube/connection.ts'
import {fixedCredentials, TokenFile} from '../../src/kube/credentials.ts'
import {TransportError, WatchIdle} from '../../src/kube/errors.ts'
import {HttpTransport} from '../../src/kube/http-transport.ts'
import {systemClock} from '../../src/time/clock.ts'
import {CertificateAuthority} from '../env/certificates.ts'
import {VirtualClock} from '../support/virtual-clock.ts'
import {widget, widgets} from './support/scripted-transport.ts'
import {type Handler, TlsServer} from './support/tls-server.ts'

const key = {namespace: 'default', name: 'a'}
const answerWidget: Handler = (_, response) => void response.end(JSON.stringify(widget('a', '1')))

interface World {
  readonly authority: CertificateAuthority
  readonly server: TlsServer
  readonly directory: string
  readonly clock: VirtualClock
  readonly connect: (more?: Partial<ClusterConnection>) => Promise<{client: KubeClient; transport: HttpTransport}>
}

async function setUp(t: TestContext, handler: Handler = answerWidget): Promise<World> {
  const authority = new CertificateAuthority('test')
  const server = new TlsServer(authority.issue(['127.0.0.1']), handler)
  const url = await server.listen()
  const directory = await mkdtemp(path.join(tmpdir(), 'charmkeeper-transport-'))
  const clock = new VirtualClock()
  t.after(async () => {
    await server.close()
    await rm(directory, {recursive: true})
  })
  const connection: ClusterConnection = {
    server: url,
    tls: {ca: {data: authority.certificate}},
    credentials: fixedCredentials('Bearer t'),
  }
  const open = async (more: Partial<ClusterConnection> = {}) => {
    const transport = new HttpTransport({connection: {...connection, ...more}, clock, userAgent: 'charmkeeper/test'})
    t.after(() => transport.close())
    return {
      transport,
      client: new KubeClient({transport, clock, random: () => 0, retry: {attempts: 1, longestPauseMs: 0}}),
    }
  }
  return {authority, server, directory, clock, connect: open}
}

test('calls share at most sixteen HTTP/1.1 connections, and carry who asks', async t => {
  const agents = new Set<string | undefined>()
  const {server, connect: open} = await setUp(t, (request, response) => {
    agents.add(request.headers['user-agent'])
    answerWidget(request, response)
  })
  const {client, transport} = await open()
  await Promise.all(Array.from({length: 200}, () => client.get(widgets, key)))
  assert.ok(server.connections <= 16, `${server.connections} connections`)
  for (let i = 0; i < 20; i++) await client.get(widgets, key)
  assert.ok(server.connections <= 16)
  assert.deepEqual([...server.protocols], ['1.1'])
  assert.deepEqual([...agents], ['charmkeeper/test'])
  assert.equal(server.authorizations[0], 'Bearer t')
  assert.equal(transport.endpoint.host, '127.0.0.1')
  assert.equal(transport.endpoint.port, Number(client.endpoint.port))
})

test('watches have connections of their own, and leave short calls alone', async t => {
  const {server, connect: open} = await setUp(t, (request, response) => {
    if (request.url?.includes('watch=true') === true) response.write('')
    else answerWidget(request, response)
    response.flushHeaders()
  })
  const {client} = await open()
  const stop = new AbortController()
  const watching = Array.from({length: 20}, () =>
    client
      .watch(widgets, {timeoutSeconds: 300, signal: stop.signal})
      .next()
      .catch((error: unknown) => error),
  )
  await Promise.all(Array.from({length: 40}, () => client.get(widgets, key)))
  assert.ok(server.connections > 16)
  stop.abort(new Error('enough'))
  for (const outcome of await Promise.all(watching)) assert.match(String(outcome), /enough/)
})

test('a server that nobody vouches for is never talked to, whatever the environment says', async t => {
  const {server, connect: open} = await setUp(t)
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  t.after(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
  const {client} = await open({tls: {ca: {data: new CertificateAuthority('other').certificate}}})
  await assert.rejects(client.get(widgets, key), (error: unknown) => {
    assert.ok(error instanceof TransportError)
    return error.outcomeUnknown === false
  })
  const named = await open({tls: {ca: {data: ''}, serverName: 'not.this.one'}})
  await assert.rejects(named.client.get(widgets, key), TransportError)
  assert.deepEqual(server.authorizations, [])
})

test('a rotated CA is picked up when the server shows a certificate of the new one', async t => {
  const {server, directory, authority, connect: open} = await setUp(t)
  const file = path.join(directory, 'ca.crt')
  await writeFile(file, authority.certificate)
  const {client} = await open({tls: {ca: {file}}})
  await client.get(widgets, key)
  const next = new CertificateAuthority('next')
  server.present(next.issue(['127.0.0.1']))
  server.cut()
  await writeFile(file, next.certificate)
  await client.get(widgets, key).catch(() => client.get(widgets, key))
  assert.equal(server.authorizations.length, 2)
})

test('within a minute a replaced CA file gets new connections; the old ones end with what they carry', async t => {
  let release = (): void => undefined
  const {
    server,
    directory,
    authority,
    clock,
    connect: open,
  } = await setUp(t, (request, response) => {
    if (request.url?.endsWith('/slow') === true) release = () => answerWidget(request, response)
    else answerWidget(request, response)
  })
  const file = path.join(directory, 'ca.crt')
  await writeFile(file, authority.certificate)
  const {client} = await open({tls: {ca: {file}}})
  const slow = client.get(widgets, {namespace: 'default', name: 'slow'})
  await client.get(widgets, key)
  const before = server.connections
  await writeFile(file, `${authority.certificate}\n${new CertificateAuthority('next').certificate}`)
  await client.get(widgets, key)
  assert.equal(server.connections, before)
  await clock.advance(20_000)
  await clock.advance(0)
  release()
  await slow
  await clock.advance(40_001)
  await client.get(widgets, key)
  assert.equal(server.connections, before + 1)
  await rm(file)
  await clock.advance(60_001)
  await client.get(widgets, key)
  assert.equal(server.connections, before + 1)
})

test('a token that was rotated is read again after one 401, and the call goes through', async t => {
  const {
    directory,
    connect: open,
    server,
  } = await setUp(t, (request, response) => {
    if (request.headers.authorization === 'Bearer new') answerWidget(request, response)
    else response.writeHead(401).end('{"kind":"Status","code":401}')
  })
  const file = path.join(directory, 'token')
  await writeFile(file, 'old')
  const {client} = await open({credentials: new TokenFile(file, systemClock)})
  await assert.rejects(client.get(widgets, key), /401 Unauthorized/)
  await writeFile(file, 'new')
  await client.get(widgets, key)
  assert.deepEqual(server.authorizations, ['Bearer old', 'Bearer old', 'Bearer old', 'Bearer new'])
})

test('a client certificate is shown to the server', async t => {
  const seen: unknown[] = []
  const {authority, connect: open} = await setUp(t, (request, response) => {
    seen.push((request.socket as TLSSocket).getPeerCertificate().subject?.CN)
    answerWidget(request, response)
  })
  const mine = authority.issue(['operator.test'])
  const tls = {ca: {data: authority.certificate}, cert: {data: mine.certificate}, key: {data: mine.key}}
  const {client} = await open({tls, credentials: fixedCredentials(undefined)})
  await client.get(widgets, key)
  assert.deepEqual(seen, ['operator.test'])
})

test('a half-open connection costs one time-out: the next call has another connection', async t => {
  let frozen = true
  const {
    server,
    clock,
    connect: open,
  } = await setUp(t, (request, response) => {
    if (!frozen) answerWidget(request, response)
  })
  const {client} = await open()
  const first = Promise.allSettled([client.get(widgets, key)])
  while (server.authorizations.length === 0) await clock.advance(0)
  await clock.advance(30_000)
  const [outcome] = await first
  assert.match(String(outcome.status === 'rejected' && outcome.reason), /no complete answer within 30000 ms/)
  frozen = false
  await client.get(widgets, key)
  assert.equal(server.connections, 2)
})

test('a half-open watch ends after its idle time, and its connection is closed', async t => {
  const {
    server,
    clock,
    connect: open,
  } = await setUp(t, (_, response) => {
    response.write(`${JSON.stringify({type: 'ADDED', object: widget('a', '2')})}\n`)
  })
  const {client} = await open()
  const stream = client.watch(widgets, {timeoutSeconds: 300})
  assert.equal((await stream.next()).value?.[0]?.object.metadata.name, 'a')
  const rest = Promise.allSettled([stream.next()])
  await clock.advance(136_000)
  const [outcome] = await rest
  assert.ok(outcome.status === 'rejected' && outcome.reason instanceof WatchIdle)
  while (server.open > 0) await clock.advance(0)
})

test('a proxy is asked for a tunnel, and cannot read what goes through', async t => {
  const asked: string[] = []
  const tunnels: Duplex[] = []
  const proxy = createServer().on('connect', (request, socket, head) => {
    asked.push(request.url ?? '')
    tunnels.push(socket)
    const [host = '', port = ''] = (request.url ?? '').split(':')
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const tunnel of tunnels) tunnel.destroy()
    proxy.close()
  })
  const {server, connect: open} = await setUp(t)
  const {client, transport} = await open({proxyUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`})
  await client.get(widgets, key)
  assert.deepEqual(asked, [`127.0.0.1:${transport.endpoint.port}`])
  assert.equal(server.authorizations[0], 'Bearer t')
})

test('a server behind a path prefix is reached there, as the user to act as', async t => {
  const seen: unknown[] = []
  const {connect: open, server} = await setUp(t, (request, response) => {
    seen.push([request.url, request.headers['impersonate-user']])
    answerWidget(request, response)
  })
  const base = await open()
  const url = new URL(`https://127.0.0.1:${base.transport.endpoint.port}/k8s/clusters/c1/`)
  const {client} = await open({server: url, impersonateUser: 'tenant'})
  await client.get(widgets, key)
  assert.deepEqual(seen, [['/k8s/clusters/c1/apis/example.dev/v1/namespaces/default/widgets/a', 'tenant']])
  assert.equal(server.connections, 1)
})
