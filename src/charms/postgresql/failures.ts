import type {FailureText} from '../profile.ts'

/**
 * Texts with which `create-backup` and `list-backups` fail (reference/charms.md, 1.1 and 7, executed against the real
 * charm code of both tracks on both platforms). The first that is contained in the message counts.
 */
export const failureTexts: readonly FailureText[] = [
  {
    text: 'No previous full backup to reference',
    kind: 'Permanent',
    meaning:
      'A differential or incremental backup needs a full one first: make a Full one, or set backup.fullIfNoParent.',
  },
  {
    text: 'Invalid backup type',
    kind: 'Permanent',
    meaning: 'The charm does not know the type; set backup.type to one that it names.',
  },
  {
    text: 'Backups are not supported on a standby cluster',
    kind: 'Standby',
    meaning: 'The application replicates from another cluster; take that one.',
  },
  {
    text: 'Unit is in a blocking state',
    kind: 'Permanent',
    meaning: 'The unit is blocked; its status says what a person has to do.',
  },
  {
    text: 'Unit cannot perform backups as it is the cluster primary',
    kind: 'WrongUnit',
    meaning: 'With more than one unit the charm wants a replica.',
  },
  {
    text: 'Unit cannot perform backups as TLS is not enabled',
    kind: 'WrongUnit',
    meaning: 'Without TLS, PostgreSQL 14 wants the primary.',
  },
  {
    text: 'Unit cannot perform backups as the database seems to be offline',
    kind: 'Transient',
    meaning: 'PostgreSQL does not answer on the unit: look there, and try again when the unit is active.',
  },
  {
    text: "Unit cannot perform backups as it's not in running state",
    kind: 'Transient',
    meaning: 'The member is starting, or catching up: try again when the unit is active.',
  },
  {
    text: 'Stanza was not initialised',
    kind: 'Transient',
    meaning:
      'The charm has not set up the repository yet: try again when the unit is active, or look at the settings of the s3-integrator.',
  },
  {
    text: 'Relation with s3-integrator charm missing',
    kind: 'StorageNotConfigured',
    meaning: 'Integrate the application with an s3-integrator.',
  },
  {
    text: 'Missing S3 parameters',
    kind: 'StorageNotConfigured',
    meaning: 'Set what is missing in the s3-integrator: bucket and credentials.',
  },
  {
    text: 'Failed to upload metadata to provided S3',
    kind: 'Transient',
    meaning:
      'The store refused the first write, and nothing was backed up: check that the keys of the s3-integrator may write to the bucket.',
  },
  {
    text: 'Failed to backup PostgreSQL with error',
    kind: 'Transient',
    meaning: 'pgBackRest failed; where its words are not above, juju debug-log has them.',
  },
  {
    text: 'Failed to retrieve backup id',
    kind: 'Transient',
    meaning:
      'pgBackRest made the backup, and the listing after it failed: look with list-backups before you make another one.',
  },
  {
    text: 'Error uploading logs to S3',
    kind: 'Transient',
    meaning:
      'pgBackRest made the backup, and its log could not be written: check that the keys of the s3-integrator may write to the bucket.',
  },
  {
    text: 'Failed to list PostgreSQL backups with error',
    kind: 'Transient',
    meaning: 'pgBackRest could not read the repository: check endpoint, bucket and credentials of the s3-integrator.',
  },
  {
    text: 'ListBackupsError',
    kind: 'Transient',
    meaning:
      'The listing before a differential or incremental backup failed in the charm: check endpoint, bucket and credentials of the s3-integrator.',
  },
  {
    text: "executing 'pgbackrest'",
    kind: 'Transient',
    meaning: 'pgBackRest failed outside of what the charm catches; juju debug-log has its words.',
  },
]
