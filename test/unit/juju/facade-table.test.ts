import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {Unsupported} from '../../../src/juju/errors.ts'
import {chooseVersion, facadeTableOf} from '../../../src/juju/facade-table.ts'

const versions = fc.uniqueArray(fc.integer({min: 1, max: 40}), {minLength: 1, maxLength: 12})

test('the chosen version is the highest that both sides know, whatever the order of the lists', () => {
  fc.assert(
    fc.property(versions, versions, (ours, theirs) => {
      const common = ours.filter(version => theirs.includes(version))
      const choose = () => chooseVersion({facade: 'Application', versions: ours}, new Map([['Application', theirs]]))
      if (common.length === 0) assert.throws(choose, Unsupported)
      else assert.equal(choose(), Math.max(...common))
    }),
  )
})

test('versions are compared as numbers: 11 is above 9', () => {
  const table = facadeTableOf([{name: 'ModelManager', versions: [11, 9, 10]}])
  assert.equal(chooseVersion({facade: 'ModelManager', versions: [9, 10, 11]}, table), 11)
})

test('a facade in versions that are too old names both ranges', () => {
  const table = facadeTableOf([{name: 'Action', versions: [2, 3, 4, 6]}])
  assert.throws(() => chooseVersion({facade: 'Action', versions: [7]}, table), {
    name: 'Unsupported',
    message: 'Charmkeeper needs facade Action in version 7, the controller offers 2-4, 6',
  })
})

test('a facade that is not offered at all is named', () => {
  assert.throws(
    () => chooseVersion({facade: 'Action', versions: [7, 8]}, new Map()),
    /in version 7-8, .*does not offer/,
  )
})
