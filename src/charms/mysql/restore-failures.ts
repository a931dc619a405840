import type {RestoreFailureText} from '../restore.ts'

const refused = {kind: 'Refused', reason: 'Failed'} as const
const passing = {kind: 'Refused', reason: 'Failed', passing: true} as const
const notConfigured = {kind: 'Refused', reason: 'StorageNotConfigured'} as const
const notFound = {kind: 'Refused', reason: 'BackupNotFound'} as const
const destroyed = {kind: 'Destroyed'} as const

/** After these the unit keeps the text of the step on which it stopped (reference/charms.md, 7, #25). */
const leftStatus =
  'The data is as it was. The unit goes on saying what it did last until its next update-status (model option update-status-hook-interval, 5 minutes).'

/** After those it is blocked with the words of the failure. */
const leftBlocked =
  'The unit stays blocked with these words. Once MySQL answers on it again (`get-cluster-status`), restore again; the charm refuses while it does not. Else restore into a new application of one unit, behind the same s3-integrator.'

/**
 * Texts with which `restore` fails (reference/charms.md, 1.2 and 7, executed against the real charm code). The first
 * that is contained in the message counts.
 */
export const restoreFailureTexts: readonly RestoreFailureText[] = [
  {
    text: 'Missing relation with S3 integrator charm',
    failure: notConfigured,
    meaning: 'Integrate the application with the s3-integrator of the repository that holds the backup.',
  },
  {
    text: 'Missing S3 parameters',
    failure: notConfigured,
    meaning: 'Set what is missing in the s3-integrator: bucket and credentials.',
  },
  {
    text: 'Missing backup-id to restore',
    failure: refused,
    meaning: 'The charm needs a backup also where a moment is given; name one in spec.restore.source.',
  },
  {
    text: 'Bad restore-to-time format',
    failure: refused,
    meaning: 'The charm does not read the moment; give spec.restore.pointInTime as a time that exists, or `latest`.',
  },
  {
    text: 'Server running mysqld is not connectable',
    failure: passing,
    meaning: 'MySQL does not answer on the unit; restart it there, then try again.',
  },
  {
    text: 'Unit is waiting to start or restart',
    failure: passing,
    meaning: 'The unit waits for its turn to start; try again when it is active.',
  },
  {
    text: 'Unit cannot restore backup as there are more than one units in the cluster',
    failure: {kind: 'Refused', reason: 'NeedsSingleUnit'},
    meaning: 'The charm restores on the only unit; set spec.restore.replicas to Rebuild, or scale down to one.',
  },
  {
    text: 'Invalid backup-id',
    failure: notFound,
    meaning: 'The charm does not list it as finished; choose one that list-backups shows so.',
  },
  {
    text: 'Failed to retrieve backup ids from S3',
    failure: passing,
    meaning: 'The store did not answer the charm, or the s3-integrator has no path, without which it cannot list.',
  },
  {
    text: 'Failed to kill client sessions',
    failure: refused,
    meaning: `Clients could not be disconnected; restore again. ${leftStatus}`,
  },
  {
    text: 'Failed to set instance as offline before restoring the backup',
    failure: refused,
    meaning: `The unit could not be taken out of service; restore again. ${leftStatus}`,
  },
  {
    text: 'Failed to stop mysqld',
    failure: refused,
    meaning: `Look at MySQL on the unit, then restore again. ${leftStatus}`,
  },
  {
    text: 'Failed to retrieve backup',
    failure: refused,
    meaning: `The backup could not be downloaded: look at the store and at the space on the unit, then restore again. ${leftStatus}`,
  },
  {
    text: 'Failed to prepare backup',
    failure: refused,
    meaning: `xtrabackup could not prepare what was downloaded: the backup may be broken, so choose another one. ${leftStatus}`,
  },
  {text: 'Failed to empty the data directory', failure: destroyed, meaning: `The old data may be gone. ${leftBlocked}`},
  {text: 'Failed to restore backup', failure: destroyed, meaning: `The old data is gone. ${leftBlocked}`},
  {
    text: 'Failed to delete the temp restore directory',
    failure: destroyed,
    meaning: `The backup lies in the data directory, but MySQL was not started. ${leftBlocked}`,
  },
  {
    text: 'Failed to delete the temp backup directory',
    failure: destroyed,
    meaning: `The backup lies in the data directory, but MySQL was not started. ${leftBlocked}`,
  },
  {
    text: 'Failed to start mysqld',
    failure: destroyed,
    meaning: `The old data is gone, and MySQL does not start from the backup. ${leftBlocked}`,
  },
  {
    text: 'Failed to restore point-in-time-recovery',
    failure: destroyed,
    meaning: `The backup is restored, but not the changes up to the moment: the binary logs in the store do not reach it. Choose an earlier moment, or the backup alone. ${leftBlocked}`,
  },
  {
    text: 'Failed to configure restored instance for InnoDB cluster',
    failure: destroyed,
    meaning: `The data is restored, but serves no cluster yet. ${leftBlocked}`,
  },
  {
    text: 'Failed to create InnoDB cluster-set on restored instance',
    failure: destroyed,
    meaning: `The data is restored, but serves no cluster yet. ${leftBlocked}`,
  },
  {
    text: 'Failed to create InnoDB cluster on restored instance',
    failure: destroyed,
    meaning: `The data is restored, but serves no cluster yet. ${leftBlocked}`,
  },
  {
    text: 'Failed to initialize the juju operations table',
    failure: destroyed,
    meaning: `The data is restored, but the charm cannot work with it yet. ${leftBlocked}`,
  },
  {
    text: 'Failed to rescan the cluster',
    failure: destroyed,
    meaning: `The data is restored, but the cluster does not know its members. ${leftBlocked}`,
  },
  {
    text: 'needs leadership to set app data',
    failure: destroyed,
    meaning:
      'The data was restored on a unit that is not the leader, where the charm stops half-way. Wait until Juju has made the unit the leader, then restore again.',
  },
  {text: 'does not exist', failure: notConfigured, meaning: 'Create the bucket, or correct it in the s3-integrator.'},
]
