import assert from 'node:assert/strict'
import {test} from 'node:test'
import {SharedReading} from '../../../src/juju/shared-reading.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

/** Readings that end when the test says so, and tell how many there were. */
function readings(maxAgeMs?: number) {
  const clock = new VirtualClock()
  const begun: PromiseWithResolvers<number>[] = []
  const read = (): Promise<number> => {
    const reading = Promise.withResolvers<number>()
    begun.push(reading)
    return reading.promise
  }
  const shared = new SharedReading(read, maxAgeMs === undefined ? {clock} : {clock, maxAgeMs})
  return {clock, begun, shared}
}
const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

test('those who ask in one go share a reading, those who come while it is under way share the next', async () => {
  const {begun, shared} = readings()
  const first = Promise.all([shared.get(), shared.get()])
  await settle()
  assert.equal(begun.length, 1)
  const second = Promise.all([shared.get(), shared.get()])
  await settle()
  assert.equal(begun.length, 1, 'never two at once')
  begun[0]?.resolve(1)
  assert.deepEqual(await first, [1, 1])
  await settle()
  begun[1]?.resolve(2)
  assert.deepEqual(await second, [2, 2])
  const third = shared.get()
  await settle()
  begun[2]?.resolve(3)
  assert.equal(await third, 3, 'what was read before is not told again')
})

test('what was begun a moment ago is shared where that is allowed, under way or not, and not longer', async () => {
  const {clock, begun, shared} = readings(500)
  const first = shared.get()
  await settle()
  await clock.advance(300)
  const second = shared.get()
  begun[0]?.resolve(1)
  assert.deepEqual(await Promise.all([first, second, shared.get()]), [1, 1, 1])
  await clock.advance(201)
  const late = shared.get()
  await settle()
  assert.equal(begun.length, 2)
  begun[1]?.resolve(2)
  assert.equal(await late, 2)
})

test('a reading that fails is told to those who wait for it, and to nobody later', async () => {
  const {begun, shared} = readings(500)
  const first = shared.get()
  await settle()
  begun[0]?.reject(new Error('the connection was lost'))
  await assert.rejects(first, /lost/)
  const second = shared.get()
  await settle()
  begun[1]?.resolve(2)
  assert.equal(await second, 2)
})

test('who gives up leaves the others their reading', async () => {
  const {begun, shared} = readings()
  const leaving = new AbortController()
  const left = shared.get(leaving.signal)
  const stays = shared.get()
  await settle()
  leaving.abort(new Error('deleted'))
  await assert.rejects(left, /deleted/)
  begun[0]?.resolve(1)
  assert.equal(await stays, 1)
})
