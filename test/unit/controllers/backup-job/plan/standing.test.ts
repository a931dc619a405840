import assert from 'node:assert/strict'
import {test} from 'node:test'
import {restoreStatusSchema} from '../../../../../src/api/backup-job-restore.ts'
import type {KnownBackup} from '../../../../../src/controllers/backup-job/restore/plan.ts'
import {application, backup, days, plan, profile, restored, says, unit, type Given} from './question.ts'

const [first, second, third, fourth] = days
const id = (day: string): string => `${day}T02:00:00Z`
const blocked = (workloadMessage: string) => ({workloadStatus: 'blocked', workloadMessage})
const foreign = 'The s3-integrator points at bucket other, BackupStorage s3 at bucket backups'
const made = (engineVersion: string): readonly KnownBackup[] => [{backupID: id(fourth), job: 'nightly', engineVersion}]
const ofSeries =
  (engine: string) =>
  (workloadVersion: string, engineVersion: string): Given => ({
    profile: profile({}, {engine}),
    view: application({workloadVersion}),
    known: made(engineVersion),
  })
const mysql = ofSeries('MySQL 8.0')
const etcd = ofSeries('etcd 3.6')

const refused: readonly [sentence: string, given: Given, said: string][] = [
  [
    'S1.28 an application that says that it is a standby',
    {view: application({status: {workloadStatus: 'active', workloadMessage: 'Standby'}})},
    'StandbyCluster: postgresql is a standby: it follows another cluster. Restore that one, or promote this one first.',
  ],
  [
    'S1.28 a standby comes before all else that is in the way',
    {
      view: application({status: {workloadStatus: 'active', workloadMessage: 'Standby'}}),
      rows: [],
      spec: {replicas: 'Refuse', unit: 'postgresql/0'},
    },
    'StandbyCluster: postgresql is a standby: it follows another cluster. Restore that one, or promote this one first.\n' +
      'BackupNotFound: The charm lists no backup. There is no usable backup; make one first, with a BackupJob of type Backup.\n' +
      'NeedsSingleUnit: The charm restores a single unit only: postgresql/1 and postgresql/2 would have to go, and postgresql/0 would be left. ' +
      'Set restore.replicas: Rebuild, so that they go and 2 units are added again afterwards, or do it yourself: juju remove-unit postgresql/1 postgresql/2',
  ],
  [
    'S1.27 a storage that is not where the charm reads, even for a backup that is named by its id',
    {foreignStorage: foreign, spec: {source: {backupID: id(third)}}},
    `StorageMismatch: ${foreign}. How to restore from the storage of another cluster is in docs/restore.md.`,
  ],
  [
    'what the charm would refuse as things stand',
    {view: application({units: [unit('postgresql/0', {leader: true, ...blocked('Failed to restore backup')})]})},
    'ActionRequired: The charm would refuse the restore now: postgresql/0 is blocked: "Failed to restore backup", and stays so for ever. Restore into a new application of one unit, behind the same s3-integrator',
  ],
  [
    'a safety backup that cannot be made, as the application has lost its store',
    {
      view: application({status: blocked('failed to access/create the bucket, check your S3 settings')}),
      profile: profile({refusesNow: () => undefined}),
      spec: {safetyBackup: 'Required'},
    },
    'ActionRequired: restore.safetyBackup is Required, and no backup can be made as things stand: failed to access/create the bucket, check your S3 settings',
  ],
  [
    'a charm without a restore',
    {profile: withoutRestore()},
    'Unsupported: The charm postgresql has no action that restores a backup.',
  ],
  [
    'a backup of another major version',
    {known: made('15.7')},
    'Unsupported: 15.7 made the backup, and 16.9 runs: a database of another series cannot read it. Restore it into an application of the series that made it.',
  ],
  [
    'a backup of MySQL 8.4 where 8.0 runs: its series has two numbers',
    mysql('8.0.39', '8.4.2'),
    'Unsupported: 8.4.2 made the backup, and 8.0.39 runs: a database of another series cannot read it. Restore it into an application of the series that made it.',
  ],
  [
    'a snapshot of etcd 3.5 where 3.6 runs: it is restored with the minor version that made it',
    etcd('3.6.1', '3.5.26'),
    'Unsupported: 3.5.26 made the backup, and 3.6.1 runs: a database of another series cannot read it. Restore it into an application of the series that made it.',
  ],
]
for (const [sentence, given, said] of refused) test(`refused: ${sentence}`, () => assert.equal(says(given), said))

function withoutRestore() {
  const {restore: _, ...rest} = profile()
  return rest
}

