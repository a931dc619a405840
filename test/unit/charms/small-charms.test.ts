import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  explain,
  lockingActionsOf,
  profileFor,
  type SettleQuestion,
  type TimedUnitView,
} from '../../../src/charms/index.ts'
import {outcome, profile, restoreOf} from './recordings.ts'

const valkeyFacts = {
  name: 'valkey',
  channel: '9/edge',
  charmUrl: 'ch:amd64/valkey-32',
  actions: ['create-backup', 'list-backups', 'restore-backup'],
}
const zookeeper = profile('zookeeper-3')
const etcd = profile('charmed-etcd-3.5')
const valkey = profileFor(valkeyFacts)
assert(valkey?.restore)

test('backups of ZooKeeper, etcd and Valkey end with their task; who makes and lists them differs', () => {
  for (const {backup} of [zookeeper, etcd, valkey]) assert.equal(backup.completion, 'Task')
  assert.deepEqual(
    [zookeeper, etcd, valkey].map(({backup}) => backup.listOn),
    ['Leader', 'Leader', 'Any'],
  )
  assert.deepEqual(
    [zookeeper, etcd, valkey].map(({backup}) => backup.reportedID === undefined),
    [true, false, false],
  )
  assert.equal(etcd.backup.reportedID?.({'backup-id': '2026-08-01T02:00:03Z'}), '2026-08-01T02:00:03Z')
  for (const {backup} of [zookeeper, etcd, valkey]) assert.equal(backup.storageEndpoint, undefined)
})

test('Valkey restores where the deployed revision is known to have the action, which then holds the application', () => {
  assert.equal(valkey.restore?.action, 'restore-backup')
  assert.equal(profileFor({...valkeyFacts, actions: ['create-backup', 'list-backups']})?.restore, undefined)
  assert.equal(profileFor({...valkeyFacts, actions: []})?.restore, undefined)
  assert(lockingActionsOf({...valkeyFacts, actions: []}).includes('restore-backup'))
})

test('backups of Valkey are made on any unit, best on one that does not lead', () => {
  const unit = (name: string, over: object = {}) => ({
    name,
    workloadStatus: 'active',
    workloadMessage: '',
    agentStatus: 'idle',
    ...over,
  })
  const units = [unit('valkey/0', {leader: true}), unit('valkey/1', {agentStatus: 'executing'}), unit('valkey/2')]
  const chosen = (over: object = {}): string => {
    const choice = valkey.backup.chooseUnit({units, unsuitable: [], ...over})
    return choice.ok ? choice.unit : `${choice.passing ? 'later' : 'never'}: ${choice.message}`
  }
  assert.equal(chosen(), 'valkey/2')
  assert.equal(chosen({unsuitable: ['valkey/2']}), 'valkey/0')
  assert.equal(chosen({wanted: 'valkey/1'}), 'valkey/1')
  assert.match(chosen({wanted: 'valkey/9'}), /^never: there is no unit valkey\/9/)
  assert.match(chosen({unsuitable: units.map(({name}) => name)}), /^never: the charm refused the backup on valkey\/0/)
  assert.match(chosen({units: [unit('valkey/0', {workloadStatus: 'blocked'})]}), /^later: no unit is healthy/)
  assert.match(chosen({units: []}), /^later: .* no units/)
})

const id = '2026-08-01T02:00:03Z'
const listings: readonly [sentence: string, backups: unknown, rows: readonly string[] | RegExp, who: typeof etcd][] = [
  ['ZooKeeper', `[{"id": "${id}", "log-sequence-number": 4294967297, "path": "zk/${id}/snapshot"}]`, [id], zookeeper],
  ['ZooKeeper without any', '[]', [], zookeeper],
  ['ZooKeeper, a table', 'backup-id | backup-status', /no JSON array/, zookeeper],
  ['ZooKeeper, an entry without an id', '[{"path": "x"}]', /entry 1 .* cannot be read/, zookeeper],
  ['etcd', `backup-id             | backup-status\n-----\n${id}  | finished`, [id], etcd],
  ['Valkey', `backup-id            | backup-status\n-----\n${id} | finished`, [id], valkey],
  ['Valkey without any', 'No backups found.', [], valkey],
  ['Valkey, other words', 'Something else.', /printed no table/, valkey],
]
for (const [sentence, backups, rows, {backup}] of listings) {
  test(`the list of ${sentence}`, () => {
    const listing = backup.parseListing({backups})
    if (rows instanceof RegExp) {
      assert(!listing.ok)
      assert.match(listing.message, rows)
      return
    }
    assert(listing.ok)
    assert.deepEqual(
      listing.rows.map(row => row.id),
      rows,
    )
    assert(listing.rows.every(row => row.finished && (row.stateless === true) === (backup === zookeeper.backup)))
  })
}

