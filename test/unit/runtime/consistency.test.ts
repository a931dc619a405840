import assert from 'node:assert/strict'
import {test} from 'node:test'

import type {KubeObject} from '../../../src/api/meta.ts'
import {secrets} from '../../../src/kube/resources.ts'
import {ConsistencyGate, type FollowedCache} from '../../../src/runtime/consistency.ts'
import {widget, widgets} from '../../runtime/support/scripted-transport.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

class Cache implements FollowedCache {
  readonly resource = widgets
  readonly refreshed: string[] = []
  seen = 5
  #tell: (event: {readonly object: KubeObject}) => void = () => undefined

  hasSeen(_: string, version: string): boolean {
    return this.seen >= Number(version)
  }

  async refresh(key: string): Promise<void> {
    this.refreshed.push(key)
  }

  onEvent(handler: (event: {readonly object: KubeObject}) => void): void {
    this.#tell = handler
  }

  shows(version: number): void {
    this.seen = version
    this.#tell({object: widget('a', String(version))})
  }
}

function setUp() {
  const clock = new VirtualClock()
  const cache = new Cache()
  const gate = new ConsistencyGate({clock})
  gate.track(cache)
  const woken: string[] = []
  const wake = (key: string): void => void woken.push(key)
  const admit = (): Promise<number | undefined> => gate.admit(widgets, 'default/a', wake)
  return {clock, cache, gate, woken, admit}
}

test('after an own write the cache is too old until it shows that write; then who waits is woken', async () => {
  const {cache, gate, woken, admit} = setUp()
  assert.equal(await admit(), undefined)
  gate.wrote(widgets, widget('a', '8'))
  assert.equal(await admit(), 7_000)
  cache.shows(7)
  assert.deepEqual([await admit(), woken], [7_000, []])
  cache.shows(8)
  assert.deepEqual([woken, await admit(), gate.outstanding], [['default/a'], undefined, 0])
})

test('a write that the cache shows already, or of a resource without a cache, is not waited for', async () => {
  const {gate, admit} = setUp()
  gate.wrote(widgets, widget('a', '5'))
  gate.wrote(secrets, widget('a', '99'))
  assert.equal(gate.outstanding, 0)
  assert.equal(await admit(), undefined)
})

test('a cache that lags for too long is bypassed by a live read', async () => {
  const {cache, clock, gate, admit} = setUp()
  gate.wrote(widgets, widget('a', '8'))
  await clock.advance(6_000)
  assert.equal(await admit(), 1_000)
  await clock.advance(1_000)
  assert.equal(await admit(), undefined)
  assert.deepEqual(cache.refreshed, ['default/a'])
  assert.equal(gate.outstanding, 0)
})

test('a live read that fails leaves the gate closed', async () => {
  const {cache, clock, gate, admit} = setUp()
  cache.refresh = () => Promise.reject(new Error('unreachable'))
  gate.wrote(widgets, widget('a', '8'))
  await clock.advance(7_000)
  await assert.rejects(admit(), /unreachable/)
  assert.equal(gate.outstanding, 1)
})

test('writes that nobody asks about are forgotten once the cache has passed them', () => {
  const {cache, gate} = setUp()
  for (let i = 0; i < 255; i++) gate.wrote(widgets, widget(`w${i}`, '8'))
  assert.equal(gate.outstanding, 255)
  cache.seen = 8
  gate.wrote(widgets, widget('last', '9'))
  assert.equal(gate.outstanding, 1)
})
