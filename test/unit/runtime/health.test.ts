import assert from 'node:assert/strict'
import {test} from 'node:test'

import {HealthRegistry} from '../../../src/runtime/health.ts'
import {heldBy, isFree, newLease, released} from '../../../src/runtime/lease.ts'
import {microTime} from '../../../src/runtime/micro-time.ts'

test('health is what every check says; a check that throws is a failing one', () => {
  const health = new HealthRegistry()
  health.addReadiness('cache', () => undefined)
  assert.deepEqual(health.ready(), {ok: true, checks: [{name: 'cache'}]})
  health.addReadiness('election', () => 'not settled')
  health.addLiveness('loop', () => {
    throw new Error('oops')
  })
  assert.deepEqual(health.ready().checks[1], {name: 'election', problem: 'not settled'})
  assert.equal(health.ready().ok, false)
  assert.deepEqual(health.live(), {ok: false, checks: [{name: 'loop', problem: 'oops'}]})
})

test('times in a Lease and in events have exactly six digits', () => {
  assert.equal(microTime(Date.UTC(2026, 10, 22, 12, 0, 0, 7)), '2026-11-22T12:00:00.007000Z')
})

test('a lease counts transitions, keeps the time of its acquisition, and is free after its release', () => {
  const first = heldBy('a', 15_000, undefined, 0)
  assert.deepEqual([first.leaseTransitions, first.leaseDurationSeconds], [0, 15])
  const renewed = heldBy('a', 15_000, first, 2_000)
  assert.deepEqual([renewed.acquireTime, renewed.renewTime], [first.acquireTime, microTime(2_000)])
  const taken = heldBy('b', 15_000, renewed, 30_000)
  assert.deepEqual([taken.leaseTransitions, taken.acquireTime], [1, microTime(30_000)])
  const given = released(taken, 40_000)
  assert.deepEqual([isFree(given), isFree(taken), isFree({})], [true, false, true])
  assert.equal(newLease('ns', 'n', given).metadata.namespace, 'ns')
})