const failures: readonly [who: typeof etcd, message: string, kind: string][] = [
  [zookeeper, 'Action must be ran on the application leader', 'WrongUnit'],
  [zookeeper, 'Cluster must be stable before making a backup', 'Transient'],
  [zookeeper, 'Cluster needs an access to an object storage to make a backup', 'StorageNotConfigured'],
  [zookeeper, 'A snapshot restore is currently ongoing', 'Transient'],
  [etcd, 'Action must be performed on the leader unit.', 'WrongUnit'],
  [etcd, 'No credentials for object storage available.', 'StorageNotConfigured'],
  [etcd, 'Backup in progress, cannot perform action.', 'Transient'],
  [etcd, 'Restore in progress, cannot perform action.', 'Transient'],
  [etcd, 'There is currently a backup in progress, please wait.', 'Transient'],
  [etcd, 'Backup failed. Check the error logs for more details.', 'Transient'],
  [valkey, 'No S3 relation. Integrate with s3-integrator first.', 'StorageNotConfigured'],
  [valkey, 'S3 credentials unavailable. Check s3-integrator config.', 'StorageNotConfigured'],
  [valkey, 'A backup is already in progress on this unit.', 'WrongUnit'],
  [valkey, 'A restore is in progress; backups are paused.', 'Transient'],
  [valkey, "Failed: invalid output format, must be either 'json' or 'table'.", 'Permanent'],
  [valkey, 'List backups failed. Check juju debug-log for details.', 'Transient'],
]

test('every failure of ZooKeeper, etcd and Valkey that is known is classified, with what it means', () => {
  for (const [{id: charm, backup}, message, kind] of failures) {
    assert.equal(backup.classifyFailure(message), kind, `${charm}: ${message}`)
    assert.notEqual(explain(backup.failureTexts, message), message)
    assert.equal(backup.classifyFailure('exit status 1'), 'Unknown')
  }
})

const restored: readonly [who: typeof etcd, message: string, outcome: string][] = [
  [zookeeper, 'Action must be ran on the application leader', 'Failed, passing'],
  [zookeeper, 'Cluster needs an access to an object storage to make a backup', 'StorageNotConfigured'],
  [zookeeper, 'No backup id to restore provided', 'Failed'],
  [zookeeper, 'Backup id not found in storage object', 'BackupNotFound'],
  [zookeeper, 'A snapshot restore is currently ongoing', 'Failed, passing'],
  [etcd, 'Action must be performed on the leader unit.', 'Failed, passing'],
  [etcd, 'No credentials for object storage available.', 'StorageNotConfigured'],
  [etcd, 'Backup in progress, cannot perform action.', 'Failed, passing'],
  [etcd, 'Restore in progress, cannot perform action.', 'Failed, passing'],
  [etcd, 'Must provide backup-id to restore.', 'Failed'],
  [etcd, 'Backup ID not found.', 'BackupNotFound'],
  [etcd, 'Could not download backup-file x.', 'Failed'],
  [etcd, 'Admin secret missing - configure `system-users` secret before restoring a backup.', 'Failed'],
  [valkey, 'No S3 relation. Integrate with s3-integrator first.', 'StorageNotConfigured'],
  [valkey, 'S3 credentials unavailable. Check s3-integrator config.', 'StorageNotConfigured'],
  [valkey, 'A backup is already in progress on this unit.', 'Failed, passing'],
  [valkey, 'A restore is in progress; backups are paused.', 'Failed, passing'],
]

