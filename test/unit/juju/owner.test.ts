import assert from 'node:assert/strict'
import test from 'node:test'
import {claimStep, mustSettle, readOwner, writeOwner, type OwnerSeen} from '../../../src/juju/owner.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {FakeAnnotations} from './writes/fake-model.ts'

const self = 'cluster-a/charmkeeper/charmkeeper'
const other = 'cluster-b/charmkeeper/charmkeeper'
const read = (owner: string, ageMs = 0): OwnerSeen => ({kind: 'read', owner, ageMs})

const rows: readonly [what: string, seen: OwnerSeen, mayTakeOver: boolean, step: object][] = [
  ['nothing is known', {kind: 'unknown'}, true, {kind: 'Read'}],
  ['nobody owns it', read(''), false, {kind: 'Write'}],
  ['we own it', read(self), false, {kind: 'Owned', stale: false}],
  ['we owned it a minute ago', read(self, 60_000), false, {kind: 'Owned', stale: true}],
  ['another owns it', read(other), false, {kind: 'Foreign', owner: other, stale: false}],
  ['another owned it a minute ago', read(other, 60_000), false, {kind: 'Foreign', owner: other, stale: true}],
  ['another owns it whom we may displace', read(other), true, {kind: 'Write'}],
  ['we have just written', {kind: 'written', ageMs: 1_000}, false, {kind: 'Wait', ms: 4_000}],
  ['we wrote one poll ago', {kind: 'written', ageMs: 5_000}, false, {kind: 'Read'}],
]
for (const [what, seen, mayTakeOver, step] of rows) {
  test(`claim: ${what}`, () =>
    assert.deepEqual(
      claimStep(seen, self, () => mayTakeOver),
      step,
    ))
}

const settling: readonly [what: string, seen: Parameters<typeof mustSettle>[0], settles: boolean][] = [
  ['a claim that was lost is there after all', {owner: self, last: ''}, true],
  ["it has overwritten somebody else's", {owner: self, last: other}, true],
  ['a claim that was answered, and has waited', {owner: self, last: '', writtenMs: 5_000}, false],
  ['it was ours all along', {owner: self, last: self}, false],
  ['the first reading of this process', {owner: self, last: undefined}, false],
  ["somebody else's", {owner: other, last: self}, false],
]
for (const [what, seen, settles] of settling)
  test(`an owner that is read has ${settles ? '' : 'not '}to settle: ${what}`, () =>
    assert.equal(mustSettle(seen, self), settles))

test('the owner is written to the model, and read again', async () => {
  const clock = new VirtualClock()
  const annotations = new FakeAnnotations(clock)
  const session = annotations.session({readMs: () => 1, write: () => ({effectMs: 1, replyMs: 2})})
  const finish = async <T>(work: Promise<T>): Promise<T> => {
    await clock.advance(10)
    return work
  }
  assert.equal(await finish(readOwner(session)), '')
  assert.equal((await finish(writeOwner(session, {before: '', owner: self}, {clock}))).kind, 'Done')
  assert.equal(await finish(readOwner(session)), self)
})

test('a claim that is not answered within 4 s is uncertain: it must not arrive after others believe in theirs', async () => {
  const clock = new VirtualClock()
  const session = new FakeAnnotations(clock).session({
    readMs: () => 1,
    write: () => ({effectMs: undefined, replyMs: undefined}),
  })
  const writing = writeOwner(session, {before: '', owner: self}, {clock})
  await clock.advance(4_000)
  assert.equal((await writing).kind, 'Uncertain')
  assert.equal(session.reconnects, 1, 'what the connection still holds is thrown away with it')
})
