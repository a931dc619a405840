import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {isDue, listEveryMs, type ListQuestion} from '../../../../src/controllers/inventory/due.ts'

const minute = 60_000
const known = (triedAt: number | undefined, spread = 0) => ({seenAt: 0, triedAt, spread})
const base: ListQuestion = {known: known(undefined), hasFigures: false, granted: false, units: 3, now: 0}

const rows: readonly [sentence: string, question: Partial<ListQuestion>, due: boolean][] = [
  ['nothing is known of it at all', {}, true],
  ['an earlier process left its figures', {hasFigures: true}, false],
  [
    'an earlier process left its figures a quarter of an hour ago',
    {hasFigures: true, now: 15 * minute, known: known(undefined)},
    true,
  ],
  ['it was listed a moment ago', {known: known(0), now: 14 * minute}, false],
  ['it was listed a quarter of an hour ago', {known: known(0), now: 15 * minute}, true],
  ['the same, and it was given three minutes more', {known: known(0, 1), now: 15 * minute}, false],
  ['those three minutes are over', {known: known(0, 1), now: 18 * minute}, true],
  ['a granted job works on it', {granted: true}, false],
  ['it has no unit that could be asked', {units: 0}, false],
]

for (const [sentence, question, due] of rows)
  test(`the backups of an application are ${due ? '' : 'not '}listed: ${sentence}`, () =>
    assert.equal(isDue({...base, ...question}), due))

test('S1.19 whatever is asked, two listings of an application are never less than 15 minutes apart', () => {
  const moments = fc.array(
    fc.record({step: fc.integer({min: 0, max: 20 * minute}), spread: fc.double({min: 0, max: 1, noNaN: true})}),
  )
  fc.assert(
    fc.property(moments, fc.boolean(), (steps, hasFigures) => {
      let now = 0
      let triedAt: number | undefined
      let spread = 0
      for (const step of steps) {
        now += step.step
        if (!isDue({...base, hasFigures, known: {seenAt: 0, triedAt, spread}, now})) continue
        assert.ok(now - (triedAt ?? (hasFigures ? 0 : -Infinity)) >= listEveryMs)
        triedAt = now
        spread = step.spread
      }
    }),
  )
})
