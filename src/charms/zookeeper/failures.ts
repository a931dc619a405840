import type {FailureText} from '../profile.ts'
import type {RestoreFailureText} from '../restore.ts'

/** Texts with which `create-backup` and `list-backups` fail (reference/charms.md, 1.5). */
export const failureTexts: readonly FailureText[] = [
  {
    text: 'Action must be ran on the application leader',
    kind: 'WrongUnit',
    meaning: 'The leader has changed; only it makes backups.',
  },
  {
    text: 'Cluster must be stable before making a backup',
    kind: 'Transient',
    meaning: 'Members are missing in the quorum, or restart.',
  },
  {
    text: 'Cluster needs an access to an object storage to make a backup',
    kind: 'StorageNotConfigured',
    meaning: 'Integrate the application with an s3-integrator that has bucket and credentials.',
  },
  {
    text: 'A snapshot restore is currently ongoing',
    kind: 'Transient',
    meaning: 'A restore still runs.',
  },
]

/** The same of `restore`. */
export const restoreFailureTexts: readonly RestoreFailureText[] = [
  {
    text: 'Action must be ran on the application leader',
    failure: {kind: 'Refused', reason: 'Failed', passing: true},
    meaning: 'The leader has changed; restore again, on the new one.',
  },
  {
    text: 'Cluster needs an access to an object storage to make a backup',
    failure: {kind: 'Refused', reason: 'StorageNotConfigured'},
    meaning: 'Integrate the application with the s3-integrator of the store that holds the backup.',
  },
  {
    text: 'No backup id to restore provided',
    failure: {kind: 'Refused', reason: 'Failed'},
    meaning: 'The charm got no backup; name one in spec.restore.source.',
  },
  {
    text: 'Backup id not found in storage object',
    failure: {kind: 'Refused', reason: 'BackupNotFound'},
    meaning: 'The store has no whole snapshot of this id; choose another one that list-backups shows.',
  },
  {
    text: 'A snapshot restore is currently ongoing',
    failure: {kind: 'Refused', reason: 'Failed', passing: true},
    meaning: 'Another restore still runs; wait for its end.',
  },
]
