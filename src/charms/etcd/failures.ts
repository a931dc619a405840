import type {FailureText} from '../profile.ts'
import type {RestoreFailureText} from '../restore.ts'

/** Texts with which `create-backup` and `list-backups` fail (reference/charms.md, 1.5). */
export const failureTexts: readonly FailureText[] = [
  {
    text: 'Action must be performed on the leader unit',
    kind: 'WrongUnit',
    meaning: 'The leader has changed; only it makes backups.',
  },
  {
    text: 'No credentials for object storage available',
    kind: 'StorageNotConfigured',
    meaning: 'Integrate the application with one integrator that has bucket and credentials.',
  },
  {
    text: 'There is currently a backup in progress',
    kind: 'Transient',
    meaning: 'Another backup still runs.',
  },
  {
    text: 'Backup in progress, cannot perform action',
    kind: 'Transient',
    meaning: 'Another backup still runs; the charm neither lists nor restores meanwhile.',
  },
  {
    text: 'Restore in progress, cannot perform action',
    kind: 'Transient',
    meaning: 'A restore still runs.',
  },
  {
    text: 'Backup failed. Check the error logs',
    kind: 'Transient',
    meaning: 'The snapshot or its upload failed; the log of the unit says why.',
  },
]

/** The same of `restore`. */
export const restoreFailureTexts: readonly RestoreFailureText[] = [
  {
    text: 'Action must be performed on the leader unit',
    failure: {kind: 'Refused', reason: 'Failed', passing: true},
    meaning: 'The leader has changed; restore again, on the new one.',
  },
  {
    text: 'No credentials for object storage available',
    failure: {kind: 'Refused', reason: 'StorageNotConfigured'},
    meaning: 'Integrate the application with the integrator of the store that holds the backup.',
  },
  {
    text: 'Backup in progress, cannot perform action',
    failure: {kind: 'Refused', reason: 'Failed', passing: true},
    meaning: 'A backup still runs; restore when it is over.',
  },
  {
    text: 'Restore in progress, cannot perform action',
    failure: {kind: 'Refused', reason: 'Failed', passing: true},
    meaning: 'Another restore still runs; wait for its end.',
  },
  {
    text: 'Must provide backup-id to restore',
    failure: {kind: 'Refused', reason: 'Failed'},
    meaning: 'The charm got no backup; name one in spec.restore.source.',
  },
  {
    text: 'Backup ID not found',
    failure: {kind: 'Refused', reason: 'BackupNotFound'},
    meaning: 'Choose a backup that list-backups shows.',
  },
  {
    text: 'Could not download backup-file',
    failure: {kind: 'Refused', reason: 'Failed'},
    meaning: 'The data is as it was. Look at the store and at the space on the unit, then restore again.',
  },
  {
    text: 'Admin secret missing',
    failure: {kind: 'Refused', reason: 'Failed'},
    meaning:
      'Give the application a secret with the password that the backup was made with (juju config <application> system-users=<secret>), then restore again.',
  },
]
