import {classify, classifyRestore} from '../classify.ts'
import {busyWith, storageComplaint} from '../etcd/statuses.ts'
import type {CharmFacts} from '../family.ts'
import {chooseAny} from '../leader-choice.ts'
import {plainBackup, plainRestore} from '../plain-backup.ts'
import type {BackupCapability, CharmProfile, ListingResult} from '../profile.ts'
import type {RestoreCapability} from '../restore.ts'
import {settleByStatus} from '../settling.ts'
import {commonStates, parseStateTable} from '../state-table.ts'
import {failureTexts, restoreFailureTexts} from './failures.ts'

const backup: BackupCapability = {
  ...plainBackup,
  method: 'Physical',
  listOn: 'Any',
  storageEndpoint: undefined,
  lockingActions: ['create-backup', 'restore-backup', 'restore'],
  chooseUnit: chooseAny,
  parseListing,
  classifyFailure: message => classify(failureTexts, message),
  failureTexts,
  busyWith,
  storageComplaint,
  cancelSafety: {
    safe: false,
    why: 'it is not known whether the unit makes backups again after one that was stopped',
    leaves: 'the unit may go on saying that it makes a backup, and refuse others until it is restarted.',
  },
  layout: 'SingleObject',
  // As the charm itself checks what it has uploaded.
  objectMagics: ['REDIS', 'VALKEY'],
}

const restore: RestoreCapability = {
  ...plainRestore,
  action: 'restore-backup',
  failureTexts: restoreFailureTexts,
  classifyFailure: message => classifyRestore(restoreFailureTexts, message),
  settlement: question =>
    settleByStatus(
      {
        isRunning: shown => busyWith(shown) === 'Restore',
        failures: [
          {
            text: 'Last restore attempt failed',
            next: 'The charm has put the old data back. See juju debug-log, then restore again.',
          },
          {
            text: 'Cluster unhealthy after restoring backup',
            next: 'The backup was restored, but the units do not form a healthy cluster. See juju debug-log before another restore.',
          },
        ],
      },
      question,
    ),
}

/** An empty list is a sentence. */
function parseListing(output: Readonly<Record<string, unknown>>): ListingResult {
  const text = output['backups']
  const isEmpty = typeof text === 'string' && text.trim() === 'No backups found.'
  return isEmpty ? {ok: true, rows: []} : parseStateTable(output, commonStates)
}

/** Restoring is on a branch of the charm only, so it is offered where the deployed revision is known to have it. */
export function valkeyProfile(charm: CharmFacts, track: string): CharmProfile {
  return {
    id: `${charm.name}-${track}`,
    engine: `Valkey ${track}`,
    backup,
    ...((charm.ran === restore.action || charm.actions.includes(restore.action)) && {restore}),
    owns: ['create-backup', 'list-backups', 'restore-backup'],
    readOnlyActions: ['list-backups'],
  }
}
