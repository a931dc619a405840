import type {FailureText} from '../profile.ts'
import type {RestoreFailureText} from '../restore.ts'

/** Texts with which `create-backup` and `list-backups` fail (reference/charms.md, 1.5). */
export const failureTexts: readonly FailureText[] = [
  {
    text: 'No S3 relation',
    kind: 'StorageNotConfigured',
    meaning: 'Integrate the application with an s3-integrator.',
  },
  {
    text: 'S3 credentials unavailable',
    kind: 'StorageNotConfigured',
    meaning: 'The s3-integrator lacks bucket or credentials; set them there.',
  },
  {
    text: 'A backup is already in progress on this unit',
    kind: 'WrongUnit',
    meaning: 'The unit still makes another backup; another unit can make one.',
  },
  {
    text: 'A restore is in progress',
    kind: 'Transient',
    meaning: 'A restore still runs.',
  },
  {
    text: 'Backup failed',
    kind: 'Transient',
    meaning: 'The database did not give the backup, or the store did not take it; the log of the unit says why.',
  },
  {
    text: 'List backups failed',
    kind: 'Transient',
    meaning: 'The store did not answer the charm; the log of the unit says why.',
  },
  {text: 'invalid output format', kind: 'Permanent', meaning: 'The charm does not know the form of the list.'},
]

/** What is said of the store and of what runs is said by `restore-backup` too, before anything is touched. */
export const restoreFailureTexts: readonly RestoreFailureText[] = [
  {
    text: 'No S3 relation',
    failure: {kind: 'Refused', reason: 'StorageNotConfigured'},
    meaning: 'Integrate the application with the s3-integrator of the store that holds the backup.',
  },
  {
    text: 'S3 credentials unavailable',
    failure: {kind: 'Refused', reason: 'StorageNotConfigured'},
    meaning: 'The s3-integrator lacks bucket or credentials; set them there.',
  },
  {
    text: 'A backup is already in progress',
    failure: {kind: 'Refused', reason: 'Failed', passing: true},
    meaning: 'A backup still runs; restore when it is over.',
  },
  {
    text: 'A restore is in progress',
    failure: {kind: 'Refused', reason: 'Failed', passing: true},
    meaning: 'Another restore still runs; wait for its end.',
  },
  {
    text: 'A restore is already in progress',
    failure: {kind: 'Refused', reason: 'Failed', passing: true},
    meaning: 'Another restore still runs; wait for its end.',
  },
  {
    text: 'A backup is in progress; cannot restore',
    failure: {kind: 'Refused', reason: 'Failed', passing: true},
    meaning: 'A backup still runs; restore when it is over.',
  },
  {
    text: 'Restore must be run on the leader unit',
    failure: {kind: 'Refused', reason: 'Failed', passing: true},
    meaning: 'The leader has changed; restore again, on the new one.',
  },
  {
    text: 'Not all units are active',
    failure: {kind: 'Refused', reason: 'Failed', passing: true},
    meaning: 'Units are missing or restart; restore when all are active.',
  },
  {
    text: 'Could not list backups',
    failure: {kind: 'Refused', reason: 'Failed', passing: true},
    meaning: 'The store did not answer the charm; the log of the unit says why. The data is as it was.',
  },
  {
    text: 'Must provide backup-id to restore',
    failure: {kind: 'Refused', reason: 'Failed'},
    meaning: 'The charm got no backup; name one in spec.restore.source.',
  },
  {
    text: 'not found',
    failure: {kind: 'Refused', reason: 'BackupNotFound'},
    meaning: 'Choose a backup that list-backups shows.',
  },
]
