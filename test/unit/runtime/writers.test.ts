import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'

import {KubeClient} from '../../../src/kube/client.ts'
import {isConflict} from '../../../src/kube/errors.ts'
import {equalJson} from '../../../src/runtime/equality.ts'
import {addFinalizer, hasFinalizer, isPatchTestFailed, removeFinalizer} from '../../../src/runtime/finalizers.ts'
import {StatusWriter} from '../../../src/runtime/status-writer.ts'
import {
  json,
  ScriptedTransport,
  status,
  widget,
  type Widget,
  widgets,
} from '../../runtime/support/scripted-transport.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

function setUp() {
  const transport = new ScriptedTransport()
  const client = new KubeClient({transport, clock: new VirtualClock(), random: () => 0})
  const body = (): unknown => JSON.parse(transport.requests.at(-1)?.body ?? 'null')
  return {transport, client, body, writer: new StatusWriter(client)}
}

test('a status is put whole, with uid and resourceVersion of the object that it was worked out from', async () => {
  const {transport, writer, body} = setUp()
  const object = {...widget('a', '7', {finalizers: ['x/y'], labels: {team: 'a'}}), status: {ready: false}}
  transport.on('PUT', json({...object, status: {ready: true}}))
  const written = await writer.write<Widget>(widgets, object, {ready: true, observedGeneration: 2})
  assert.equal(written?.status?.ready, true)
  assert.deepEqual(body(), {...object, status: {ready: true, observedGeneration: 2}})
  const path = '/apis/example.dev/v1/namespaces/default/widgets/a/status'
  assert.deepEqual(transport.lines, [`PUT ${path}?fieldManager=charmkeeper-status`])
})

test('a status that did not change is not sent, whatever the order of its fields', async () => {
  const {transport, writer} = setUp()
  const object = {...widget('a', '7'), status: {ready: true, observedGeneration: 1}}
  assert.equal(await writer.write<Widget>(widgets, object, {observedGeneration: 1, ready: true}), undefined)
  assert.deepEqual(transport.lines, [])
})

test('an object that changed meanwhile is a conflict, and one that never was in the API server a mistake', async () => {
  const {transport, writer} = setUp()
  transport.on('PUT', status(409, 'Conflict'))
  await assert.rejects(writer.write<Widget>(widgets, widget('a', '7'), {ready: true}), isConflict)
  const {apiVersion, kind, spec} = widget('a', '7')
  await assert.rejects(
    writer.write<Widget>(widgets, {apiVersion, kind, spec, metadata: {name: 'a'}}, {ready: true}),
    TypeError,
  )
})

const json1 = fc.jsonValue()
test('equality as JSON: reflexive over copies, and key order and undefined do not count', () => {
  fc.assert(fc.property(json1, value => assert.equal(equalJson(value, JSON.parse(JSON.stringify(value))), true)))
  fc.assert(
    fc.property(json1, json1, (a, b) => {
      assert.equal(equalJson(a, b), equalJson(b, a))
    }),
  )
  assert.equal(equalJson({a: 1, b: undefined}, {a: 1}), true)
  assert.equal(equalJson({a: 1}, {a: 1, b: undefined}), true)
  for (const [a, b] of [
    [{a: 1}, {a: 1, b: null}],
    [[1, 2], [1]],
    [[], {}],
    [1, '1'],
    [null, {}],
    [{a: [1]}, {a: [2]}],
  ])
    assert.equal(equalJson(a, b), false)
})

test('a finalizer is added only to the list that was seen', async () => {
  const {transport, client, body} = setUp()
  transport.on('PATCH', json(widget('a', '8', {finalizers: ['x/y', 'ours/f']})))
  const updated = await addFinalizer(client, widgets, widget('a', '7', {finalizers: ['x/y']}), 'ours/f')
  assert.equal(hasFinalizer(updated, 'ours/f'), true)
  assert.deepEqual(body(), [
    {op: 'test', path: '/metadata/uid', value: 'uid-a'},
    {op: 'test', path: '/metadata/finalizers', value: ['x/y']},
    {op: 'add', path: '/metadata/finalizers/-', value: 'ours/f'},
  ])
  await addFinalizer(client, widgets, widget('a', '7'), 'ours/f')
  assert.deepEqual((body() as unknown[]).slice(1), [
    {op: 'test', path: '/metadata/finalizers', value: null},
    {op: 'add', path: '/metadata/finalizers', value: ['ours/f']},
  ])
  const there = widget('a', '7', {finalizers: ['ours/f']})
  assert.equal(await addFinalizer(client, widgets, there, 'ours/f'), there)
  assert.equal(transport.requests.length, 2)
})

test('a finalizer is removed only from the place where it was seen, and an object that is gone is fine', async () => {
  const {transport, client, body} = setUp()
  transport.on('PATCH', json(widget('a', '8')), status(404, 'NotFound'), status(422, 'Invalid'))
  const object = widget('a', '7', {finalizers: ['x/y', 'ours/f']})
  await removeFinalizer(client, widgets, object, 'ours/f')
  assert.deepEqual(body(), [
    {op: 'test', path: '/metadata/uid', value: 'uid-a'},
    {op: 'test', path: '/metadata/finalizers/1', value: 'ours/f'},
    {op: 'remove', path: '/metadata/finalizers/1'},
  ])
  assert.equal(await removeFinalizer(client, widgets, object, 'ours/f'), undefined)
  await assert.rejects(removeFinalizer(client, widgets, object, 'ours/f'), isPatchTestFailed)
  const without = widget('a', '7')
  assert.equal(await removeFinalizer(client, widgets, without, 'ours/f'), without)
  assert.equal(transport.requests.length, 3)
})
