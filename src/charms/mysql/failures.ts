import type {FailureText} from '../profile.ts'

const restartMysql =
  'Restart MySQL on it, which ends its offline mode (on a machine: juju exec --unit UNIT -- snap restart charmed-mysql.mysqld).'

/**
 * Texts with which `create-backup` and `list-backups` fail (reference/charms.md, 1.2 and 7, executed against the real
 * charm code). The first that is contained in the message counts.
 */
export const failureTexts: readonly FailureText[] = [
  {
    text: 'Missing relation with S3 integrator charm',
    kind: 'StorageNotConfigured',
    meaning: 'Integrate the application with an s3-integrator.',
  },
  {
    text: 'Missing S3 parameters',
    kind: 'StorageNotConfigured',
    meaning: 'Set what is missing in the s3-integrator: bucket and credentials.',
  },
  {
    text: 'S3 relation is blocked for write',
    kind: 'Permanent',
    meaning:
      'The repository belongs to another cluster, or the data of this one were restored from it. Give the cluster a path of its own in the s3-integrator.',
  },
  {
    text: 'Process mysqld not running',
    kind: 'WrongUnit',
    meaning: 'MySQL does not run on the unit.',
  },
  {
    text: 'Cluster status unknown',
    kind: 'Transient',
    meaning:
      'MySQL Shell cannot tell how the cluster is: look with `get-cluster-status`, and try again when it answers.',
  },
  {
    text: 'Cluster is not in a healthy state',
    kind: 'Transient',
    meaning: 'MySQL Shell does not call the cluster OK: look with `get-cluster-status`, and try again when it is.',
  },
  {
    text: 'Unit is waiting to start or restart',
    kind: 'WrongUnit',
    meaning: 'The unit waits for its turn to start.',
  },
  {
    text: 'Backup already in progress on another unit',
    kind: 'Transient',
    meaning: `A member is offline and hidden, as during a backup. If no backup runs in Juju, one that was cut short has left it so; \`get-cluster-status\` shows which. ${restartMysql}`,
  },
  {
    text: 'Failed to check if a backup is already in progress',
    kind: 'Transient',
    meaning:
      'The members of the cluster cannot be asked: look with `get-cluster-status`, and try again when it answers.',
  },
  {text: 'Error obtaining member state', kind: 'WrongUnit', meaning: 'MySQL does not answer on the unit.'},
  {
    text: 'Unit cannot perform backups as it is the cluster primary',
    kind: 'WrongUnit',
    meaning: 'With more than one unit the charm wants one that is not the primary.',
  },
  {
    text: 'Unit cannot perform backups as its state is',
    kind: 'WrongUnit',
    meaning: 'The member is not online.',
  },
  {
    text: 'Failed to upload metadata to provided S3',
    kind: 'Transient',
    meaning:
      'The store refused the first write, and nothing was backed up: check that the keys of the s3-integrator may write to the bucket.',
  },
  {
    text: 'Error setting instance option tag:_hidden',
    kind: 'Transient',
    meaning: `The unit could not be hidden from the clients, or shown to them again. If it is blocked now, it is out of service. ${restartMysql}`,
  },
  {
    text: 'Error setting instance as offline before performing backup',
    kind: 'Transient',
    meaning:
      'The unit could not be taken out of service, and nothing was backed up: look with `get-cluster-status`, then try again.',
  },
  {
    text: 'Error backing up the database',
    kind: 'Transient',
    meaning: 'xtrabackup or the upload failed: read the log of the backup beside it in the store, or juju debug-log.',
  },
  {
    text: 'Error uploading logs to S3',
    kind: 'Transient',
    meaning: 'Only its log could not be written: check that the keys of the s3-integrator may write to the bucket.',
  },
  {
    text: 'Error deleting temp backup directory',
    kind: 'Transient',
    meaning: `The unit was not put back into service after the backup. ${restartMysql}`,
  },
  {
    text: 'Error unsetting instance as offline before performing backup',
    kind: 'Transient',
    meaning: `The unit was not put back into service after the backup. ${restartMysql}`,
  },
  {
    text: 'Failed to retrieve backup ids from S3',
    kind: 'Transient',
    meaning:
      'The store did not answer the charm, or the s3-integrator has no path, without which the charm cannot list: check its endpoint, path and credentials.',
  },
  {text: 'does not exist', kind: 'Transient', meaning: 'Create the bucket, or correct it in the s3-integrator.'},
]
