import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {Listing} from '../../../../src/controllers/inventory/listing.ts'
import {Listings} from '../../../../src/controllers/inventory/listings.ts'
import {VirtualClock} from '../../../support/virtual-clock.ts'

const listing = (askedAt: number, ...finished: string[]): Listing => ({
  askedAt,
  finished,
  stale: [],
  references: new Map(),
})

function start() {
  const clock = new VirtualClock()
  return {clock, listings: new Listings({clock, random: () => 0.5})}
}

test('S1.19 a list that cannot be read keeps the figures of before, and the first failure says since when', async () => {
  const {clock, listings} = start()
  listings.learn('m', 'postgresql', listing(1, 'a'))
  const since = clock.now()
  listings.fail('m', 'postgresql', 'task 7 failed')
  await clock.advance(60_000)
  listings.fail('m', 'postgresql', 'task 8 failed')
  const known = listings.of('m', 'postgresql')
  assert.deepEqual(known?.failure, {since, message: 'task 7 failed'})
  assert.deepEqual(known?.listing, listing(1, 'a'))
  listings.learn('m', 'postgresql', listing(2, 'a', 'b'))
  assert.equal(listings.of('m', 'postgresql')?.failure, undefined)
})

test('a listing that was asked for earlier does not replace a newer one', () => {
  const {listings} = start()
  listings.learn('m', 'postgresql', listing(2, 'a', 'b'))
  listings.learn('m', 'postgresql', listing(1, 'a'))
  assert.deepEqual(listings.of('m', 'postgresql')?.listing, listing(2, 'a', 'b'))
})

test('what is learnt from a job counts as a try, and the listing before stays known', async () => {
  const {clock, listings} = start()
  listings.try('m', 'postgresql')
  listings.learn('m', 'postgresql', listing(1, 'a'))
  await clock.advance(60_000)
  listings.learn('m', 'postgresql', listing(300_001, 'b'))
  const known = listings.of('m', 'postgresql')
  assert.equal(known?.triedAt, clock.monotonic())
  assert.deepEqual(known?.before, listing(1, 'a'))
})

test('two answers within a moment may share one mistake: they are one look', () => {
  const {listings} = start()
  for (const [askedAt, id] of [
    [1, 'a'],
    [300_001, 'b'],
    [300_002, 'c'],
  ] as const)
    listings.learn('m', 'postgresql', listing(askedAt, id))
  const known = listings.of('m', 'postgresql')
  assert.deepEqual([known?.before, known?.listing], [listing(1, 'a'), listing(300_002, 'c')])
})

test('applications that are gone are forgotten', () => {
  const {listings} = start()
  listings.see('m', 'one')
  listings.see('m', 'other')
  listings.keep('m', new Set(['other']))
  assert.equal(listings.of('m', 'one'), undefined)
  assert.ok(listings.of('m', 'other'))
})
