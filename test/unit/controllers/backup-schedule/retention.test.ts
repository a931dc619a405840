import {daysOf} from '../../../../src/charms/expiry.ts'
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {
  decideRetention,
  type RetainingSchedule,
  type RetentionQuestion,
} from '../../../../src/controllers/backup-schedule/retention.ts'
import {behindIntegrator} from '../../../../src/controllers/backup-schedule/retention-view.ts'

const day = 86_400

function asking(name: string, days: number | undefined, over: Partial<RetainingSchedule> = {}): RetainingSchedule {
  return {
    name,
    application: 'postgresql',
    mode: days === undefined ? undefined : 'Enforce',
    maxAgeSeconds: days === undefined ? undefined : days * day,
    handledSeconds: undefined,
    ...over,
  }
}

function decide(schedules: readonly RetainingSchedule[], over: Partial<RetentionQuestion> = {}): string {
  const applications = [...new Set(schedules.map(({application}) => application))]
  const question = {
    name: 'nightly',
    integrator: 's3-integrator',
    applications,
    foreign: [],
    schedules,
    current: undefined,
    ...over,
  }
  const decision = decideRetention(question)
  if (decision.do === 'Set')
    return `set ${decision.days}${decision.shortens ? ', which shortens' : ''}: it ${decision.why}`
  return `${decision.said.reason}${decision.isInForce ? ', in force' : ''}`
}

const rows: readonly [
  sentence: string,
  schedules: readonly RetainingSchedule[],
  over: Partial<RetentionQuestion>,
  decided: string,
][] = [
  ['the first to enforce', [asking('nightly', 30)], {}, 'set 30, which shortens: it was not set'],
  ['days are rounded up', [asking('nightly', 30.01)], {}, 'set 31, which shortens: it was not set'],
  ['it is set already', [asking('nightly', 30)], {current: 30}, 'RetentionEnforced, in force'],
  [
    'another schedule asks for more: the longest counts',
    [asking('nightly', 30), asking('weekly', 90)],
    {current: 30},
    'set 90: it was 30, and weekly asks for more',
  ],
  [
    'another one asks for more, and only plans: it counts all the same',
    [asking('nightly', 30), asking('weekly', 90, {mode: 'Plan'})],
    {current: 90},
    'RetentionEnforced, in force',
  ],
  [
    'a person has set less in Juju',
    [asking('nightly', 30)],
    {current: 7},
    'set 30: it was 7, and nightly asks for more',
  ],
  [
    'its age was lowered by a person',
    [asking('nightly', 14, {handledSeconds: 30 * day})],
    {current: 30},
    'set 14, which shortens: it was 30, and maxAgeSeconds of nightly was lowered',
  ],
  [
    'its age was lowered, and another one still asks for more',
    [asking('nightly', 14, {handledSeconds: 30 * day}), asking('weekly', 90, {handledSeconds: 90 * day})],
    {current: 90},
    'RetentionEnforced, in force',
  ],
  [
    'the one that asked for 90 days was deleted',
    [asking('nightly', 30, {handledSeconds: 30 * day})],
    {current: 90},
    'RetentionKeptLonger',
  ],
  [
    'the one that asked for 90 days was deleted, and this one is lowered: its age was not in force',
    [asking('nightly', 14, {handledSeconds: 30 * day})],
    {current: 90},
    'RetentionKeptLonger',
  ],
  [
    'a schedule that was deleted and made again with less',
    [asking('nightly', 14)],
    {current: 30},
    'RetentionKeptLonger',
  ],
  [
    'somebody took the option away in Juju',
    [asking('nightly', 30, {handledSeconds: 30 * day})],
    {},
    'RetentionKeptLonger',
  ],
  [
    'another schedule was lowered: it writes that itself',
    [asking('nightly', 14, {handledSeconds: 14 * day}), asking('weekly', 30, {handledSeconds: 90 * day})],
    {current: 90},
    'RetentionWaiting',
  ],
  [
    'another schedule was lowered, and only plans now: nobody writes that',
    [asking('nightly', 14, {handledSeconds: 14 * day}), asking('weekly', 30, {handledSeconds: 90 * day, mode: 'Plan'})],
    {current: 90},
    'RetentionKeptLonger',
  ],
  [
    'an application behind the integrator has no schedule',
    [asking('nightly', 30)],
    {applications: ['postgresql', 'wiki-db']},
    'RetentionConflict',
  ],
  [
    'an application behind the integrator has one that only plans',
    [asking('nightly', 30), asking('wiki', 30, {application: 'wiki-db', mode: 'Plan'})],
    {},
    'RetentionConflict',
  ],
  [
    'an application behind the integrator has one without retention',
    [asking('nightly', 30), asking('wiki', undefined, {application: 'wiki-db'})],
    {},
    'RetentionConflict',
  ],
  [
    'all applications behind the integrator enforce: the longest counts',
    [asking('nightly', 30), asking('wiki', 60, {application: 'wiki-db'})],
    {current: 30},
    'set 60: it was 30, and wiki asks for more',
  ],
  [
    'an application of another model is behind it',
    [asking('nightly', 30)],
    {foreign: ['remote-1']},
    'RetentionConflict',
  ],
]

