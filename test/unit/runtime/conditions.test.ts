import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'

import {
  boundedConditions,
  type BoundedState,
  type Conditions,
  getCondition,
  isTrue,
  readyConditions,
  type ReadyState,
  removeCondition,
  setCondition,
  trimMessage,
} from '../../../src/runtime/conditions.ts'

const t1 = '2026-11-22T12:00:00Z'
const t2 = '2026-11-22T13:00:00Z'

const show = (conditions: Conditions): Record<string, string> =>
  Object.fromEntries((conditions ?? []).map(({type, status}) => [type, status]))

const boundedTable: readonly [string, BoundedState, Record<string, string>][] = [
  ['queued, waiting for the operator or time, running', 'InProgress', {Succeeded: 'Unknown', Reconciling: 'True'}],
  ['waiting as planned for a person or a window', 'Waiting', {Succeeded: 'Unknown'}],
  ['cannot go on without a person', 'NeedsPerson', {Succeeded: 'Unknown', Stalled: 'True'}],
  ['succeeded', 'Succeeded', {Succeeded: 'True'}],
  ['every other end', 'Failed', {Succeeded: 'False', Stalled: 'True'}],
]
for (const [sentence, state, expected] of boundedTable)
  test(`a job: ${sentence}`, () => {
    for (const [, before] of boundedTable) {
      const earlier = boundedConditions(undefined, {state: before, reason: 'Before', message: ''}, t1)
      const now = boundedConditions(earlier, {state, reason: 'R', message: 'm', observedGeneration: 3}, t2)
      assert.deepEqual(show(now), expected)
      for (const {reason, message, observedGeneration} of now)
        assert.deepEqual([reason, message, observedGeneration], ['R', 'm', 3])
    }
  })

const readyTable: readonly [string, ReadyState, Record<string, string>][] = [
  ['ready', 'Ready', {Ready: 'True'}],
  ['not ready, will mend by itself', 'Reconciling', {Ready: 'False', Reconciling: 'True'}],
  ['not ready until a person acts', 'Stalled', {Ready: 'False', Stalled: 'True'}],
]
for (const [sentence, state, expected] of readyTable)
  test(`a long-lived object: ${sentence}`, () => {
    for (const [, before] of readyTable) {
      const earlier = readyConditions(undefined, {state: before, reason: 'Before', message: ''}, t1)
      assert.deepEqual(show(readyConditions(earlier, {state, reason: 'R', message: ''}, t2)), expected)
    }
  })

test('the transition time moves only with the status, never with reason or message', () => {
  const first = setCondition(undefined, {type: 'Ready', status: 'False', reason: 'A', message: 'a'}, t1)
  const same = setCondition(first, {type: 'Ready', status: 'False', reason: 'B', message: 'b'}, t2)
  assert.deepEqual([same[0]?.reason, same[0]?.lastTransitionTime], ['B', t1])
  const turned = setCondition(same, {type: 'Ready', status: 'True', reason: 'B', message: 'b'}, t2)
  assert.equal(turned[0]?.lastTransitionTime, t2)
  assert.equal(first[0]?.reason, 'A')
})

test('the order is fixed whatever was set first: the outcome, others by name, Reconciling, Stalled', () => {
  const types = ['Stalled', 'Verified', 'Reconciling', 'Succeeded', 'CancelRefused']
  const set = (order: readonly string[]) =>
    order.reduce<Conditions>(
      (all, type) => setCondition(all, {type, status: 'True', reason: 'R', message: ''}, t1),
      undefined,
    )
  const expected = ['Succeeded', 'CancelRefused', 'Verified', 'Reconciling', 'Stalled']
  fc.assert(
    fc.property(fc.shuffledSubarray(types, {minLength: types.length}), order =>
      assert.deepEqual(
        set(order)?.map(({type}) => type),
        expected,
      ),
    ),
  )
})

test('conditions are found, asked and removed without touching the list', () => {
  const list = setCondition(undefined, {type: 'Verified', status: 'True', reason: 'R', message: ''}, t1)
  assert.equal(isTrue(list, 'Verified'), true)
  assert.equal(isTrue(list, 'Other'), false)
  assert.equal(getCondition(undefined, 'Verified'), undefined)
  assert.deepEqual(removeCondition(list, 'Verified'), [])
  assert.equal(list.length, 1)
  assert.ok(!('observedGeneration' in (list[0] ?? {})))
})

test('messages keep to 1 KiB of UTF-8 and are never cut within a character', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary', maxLength: 2_000}), message => {
      const kept = trimMessage(message)
      assert.ok(Buffer.byteLength(kept) <= Math.max(1024, 0))
      const same = kept === message
      assert.ok(same || (kept.endsWith('...') && message.startsWith(kept.slice(0, -3))))
      assert.ok(same || Buffer.byteLength(message) > 1024)
    }),
  )
  assert.equal(trimMessage('é'.repeat(600)), `${'é'.repeat(510)}...`)
})
