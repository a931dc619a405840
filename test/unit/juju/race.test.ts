import assert from 'node:assert/strict'
import test from 'node:test'
import {firstToAnswer} from '../../../src/juju/race.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

/** Candidates whose attempts the test settles by hand. */
function start(names: readonly string[], signal?: AbortSignal) {
  const clock = new VirtualClock()
  const attempts = new Map<string, PromiseWithResolvers<string> & {signal: AbortSignal}>()
  const discarded: string[] = []
  const result = firstToAnswer(
    names,
    (name, attemptSignal) => {
      const deferred = {...Promise.withResolvers<string>(), signal: attemptSignal}
      attempts.set(name, deferred)
      return deferred.promise
    },
    {staggerMs: 250, clock, signal, discard: late => void discarded.push(late)},
  )
  result.catch(() => undefined)
  return {clock, attempts, discarded, result}
}

test('the next candidate starts a little after the one before', async () => {
  const {clock, attempts} = start(['a', 'b', 'c'])
  assert.deepEqual([...attempts.keys()], ['a'])
  await clock.advance(249)
  assert.deepEqual([...attempts.keys()], ['a'])
  await clock.advance(1)
  assert.deepEqual([...attempts.keys()], ['a', 'b'])
  await clock.advance(250)
  assert.deepEqual([...attempts.keys()], ['a', 'b', 'c'])
})

test('a failure starts the next candidate at once', async () => {
  const {clock, attempts} = start(['a', 'b'])
  attempts.get('a')?.reject(new Error('refused'))
  await clock.advance(0)
  assert.deepEqual([...attempts.keys()], ['a', 'b'])
})

test('the first that answers wins; the others are aborted, late answers let go, and no timer stays', async () => {
  const {clock, attempts, discarded, result} = start(['a', 'b', 'c'])
  await clock.advance(250)
  attempts.get('b')?.resolve('B')
  assert.deepEqual(await result, {won: true, candidate: 'b', value: 'B'})
  assert.equal(attempts.get('a')?.signal.aborted, true)
  attempts.get('a')?.resolve('A')
  await clock.advance(1000)
  assert.deepEqual(discarded, ['A'])
  assert.equal(attempts.has('c'), false)
  assert.equal(clock.pendingTimers, 0)
})

test('when all fail, every failure is told', async () => {
  const {clock, attempts, result} = start(['a', 'b'])
  await clock.advance(250)
  attempts.get('b')?.reject(new Error('two'))
  attempts.get('a')?.reject(new Error('one'))
  const outcome = await result
  const told = outcome.won
    ? []
    : outcome.failures.map(({candidate, error}) => `${candidate}: ${(error as Error).message}`)
  assert.deepEqual(told, ['b: two', 'a: one'])
  assert.equal(clock.pendingTimers, 0)
})

test('no candidates: nobody won', async () => {
  assert.deepEqual(await start([]).result, {won: false, failures: []})
})

test('an abort ends the race and every attempt', async () => {
  const controller = new AbortController()
  const {clock, attempts, result} = start(['a', 'b'], controller.signal)
  controller.abort(new Error('enough'))
  await assert.rejects(result, /enough/)
  assert.equal(attempts.get('a')?.signal.aborted, true)
  await clock.advance(1000)
  assert.equal(attempts.size, 1)
  await assert.rejects(start(['a'], AbortSignal.abort(new Error('before'))).result, /before/)
})
