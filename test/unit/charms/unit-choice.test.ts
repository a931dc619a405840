import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import type {UnitChoice, UnitQuestion, UnitView} from '../../../src/charms/index.ts'
import {isHealthy} from '../../../src/charms/unit-choice.ts'
import {profile} from './recordings.ts'

function unit(number: number, view: Partial<UnitView> = {}): UnitView {
  return {name: `postgresql/${number}`, workloadStatus: 'active', workloadMessage: '', agentStatus: 'idle', ...view}
}

/** Three healthy units, the first of them primary and leader. */
const three = [unit(0, {workloadMessage: 'Primary', leader: true}), unit(1), unit(2)]

function choose(track: '14' | '16', question: Partial<UnitQuestion>): UnitChoice {
  return profile(`postgresql-${track}`).backup.chooseUnit({units: three, unsuitable: [], ...question})
}

function says(choice: UnitChoice): string {
  return choice.ok ? `${choice.unit}: ${choice.why}` : `${choice.passing ? 'wait' : 'refuse'}: ${choice.message}`
}

const onReplica = 'it is a replica; with more than one unit the charm makes backups on a replica'

const rows: readonly [sentence: string, track: '14' | '16', question: Partial<UnitQuestion>, expected: string][] = [
  ['16 takes a replica', '16', {primary: 'postgresql/0'}, `postgresql/1: ${onReplica}`],
  ['the status text says who the primary is, if the action did not', '16', {}, `postgresql/1: ${onReplica}`],
  ['the action is believed before the status text', '16', {primary: 'postgresql/1'}, `postgresql/0: ${onReplica}`],
  [
    'one unit is taken whatever it is',
    '16',
    {units: [unit(0, {workloadMessage: 'Primary'})]},
    'postgresql/0: it is the only unit',
  ],
  [
    'an idle replica comes before a busy one',
    '16',
    {units: [three[0] ?? unit(0), unit(1, {agentStatus: 'executing'}), unit(2)]},
    `postgresql/2: ${onReplica}`,
  ],
  [
    'a busy replica is better than none',
    '16',
    {units: [three[0] ?? unit(0), unit(1, {agentStatus: 'executing'})]},
    `postgresql/1: ${onReplica}`,
  ],
  [
    'without a known primary the leader comes last, as it is the likelier one',
    '16',
    {units: [unit(0, {leader: true}), unit(1)]},
    'postgresql/1: the primary is not known; with more than one unit the charm makes backups on a replica',
  ],
  [
    'two that call themselves primary are no answer',
    '16',
    {units: [unit(0, {workloadMessage: 'Primary', leader: true}), unit(1, {workloadMessage: 'Primary (degraded)'})]},
    'postgresql/1: the primary is not known; with more than one unit the charm makes backups on a replica',
  ],
  ['a unit that refused is not asked again', '16', {unsuitable: ['postgresql/1']}, `postgresql/2: ${onReplica}`],
  [
    'when all replicas refused, the roles may have changed, and the last one is tried',
    '16',
    {unsuitable: ['postgresql/1', 'postgresql/2']},
    'postgresql/0: those that should make it have refused, so the roles may have changed',
  ],
  [
    'when all refused, no one is left',
    '16',
    {unsuitable: ['postgresql/1', 'postgresql/2', 'postgresql/0']},
    'refuse: the charm refused the backup on postgresql/1, postgresql/2, postgresql/0',
  ],
  [
    'a wanted unit that refused is not replaced by another',
    '16',
    {wanted: 'postgresql/1', unsuitable: ['postgresql/1']},
    'refuse: the charm refused the backup on postgresql/1',
  ],
  [
    'sick replicas are waited for, and named',
    '16',
    {
      units: [
        three[0] ?? unit(0),
        unit(1, {workloadStatus: 'blocked', workloadMessage: 'no disk'}),
        unit(2, {agentStatus: 'lost'}),
      ],
    },
    'wait: no suitable unit is healthy: postgresql/1 is blocked "no disk", agent idle, postgresql/2 is active, agent lost',
  ],
  ['the wanted unit is taken', '16', {wanted: 'postgresql/2'}, `postgresql/2: ${onReplica}`],
  [
    'a wanted unit that does not exist is refused',
    '16',
    {wanted: 'postgresql/7'},
    'refuse: there is no unit postgresql/7; there are postgresql/0, postgresql/1, postgresql/2',
  ],
  [
    'the primary is refused when it is wanted',
    '16',
    {wanted: 'postgresql/0'},
    'refuse: postgresql/0 is the primary: with more than one unit the charm makes backups on a replica',
  ],
  [
    'a wanted unit is waited for while it is sick',
    '16',
    {
      units: [
        unit(0, {workloadMessage: 'Primary'}),
        unit(1, {workloadStatus: 'maintenance', workloadMessage: 'creating backup'}),
      ],
      wanted: 'postgresql/1',
    },
    'wait: no suitable unit is healthy: postgresql/1 is maintenance "creating backup", agent idle',
  ],
  ['no units yet is waited out', '16', {units: []}, 'wait: the application has no units'],
  [
    '14 with TLS takes a replica',
    '14',
    {tls: true},
    'postgresql/1: it is a replica; with TLS the charm makes backups on a replica',
  ],
  [
    '14 without TLS takes the primary',
    '14',
    {tls: false},
    'postgresql/0: it is the primary; without TLS the charm makes backups on the primary',
  ],
  [
    '14 without TLS refuses a wanted replica',
    '14',
    {tls: false, wanted: 'postgresql/1'},
    'refuse: postgresql/1 is not the primary, postgresql/0 is: without TLS the charm makes backups on the primary',
  ],
  [
    '14 without TLS and without a known primary begins with the leader',
    '14',
    {tls: false, units: [unit(0), unit(1, {leader: true})]},
    'postgresql/1: the primary is not known; without TLS the charm makes backups on the primary',
  ],
  [
    '14 with TLS unknown tries replicas first',
    '14',
    {},
    'postgresql/1: it is a replica; whether TLS is on is not known',
  ],
  [
    'and then the primary',
    '14',
    {unsuitable: ['postgresql/1', 'postgresql/2']},
    'postgresql/0: it is the primary; whether TLS is on is not known',
  ],
  [
    'units are counted as numbers',
    '16',
    {units: [unit(10), unit(9), unit(2, {workloadMessage: 'Primary'})]},
    `postgresql/9: ${onReplica}`,
  ],
]

