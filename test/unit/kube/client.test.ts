import assert from 'node:assert/strict'
import {test} from 'node:test'

import type {KubeObject} from '../../../src/api/meta.ts'
import {KubeClient, type KubeClientOptions} from '../../../src/kube/client.ts'
import {
  ApiError,
  isAlreadyExists,
  isConflict,
  isGone,
  isInvalid,
  isNotFound,
  NotLeader,
  RequestTimeout,
  TransportError,
} from '../../../src/kube/errors.ts'
import {namespaces, secrets} from '../../../src/kube/resources.ts'
import {RecordedRequests} from '../../runtime/support/recorders.ts'
import {
  broken,
  frozen,
  json,
  page,
  ScriptedTransport,
  status,
  widget,
  type Widget,
  widgets,
} from '../../runtime/support/scripted-transport.ts'
import {settle, VirtualClock} from '../../support/virtual-clock.ts'

const key = {namespace: 'default', name: 'a'}

function setUp(options: Partial<KubeClientOptions> = {}) {
  const transport = new ScriptedTransport()
  const clock = new VirtualClock()
  const metrics = new RecordedRequests()
  const client = new KubeClient({transport, clock, metrics, random: () => 0, ...options})
  return {transport, clock, metrics, client}
}

/** Runs virtual time until the call settles. */
async function settled<T>(clock: VirtualClock, call: Promise<T>): Promise<PromiseSettledResult<T>> {
  let over = false
  const outcome = Promise.allSettled([call.finally(() => (over = true))])
  await clock.advanceUntil(() => over, {stepMs: 1_000})
  return (await outcome)[0]
}

async function failureOf(clock: VirtualClock, call: Promise<unknown>): Promise<unknown> {
  const outcome = await settled(clock, call)
  assert.equal(outcome.status, 'rejected')
  return outcome.reason
}

test('while one page of a list is worked on the next one is under way, and a fault of it is told in its turn', async () => {
  const {transport, client} = setUp()
  transport.on('widgets', page([widget('a', '1')], '9', '1'))
  transport.on('continue=1', page([widget('b', '2')], '9', '2'))
  transport.on('continue=2', status(410, 'Expired'))
  const names: string[] = []
  const asked: number[] = []
  const reading = (async () => {
    for await (const {items} of client.listPages<Widget>(widgets, {limit: 1})) {
      names.push(...items.map(({metadata}) => metadata.name))
      await settle()
      asked.push(transport.requests.length)
    }
  })()
  await assert.rejects(reading, isGone)
  assert.deepEqual(
    [names, asked],
    [
      ['a', 'b'],
      [2, 3],
    ],
  )
})

test('each call is the HTTP request that the API conventions ask for', async () => {
  const {transport, client} = setUp()
  transport.on('', json(widget('a', '5')))
  transport.on('GET /apis/example.dev/v1/namespaces/default/widgets?', page([], '9'))
  await client.get(widgets, key)
  await client.get(namespaces, {name: 'kube-system'})
  await client.get(secrets, {namespace: 'team a', name: 's'})
  await client.listPage(widgets, {namespace: 'default', limit: 500, continue: 'x y', labelSelector: 'a=b'})
  await client.create(widgets, 'default', widget('a', ''))
  await client.replace(widgets, widget('a', '4'))
  await client.jsonPatch(widgets, key, [{op: 'test', path: '/metadata/uid', value: 'u'}], {subresource: 'status'})
  await client.replace(widgets, widget('a', '4'), {fieldManager: 'me', subresource: 'status'})
  await client.delete(widgets, key, {uid: 'u', resourceVersion: '7', propagationPolicy: 'Background'})
  assert.deepEqual(transport.lines, [
    'GET /apis/example.dev/v1/namespaces/default/widgets/a',
    'GET /api/v1/namespaces/kube-system',
    'GET /api/v1/namespaces/team%20a/secrets/s',
    'GET /apis/example.dev/v1/namespaces/default/widgets?limit=500&continue=x+y&labelSelector=a%3Db',
    'POST /apis/example.dev/v1/namespaces/default/widgets',
    'PUT /apis/example.dev/v1/namespaces/default/widgets/a',
    'PATCH /apis/example.dev/v1/namespaces/default/widgets/a/status',
    'PUT /apis/example.dev/v1/namespaces/default/widgets/a/status?fieldManager=me',
    'DELETE /apis/example.dev/v1/namespaces/default/widgets/a',
  ])
  const [patch, replace, del] = transport.requests.slice(-3)
  assert.equal(patch?.headers['content-type'], 'application/json-patch+json')
  assert.equal(replace?.headers['content-type'], 'application/json')
  assert.deepEqual(JSON.parse(del?.body ?? ''), {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: {uid: 'u', resourceVersion: '7'},
    propagationPolicy: 'Background',
  })
})

