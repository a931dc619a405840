import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {UnitView} from '../../../../../src/charms/profile.ts'
import {application, plan, profile, says, unit, type Given} from './question.ts'

const named = (...numbers: readonly number[]): readonly UnitView[] =>
  numbers.map(number => unit(`postgresql/${number}`, {leader: number === numbers[1]}))
/** Of three units the second one is the leader. */
const three = application({units: named(0, 1, 2)})
const together = profile({units: 'Any'})

const plans: readonly [sentence: string, given: Given, survivor: string, steps: readonly string[]][] = [
  [
    'S1.29 on machines the leader is restored, unless a unit is named',
    {view: three},
    'postgresql/1',
    [
      'ScaleDown: Removes postgresql/0 and postgresql/2; postgresql/1 is left.',
      'ScaleUp: Adds 2 units with new numbers, so that there are 3 units again; the new ones copy the data of postgresql/1.',
    ],
  ],
  [
    'S1.29 on machines any unit may be named, and the others go',
    {view: three, spec: {unit: 'postgresql/2'}},
    'postgresql/2',
    [
      'ScaleDown: Removes postgresql/0 and postgresql/1; postgresql/2 is left.',
      'ScaleUp: Adds 2 units with new numbers, so that there are 3 units again; the new ones copy the data of postgresql/2.',
    ],
  ],
  ['S1.29 a single unit is restored as it is', {view: application({units: named(4)})}, 'postgresql/4', []],
  [
    'S1.29 on Kubernetes unit 0, whoever leads',
    {view: three, kubernetes: true},
    'postgresql/0',
    [
      'ScaleDown: Scales postgresql to 1 unit, without postgresql/1 and postgresql/2; postgresql/0 is left.',
      'ScaleUp: Scales postgresql to 3 units again, with postgresql/1 and postgresql/2, which copy the data of postgresql/0.',
    ],
  ],
  [
    'S1.29 on Kubernetes unit 0 may be named',
    {view: application({units: named(0, 1)}), kubernetes: true, spec: {unit: 'postgresql/0'}},
    'postgresql/0',
    [
      'ScaleDown: Scales postgresql to 1 unit, without postgresql/1; postgresql/0 is left.',
      'ScaleUp: Scales postgresql to 2 units again, with postgresql/1, which copy the data of postgresql/0.',
    ],
  ],
  [
    'a charm that restores all units at once keeps them, and its leader does it',
    {view: three, profile: together},
    'postgresql/1',
    [],
  ],
  [
    'the leader may be named where all units are restored at once',
    {view: three, profile: together, spec: {unit: 'postgresql/1', replicas: 'Refuse'}},
    'postgresql/1',
    [],
  ],
  [
    'of many units the first ones are named',
    {view: application({units: named(...Array(12).keys())})},
    'postgresql/1',
    [
      'ScaleDown: Removes postgresql/0, postgresql/2, postgresql/3, postgresql/4, postgresql/5 and 6 more; postgresql/1 is left.',
      'ScaleUp: Adds 11 units with new numbers, so that there are 12 units again; the new ones copy the data of postgresql/1.',
    ],
  ],
]
for (const [sentence, given, survivor, scaling] of plans)
  test(sentence, () => {
    const {blockers, steps, survivor: left, unitsBefore} = plan(given)
    assert.deepEqual(blockers, [])
    assert.equal(left, survivor)
    assert.deepEqual(
      steps.filter(({name}) => name.startsWith('Scale')).map(one => `${one.name}: ${one.plan}`),
      scaling,
    )
    assert.deepEqual(
      unitsBefore,
      given.view?.units.map(({name}) => name),
    )
  })

