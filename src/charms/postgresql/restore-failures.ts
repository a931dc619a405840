import type {RestoreFailureText} from '../restore.ts'

const refused = {kind: 'Refused', reason: 'Failed'} as const
const passing = {kind: 'Refused', reason: 'Failed', passing: true} as const
const notConfigured = {kind: 'Refused', reason: 'StorageNotConfigured'} as const
const notFound = {kind: 'Refused', reason: 'BackupNotFound'} as const
const destroyed = {kind: 'Destroyed'} as const

/** After a failure on the way the unit says `restoring backup`, although nothing is restored (charms.md, 7, #20). */
const leftStatus =
  'The unit goes on saying `restoring backup` until its next update-status (model option update-status-hook-interval, 5 minutes), though nothing is restored.'

/**
 * Texts with which `restore` fails (reference/charms.md, 1.1 and 7, executed against the real charm code of both
 * tracks on both platforms). The first that is contained in the message counts.
 */
export const restoreFailureTexts: readonly RestoreFailureText[] = [
  {
    text: 'Restoring backups is not supported on a standby cluster',
    failure: {kind: 'Refused', reason: 'StandbyCluster'},
    meaning: 'The application replicates from another cluster; restore that one.',
  },
  {
    text: 'Relation with s3-integrator charm missing',
    failure: notConfigured,
    meaning: 'Integrate the application with the s3-integrator of the repository that holds the backup.',
  },
  {
    text: 'Missing S3 parameters',
    failure: notConfigured,
    meaning: 'Set what is missing in the s3-integrator: bucket and credentials.',
  },
  {
    text: 'Either backup-id or restore-to-time parameters need to be provided',
    failure: refused,
    meaning: 'The charm got neither a backup nor a moment; name one of them in spec.restore.',
  },
  {
    text: 'Bad restore-to-time format',
    failure: refused,
    meaning: 'The charm does not read the moment; give spec.restore.pointInTime as a time that exists, or `latest`.',
  },
  {
    text: 'Workload container not ready yet',
    failure: passing,
    meaning: 'The container of the unit is starting; try again when the unit is active.',
  },
  {
    text: 'Cluster or unit is in a blocking state',
    failure: refused,
    meaning:
      'The unit is blocked, and its status says by what. Blocked with `Failed to restore backup` it stays for ever: restore into a new application of one unit then, behind the same s3-integrator.',
  },
  {
    text: 'Unit cannot restore backup as there are more than one unit in the cluster',
    failure: {kind: 'Refused', reason: 'NeedsSingleUnit'},
    meaning: 'The charm restores on the only unit; set spec.restore.replicas to Rebuild, or scale down to one.',
  },
  {
    text: 'Unit cannot restore backup with an active async replication relation',
    failure: refused,
    meaning: 'Remove the relation to the other cluster first, and integrate again after the restore.',
  },
  {
    text: 'Unit cannot restore backup as the cluster is replicating data to a standby cluster',
    failure: refused,
    meaning: 'Remove the relation to the standby cluster first, and integrate again after the restore.',
  },
  {
    text: 'Unit cannot restore backup with an active logical replication relation',
    failure: refused,
    meaning: 'Remove the relation of the logical replication first, and integrate again after the restore.',
  },
  {
    text: 'Unit cannot restore backup as it was not elected the leader unit yet',
    failure: passing,
    meaning: 'Juju has not made the unit the leader yet, which takes about a minute after the other units are gone.',
  },
  {
    text: 'Invalid backup-id',
    failure: notFound,
    meaning:
      'The charm does not list it as a good backup: it is of another repository, has expired, or holds pages with wrong checksums. Choose one that list-backups shows as finished.',
  },
  {
    text: 'Cannot restore to the timeline without restore-to-time parameter',
    failure: refused,
    meaning: 'The id is that of a restore, not of a backup; set spec.restore.pointInTime with it.',
  },
  {
    text: 'There is no base backup created from the latest timeline',
    failure: notFound,
    meaning:
      'Since the last restore no backup was made, so there is none to begin from; name a backup, or an older timeline, with the moment.',
  },
  {
    text: "Can't find the nearest timeline before timestamp",
    failure: {kind: 'Refused', reason: 'OutsideWindow'},
    meaning: 'No backup is older than the moment; choose a later one.',
  },
  {
    text: 'Failed to retrieve backups list',
    failure: passing,
    meaning: 'pgBackRest could not read the repository; look at the store, then try again.',
  },
  {
    text: 'Failed to stop database service',
    failure: refused,
    meaning: `The data is as it was, but the database may be stopped; look at it before the next attempt. ${leftStatus}`,
  },
  {
    text: 'Failed to override Patroni restart condition',
    failure: refused,
    meaning: `The data is as it was, but the database is stopped; start it, or make another restore. ${leftStatus}`,
  },
  {
    text: 'Failed to override Patroni on-failure condition',
    failure: refused,
    meaning: `The data is as it was, but the database is stopped; start it, or make another restore. ${leftStatus}`,
  },
  {
    text: 'Failed to remove contents of the data directory',
    failure: destroyed,
    meaning: `The data directory may be half empty; remove what the words name, then make another restore. ${leftStatus}`,
  },
  {
    text: 'Failed to remove previous cluster information',
    failure: destroyed,
    meaning: `The data directory may be empty already; remove what the words name, then make another restore. ${leftStatus}`,
  },
  {
    text: "executing 'pgbackrest'",
    failure: passing,
    meaning: 'pgBackRest could not read the repository before the restore began; look at the store, then try again.',
  },
]