test('S1.32 every failed restore of ZooKeeper, etcd and Valkey that is known is classified', () => {
  for (const [{id: charm, restore}, message, expected] of restored) {
    assert(restore)
    assert.equal(outcome(restore.classifyFailure(message)), expected, `${charm}: ${message}`)
    assert.notEqual(explain(restore.failureTexts, message), message)
    assert.equal(outcome(restore.classifyFailure('exit status 1')), 'Unknown')
  }
})

const unit: TimedUnitView = {
  name: 'db/0',
  workloadStatus: 'active',
  workloadMessage: '',
  agentStatus: 'idle',
  workloadSince: 20,
}
const question = (over: object): SettleQuestion => ({
  target: {backupID: id},
  unit: unit.name,
  taskEndedAt: 10,
  output: {},
  units: [{...unit, ...over}],
  application: {workloadStatus: 'active', workloadMessage: ''},
})
const blocked = (workloadMessage: string) => ({workloadStatus: 'blocked', workloadMessage})
const ongoing = {workloadStatus: 'maintenance', workloadMessage: 'Database restore is in progress', workloadSince: 9}

const ends: readonly [who: typeof etcd, over: object, state: string, says: RegExp][] = [
  [zookeeper, {}, 'Done', /does not tell whether the snapshot was restored on every unit/],
  [zookeeper, {workloadStatus: 'maintenance', workloadMessage: 'restoring backup'}, 'Running', /debug-log/],
  [zookeeper, {workloadSince: 9}, 'Running', /No status since/],
  [zookeeper, {workloadStatus: 'error'}, 'Running', /juju resolved db\/0/],
  [etcd, {}, 'Done', /active/],
  [etcd, ongoing, 'Running', /in progress/],
  [etcd, blocked('failed to restore backup'), 'Failed', /restore again/],
  [etcd, blocked('cluster unhealthy after restoring backup - check debug-log'), 'Failed', /rebuild-cluster/],
  [
    etcd,
    blocked('Restore verification failed - etcd cluster still running, restore cancelled, check debug-log'),
    'Failed',
    /data is as it was/,
  ],
  [valkey, {}, 'Done', /active/],
  [valkey, ongoing, 'Running', /in progress/],
  [valkey, blocked('Last restore attempt failed - check juju debug-log'), 'Failed', /put the old data back/],
  [valkey, {...blocked('Last restore attempt failed'), workloadSince: 9}, 'Running', /nothing about the restore/],
  [valkey, blocked('Cluster unhealthy after restoring backup - check juju debug-log'), 'Failed', /healthy cluster/],
]
for (const [{id: charm, restore}, over, state, says] of ends) {
  test(`S1.32 the end of a restore of ${charm} that shows ${JSON.stringify(over)} is ${state}`, () => {
    const settlement = restore?.settlement(question(over))
    assert.equal(settlement?.state, state)
    assert.match(JSON.stringify(settlement), says)
  })
}

test('what the units of etcd and Valkey complain of, with the remedy', () => {
  for (const text of [
    'Missing or invalid s3 credentials',
    'Missing or invalid azure credentials',
    'Missing or invalid S3 credentials',
  ])
    assert.match(etcd.backup.storageComplaint({...unit, ...blocked(text)}) ?? '', /: set bucket and credentials/)
  const both = 'Azure and S3 storages configured - please remove one'
  assert.match(etcd.backup.storageComplaint({...unit, ...blocked(both)}) ?? '', /remove the relation to one/)
  assert.equal(etcd.backup.storageComplaint({...unit, ...blocked('no quorum')}), undefined)
  assert.equal(valkey.backup.busyWith({...unit, workloadMessage: 'Creating database backup...'}), 'Backup')
  assert.match(restoreOf('charmed-etcd-3.5').notContained[0] ?? '', /system-users/)
  assert.match(restoreOf('zookeeper-3').afterwards(unit, []) ?? '', /look at the data on every unit/)
})
