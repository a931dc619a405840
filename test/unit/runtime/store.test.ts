import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'

import {compareResourceVersions, isAtLeast} from '../../../src/runtime/resource-version.ts'
import {ObjectStore, type StoreOptions} from '../../../src/runtime/store.ts'
import {widget, type Widget} from '../../runtime/support/scripted-transport.ts'

const types = (events: readonly {type: string}[]): string[] => events.map(({type}) => type)
const newStore = (options: StoreOptions<Widget, Widget> = {}) => new ObjectStore<Widget>(options)

test('versions are compared as whole numbers of any size', () => {
  fc.assert(
    fc.property(fc.bigInt({min: 0n, max: 2n ** 200n}), fc.bigInt({min: 0n, max: 2n ** 200n}), (a, b) => {
      assert.equal(Math.sign(compareResourceVersions(`${a}`, `${b}`)), a < b ? -1 : a > b ? 1 : 0)
    }),
  )
  assert.equal(isAtLeast(undefined, '1'), false)
  assert.equal(isAtLeast('10', '9'), true)
})

test('from a watch only what is newer changes the cache, so that a replay harms nothing', () => {
  const store = newStore()
  assert.deepEqual(types(store.put(widget('a', '10'), 'watch')), ['add'])
  assert.deepEqual(types(store.put(widget('a', '10'), 'watch')), [])
  assert.deepEqual(types(store.put(widget('a', '9'), 'watch')), [])
  const [event] = store.put(widget('a', '11'), 'watch')
  assert.deepEqual([event?.type, event?.old?.metadata.resourceVersion], ['update', '10'])
})

test('a list is authoritative even where its versions are lower, as after a restored etcd', () => {
  const store = newStore()
  store.put(widget('a', '100'), 'watch')
  assert.deepEqual(types(store.put(widget('a', '50'), 'list')), ['update'])
  assert.deepEqual(types(store.put(widget('a', '50'), 'list')), [])
  assert.equal(store.get('default/a')?.metadata.resourceVersion, '50')
})

test('an object that was deleted and created again under its name is two objects', () => {
  const store = newStore()
  store.put(widget('a', '10', {uid: 'one'}), 'watch')
  const events = store.put(widget('a', '12', {uid: 'two'}), 'watch')
  assert.deepEqual(
    events.map(({type, object}) => `${type} ${object.metadata.uid}`),
    ['delete one', 'add two'],
  )
  assert.deepEqual(types(store.remove('default/a', widget('a', '11', {uid: 'one'}))), [], 'a late end of the first')
  assert.deepEqual(types(store.remove('default/a', widget('a', '13', {uid: 'two'}))), ['delete'])
  assert.deepEqual(types(store.remove('default/a')), [])
})

test('managedFields are dropped', () => {
  const store = newStore()
  const object = widget('a', '1')
  Object.assign(object.metadata, {managedFields: [{manager: 'kubectl'}]})
  store.put(object, 'list')
  assert.deepEqual(store.get('default/a'), {...object, metadata: {...object.metadata, managedFields: undefined}})
})

test('objects are found by what indexers say, and leave an index with what they said', () => {
  const store = newStore({indexers: {colour: ({spec}) => (spec.colour === undefined ? [] : spec.colour.split(','))}})
  const painted = (name: string, version: string, colour: string): Widget => ({
    ...widget(name, version),
    spec: {size: 1, colour},
  })
  store.put(painted('a', '1', 'red,blue'), 'list')
  store.put(painted('b', '2', 'red'), 'list')
  const names = (colour: string): string[] => store.byIndex('colour', colour).map(({metadata}) => metadata.name)
  assert.deepEqual(names('red'), ['a', 'b'])
  store.put(painted('a', '3', 'green'), 'watch')
  assert.deepEqual([names('red'), names('blue'), names('green')], [['b'], [], ['a']])
  store.remove('default/b')
  assert.deepEqual(names('red'), [])
  assert.throws(() => store.byIndex('size', '1'), RangeError)
})

test('an invalid object is kept and marked, stops no other, and comes back when it is mended', () => {
  const store = newStore({
    validate: ({spec}) => (spec.size > 0 ? {ok: true} : {ok: false, path: 'spec.size', message: 'must be positive'}),
    indexers: {size: ({spec}) => [String(spec.size)]},
  })
  const bad = {...widget('a', '1'), spec: {size: 0}}
  const [event] = store.put(bad, 'list')
  assert.deepEqual(event?.problem, {path: 'spec.size', message: 'must be positive'})
  store.put(widget('b', '2'), 'list')
  assert.equal(store.get('default/a'), undefined)
  assert.deepEqual(
    store.list().map(({metadata}) => metadata.name),
    ['b'],
  )
  assert.deepEqual(store.byIndex('size', '0'), [])
  assert.equal(store.invalid('default/a')?.object.metadata.name, 'a')
  assert.deepEqual([store.size, store.listInvalid().length], [2, 1])
  assert.deepEqual([...store.keys()], ['default/b', 'default/a'])
  const [mended] = store.put(widget('a', '3'), 'watch')
  assert.deepEqual([mended?.type, mended?.problem], ['update', undefined])
  assert.equal(store.invalid('default/a'), undefined)
  const [broken] = store.put({...widget('a', '4'), spec: {size: 0}}, 'watch')
  assert.deepEqual([broken?.type, broken?.problem?.path], ['update', 'spec.size'])
  assert.deepEqual(store.byIndex('size', '1').length, 1)
  assert.deepEqual(types(store.remove('default/a')), ['delete'])
})

test('each object is checked once per version, and what the check returns is what is kept', () => {
  let checks = 0
  const store = newStore({
    validate: object => {
      checks += 1
      return {ok: true, value: {...object, spec: {...object.spec, colour: 'by default'}}}
    },
  })
  store.put(widget('a', '1'), 'list')
  store.put(widget('a', '1'), 'list')
  store.put(widget('a', '1'), 'watch')
  store.get('default/a')
  assert.equal(checks, 1)
  assert.equal(store.get('default/a')?.spec.colour, 'by default')
})

test('a check or an indexer that throws makes its object invalid and nothing else', () => {
  const store = newStore({
    indexers: {
      broken: ({metadata}) => {
        if (metadata.name === 'a') throw new TypeError('oops')
        return ['x']
      },
    },
  })
  store.put(widget('a', '1'), 'list')
  store.put(widget('b', '1'), 'list')
  assert.match(store.invalid('default/a')?.message ?? '', /oops/)
  assert.equal(store.byIndex('broken', 'x').length, 1)
})

test('a transform decides what is kept', () => {
  const store = new ObjectStore<Widget, Pick<Widget, 'apiVersion' | 'kind' | 'metadata'>>({
    transform: ({apiVersion, kind, metadata}) => ({apiVersion, kind, metadata}),
  })
  store.put(widget('a', '1'), 'list')
  assert.deepEqual(Object.keys(store.get('default/a') ?? {}), ['apiVersion', 'kind', 'metadata'])
  assert.equal(store.list(), store.list())
})
