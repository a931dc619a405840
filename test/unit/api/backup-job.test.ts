import assert from 'node:assert/strict'
import {test} from 'node:test'
import {z} from 'zod'
import {parseBackupJob} from '../../../src/api/index.ts'
import {ownedActions} from '../../../src/api/owned-actions.ts'
import {moment, RULES, withRules} from '../../../src/api/schema.ts'
import {supportedCharms} from '../../../src/charms/profiles.ts'

const parsed = (spec: object) =>
  parseBackupJob({metadata: {name: 'a'}, spec: {modelRef: {name: 'prod'}, application: 'postgresql', ...spec}})

test('S2.6 a restore without a word plans, touches no other unit and takes no safety backup', () => {
  const job = parsed({type: 'Restore', restore: {}})
  assert(job.ok)
  assert.deepEqual(job.value.spec.restore, {replicas: 'Refuse', safetyBackup: 'Skip', mode: 'Plan'})
})

const moments: readonly [sentence: string, value: string, taken: boolean][] = [
  ['UTC', '2026-11-22T08:15:00Z', true],
  ['an offset and microseconds', '2026-11-22T08:15:00.123456+05:30', true],
  ['a leap day', '2028-02-29T00:00:00Z', true],
  ['the leap day of a year without one', '2026-02-29T00:00:00Z', false],
  ['30 February, which JavaScript takes as 2 March', '2026-02-30T00:00:00Z', false],
  ['31 April', '2026-04-31T00:00:00Z', false],
  ['no offset: nobody knows when that is', '2026-11-22T08:15:00', false],
  ['a space instead of T', '2026-11-22 08:15:00Z', false],
  ['nanoseconds, which PostgreSQL cannot follow', '2026-11-22T08:15:00.123456789Z', false],
  ['24 hours', '2026-11-22T24:00:00Z', false],
  ['before there were databases', '1969-12-31T23:59:59Z', false],
  ['the word that another field allows', 'latest', false],
]
for (const [sentence, value, taken] of moments) {
  test(`S1.23 a moment in a spec: ${sentence} is ${taken ? 'taken' : 'refused'}`, () => {
    assert.equal(moment('write a moment').safeParse(value).success, taken)
  })
}

test('S1.24 pointInTime also takes the word latest', () => {
  assert(parsed({type: 'Restore', restore: {pointInTime: 'latest'}}).ok)
  assert(!parsed({type: 'Restore', restore: {pointInTime: 'Latest'}}).ok)
})

test('no action that a charm profile owns can be run as a hook', () => {
  const owned = new Set(supportedCharms.flatMap(({profile}) => profile.owns))
  assert(owned.size > 5)
  assert.deepEqual(
    [...owned].filter(action => !(ownedActions as readonly string[]).includes(action)),
    [],
  )
  for (const action of [...owned, 'juju-exec']) {
    for (const phase of ['pre', 'post']) {
      const job = parsed({hooks: {[phase]: [{action}]}})
      assert(!job.ok && job.path === `spec.hooks.${phase}[0].action`, action)
    }
  }
  assert(parsed({hooks: {pre: [{action: 'pause'}]}}).ok)
})

test('rules that are attached one after the other are all checked and all reach the CRD', () => {
  const rule = (word: string) => ({
    rule: `self != '${word}'`,
    message: `not ${word}`,
    holds: (is: string) => is !== word,
  })
  const schema = withRules(withRules(z.string(), rule('a')), rule('b'))
  const rules = schema.meta()?.[RULES] as {message: string}[] | undefined
  assert.deepEqual(
    rules?.map(({message}) => message),
    ['not a', 'not b'],
  )
  assert.deepEqual(
    ['a', 'b', 'c'].map(value => schema.safeParse(value).success),
    [false, false, true],
  )
})
