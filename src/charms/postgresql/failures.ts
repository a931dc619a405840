import type {FailureText} from '../profile.ts'

/**
 * Texts with which `create-backup` and `list-backups` fail (reference/charms.md, 1.1 and 7, executed against the real
 * charm code of both tracks on both platforms). The first that is contained in the message counts.
 */
export const failureTexts: readonly FailureText[] = [
  {
    text: 'No previous full backup to reference',
    kind: 'Permanent',
    meaning: 'A differential or incremental backup needs a full one first.',
  },
  {text: 'Invalid backup type', kind: 'Permanent', meaning: 'The charm does not know the type.'},
  {
    text: 'Backups are not supported on a standby cluster',
    kind: 'Standby',
    meaning: 'The application replicates from another cluster; back up that one.',
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
    meaning: 'PostgreSQL does not answer on the unit.',
  },
  {
    text: "Unit cannot perform backups as it's not in running state",
    kind: 'Transient',
    meaning: 'The member is starting, or catching up.',
  },
  {text: 'Stanza was not initialised', kind: 'Transient', meaning: 'The charm has not set up the repository yet.'},
  {
    text: 'Relation with s3-integrator charm missing',
    kind: 'StorageNotConfigured',
    meaning: 'The application is not integrated with an s3-integrator.',
  },
  {
    text: 'Missing S3 parameters',
    kind: 'StorageNotConfigured',
    meaning: 'The s3-integrator lacks bucket or credentials.',
  },
  {
    text: 'Failed to upload metadata to provided S3',
    kind: 'Transient',
    meaning: 'The store refused the first write; nothing was backed up.',
  },
  {
    text: 'Failed to backup PostgreSQL with error',
    kind: 'Transient',
    meaning: 'pgBackRest failed; on Kubernetes also when only the listing after the backup failed.',
  },
  {
    text: 'Failed to retrieve backup id',
    kind: 'Transient',
    meaning: 'The backup is complete, only the listing after it failed.',
  },
  {
    text: 'Error uploading logs to S3',
    kind: 'Transient',
    meaning: 'The backup is complete, only its log is missing in the store.',
  },
  {
    text: 'Failed to list PostgreSQL backups with error',
    kind: 'Transient',
    meaning: 'pgBackRest could not read the repository.',
  },
  {
    text: 'ListBackupsError',
    kind: 'Transient',
    meaning: 'The listing before a differential or incremental backup failed in the charm.',
  },
  {
    text: "executing 'pgbackrest'",
    kind: 'Transient',
    meaning: 'pgBackRest failed outside of what the charm catches.',
  },
]