for (const [sentence, schedules, over, decided] of rows)
  test(`S5.24 the age at which backups expire: ${sentence}`, () => assert.equal(decide(schedules, over), decided))

test('S5.24 a conflict names who would lose backups, and what to do', () => {
  const decision = decideRetention({
    name: 'nightly',
    integrator: 's3-integrator',
    applications: ['postgresql', 'wiki-db'],
    foreign: [],
    schedules: [asking('nightly', 30)],
    current: 30,
  })
  assert.equal(
    decision.do === 'Say' && decision.said.message,
    's3-integrator also serves wiki-db, of which no BackupSchedule has retention.mode Enforce, and whose backups would expire as well; give it such a schedule, or an integrator of its own; nothing is written',
  )
})

test('S5.24 whatever schedules come and go: less time is set only after a person lowered an age that was in force, or where nothing expired', () => {
  const oneSchedule = fc.record({
    application: fc.constantFrom('a', 'b'),
    mode: fc.constantFrom('Enforce' as const, 'Enforce' as const, 'Plan' as const, undefined),
    days: fc.integer({min: 1, max: 40}),
    handled: fc.option(fc.integer({min: 1, max: 40}), {nil: undefined}),
  })
  const world = fc.record({
    schedules: fc.array(oneSchedule, {minLength: 1, maxLength: 5}),
    current: fc.option(fc.integer({min: 1, max: 40}), {nil: undefined}),
  })
  fc.assert(
    fc.property(world, ({schedules, current}) => {
      const all = schedules.map(({application, mode, days, handled}, index) =>
        asking(index === 0 ? 'nightly' : `other-${index}`, days, {
          application,
          mode,
          maxAgeSeconds: mode && days * day,
          handledSeconds: handled && handled * day,
        }),
      )
      fc.pre(all[0]?.mode === 'Enforce')
      const applications = [...new Set(all.map(({application}) => application))]
      const decision = decideRetention({
        name: 'nightly',
        integrator: 's3',
        applications,
        foreign: [],
        schedules: all,
        current,
      })
      if (decision.do !== 'Set') return
      const longest = Math.max(...all.map(({maxAgeSeconds = 0}) => daysOf(maxAgeSeconds)))
      assert.equal(decision.days, longest)
      assert.ok(applications.every(name => all.some(one => one.application === name && one.mode === 'Enforce')))
      assert.equal(decision.shortens, current === undefined || longest < current)
      const [own] = all
      const lowered = (own?.handledSeconds ?? 0) > (own?.maxAgeSeconds ?? 0)
      if (current !== undefined && longest < current) assert.ok(lowered && current <= daysOf(own?.handledSeconds ?? 0))
      if (current === undefined) assert.ok(all.every(({handledSeconds}) => handledSeconds === undefined))
    }),
    {numRuns: 500},
  )
})

test('applications behind an integrator are those with a relation of the interface s3 to it; what the model does not hold is foreign', () => {
  const relation = (kind: string, ...ends: string[]) => ({
    id: 1,
    key: '',
    interface: kind,
    status: {status: 'joined', message: ''},
    endpoints: ends.map(application => ({application, endpoint: '', role: ''})),
  })
  const relations = [
    relation('s3', 's3-integrator', 'postgresql'),
    relation('s3', 'wiki-db', 's3-integrator'),
    relation('s3', 's3-integrator', 'remote-1f'),
    relation('s3', 'other-integrator', 'mysql'),
    relation('s3-integrator-peers', 's3-integrator'),
    relation('cos_agent', 's3-integrator', 'agent'),
  ]
  const applications = new Map(['postgresql', 'wiki-db', 's3-integrator', 'mysql', 'agent'].map(name => [name, {}]))
  assert.deepEqual(behindIntegrator({relations, applications: applications as never}, 's3-integrator', 'postgresql'), {
    applications: ['postgresql', 'wiki-db'],
    foreign: ['remote-1f'],
  })
})
