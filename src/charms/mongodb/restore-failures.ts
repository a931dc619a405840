import type {FailureText} from '../profile.ts'
import type {RestoreFailureText} from '../restore.ts'
import {failureTexts} from './failures.ts'

const refused = {kind: 'Refused', reason: 'Failed'} as const
const passing = {kind: 'Refused', reason: 'Failed', passing: true} as const

/**
 * Texts with which `restore` fails in either track (reference/charms.md, 1.3 and 7). What is said of the store and of
 * PBM's state is said before PBM is asked to restore, and in the words of the other actions.
 */
export const restoreFailureTexts: readonly RestoreFailureText[] = [
  {
    text: 'Restoring a backup is not supported during an upgrade',
    failure: passing,
    meaning: 'The application is being upgraded; restore when that is over.',
  },
  {
    text: 'Please wait for current',
    failure: passing,
    meaning: 'PBM still makes a backup, or restores one; restore when that is over.',
  },
  {
    text: 'Missing backup-id to restore',
    failure: refused,
    meaning: 'The charm got no backup; name one in spec.restore.source.',
  },
  {
    text: "'remap-pattern' must be set",
    failure: refused,
    meaning:
      'The backup is of a replica set with another name. Restore it by hand, with that name: juju run <application>/leader restore backup-id=<id> remap-pattern=<name now>=<name then>',
  },
  {
    text: 'does not exist in list of backups',
    failure: {kind: 'Refused', reason: 'BackupNotFound'},
    meaning: 'Choose a backup that list-backups shows as finished.',
  },
  {
    text: 'No valid relation to restore backup from',
    failure: {kind: 'Refused', reason: 'StorageNotConfigured'},
    meaning: 'Integrate the application with the integrator of the store that holds the backup.',
  },
  {
    text: 'Restore failed',
    failure: {kind: 'Destroyed'},
    meaning: 'PBM failed when it was asked to restore, and may have begun. Look at the data, then restore again.',
  },
  {
    text: 'ResyncError',
    failure: passing,
    meaning: 'PBM reads its store again, which takes minutes; restore when it is done.',
  },
  ...failureTexts.filter(({text}) => !/^Backup failed|^Creating|^Can only|^list index|^$/.test(text)).map(asRefusal),
]

function asRefusal({text, kind, meaning}: FailureText): RestoreFailureText {
  if (kind === 'StorageNotConfigured') return {text, meaning, failure: {kind: 'Refused', reason: kind}}
  return {text, meaning, failure: kind === 'Permanent' ? refused : passing}
}