test('items of a list carry apiVersion and kind where the server leaves them out, and an empty list may be null', async () => {
  const {transport, client} = setUp()
  transport.on('secrets', page([{metadata: {name: 's'}}], '7', 'more'))
  transport.on('widgets', json({metadata: {resourceVersion: '3'}, items: null}))
  const listed = await client.listPage<KubeObject>(secrets)
  assert.deepEqual(listed, {
    items: [{metadata: {name: 's'}, apiVersion: 'v1', kind: 'Secret'}],
    resourceVersion: '7',
    continue: 'more',
  })
  assert.deepEqual(await client.listPage(widgets), {items: [], resourceVersion: '3'})
})

test('a list of metadata only asks for PartialObjectMetadata', async () => {
  const {transport, client} = setUp()
  transport.on('widgets', page([], '1'))
  await client.listPage(widgets, {metadataOnly: true})
  assert.match(transport.requests[0]?.headers['accept'] ?? '', /as=PartialObjectMetadataList/)
})

test('S2.10 a refusal becomes an ApiError with reason and causes, and never shows what was sent', async () => {
  const {transport, client, clock} = setUp()
  const causes = [{field: 'spec.size', message: 'must be positive'}]
  transport.on('POST', status(422, 'Invalid', {details: {causes}}))
  const body = {...widget('a', ''), data: {password: 'hunter2'}}
  const error = await failureOf(clock, client.create(widgets, 'default', body))
  assert.ok(error instanceof ApiError && isInvalid(error))
  assert.deepEqual(error.causes, causes)
  assert.equal(error.message, 'POST /apis/example.dev/v1/namespaces/default/widgets: 422 Invalid: Invalid it is')
  assert.doesNotMatch(`${JSON.stringify(error)} ${error.stack}`, /hunter2/)
})

test('an answer that is no Status, as a proxy gives, still has its code', async () => {
  const {transport, client, clock} = setUp()
  transport.on('GET', () => ({...html, status: 404}))
  const error = await failureOf(clock, client.get(widgets, key))
  assert.ok(isNotFound(error))
  assert.equal((error as ApiError).reason, 'NotFound')
})

const html = {
  header: () => undefined,
  body: {text: async () => '<html>', async *[Symbol.asyncIterator]() {}},
}

test('the kinds of ApiError are told apart by code and reason', () => {
  const call = {method: 'GET', path: '/x'}
  assert.ok(isConflict(new ApiError(call, 409, {reason: 'Conflict'})))
  assert.ok(!isConflict(new ApiError(call, 409, {reason: 'AlreadyExists'})))
  assert.ok(isAlreadyExists(new ApiError(call, 409, {reason: 'AlreadyExists'})))
  assert.ok(isGone(new ApiError(call, 410, {})))
  assert.ok(isGone(new ApiError(call, 400, {reason: 'Expired'})))
  assert.ok(!isNotFound(new Error('404')))
})

test('429 is obeyed: the call waits as long as the server asks, whatever the call is', async () => {
  const {transport, client, clock, metrics} = setUp()
  transport.on('POST', status(429, 'TooManyRequests', {}, {'retry-after': '3'}), json(widget('a', '1')))
  const created = client.create(widgets, 'default', widget('a', ''))
  await clock.advance(2_900)
  assert.equal(transport.requests.length, 1)
  await clock.advance(1_000)
  assert.equal((await created).metadata.resourceVersion, '1')
  assert.deepEqual(metrics.retried, ['create 429'])
})

test('a server that asks for a very long pause is left to the caller, who is told how long', async () => {
  const {transport, client, clock} = setUp()
  transport.on('GET', status(429, 'TooManyRequests', {details: {retryAfterSeconds: 120}}))
  const error = await failureOf(clock, client.get(widgets, key))
  assert.equal((error as ApiError).retryAfterMs, 120_000)
  assert.equal(transport.requests.length, 1)
})

test('calls that may run twice are repeated after server trouble and broken connections, with growing pauses', async () => {
  const {transport, client, clock, metrics} = setUp()
  transport.on('GET', status(503, 'ServiceUnavailable'), broken('ECONNRESET'), json(widget('a', '1')))
  const outcome = await settled(clock, client.get(widgets, key))
  assert.equal(outcome.status, 'fulfilled')
  assert.deepEqual(metrics.retried, ['get 503', 'get ECONNRESET'])
})

test('five tries are enough', async () => {
  const {transport, client, clock} = setUp()
  transport.on('GET', status(500, 'InternalError'))
  assert.ok((await failureOf(clock, client.get(widgets, key))) instanceof ApiError)
  assert.equal(transport.requests.length, 5)
})

