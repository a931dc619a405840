import assert from 'node:assert/strict'
import {test} from 'node:test'

import {enqueueMapped, enqueueOwner, enqueueSelf} from '../../../src/runtime/event-handlers.ts'
import type {InformerEvent} from '../../../src/runtime/informer.ts'
import {
  and,
  annotationChanged,
  changed,
  finalizersChanged,
  generationChanged,
  labelsChanged,
  or,
  type Predicate,
} from '../../../src/runtime/predicates.ts'
import {widget, type Widget, widgets} from '../../runtime/support/scripted-transport.ts'

type Meta = Partial<Widget['metadata']>
const update = (old: Meta, next: Meta): InformerEvent<Widget> => ({
  type: 'update',
  initial: false,
  object: widget('a', '2', next),
  old: widget('a', '1', old),
})
const add: InformerEvent<Widget> = {type: 'add', initial: true, object: widget('a', '1')}

const rows: readonly [string, Predicate<Widget>, Meta, Meta][] = [
  ['the generation', generationChanged(), {generation: 1}, {generation: 2}],
  ['an annotation', annotationChanged('x'), {}, {annotations: {x: '1'}}],
  ['a label', labelsChanged(), {labels: {a: '1'}}, {labels: {a: '2'}}],
  ['a finalizer', finalizersChanged(), {finalizers: ['a']}, {}],
  [
    'any part',
    changed(({metadata}) => metadata.ownerReferences?.length),
    {},
    {ownerReferences: [{apiVersion: 'v1', kind: 'K', name: 'n', uid: 'u'}]},
  ],
]
for (const [what, predicate, old, next] of rows)
  test(`a change of ${what} is noticed, nothing else is, and adds and deletes always pass`, () => {
    assert.equal(predicate(update(old, next)), true)
    assert.equal(predicate(update(next, next)), false)
    assert.equal(predicate(update(old, {...old, resourceVersion: '9'})), false)
    assert.equal(predicate(add), true)
  })

test('predicates combine', () => {
  const [yes, no]: Predicate<Widget>[] = [() => true, () => false] as const
  assert.deepEqual(
    [or(no, yes)(add), or(no, no)(add), and(yes, no)(add), and(yes, yes)(add)],
    [true, false, false, true],
  )
})

function sink() {
  const keys: string[] = []
  return {keys, enqueue: (key: string, priority = 'normal') => void keys.push(`${key} ${priority}`)}
}

test('an object’s own key is queued; what a first list brings may wait', () => {
  const to = sink()
  const handle = enqueueSelf<Widget>(to, generationChanged())
  handle(add)
  handle(update({generation: 1}, {generation: 1}))
  handle(update({generation: 1}, {generation: 2}))
  assert.deepEqual(to.keys, ['default/a low', 'default/a normal'])
})

test('mapped keys come from the object as it is and as it was, each once', () => {
  const to = sink()
  const handle = enqueueMapped<Widget>(to, ({metadata}) => (metadata.labels ? Object.values(metadata.labels) : []))
  handle(update({labels: {a: 'ns/one', b: 'ns/both'}}, {labels: {a: 'ns/two', b: 'ns/both'}}))
  handle({...add, problem: {path: 'spec', message: 'bad'}})
  assert.deepEqual(to.keys, ['ns/two normal', 'ns/both normal', 'ns/one normal'])
})

test('the owner of the right kind is queued, others are not', () => {
  const to = sink()
  const handle = enqueueOwner<Widget>(to, widgets)
  const owner = {apiVersion: 'example.dev/v1', kind: 'Widget', name: 'boss', uid: 'u'}
  const others = [
    {...owner, kind: 'Gadget', name: 'x'},
    {...owner, apiVersion: 'other/v1', name: 'y'},
  ]
  handle({type: 'delete', initial: false, object: widget('a', '1', {ownerReferences: [owner, ...others]})})
  handle({type: 'delete', initial: false, object: widget('a', '1')})
  assert.deepEqual(to.keys, ['default/boss normal'])
})
