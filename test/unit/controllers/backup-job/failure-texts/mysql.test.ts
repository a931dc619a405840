/** Every text with which an action of MySQL fails (reference/charms.md, 1.2 and 7): its reason, and the next step. */
import {testBackups, type BackupRow, type ListingRow} from './backups.ts'
import {testRestores, type RestoreRow} from './restores.ts'

const integrate = /Integrate the application with an s3-integrator/
const setMissing = /Set what is missing in the s3-integrator: bucket and credentials/
const mayWrite = /check that the keys of the s3-integrator may write to the bucket/
const another = /Trying another unit/
const clusterStatus = /get-cluster-status/
const restart = /Restart MySQL on it.*snap restart/

const backups: readonly BackupRow[] = [
  ['Missing relation with S3 integrator charm', 'StorageNotConfigured', integrate],
  ['S3 relation is blocked for write', 'Failed', /Give the cluster a path of its own in the s3-integrator/],
  ['Process mysqld not running', 'OtherUnit', another],
  ["Missing S3 parameters: ['bucket']", 'StorageNotConfigured', setMissing],
  ['Cluster status unknown', 'Repeated', clusterStatus],
  ['Cluster is not in a healthy state', 'Repeated', clusterStatus],
  ['Unit is waiting to start or restart', 'OtherUnit', another],
  ['Backup already in progress on another unit', 'Repeated', restart],
  ['Failed to check if a backup is already in progress', 'Repeated', clusterStatus],
  ['Error obtaining member state', 'OtherUnit', another],
  ['Unit cannot perform backups as it is the cluster primary', 'OtherUnit', another],
  ['Unit cannot perform backups as its state is RECOVERING', 'OtherUnit', another],
  ['Failed to upload metadata to provided S3', 'Repeated', mayWrite],
  ['Error setting instance option tag:_hidden', 'Repeated', restart],
  ['Error setting instance as offline before performing backup', 'Repeated', clusterStatus],
  ['Error backing up the database', 'Repeated', /read the log of the backup/],
  ['Error uploading logs to S3', 'Repeated', mayWrite],
  ['Error deleting temp backup directory', 'Repeated', restart],
  ['Error unsetting instance as offline before performing backup', 'Repeated', restart],
  ['Bucket backups does not exist', 'Repeated', /Create the bucket, or correct it/],
]

const listings: readonly ListingRow[] = [
  ['Failed to retrieve backup ids from S3', 'Failed', /check its endpoint, path and credentials/],
  ['Bucket backups does not exist', 'Failed', /Create the bucket, or correct it/],
  ['Missing relation with S3 integrator charm', 'StorageNotConfigured', integrate],
  ["Missing S3 parameters: ['bucket']", 'StorageNotConfigured', setMissing],
]

testBackups('MySQL', {backups, listings})

const nextUpdate = /update-status-hook-interval/
const newApplication = /restore into a new application of one unit, behind the same s3-integrator/

const restores: readonly RestoreRow[] = [
  [
    'Missing relation with S3 integrator charm',
    'StorageNotConfigured',
    /Integrate the application with the s3-integrator of the repository that holds the backup/,
  ],
  ["Missing S3 parameters: ['bucket']", 'StorageNotConfigured', setMissing],
  ['Missing backup-id to restore', 'Failed', /name one in spec\.restore\.source/],
  ['Bad restore-to-time format', 'Failed', /give spec\.restore\.pointInTime as a time that exists, or `latest`/],
  ['Server running mysqld is not connectable', 'Failed', /restart it there, then try again/],
  ['Unit is waiting to start or restart', 'Failed', /try again when it is active/],
  [
    'Unit cannot restore backup as there are more than one units in the cluster',
    'NeedsSingleUnit',
    /set spec\.restore\.replicas to Rebuild, or scale down to one/,
  ],
  ['Invalid backup-id: 2020-01-01T00:00:00Z', 'BackupNotFound', /choose one that list-backups shows so/],
  ['Failed to retrieve backup ids from S3', 'Failed', /the s3-integrator has no path, without which it cannot list/],
  ['Bucket backups does not exist', 'StorageNotConfigured', /Create the bucket, or correct it in the s3-integrator/],
  ['Failed to kill client sessions', 'Failed', nextUpdate],
  ['Failed to set instance as offline before restoring the backup', 'Failed', nextUpdate],
  ['Failed to stop mysqld', 'Failed', /Look at MySQL on the unit, then restore again/],
  ['Failed to retrieve backup 2026-08-01T02:00:03Z', 'Failed', /look at the store and at the space on the unit/],
  ['Failed to prepare backup 2026-08-01T02:00:03Z', 'Failed', /the backup may be broken, so choose another one/],
  ['Failed to empty the data directory', 'Destroyed', newApplication],
  ['Failed to restore backup 2026-08-01T02:00:03Z', 'Destroyed', newApplication],
  ['Failed to delete the temp restore directory', 'Destroyed', newApplication],
  ['Failed to delete the temp backup directory', 'Destroyed', newApplication],
  ['Failed to start mysqld', 'Destroyed', newApplication],
  [
    'Failed to restore point-in-time-recovery to the 2026-08-01 03:00:00',
    'Destroyed',
    /Choose an earlier moment, or the backup alone/,
  ],
  ['Failed to configure restored instance for InnoDB cluster', 'Destroyed', newApplication],
  ['Failed to create InnoDB cluster-set on restored instance', 'Destroyed', newApplication],
  ['Failed to create InnoDB cluster on restored instance', 'Destroyed', newApplication],
  ['Failed to initialize the juju operations table', 'Destroyed', newApplication],
  ['Failed to rescan the cluster', 'Destroyed', newApplication],
  [
    'RuntimeError: needs leadership to set app data',
    'Destroyed',
    /Wait until Juju has made the unit the leader, then restore again/,
  ],
]

testRestores('MySQL', restores)