for (const [sentence, track, question, expected] of rows) {
  test(`${track}: ${sentence}`, () => assert.equal(says(choose(track, question)), expected))
}

test('Kubernetes charms choose as their track does', () => {
  for (const track of ['14', '16'] as const) {
    const question = {units: three, unsuitable: [], tls: false}
    const k8s = profile(`postgresql-k8s-${track}`).backup.chooseUnit(question)
    assert.deepEqual(k8s, profile(`postgresql-${track}`).backup.chooseUnit(question))
  }
})

const arbitraryUnits = fc.uniqueArray(fc.nat(20), {maxLength: 6}).chain(numbers =>
  fc.tuple(
    ...numbers.map(number =>
      fc.record({
        name: fc.constant(`postgresql/${number}`),
        workloadStatus: fc.constantFrom('active', 'blocked', 'error', 'maintenance'),
        workloadMessage: fc.constantFrom('', 'Primary', 'Primary (degraded)'),
        agentStatus: fc.constantFrom('idle', 'executing', 'lost', 'failed'),
        leader: fc.boolean(),
      }),
    ),
  ),
)

test('property: the chosen unit exists, is healthy, did not refuse, is the wanted one, and on 16 a primary only if no replica is left', () => {
  fc.assert(
    fc.property(
      arbitraryUnits,
      fc.constantFrom('14' as const, '16' as const),
      fc.option(fc.nat(20), {nil: undefined}),
      fc.option(fc.nat(20), {nil: undefined}),
      fc.option(fc.boolean(), {nil: undefined}),
      fc.array(fc.nat(20)),
      (units, track, primaryNumber, wantedNumber, tls, refused) => {
        const name = (number: number | undefined): string | undefined =>
          number === undefined ? undefined : `postgresql/${number}`
        const [primary, wanted, unsuitable] = [
          name(primaryNumber),
          name(wantedNumber),
          refused.map(number => `postgresql/${number}`),
        ]
        const choice = choose(track, {units, primary, wanted, tls, unsuitable})
        if (!choice.ok) return
        const chosen = units.find(each => each.name === choice.unit)
        assert(chosen && isHealthy(chosen))
        assert(!unsuitable.includes(chosen.name))
        assert(wanted === undefined || wanted === chosen.name)
        const others = units.filter(each => each.name !== primary && !unsuitable.includes(each.name))
        assert(track === '14' || primary !== chosen.name || others.length === 0)
      },
    ),
  )
})

test('property: asking again without the unit that refused comes to an end', () => {
  fc.assert(
    fc.property(arbitraryUnits, fc.option(fc.boolean(), {nil: undefined}), (units, tls) => {
      const unsuitable: string[] = []
      for (let asked = 0; asked <= units.length; asked++) {
        const choice = choose('14', {units, tls, unsuitable})
        if (!choice.ok) return
        unsuitable.push(choice.unit)
      }
      assert.fail('it never ended')
    }),
  )
})
