import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {Chance} from '../../juju-simulator/world/chance.ts'

const seeds = fc.integer({min: 0, max: 2 ** 32 - 1})
const draw = (chance: Chance): readonly number[] => Array.from({length: 20}, () => chance.next())

test('the same seed and the same branch give the same numbers; another seed or branch gives others', () => {
  fc.assert(
    fc.property(seeds, seed => {
      const chance = new Chance(seed)
      assert.deepEqual(draw(chance.branch('a')), draw(new Chance(seed).branch('a')))
      assert.notDeepEqual(draw(chance.branch('a')), draw(chance.branch('b')))
      assert.notDeepEqual(draw(new Chance(seed)), draw(new Chance(seed + 1)))
    }),
  )
})

test('a branch does not depend on what was drawn before it', () => {
  const used = new Chance(7)
  draw(used)
  assert.deepEqual(draw(used.branch('a')), draw(new Chance(7).branch('a')))
})

test('numbers, durations and UUIDs keep to their form', () => {
  fc.assert(
    fc.property(seeds, seed => {
      const chance = new Chance(seed)
      const number = chance.between(3, 5)
      assert.ok([3, 4, 5].includes(number))
      const ms = chance.vary(1000, 0.2)
      assert.ok(ms >= 800 && ms <= 1200 && Number.isInteger(ms))
      assert.match(chance.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      assert.equal(chance.pick([]), undefined)
    }),
  )
})