test('a create is not repeated when its fate is unknown, but is when the server was never reached', async () => {
  for (const answer of [status(503, 'ServiceUnavailable'), broken('ECONNRESET'), status(504, 'Timeout')]) {
    const {transport, client, clock} = setUp()
    transport.on('POST', answer)
    await failureOf(clock, client.create(widgets, 'default', widget('a', '')))
    assert.equal(transport.requests.length, 1)
  }
  const {transport, client, clock} = setUp()
  transport.on('POST', broken('ECONNREFUSED'), json(widget('a', '1')))
  assert.equal((await settled(clock, client.create(widgets, 'default', widget('a', '')))).status, 'fulfilled')
})

test('a transport error says whether the request may have arrived', async () => {
  for (const [code, unknown] of [
    ['ECONNREFUSED', false],
    ['CERT_HAS_EXPIRED', false],
    ['ECONNRESET', true],
  ] as const) {
    const {transport, client, clock} = setUp()
    transport.on('POST', broken(code))
    const error = await failureOf(clock, client.create(widgets, 'default', widget('a', ''), {attempts: 1}))
    assert.ok(error instanceof TransportError)
    assert.deepEqual([error.code, error.outcomeUnknown], [code, unknown])
  }
})

test('a frozen connection ends in a time-out, counted as an error without answer', async () => {
  const {transport, client, clock, metrics} = setUp()
  transport.on('GET', frozen)
  const error = await failureOf(clock, client.get(widgets, key, {attempts: 1}))
  assert.ok(error instanceof RequestTimeout)
  assert.match(error.message, /30000 ms/)
  assert.deepEqual(
    metrics.finished.map(({code, seconds}) => [code, seconds]),
    [['<error>', 30]],
  )
  assert.equal(clock.pendingTimers, 0)
})

test('a caller who aborts gets back the reason, and nothing is retried', async () => {
  const {transport, client, clock} = setUp()
  transport.on('GET', frozen)
  const stop = new AbortController()
  const call = failureOf(clock, client.get(widgets, key, {signal: stop.signal}))
  await settle()
  stop.abort(new Error('shutting down'))
  assert.match(String(await call), /shutting down/)
  assert.equal(transport.requests.length, 1)
})

test('every request that changes something asks the guard first, each try anew; reads never do', async () => {
  const {transport, client, clock} = setUp()
  let leading = true
  const guarded = client.guarded({
    assertMayWrite: () => {
      if (!leading) throw new NotLeader('ns/lease')
    },
  })
  transport.on('', json(widget('a', '1')))
  transport.on('PUT', request => {
    leading = false
    return status(503, 'ServiceUnavailable')(request)
  })
  assert.ok((await failureOf(clock, guarded.replace(widgets, widget('a', '1')))) instanceof NotLeader)
  assert.equal(transport.requests.length, 1)
  for (const call of [
    () => guarded.create(widgets, 'default', widget('a', '')),
    () => guarded.jsonPatch(widgets, key, []),
    () => guarded.delete(widgets, key),
  ])
    assert.ok((await failureOf(clock, call())) instanceof NotLeader)
  assert.equal(transport.requests.length, 1)
  await guarded.get(widgets, key)
  await client.delete(widgets, key)
  assert.equal(transport.requests.length, 3)
})

test('whoever listens is told of each object that was written, as the server returned it', async () => {
  const written: string[] = []
  const {transport, client} = setUp({
    onWrite: (resource, object) => written.push(`${resource.plural} ${object.metadata.resourceVersion}`),
  })
  transport.on('PATCH', json(widget('a', '12')))
  transport.on('DELETE', json({kind: 'Status'}))
  await client.jsonPatch<Widget>(widgets, key, [])
  await client.delete(widgets, key)
  assert.deepEqual(written, ['widgets 12'])
})

test('a rate limit on our side spreads calls; without one there is none', async () => {
  const {transport, client, clock} = setUp({rateLimit: {qps: 1, burst: 2}})
  transport.on('GET', json(widget('a', '1')))
  const calls = [1, 2, 3, 4].map(() => client.get(widgets, key))
  await clock.advance(0)
  assert.equal(transport.requests.length, 2)
  await clock.advance(2_000)
  assert.equal(transport.requests.length, 4)
  await Promise.all(calls)
})

test('each try is counted with its verb, resource, host and code', async () => {
  const {transport, client, metrics, clock} = setUp()
  transport.on('GET', status(404, 'NotFound'))
  await failureOf(clock, client.get(widgets, key))
  assert.deepEqual(metrics.finished, [
    {verb: 'get', method: 'GET', resource: 'widgets.example.dev', host: 'api.test:6443', code: '404', seconds: 0},
  ])
})
