import {classify, classifyRestore} from '../classify.ts'
import {offers, type CharmFacts} from '../family.ts'
import {idIn, plainBackup, plainRestore} from '../plain-backup.ts'
import type {BackupCapability, CharmProfile, StatusView, UnitView} from '../profile.ts'
import type {RestoreCapability} from '../restore.ts'
import {settleByStatus} from '../settling.ts'
import {commonStates, parseStateTable} from '../state-table.ts'
import {refreshActions} from '../refresh-actions.ts'
import {failureTexts} from './failures.ts'
import {restoreFailureTexts} from './restore-failures.ts'
import {busyWith, storageComplaint} from './statuses.ts'

const backup: BackupCapability = {
  ...plainBackup,
  method: 'Logical',
  completion: 'Listing',
  showsRunning: true,
  listOn: 'Any',
  // `backup started. backup id: 2026-08-07T02:00:03Z`
  reportedID: output => idIn(output['backup-status']),
  parseListing: output => parseStateTable(output, commonStates),
  classifyFailure: message => classify(failureTexts, message),
  failureTexts,
  busyWith,
  storageComplaint,
  cancelSafety: {
    safe: false,
    why: 'the task only begins the backup, which PBM then makes by itself, and the charm has no action that stops it',
    leaves: 'PBM may go on with the backup; the charm lists one that was cut short as in progress for ever.',
  },
  layout: 'PBM',
}

const restore: RestoreCapability = {
  ...plainRestore,
  refusesNow,
  failureTexts: restoreFailureTexts,
  classifyFailure: message => classifyRestore(restoreFailureTexts, message),
  settlement: question =>
    settleByStatus(
      {
        isRunning: shown => busyWith(shown) === 'Restore',
        failures: [
          {
            text: 'pbm error',
            next: 'Whether PBM has restored cannot be seen. Look at its log on the unit and at the data, then restore again.',
          },
        ],
        unproved: 'the charm shows that PBM restores no more, not whether it did so well',
      },
      question,
    ),
  afterwards: () =>
    'The charm does not tell whether PBM restored well: look at the data before clients write to it again.',
}

function refusesNow(application: StatusView, units: readonly UnitView[]): string | undefined {
  return [application, ...units].map(storageComplaint).find(complaint => complaint !== undefined)
}

export function mongodbProfile(charm: CharmFacts, track: string): CharmProfile {
  return {
    id: `${charm.name}-${track}`,
    engine: `MongoDB ${track}`,
    backup,
    ...(offers(charm, 'restore') && {restore}),
    owns: ['create-backup', 'list-backups', 'restore', ...refreshActions],
    readOnlyActions: ['list-backups'],
  }
}
