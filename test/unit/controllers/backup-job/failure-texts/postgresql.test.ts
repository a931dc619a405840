/** Every text with which an action of PostgreSQL fails (reference/charms.md, 1.1 and 7): its reason, and the next step. */
import {testBackups, type BackupRow, type ListingRow} from './backups.ts'
import {testRestores, type RestoreRow} from './restores.ts'

const integrate = /Integrate the application with an s3-integrator/
const setMissing = /Set what is missing in the s3-integrator: bucket and credentials/
const mayWrite = /check that the keys of the s3-integrator may write to the bucket/
const readable = /check endpoint, bucket and credentials of the s3-integrator/
const another = /Trying another unit/
const debugLog = /juju debug-log/

const backups: readonly BackupRow[] = [
  ['Invalid backup type: x. Possible values: full, differential, incremental.', 'Failed', /set backup\.type/],
  ['Invalid backup type: incremental. No previous full backup to reference.', 'Failed', /make a Full one/],
  [
    'Backups are not supported on a standby cluster. Run create-backup on the primary cluster instead.',
    'StandbyCluster',
    /take that one/,
  ],
  ['Unit is in a blocking state', 'Failed', /its status says what a person has to do/],
  ['Unit cannot perform backups as the database seems to be offline', 'Repeated', /try again when the unit is active/],
  ['Unit cannot perform backups as it is the cluster primary', 'OtherUnit', another],
  ['Unit cannot perform backups as TLS is not enabled', 'OtherUnit', another],
  ["Unit cannot perform backups as it's not in running state", 'Repeated', /try again when the unit is active/],
  ['Stanza was not initialised', 'Repeated', /try again when the unit is active, or look at the settings/],
  ['Relation with s3-integrator charm missing, cannot create/restore backup.', 'StorageNotConfigured', integrate],
  ["Missing S3 parameters: ['bucket']", 'StorageNotConfigured', setMissing],
  ['Failed to upload metadata to provided S3', 'Repeated', mayWrite],
  ['Failed to backup PostgreSQL with error: ERROR: [056]: unable to find primary cluster', 'Repeated', debugLog],
  [
    "Failed to backup PostgreSQL with error: non-zero exit code 56 executing 'pgbackrest'",
    'Repeated',
    /juju debug-log has them/,
  ],
  ['Failed to retrieve backup id', 'Repeated', /look with list-backups before you make another one/],
  ['Error uploading logs to S3', 'Repeated', mayWrite],
  ['ListBackupsError: Failed to list backups with error: ERROR: [055]: unable to load info file', 'Repeated', readable],
  ["ExecError: non-zero exit code 55 executing 'pgbackrest', stdout='', stderr=''", 'Repeated', debugLog],
]

const listings: readonly ListingRow[] = [
  [
    'Failed to list PostgreSQL backups with error: Failed to list repository with error: ERROR: [041]: x',
    'Failed',
    readable,
  ],
  ["Failed to list PostgreSQL backups with error: non-zero exit code 55 executing 'pgbackrest'", 'Failed', readable],
  [
    'Backups are not supported on a standby cluster. Run list-backups on the primary cluster instead.',
    'StandbyCluster',
    /take that one/,
  ],
  ['Relation with s3-integrator charm missing, cannot create/restore backup.', 'StorageNotConfigured', integrate],
  // An empty repository without a stanza: the charm raises, and Juju's words say nothing.
  ['exit status 1', 'Failed', debugLog],
]

testBackups('PostgreSQL', {backups, listings})

const singleUnit = /set spec\.restore\.replicas to Rebuild, or scale down to one/
const tryAgain = /look at the store, then try again/
const notPostponed = /until its next update-status \(model option update-status-hook-interval/
const elsewhere = /integrate again after the restore/

const restores: readonly RestoreRow[] = [
  [
    'Restoring backups is not supported on a standby cluster. Run restore on the primary cluster instead.',
    'StandbyCluster',
    /restore that one/,
  ],
  [
    'Relation with s3-integrator charm missing, cannot create/restore backup.',
    'StorageNotConfigured',
    /Integrate the application with the s3-integrator of the repository that holds the backup/,
  ],
  ["Missing S3 parameters: ['bucket']", 'StorageNotConfigured', setMissing],
  [
    'Either backup-id or restore-to-time parameters need to be provided to be able to do restore',
    'Failed',
    /name one of them in spec\.restore/,
  ],
  ['Bad restore-to-time format', 'Failed', /give spec\.restore\.pointInTime as a time that exists, or `latest`/],
  ['Workload container not ready yet.', 'Failed', /try again when the unit is active/],
  ['Cluster or unit is in a blocking state', 'Failed', /restore into a new application of one unit/],
  ['Unit cannot restore backup as there are more than one unit in the cluster', 'NeedsSingleUnit', singleUnit],
  ['Unit cannot restore backup with an active async replication relation', 'Failed', elsewhere],
  ['Unit cannot restore backup as the cluster is replicating data to a standby cluster', 'Failed', elsewhere],
  ['Unit cannot restore backup with an active logical replication relation', 'Failed', elsewhere],
  [
    'Unit cannot restore backup as it was not elected the leader unit yet',
    'Failed',
    /takes about a minute after the other units are gone/,
  ],
  ['Invalid backup-id: 20261122-184424F', 'BackupNotFound', /Choose one that list-backups shows as finished/],
  [
    'Cannot restore to the timeline without restore-to-time parameter',
    'Failed',
    /set spec\.restore\.pointInTime with it/,
  ],
  [
    'There is no base backup created from the latest timeline',
    'BackupNotFound',
    /name a backup, or an older timeline, with the moment/,
  ],
  [
    "Can't find the nearest timeline before timestamp 2020-01-01 00:00:00+00 to restore",
    'OutsideWindow',
    /choose a later one/,
  ],
  ['Failed to retrieve backups list', 'Failed', tryAgain],
  ["ExecError: non-zero exit code 55 executing 'pgbackrest', stdout='', stderr=''", 'Failed', tryAgain],
  ['Failed to stop database service', 'Failed', /look at it before the next attempt/],
  ['Failed to stop database service with error: boom', 'Failed', notPostponed],
  ['Failed to override Patroni restart condition', 'Failed', /start it, or make another restore/],
  ['Failed to override Patroni on-failure condition', 'Failed', /start it, or make another restore/],
  [
    'Failed to remove contents of the data directory with error: boom',
    'Destroyed',
    /remove what the words name, then make another restore/,
  ],
  [
    'Failed to remove previous cluster information with error: boom',
    'Destroyed',
    /remove what the words name, then make another restore/,
  ],
]

testRestores('PostgreSQL', restores)
