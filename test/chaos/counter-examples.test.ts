/** What the properties have found, each as a story of its own. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {JobsWorld} from '../runtime/support/jobs-world.ts'
import {confirmedRestore} from '../runtime/support/restore-spec.ts'

test('S2.18 a restore that changes no units never doubts the entry in the ledger that it has just made', async t => {
  const world = await JobsWorld.startFor(t, {units: 1})
  world.apply('first')
  await world.untilFinished('first')
  world.apply('back', confirmedRestore(world, 'restore-1'))
  const reasons = new Set<string>()
  await world.until('it is over', () => {
    reasons.add(world.reason('back'))
    return world.finished('back')
  })
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.ok(!reasons.has('OutcomeUnknown'), [...reasons].join(', '))
})
