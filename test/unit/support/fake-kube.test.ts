import assert from 'node:assert/strict'
import {test} from 'node:test'
import {jujuModelResource, type JujuModel} from '../../../src/api/juju-model.ts'
import {resourcePath} from '../../../src/kube/resources.ts'
import {FakeKube} from '../../support/fake-kube.ts'
import type {FakeWatchEvent} from '../../support/fake-kube-server.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

const key = {namespace: 'team-a', name: 'prod'}
const manifest = (extra: object = {}): {namespace: string; name: string; body: object} => ({
  ...key,
  body: {spec: {suspend: false, ...extra}},
})
const path = resourcePath(jujuModelResource, key)

function patch(kube: FakeKube, contentType: string, body: object, subresource = ''): {status: number; body: object} {
  const request = {method: 'PATCH', path: `${path}${subresource}`, query: new URLSearchParams(), contentType}
  return kube.server.handle({...request, body: body as never})
}

test('the fake API server counts generations by spec and keeps status behind its own endpoint', () => {
  const kube = new FakeKube(new VirtualClock())
  const created = kube.apply<JujuModel>(jujuModelResource, manifest())
  assert.deepEqual(created.status, {observedGeneration: -1})
  assert.equal(created.metadata.generation, 1)
  assert.equal(kube.apply<JujuModel>(jujuModelResource, manifest({suspend: true})).metadata.generation, 2)
  const status = {observedGeneration: 2, access: 'write'}
  patch(kube, 'application/apply-patch+yaml', {metadata: {}, spec: {suspend: false}, status}, '/status')
  const stored = kube.get<JujuModel>(jujuModelResource, key.name, key.namespace)
  assert.deepEqual(stored?.status, status)
  assert.equal(stored?.spec.suspend, true)
  assert.equal(stored?.metadata.generation, 2)
})

test('the fake API server gives the keys of objects in alphabetical order, however they were written', () => {
  const kube = new FakeKube(new VirtualClock())
  const seen: FakeWatchEvent[] = []
  kube.server.watch(resourcePath(jujuModelResource, {namespace: 'team-a'}), new URLSearchParams(), event =>
    seen.push(event),
  )
  kube.apply<JujuModel>(jujuModelResource, manifest({model: {uuid: 'u', name: 'n'}}))
  const status = {user: {b: [{z: 1, a: 2}], a: 1}, access: 'write'}
  patch(kube, 'application/apply-patch+yaml', {metadata: {}, status}, '/status')
  const served = '{"access":"write","user":{"a":1,"b":[{"a":2,"z":1}]}}'
  const stored = kube.get<JujuModel>(jujuModelResource, key.name, key.namespace)
  assert.equal(JSON.stringify(stored?.status), served)
  assert.equal(JSON.stringify(stored?.spec), '{"model":{"name":"n","uuid":"u"},"suspend":false}')
  assert.equal(JSON.stringify(seen.at(-1)?.object['status']), served)
  assert.equal(JSON.stringify(kube.list<JujuModel>(jujuModelResource)[0]?.status), served)
  const version = stored?.metadata.resourceVersion
  patch(kube, 'application/apply-patch+yaml', {metadata: {}, status}, '/status')
  assert.equal(kube.get(jujuModelResource, key.name, key.namespace)?.metadata.resourceVersion, version)
})

test('a watch of the fake API server can begin with all there is, marks its end, and goes on from there', () => {
  const kube = new FakeKube(new VirtualClock())
  kube.apply<JujuModel>(jujuModelResource, manifest())
  const seen: FakeWatchEvent[] = []
  const collection = resourcePath(jujuModelResource, {namespace: key.namespace})
  kube.server.watch(collection, new URLSearchParams({sendInitialEvents: 'true'}), event => seen.push(event))
  kube.apply<JujuModel>(jujuModelResource, manifest({suspend: true}))
  assert.deepEqual(
    seen.map(({type}) => type),
    ['ADDED', 'BOOKMARK', 'MODIFIED'],
  )
  assert.equal(JSON.stringify(seen[1]?.object).includes('"k8s.io/initial-events-end":"true"'), true)
})

test('the fake API server refuses a stale resourceVersion, another uid and a failed test', () => {
  const kube = new FakeKube(new VirtualClock())
  const {metadata} = kube.apply<JujuModel>(jujuModelResource, manifest())
  kube.apply(jujuModelResource, manifest({suspend: true}))
  const stale = {metadata: {resourceVersion: metadata.resourceVersion}, status: {}}
  assert.equal(patch(kube, 'application/apply-patch+yaml', stale, '/status').status, 409)
  assert.equal(patch(kube, 'application/apply-patch+yaml', {metadata: {uid: 'other'}}, '/status').status, 409)
  const operations = [{op: 'test', path: '/metadata/uid', value: 'other'}]
  assert.equal(patch(kube, 'application/json-patch+json', operations).status, 422)
})

test('the fake API server keeps a deleted object until its last finalizer is gone, and tells watchers', () => {
  const kube = new FakeKube(new VirtualClock())
  const seen: FakeWatchEvent['type'][] = []
  const collection = resourcePath(jujuModelResource, {namespace: 'team-a'})
  kube.server.watch(collection, new URLSearchParams(), event => seen.push(event.type))
  kube.apply(jujuModelResource, {...manifest(), finalizers: ['charmkeeper.dev/in-use']})
  kube.delete(jujuModelResource, key.name, key.namespace)
  const held = kube.get<JujuModel>(jujuModelResource, key.name, key.namespace)
  assert.notEqual(held?.metadata.deletionTimestamp, undefined)
  patch(kube, 'application/json-patch+json', [{op: 'remove', path: '/metadata/finalizers/0'}])
  assert.equal(kube.get(jujuModelResource, key.name, key.namespace), undefined)
  assert.deepEqual(seen, ['ADDED', 'MODIFIED', 'DELETED'])
})

test('the fake transport streams a watch and ends it on abort', async () => {
  const clock = new VirtualClock()
  const kube = new FakeKube(clock)
  const abort = new AbortController()
  const watch = `${resourcePath(jujuModelResource, {namespace: 'team-a'})}?watch=1`
  const request = {method: 'GET', path: watch, headers: {}, signal: abort.signal, kind: 'watch'} as const
  const reading = (await kube.transport.send(request)).body.text()
  kube.apply(jujuModelResource, manifest())
  await clock.advance(30_000)
  abort.abort()
  const types = (await reading)
    .trim()
    .split('\n')
    .map(line => (JSON.parse(line) as FakeWatchEvent).type)
  assert.deepEqual(types, ['ADDED', 'BOOKMARK'])
  assert.equal(clock.pendingTimers, 0)
})
