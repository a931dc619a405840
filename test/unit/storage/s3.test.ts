import assert from 'node:assert/strict'
import {once} from 'node:events'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {createServer, type Server} from 'node:https'
import type {AddressInfo} from 'node:net'
import {test, type TestContext} from 'node:test'
import {EndpointPolicy} from '../../../src/net/endpoint-policy.ts'
import {
  ObjectTooLarge,
  openS3,
  StorageError,
  type ObjectStore,
  type S3Config,
  type StorageErrorKind,
} from '../../../src/storage/index.ts'
import {CertificateAuthority} from '../../env/certificates.ts'

const authority = new CertificateAuthority('store')
const stranger = new CertificateAuthority('stranger')
const loopback = EndpointPolicy.parse(['127.0.0.0/8', 'localhost'])
const secret = 'sk-DISTINCTIVE-SECRET'

type Answer = (request: IncomingMessage, response: ServerResponse, seen: number) => void

interface Scripted {
  readonly url: string
  readonly port: number
  /** Method, path and query of each request. */
  readonly requests: string[]
}

/** A store over TLS that answers as the test says. */
async function serve(
  t: TestContext,
  answer: Answer,
  names = ['127.0.0.1', 'localhost', '*.store.test'],
): Promise<Scripted> {
  const {certificate, key} = authority.issue(names)
  const requests: string[] = []
  const server: Server = createServer({cert: certificate, key}, (request, response) => {
    requests.push(`${request.method} ${request.headers.host?.split(':')[0]} ${request.url}`)
    request.resume()
    answer(request, response, requests.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const {port} = server.address() as AddressInfo
  return {url: `https://127.0.0.1:${port}`, port, requests}
}

const limits = {connectMs: 500, requestMs: 300, idleMs: 300, attempts: 2}

function open(t: TestContext, endpoint: string, change: Partial<S3Config> = {}, policy = loopback): ObjectStore {
  const credentials = {accessKey: 'AKDISTINCTIVE', secretKey: secret}
  const config = {
    bucket: 'backups',
    endpoint,
    uriStyle: 'Path',
    caCertificate: authority.certificate,
    credentials,
    ...change,
  } as const
  const store = openS3(config, {policy, limits})
  t.after(() => store.close())
  return store
}

function xml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {'content-type': 'application/xml'})
  response.end(`<?xml version="1.0" encoding="UTF-8"?>${body}`)
}

function failWith(status: number, code: string, message = 'words of the store'): Answer {
  return (_, response) => xml(response, status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`)
}

async function first(store: ObjectStore): Promise<void> {
  for await (const _ of store.list('pg/', {max: 1})) return
}

async function kindOf(running: Promise<unknown>): Promise<StorageErrorKind> {
  try {
    await running
  } catch (fault) {
    assert(fault instanceof StorageError, String(fault))
    assert(!fault.message.includes(secret) && !fault.message.includes('AKDISTINCTIVE'), fault.message)
    return fault.kind
  }
  throw new Error('it worked')
}

const answers: readonly [status: number, code: string, kind: StorageErrorKind][] = [
  [403, 'InvalidAccessKeyId', 'CredentialsRejected'],
  [403, 'SignatureDoesNotMatch', 'CredentialsRejected'],
  [400, 'AuthorizationHeaderMalformed', 'CredentialsRejected'],
  [400, 'ExpiredToken', 'CredentialsRejected'],
  [401, 'Whatever', 'CredentialsRejected'],
  [403, 'AccessDenied', 'AccessDenied'],
  [403, 'SomethingNew', 'AccessDenied'],
  [404, 'NoSuchBucket', 'BucketNotFound'],
  [301, 'PermanentRedirect', 'BucketNotFound'],
  [500, 'InternalError', 'Unreachable'],
  [503, 'SlowDown', 'Unreachable'],
  [501, 'NotImplemented', 'Unreachable'],
]
for (const [status, code, kind] of answers) {
  test(`S2.10 an answer ${status} ${code} is ${kind}, in words without keys`, async t => {
    const {url} = await serve(t, failWith(status, code))
    assert.equal(await kindOf(first(open(t, url))), kind)
  })
}

test('the words of the store arrive, with the request and the status', async t => {
  const {url} = await serve(t, failWith(403, 'AccessDenied', 'not for you'))
  await assert.rejects(first(open(t, url)), {message: 'ListObjectsV2: AccessDenied: not for you (HTTP 403)'})
})

test('a certificate of another CA, or for another host, is not trusted', async t => {
  const {url} = await serve(t, failWith(500, 'x'))
  assert.equal(await kindOf(first(open(t, url, {caCertificate: stranger.certificate}))), 'CertificateNotTrusted')
  assert.equal(await kindOf(first(open(t, url, {caCertificate: undefined}))), 'CertificateNotTrusted')
  const elsewhere = await serve(t, failWith(500, 'x'), ['s3.example.com'])
  assert.equal(await kindOf(first(open(t, elsewhere.url))), 'CertificateNotTrusted')
})

test('nobody listens: unreachable, after the tries that are allowed', async t => {
  const {url, port} = await serve(t, failWith(503, 'SlowDown'))
  assert.equal(await kindOf(first(open(t, url.replace(String(port), '1')))), 'Unreachable')
})

test('requests are repeated, but not for ever', async t => {
  const {url, requests} = await serve(t, failWith(503, 'SlowDown'))
  await kindOf(first(open(t, url)))
  assert.equal(requests.length, limits.attempts)
})

test('a request that the store refuses is not repeated', async t => {
  const {url, requests} = await serve(t, failWith(403, 'AccessDenied'))
  await kindOf(first(open(t, url)))
  assert.equal(requests.length, 1)
})

test('a store that takes the request and never answers is unreachable in bounded time', async t => {
  const {url} = await serve(t, () => undefined)
  assert.equal(await kindOf(first(open(t, url))), 'Unreachable')
})

test('a store that stops in the middle of an object is unreachable in bounded time', async t => {
  const {url} = await serve(t, (_, response) => {
    response.writeHead(200, {'content-length': '100'})
    response.write('only this')
  })
  assert.equal(await kindOf(open(t, url).get('pg/model-uuid.txt', {maxBytes: 1000})), 'Unreachable')
})

test('an address that the operator may not dial is never dialled: literal, by name, on the port of the API server', async t => {
  const {url, port, requests} = await serve(t, failWith(500, 'x'))
  const nothing = EndpointPolicy.parse(undefined)
  assert.equal(await kindOf(first(open(t, url, {}, nothing))), 'EndpointNotAllowed')
  assert.equal(await kindOf(first(open(t, `https://localhost:${port}`, {}, nothing))), 'EndpointNotAllowed')
  const guarded = EndpointPolicy.parse(undefined, {apiServer: {host: '10.0.0.1', port: 443}})
  assert.equal(await kindOf(first(open(t, 'https://10.0.0.1', {}, guarded))), 'EndpointNotAllowed')
  assert.deepEqual(requests, [])
})

test('a redirect is not followed', async t => {
  const target = await serve(t, failWith(500, 'x'))
  const {url} = await serve(t, (_, response) => {
    response.writeHead(307, {location: `${target.url}/elsewhere`})
    response.end()
  })
  await kindOf(first(open(t, url)))
  assert.deepEqual(target.requests, [])
})

test('the bucket stands in the path, or in the host name', async t => {
  const {url, port, requests} = await serve(t, failWith(403, 'AccessDenied'))
  await kindOf(first(open(t, url)))
  const resolve = EndpointPolicy.parse(['*.store.test'], {
    resolve: (_, __, done) => done(null, [{address: '127.0.0.1', family: 4}]),
  })
  await kindOf(first(open(t, `https://store.test:${port}`, {uriStyle: 'Host'}, resolve)))
  assert.match(requests[0] ?? '', /^GET 127\.0\.0\.1 \/backups\/\?/)
  assert.match(requests[1] ?? '', /^GET backups\.store\.test \/\?/)
})

const page = (keys: readonly string[], next?: string): string =>
  `<ListBucketResult><IsTruncated>${next !== undefined}</IsTruncated>${next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`}${keys.map(key => `<Contents><Key>${key}</Key><Size>5</Size></Contents>`).join('')}</ListBucketResult>`

test('a long listing is read page by page, and only as far as it is wanted', async t => {
  const {url, requests} = await serve(t, ({url: path = ''}, response) => {
    if (path.includes('continuation-token=more')) xml(response, 200, page(['pg/c']))
    else xml(response, 200, page(['pg/a', 'pg/b'], 'more'))
  })
  const store = open(t, url)
  const keys: string[] = []
  for await (const {key, size} of store.list('pg/')) keys.push(`${key} ${size}`)
  assert.deepEqual(keys, ['pg/a 5', 'pg/b 5', 'pg/c 5'])
  assert.equal(requests.length, 2)
  for await (const _ of store.list('pg/', {max: 2}));
  assert.equal(requests.length, 3)
  assert.match(requests[2] ?? '', /max-keys=2/)
})

test('a shallow listing has folders as one entry, in the order of the keys', async t => {
  const folders = ['pg/a/', 'pg/c/'].map(key => `<CommonPrefixes><Prefix>${key}</Prefix></CommonPrefixes>`).join('')
  const {url, requests} = await serve(t, (_, response) =>
    xml(response, 200, page(['pg/a.md5', 'pg/b']).replace('</ListBucketResult>', `${folders}</ListBucketResult>`)),
  )
  const store = open(t, url)
  const entries: string[] = []
  for await (const {key, size} of store.list('pg/', {shallow: true})) entries.push(`${key} ${size}`)
  assert.deepEqual(entries, ['pg/a.md5 5', 'pg/a/ 0', 'pg/b 5', 'pg/c/ 0'])
  assert.match(requests[0] ?? '', /[?&]delimiter=%2F/)
  for await (const _ of store.list('pg/'));
  assert.doesNotMatch(requests[1] ?? '', /delimiter/)
})

test('an object is read piece by piece, and no further than it is wanted', async t => {
  let closed = false
  const {url} = await serve(t, (_, response) => {
    response.writeHead(200)
    const pour = setInterval(() => response.write('x'.repeat(1000)), 1)
    response.once('close', () => {
      clearInterval(pour)
      closed = true
    })
  })
  let size = 0
  for await (const piece of open(t, url).read('pg/big')) {
    size += piece.length
    if (size > 5000) break
  }
  while (!closed) await new Promise(resolve => setImmediate(resolve))
  assert(size > 5000 && size < 1_000_000)
})

test('a reading that ends badly is a StorageError: no object, a store that stops in its middle, a closed store', async t => {
  const missing = await serve(t, failWith(404, 'NoSuchKey'))
  assert.equal(await kindOf(drain(open(t, missing.url))), 'NotFound')
  const stopping = await serve(t, (_, response) => {
    response.writeHead(200, {'content-length': '100'})
    response.write('only this')
  })
  assert.equal(await kindOf(drain(open(t, stopping.url))), 'Unreachable')
  const store = open(t, stopping.url)
  assert.equal(await kindOf(drain(store, () => store.close())), 'Unreachable')
  const stop = new AbortController()
  const reason = new Error('enough')
  await assert.rejects(
    drain(open(t, stopping.url), () => stop.abort(reason), stop.signal),
    reason,
  )
})

async function drain(store: ObjectStore, onPiece = (): void => undefined, signal?: AbortSignal): Promise<void> {
  for await (const _ of store.read('pg/backup.manifest', {signal})) onPiece()
}

test('an object that is larger than expected is not read to its end', async t => {
  const {url} = await serve(t, (_, response) => {
    response.writeHead(200)
    const pour = setInterval(() => response.write('x'.repeat(1000)), 1)
    response.once('close', () => clearInterval(pour))
  })
  await assert.rejects(open(t, url).get('pg/big', {maxBytes: 5000}), ObjectTooLarge)
})

test('head knows a missing object from a store that cannot be asked', async t => {
  const {url} = await serve(t, (_, response, seen) => {
    response.writeHead(seen === 1 ? 404 : 403)
    response.end()
  })
  const store = open(t, url)
  assert.equal(await store.head('pg/none'), undefined)
  assert.equal(await kindOf(store.head('pg/none')), 'AccessDenied')
})

test('object lock: configured, not configured, not told', async t => {
  const configured =
    '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>'
  const script: Answer[] = [
    (_, response) => xml(response, 200, configured),
    failWith(404, 'ObjectLockConfigurationNotFoundError'),
    failWith(403, 'AccessDenied'),
    failWith(501, 'NotImplemented'),
  ]
  const {url} = await serve(t, (request, response, seen) => script[Math.min(seen - 1, 3)]?.(request, response, seen))
  const store = open(t, url)
  assert.deepEqual(await store.objectLock(), {enabled: true, mode: 'Compliance', retentionDays: 30})
  assert.deepEqual(await store.objectLock(), {enabled: false})
  assert.equal(await store.objectLock(), undefined)
  assert.equal(await store.objectLock(), undefined)
})

test('an aborted call ends at once, with the reason of its caller', async t => {
  const {url} = await serve(t, () => controller.abort(new Error('stop now')))
  const controller = new AbortController()
  await assert.rejects(open(t, url).get('k', {maxBytes: 1, signal: controller.signal}), /^Error: stop now$/)
  await assert.rejects(open(t, url).head('k', {signal: controller.signal}), /^Error: stop now$/)
})

test('a closed store ends its calls and takes no more', async t => {
  const {url} = await serve(t, () => store.close())
  const store = open(t, url)
  assert.equal(await kindOf(store.head('k')), 'Unreachable')
  assert.equal(await kindOf(store.head('k')), 'Unreachable')
})

test('no credentials of the machine are used, whatever its environment says', async t => {
  const environment = {
    AWS_ACCESS_KEY_ID: 'AKENVIRONMENT',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_ENDPOINT_URL: 'https://127.0.0.1:1',
  }
  Object.assign(process.env, environment)
  t.after(() => Object.keys(environment).forEach(name => delete process.env[name]))
  const seen: (string | undefined)[] = []
  const {url} = await serve(t, (request, response) => {
    seen.push(request.headers.authorization)
    failWith(403, 'AccessDenied')(request, response, 0)
  })
  assert.equal(await kindOf(first(open(t, url))), 'AccessDenied')
  assert.match(seen[0] ?? '', /Credential=AKDISTINCTIVE\/\d{8}\/us-east-1\/s3\//)
})
