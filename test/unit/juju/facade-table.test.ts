import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {Unsupported} from '../../../src/juju/errors.ts'
import {chooseVersion, facadeTableOf} from '../../../src/juju/facade-table.ts'
import {nameOf} from '../../../src/juju/facades/call.ts'
import {allCalls} from '../../../src/juju/facades/index.ts'
import {createSecrets, grantSecret, listSecrets, updateSecrets} from '../../../src/juju/facades/secrets.ts'

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

/** What releases offer of the facades of a model and a controller (facade schemas of Juju, and its registrations). */
const releases = {
  '3.1': 'Application 15-17, Charms 5, Resources 3, Action 7, Secrets 1, ModelManager 9, Client 6, Controller 11',
  '3.2': 'Application 15-18, Charms 5-6, Resources 3, Action 7, Secrets 1, ModelManager 9, Client 6, Controller 11',
  '3.3': 'Application 15-19, Charms 5-7, Resources 3, Action 7, Secrets 1-2, ModelManager 9, Client 6-7, Controller 11',
  '3.6.14':
    'Application 15-22, Charms 5-7, Resources 3, Action 7, Secrets 1-2, ModelManager 9-10, Client 6-8, Controller 11-12',
  '4.0.12':
    'Application 19-22, Charms 7, Resources 3, Action 7, Secrets 1-2, ModelManager 9-11, Client 8, Controller 12-14',
} as const
const always = 'Admin 3, Pinger 1, Annotations 2, StringsWatcher 1'

function tableOf(text: string) {
  const facades = `${text}, ${always}`.split(', ').map(entry => {
    const [, name = '', first = '', last = first] = /^(\w+) (\d+)(?:-(\d+))?$/.exec(entry) ?? []
    return {name, versions: Array.from({length: Number(last) - Number(first) + 1}, (_, step) => Number(first) + step)}
  })
  return facadeTableOf(facades)
}

const onlyJAAS = ['Admin.LoginWithClientCredentials', 'Admin.LoginWithSessionToken']
const since33 = [listSecrets, createSecrets, updateSecrets, grantSecret].map(nameOf)
for (const [release, facades] of Object.entries(releases)) {
  test(`Juju ${release}: every call has a usable version but those that came later, and those of JAAS`, () => {
    const missing = allCalls.filter(call => {
      try {
        return chooseVersion(call, tableOf(facades)) < 1
      } catch {
        return true
      }
    })
    const expected = /^3\.[12]/.test(release) ? [...onlyJAAS, ...since33] : onlyJAAS
    assert.deepEqual(missing.map(nameOf), expected)
  })
}

test('a method that is younger than its facade is Unsupported where the facade is too old for it', () => {
  assert.throws(() => chooseVersion(createSecrets, tableOf(releases['3.1'])), {
    name: 'Unsupported',
    message: 'Charmkeeper needs facade Secrets in version 2, the controller offers 1',
  })
})

test('Juju 2.9 offers nothing that would do', () => {
  const old = tableOf(
    'Application 1-13, Charms 2-4, Resources 1-2, Action 2-6, ModelManager 2-8, Client 1-5, Controller 3-9',
  )
  const ofModels = allCalls.filter(({facade}) => /^(Application|Charms|Resources|Action|Secrets)$/.test(facade))
  for (const call of ofModels) assert.throws(() => chooseVersion(call, old), Unsupported, nameOf(call))
})
