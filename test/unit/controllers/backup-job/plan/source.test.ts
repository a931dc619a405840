import assert from 'node:assert/strict'
import {test} from 'node:test'
import {backup, days, modelUUID, plan, restored, says, type Given} from './question.ts'

const [first, second, third, fourth] = days
const id = (day: string): string => `${day}T02:00:00Z`
const failed = {finished: false, error: 'True'}
const found = {
  state: 'found',
  job: 'nightly-7',
  backupID: id(second),
  application: 'postgresql',
  modelUUID,
} as const
const four = days.map(day => backup(day))

const chosen: readonly [sentence: string, given: Given, id: string, because: string][] = [
  ['S1.25 S2.25 nothing named: the newest', {}, id(fourth), 'It is the newest usable backup that the charm lists.'],
  [
    'S1.25 latest: the newest',
    {spec: {source: {latest: true}}},
    id(fourth),
    'It is the newest usable backup that the charm lists.',
  ],
  [
    'S1.25 the newest is the greatest id, in whatever order the charm lists',
    {rows: four.toReversed()},
    id(fourth),
    'It is the newest usable backup that the charm lists.',
  ],
  [
    'S1.25 a failed one is skipped, and it is said',
    {rows: [backup(second), backup(third), backup(fourth, failed)]},
    id(third),
    `It is the newest usable backup that the charm lists; newer ones cannot be restored: ${id(fourth)} (the charm lists it as failed: True (page checksum errors)).`,
  ],
  [
    'S1.17 S1.25 one that is known to be unusable is skipped, although the charm lists it as finished',
    {known: [{backupID: id(fourth), job: 'nightly-9', unusable: 'it was found to be broken'}]},
    id(third),
    `It is the newest usable backup that the charm lists; newer ones cannot be restored: ${id(fourth)} (it was found to be broken).`,
  ],
  [
    'S1.25 one that builds on a broken one is skipped with it',
    {
      rows: [
        backup(first),
        backup(second, failed),
        backup(third, {action: 'differential', reference: id(second)}),
        backup(fourth, {action: 'incremental', reference: id(third)}),
      ],
    },
    id(first),
    `It is the newest usable backup that the charm lists; newer ones cannot be restored: ${id(second)} (the charm lists it as failed: True (page checksum errors)); ${id(third)} (it builds on ${id(second)}, which cannot be restored: the charm lists it as failed: True (page checksum errors)); ${id(fourth)} (it builds on ${id(second)}, which cannot be restored: the charm lists it as failed: True (page checksum errors)).`,
  ],
  [
    'S1.25 one whose parent is not listed any more is skipped',
    {rows: [backup(third), backup(fourth, {action: 'incremental', reference: id(first)})]},
    id(third),
    `It is the newest usable backup that the charm lists; newer ones cannot be restored: ${id(fourth)} (it builds on ${id(first)}, which the charm does not list any more).`,
  ],
  [
    'S1.26 by its id',
    {spec: {source: {backupID: id(second)}}},
    id(second),
    'It is the one that restore.source.backupID names.',
  ],
  [
    'S1.26 by the BackupJob that made it',
    {source: found, spec: {source: {backupJobRef: {name: 'nightly-7'}}}},
    id(second),
    'It is the backup of BackupJob nightly-7.',
  ],
  [
    'S1.26 by the schedule that made it',
    {source: found, spec: {source: {scheduleRef: {name: 'nightly'}}}},
    id(second),
    'It is the newest of schedule nightly (BackupJob nightly-7).',
  ],
]
for (const [sentence, given, backupID, because] of chosen)
  test(sentence, () => {
    const {chosenBackupID, chosenBecause, parameters, blockers} = plan(given)
    assert.deepEqual(blockers, [])
    assert.equal(chosenBackupID, backupID)
    assert.deepEqual(parameters, {'backup-id': backupID})
    assert.equal(chosenBecause.split(' How far the log reaches')[0], because)
  })

