import {classify, classifyRestore} from '../classify.ts'
import {offers, type CharmFacts} from '../family.ts'
import {plainBackup, plainRestore} from '../plain-backup.ts'
import type {BackupCapability, CharmProfile} from '../profile.ts'
import type {RestoreCapability} from '../restore.ts'
import {settleByStatus} from '../settling.ts'
import {commonStates, parseStateTable} from '../state-table.ts'
import {failureTexts, restoreFailureTexts} from './failures.ts'
import {busyWith, storageComplaint} from './statuses.ts'

const backup: BackupCapability = {
  ...plainBackup,
  method: 'Physical',
  storageEndpoint: undefined,
  parseListing: output => parseStateTable(output, commonStates),
  classifyFailure: message => classify(failureTexts, message),
  failureTexts,
  busyWith,
  storageComplaint,
  cancelSafety: {
    safe: false,
    why: 'it is not known whether the charm lets other backups and restores run again after one that was stopped',
    leaves: 'the unit may go on saying that it makes a backup, and the charm may refuse others until it is restarted.',
  },
  layout: 'SingleObject',
}

const restore: RestoreCapability = {
  ...plainRestore,
  notContained: [
    'The passwords of system users: the charm wants those of the time of the backup in the secret of the option system-users.',
    ...plainRestore.notContained,
  ],
  failureTexts: restoreFailureTexts,
  classifyFailure: message => classifyRestore(restoreFailureTexts, message),
  settlement: question =>
    settleByStatus(
      {
        isRunning: shown => busyWith(shown) === 'Restore',
        failures: [
          {
            text: 'Restore verification failed',
            next: 'The charm cancelled the restore because etcd still ran; the data is as it was. See juju debug-log, then restore again.',
          },
          {
            text: 'failed to restore backup',
            next: 'The old data may be gone on some units. See juju debug-log, then restore again.',
          },
          {
            text: 'cluster unhealthy after restoring backup',
            next: 'The backup was restored, but the members do not form a healthy cluster. See juju debug-log; the action rebuild-cluster makes a new cluster of what is there.',
          },
        ],
      },
      question,
    ),
}

export function etcdProfile(charm: CharmFacts, track: string): CharmProfile {
  return {
    id: `${charm.name}-${track}`,
    engine: `etcd ${track}`,
    backup,
    ...(offers(charm, 'restore') && {restore}),
    owns: ['create-backup', 'list-backups', 'restore'],
    readOnlyActions: ['list-backups'],
  }
}