const versions: readonly [sentence: string, given: Given, said: string][] = [
  ['the same', {known: made('16.9')}, '16.9 made the backup, and 16.9 runs.'],
  ['an older one', {known: made('16.8')}, '16.8 made the backup, and the newer 16.9 runs, which reads it.'],
  [
    'a newer one',
    {known: made('16.10')},
    '16.10 made the backup, and the older 16.9 runs: it is not promised that it reads the backup. Refresh the application first if you can.',
  ],
  ['one part less', {known: made('16')}, '16 made the backup, and 16.9 runs.'],
  [
    'words around it',
    {known: made('PostgreSQL 16.9 (Ubuntu)')},
    'PostgreSQL 16.9 (Ubuntu) made the backup, and 16.9 runs.',
  ],
  [
    'an older one of a series of two numbers',
    mysql('8.0.39', '8.0.34'),
    '8.0.34 made the backup, and the newer 8.0.39 runs, which reads it.',
  ],
  ['unknown of the backup', {}, 'Not known: no BackupJob here tells which version made the backup; 16.9 runs.'],
  [
    'unknown of the application',
    {known: made('16.9'), view: application({workloadVersion: undefined})},
    'Not known: 16.9 made the backup, and the application does not tell which version runs.',
  ],
  [
    'unknown of both',
    {view: application({workloadVersion: undefined})},
    'Not known: no BackupJob here tells which version made the backup.',
  ],
  [
    'without a number',
    {known: made('edge')},
    'Not known: no BackupJob here tells which version made the backup; 16.9 runs.',
  ],
]
for (const [sentence, given, said] of versions)
  test(`versions: ${sentence}`, () => {
    assert.equal(plan(given).versions, said)
    assert.deepEqual(plan(given).blockers, [])
  })

const losses: readonly [sentence: string, given: Given, said: string][] = [
  [
    'everything since the backup, and that newer backups stay',
    {spec: {source: {backupID: id(third)}}},
    `All changes of postgresql since backup ${id(third)} are lost; it was over at ${third}T02:00:09Z (1 day and 9 hours ago). Newer backups stay where they are; the newest is ${id(fourth)}.`,
  ],
  [
    'a backup of which nobody knows when it was over',
    {rows: [{id: id(first), action: 'full', finished: true}]},
    `All changes of postgresql since backup ${id(first)} are lost; when that was over is not known. No newer backup of the present data exists; restore.safetyBackup: Required makes one first.`,
  ],
  [
    'everything after the moment, and the safety backup',
    {spec: {pointInTime: '2026-08-04T11:59:30Z', safetyBackup: 'Required'}},
    'All changes of postgresql after 2026-08-04T11:59:30Z (less than a minute ago) are lost. A backup of the present data is made first.',
  ],
  [
    'everything since the timeline of the named backup was over',
    {
      rows: [backup(first), restored(`${second}T09:00:00Z`, '2'), backup(third, {timeline: '2'})],
      spec: {source: {backupID: id(first)}, pointInTime: 'latest', safetyBackup: 'IfPossible'},
    },
    `All changes of postgresql since the timeline of ${second}T09:00:00Z began at ${second}T09:00:00Z (2 days and 3 hours ago) are lost. Newer backups stay where they are; the newest is ${id(third)}. A backup of the present data is made first, if possible.`,
  ],
]
for (const [sentence, given, said] of losses) test(`loss: ${sentence}`, () => assert.equal(plan(given).loss, said))

test('only the units that will be left count for what the charm would refuse', () => {
  const units = [unit('postgresql/0', {leader: true}), unit('postgresql/1', blocked('Raft majority loss'))]
  assert.deepEqual(plan({view: application({units})}).blockers, [])
})
test('the expected duration is the median of the last five, and unknown without any', () => {
  assert.equal(plan({durations: [100, 300, 200, 5000, 50, 1, 1]}).expectedSeconds, 200)
  assert.equal(plan({durations: [100, 201]}).expectedSeconds, 151)
  assert.equal(plan().expectedSeconds, undefined)
})
test('whatever others write, the status has room for the plan', () => {
  const long = 'x'.repeat(4000)
  const units = Array.from({length: 100}, (_, number) => unit(`${'p'.repeat(63)}/${number}`, {leader: number === 50}))
  const given: Given = {
    foreignStorage: long,
    known: [{backupID: id(third), job: 'broken', unusable: long, engineVersion: long}, ...made(`16.8 ${long}`)],
    view: application({units, workloadVersion: `16.9 ${long}`}),
    durations: [1],
  }
  for (const spec of [{}, {replicas: 'Refuse'}, {source: {backupID: id(third)}}, {source: {backupID: id(fourth)}}]) {
    const {target: _, ...shown} = plan({...given, spec})
    assert.deepEqual(restoreStatusSchema.safeParse(shown).error?.issues ?? [], [])
  }
})