const refused: readonly [sentence: string, given: Given, said: string][] = [
  [
    'S1.29 more than one unit, and nobody allowed that they go',
    {view: three, spec: {replicas: 'Refuse'}},
    'NeedsSingleUnit: The charm restores a single unit only: postgresql/0 and postgresql/2 would have to go, and postgresql/1 would be left. ' +
      'Set restore.replicas: Rebuild, so that they go and 2 units are added again afterwards, or do it yourself: juju remove-unit postgresql/0 postgresql/2',
  ],
  [
    'S1.29 more than one unit on Kubernetes, and nobody allowed that they go',
    {view: application({units: named(0, 1)}), kubernetes: true, spec: {replicas: 'Refuse'}},
    'NeedsSingleUnit: The charm restores a single unit only: postgresql/1 would have to go, and postgresql/0 would be left. ' +
      'Set restore.replicas: Rebuild, so that it goes and 1 unit is added again afterwards, or do it yourself: juju scale-application postgresql 1',
  ],
  [
    'S1.29 another unit than 0 on Kubernetes',
    {view: three, kubernetes: true, spec: {unit: 'postgresql/1'}},
    'Unsupported: Only postgresql/0 can be restored: Kubernetes takes away the units with the highest numbers first, so postgresql/1 cannot be the one that is left. Remove restore.unit.',
  ],
  [
    'S1.29 a unit that does not exist',
    {view: three, spec: {unit: 'postgresql/7'}},
    'Unsupported: There is no unit postgresql/7 (restore.unit); there is postgresql/0, postgresql/1 and postgresql/2.',
  ],
  [
    'a unit that does not exist, where all are restored at once',
    {view: three, profile: together, spec: {unit: 'postgresql/7'}},
    'Unsupported: There is no unit postgresql/7 (restore.unit); there is postgresql/0, postgresql/1 and postgresql/2.',
  ],
  [
    'S1.29 a unit that is not the leader, where all are restored at once',
    {view: three, profile: together, spec: {unit: 'postgresql/2'}},
    'Unsupported: The charm postgresql restores all units at once through the leader, postgresql/1, and not postgresql/2 alone. Remove restore.unit.',
  ],
  [
    'several units without a leader: nobody guesses which one to keep',
    {view: application({units: [unit('postgresql/0'), unit('postgresql/1')]})},
    'ActionRequired: Juju shows no leader of postgresql at present, and it is not guessed which unit to restore; wait for one, or name a unit in restore.unit.',
  ],
  [
    'several units without a leader, where all are restored at once through it',
    {profile: together, view: application({units: [unit('postgresql/0'), unit('postgresql/1')]})},
    'ActionRequired: Juju shows no leader of postgresql at present, through which all units are restored; wait for one.',
  ],
  [
    'no unit at all',
    {view: application({units: []})},
    'ActionRequired: postgresql has no unit to restore; add one with juju add-unit or juju scale-application.',
  ],
  [
    'no unit at all, where all are restored at once',
    {profile: together, view: application({units: []})},
    'ActionRequired: postgresql has no unit to restore; add one with juju add-unit or juju scale-application.',
  ],
  [
    'a unit whose agent is lost would be the only one left',
    {view: application({units: [unit('postgresql/0', {agentStatus: 'lost', leader: true}), unit('postgresql/1')]})},
    'ActionRequired: postgresql/0 would be restored, but its agent is lost: no action runs on it. Repair it, or name another unit in restore.unit.',
  ],
  [
    'a unit whose hook failed runs no actions',
    {
      view: application({
        units: [unit('postgresql/0', {workloadStatus: 'error', workloadMessage: 'hook failed: "update-status"'})],
      }),
    },
    'ActionRequired: postgresql/0 would be restored, but it is in error (hook failed: "update-status"): no action runs on it. Repair it.',
  ],
  [
    'a leader whose agent is lost restores nothing, and no other unit may be named',
    {
      profile: together,
      view: application({units: [unit('postgresql/0', {agentStatus: 'lost', leader: true}), unit('postgresql/1')]}),
    },
    'ActionRequired: postgresql/0 would be restored, but its agent is lost: no action runs on it. Repair it.',
  ],
]
for (const [sentence, given, said] of refused) test(`refused: ${sentence}`, () => assert.equal(says(given), said))

test('S1.29 no unit goes while nobody has allowed it', () => {
  const {steps} = plan({view: three, spec: {replicas: 'Refuse'}})
  assert.deepEqual(
    steps.map(({name}) => name),
    ['Restore', 'Settle'],
  )
})
test('what may pass by itself, or by a person, is told apart, and comes last', () => {
  const view = application({units: [unit('postgresql/0', {agentStatus: 'lost', leader: true}), unit('postgresql/1')]})
  const {blockers} = plan({view, spec: {replicas: 'Refuse', source: {backupID: 'weekly'}}})
  assert.deepEqual(
    blockers.map(({reason, passing}) => [reason, passing]),
    [
      ['BackupNotFound', undefined],
      ['NeedsSingleUnit', undefined],
      ['ActionRequired', true],
    ],
  )
})
