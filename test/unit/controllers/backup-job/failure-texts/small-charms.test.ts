/** Every text with which an action of ZooKeeper, etcd or Valkey fails (reference/charms.md, 1.5). */
import {testBackups, type BackupRow, type ListingRow} from './backups.ts'
import {testRestores, type RestoreRow} from './restores.ts'

const another = /Trying another unit/
const unitLog = /the log of the unit says why/
const newLeader = /The leader has changed; restore again, on the new one/
const nameOne = /name one in spec\.restore\.source/
const waitForEnd = /Another restore still runs; wait for its end/
const whenOver = /restore when it is over/
const storeOfBackup = /Integrate the application with the (s3-)?integrator of the store that holds the backup/

const zookeeperStore = /Integrate the application with an s3-integrator that has bucket and credentials/
const zookeeper: readonly BackupRow[] = [
  ['Action must be ran on the application leader', 'OtherUnit', another],
  ['Cluster must be stable before making a backup', 'Repeated', /Members are missing in the quorum, or restart/],
  ['Cluster needs an access to an object storage to make a backup', 'StorageNotConfigured', zookeeperStore],
  ['A snapshot restore is currently ongoing', 'Repeated', /A restore still runs/],
]
const zookeeperLists: readonly ListingRow[] = [
  ['Cluster needs an access to an object storage to make a backup', 'StorageNotConfigured', zookeeperStore],
  // The store does not answer: the charm raises, and Juju's words say nothing.
  ['exit status 1', 'Failed', /Look at juju debug-log/],
]
testBackups('ZooKeeper', {backups: zookeeper, listings: zookeeperLists})

const zookeeperRestores: readonly RestoreRow[] = [
  ['Action must be ran on the application leader', 'Failed', newLeader],
  ['Cluster needs an access to an object storage to make a backup', 'StorageNotConfigured', storeOfBackup],
  ['No backup id to restore provided', 'Failed', nameOne],
  [
    'Backup id not found in storage object',
    'BackupNotFound',
    /no whole snapshot of this id; choose another one that list-backups shows/,
  ],
  ['A snapshot restore is currently ongoing', 'Failed', waitForEnd],
]
testRestores('ZooKeeper', zookeeperRestores)

const etcdStore = /Integrate the application with one integrator that has bucket and credentials/
const etcd: readonly BackupRow[] = [
  ['Action must be performed on the leader unit.', 'OtherUnit', another],
  ['No credentials for object storage available.', 'StorageNotConfigured', etcdStore],
  ['There is currently a backup in progress, please wait.', 'Repeated', /Another backup still runs/],
  ['Restore in progress, cannot perform action.', 'Repeated', /A restore still runs/],
  ['Backup failed. Check the error logs for more details.', 'Repeated', unitLog],
]
const etcdLists: readonly ListingRow[] = [
  ['No credentials for object storage available.', 'StorageNotConfigured', etcdStore],
  ['Backup in progress, cannot perform action.', 'Failed', /the charm neither lists nor restores meanwhile/],
  ['exit status 1', 'Failed', /Look at juju debug-log/],
]
testBackups('etcd', {backups: etcd, listings: etcdLists})

const etcdRestores: readonly RestoreRow[] = [
  ['Action must be performed on the leader unit.', 'Failed', newLeader],
  ['No credentials for object storage available.', 'StorageNotConfigured', storeOfBackup],
  ['Backup in progress, cannot perform action.', 'Failed', whenOver],
  ['Restore in progress, cannot perform action.', 'Failed', waitForEnd],
  ['Must provide backup-id to restore.', 'Failed', nameOne],
  ['Backup ID not found.', 'BackupNotFound', /Choose a backup that list-backups shows/],
  [
    'Could not download backup-file 2026-08-01T02:00:03Z.',
    'Failed',
    /Look at the store and at the space on the unit, then restore again/,
  ],
  [
    'Admin secret missing - configure `system-users` secret before restoring a backup.',
    'Failed',
    /juju config <application> system-users=<secret>/,
  ],
]
testRestores('etcd', etcdRestores)

const noRelation = 'No S3 relation. Integrate with s3-integrator first.'
const noKeys = 'S3 credentials unavailable. Check s3-integrator config.'
const valkey: readonly BackupRow[] = [
  [noRelation, 'StorageNotConfigured', /Integrate the application with an s3-integrator/],
  [noKeys, 'StorageNotConfigured', /lacks bucket or credentials; set them there/],
  ['A backup is already in progress on this unit.', 'OtherUnit', another],
  ['A restore is in progress; backups are paused.', 'Repeated', /A restore still runs/],
  ['Backup failed. Check juju debug-log for details.', 'Repeated', unitLog],
]
const valkeyLists: readonly ListingRow[] = [
  [noRelation, 'StorageNotConfigured', /Integrate the application with an s3-integrator/],
  ['List backups failed. Check juju debug-log for details.', 'Failed', unitLog],
  ["Failed: invalid output format, must be either 'json' or 'table'.", 'Failed', /does not know the form of the list/],
]
testBackups('Valkey', {backups: valkey, listings: valkeyLists})

const valkeyRestores: readonly RestoreRow[] = [
  [noRelation, 'StorageNotConfigured', storeOfBackup],
  [noKeys, 'StorageNotConfigured', /lacks bucket or credentials; set them there/],
  ['A backup is already in progress on this unit.', 'Failed', whenOver],
  ['A restore is in progress; backups are paused.', 'Failed', waitForEnd],
  ['A restore is already in progress.', 'Failed', waitForEnd],
  ['A backup is in progress; cannot restore.', 'Failed', whenOver],
  ['Restore must be run on the leader unit.', 'Failed', newLeader],
  ['Not all units are active; wait for the cluster to settle.', 'Failed', /restore when all are active/],
  ['Could not list backups. Check juju debug-log.', 'Failed', unitLog],
  ['Must provide backup-id to restore.', 'Failed', nameOne],
  ['backup-id 2026-08-01T02:00:03Z not found.', 'BackupNotFound', /Choose a backup that list-backups shows/],
]
testRestores('Valkey', valkeyRestores)