const refused: readonly [sentence: string, given: Given, said: string][] = [
  [
    'S1.26 an unknown id, with the nearest usable ones',
    {rows: [...four, backup('2026-08-05'), backup('2026-08-06')], spec: {source: {backupID: '2026-08-03T02:00:01Z'}}},
    `BackupNotFound: The charm does not list a backup 2026-08-03T02:00:01Z. The nearest usable ones: ${id(second)}, ${id(third)}, ${id(fourth)} and 2026-08-05T02:00:00Z.`,
  ],
  [
    'S1.26 an id that is no time, with the newest usable ones',
    {spec: {source: {backupID: 'weekly'}}},
    `BackupNotFound: The charm does not list a backup weekly. The nearest usable ones: ${id(second)}, ${id(third)} and ${id(fourth)}.`,
  ],
  [
    'S1.26 an id from before all others, with the oldest usable ones',
    {spec: {source: {backupID: '2001-01-01T00:00:00Z'}}},
    `BackupNotFound: The charm does not list a backup 2001-01-01T00:00:00Z. The nearest usable ones: ${id(first)}, ${id(second)} and ${id(third)}.`,
  ],
  [
    'S1.26 a failed one',
    {rows: [backup(first), backup(second, failed)], spec: {source: {backupID: id(second)}}},
    `BackupNotFound: Backup ${id(second)} cannot be restored: the charm lists it as failed: True (page checksum errors). Usable: ${id(first)}.`,
  ],
  [
    'S1.17 S1.26 a cancelled one',
    {
      known: [{backupID: id(second), job: 'cancelled', unusable: 'its run was cancelled'}],
      spec: {source: {backupID: id(second)}},
    },
    `BackupNotFound: Backup ${id(second)} cannot be restored: its run was cancelled. Usable: ${id(first)}, ${id(third)} and ${id(fourth)}.`,
  ],
  [
    'S1.26 a BackupJob that does not exist',
    {source: {state: 'missing', message: 'BackupJob nightly-7 does not exist in this namespace'}},
    `BackupNotFound: BackupJob nightly-7 does not exist in this namespace. The nearest usable ones: ${id(second)}, ${id(third)} and ${id(fourth)}.`,
  ],
  [
    'S1.26 a BackupJob that is not finished',
    {source: {state: 'open', message: 'BackupJob nightly-7 is not finished yet.'}},
    `BackupNotFound: BackupJob nightly-7 is not finished yet. The nearest usable ones: ${id(second)}, ${id(third)} and ${id(fourth)}.`,
  ],
  [
    'S1.26 the backup of a BackupJob that the charm does not list any more',
    {source: {...found, backupID: '2026-07-30T02:00:00Z'}},
    `BackupNotFound: The charm does not list a backup 2026-07-30T02:00:00Z, the backup of BackupJob nightly-7. The nearest usable ones: ${id(first)}, ${id(second)} and ${id(third)}.`,
  ],
  [
    'S1.26 the backup of a BackupJob that is broken',
    {source: found, known: [{backupID: id(second), job: 'nightly-7', unusable: 'it is gone from where it was'}]},
    `BackupNotFound: Backup ${id(second)}, the backup of BackupJob nightly-7, cannot be restored: it is gone from where it was. Usable: ${id(first)}, ${id(third)} and ${id(fourth)}.`,
  ],
  [
    'S1.27 the BackupJob of another application',
    {source: {...found, application: 'billing'}},
    `BackupNotFound: BackupJob nightly-7 made a backup of billing in the model ${modelUUID}, not of postgresql in ${modelUUID}. To restore it here all the same, follow docs/restore.md, "From the storage of another cluster".`,
  ],
  [
    'S1.27 the BackupJob of another model',
    {source: {...found, modelUUID: 'another'}},
    `BackupNotFound: BackupJob nightly-7 made a backup of postgresql in the model another, not of postgresql in ${modelUUID}. To restore it here all the same, follow docs/restore.md, "From the storage of another cluster".`,
  ],
  [
    'S1.27 a BackupJob that does not tell its model',
    {source: {...found, modelUUID: ''}},
    `BackupNotFound: BackupJob nightly-7 made a backup of postgresql in a model that it does not tell, not of postgresql in ${modelUUID}. To restore it here all the same, follow docs/restore.md, "From the storage of another cluster".`,
  ],
  [
    'S1.25 no backup at all',
    {rows: []},
    'BackupNotFound: The charm lists no backup. There is no usable backup; make one first, with a BackupJob of type Backup.',
  ],
  [
    'S1.25 S1.26 none that is usable, and a restore is none',
    {rows: [backup(first, failed), restored(`${second}T10:00:00Z`, '2')]},
    `BackupNotFound: Of 1 listed, none can be restored: ${id(first)} (the charm lists it as failed: True (page checksum errors)). There is no usable backup; make one first, with a BackupJob of type Backup.`,
  ],
]
for (const [sentence, given, said] of refused) test(`refused: ${sentence}`, () => assert.equal(says(given), said))

test('a listing whose backups build on each other in a circle ends, and offers none of them', () => {
  const rows = [backup(first, {reference: id(second)}), backup(second, {reference: id(first)})]
  assert.match(says({rows}), /^BackupNotFound: Of 2 listed, none can be restored/)
})

test('nothing is chosen, sent or done when the named backup is refused', () => {
  const {chosenBackupID, parameters, steps, target, loss} = plan({spec: {source: {backupID: 'weekly'}}})
  assert.deepEqual(
    {chosenBackupID, parameters, steps, target},
    {chosenBackupID: undefined, parameters: {}, steps: [], target: {}},
  )
  assert.equal(loss, 'Nothing: it is not restored.')
})
