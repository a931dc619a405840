import {classify, classifyRestore} from '../classify.ts'
import {offers, type CharmFacts} from '../family.ts'
import {jsonListing, rowsOf, textIn} from '../json-listing.ts'
import {plainBackup, plainRestore} from '../plain-backup.ts'
import type {BackupCapability, BackupRow, CharmProfile, ListingResult} from '../profile.ts'
import type {RestoreCapability} from '../restore.ts'
import {settleByStatus} from '../settling.ts'
import {idShape} from '../table.ts'
import {failureTexts, restoreFailureTexts} from './failures.ts'

const {reportedID: _tellsNoID, ...leaderBackup} = plainBackup

const backup: BackupCapability = {
  ...leaderBackup,
  method: 'Physical',
  storageEndpoint: undefined,
  parseListing,
  classifyFailure: message => classify(failureTexts, message),
  failureTexts,
  busyWith: () => undefined,
  cancelSafety: {
    safe: false,
    why: 'what is uploaded when the charm is stopped stays in the store, and the charm lists it like a whole backup',
    leaves: 'the store may hold a part of the backup, which the charm lists like a whole one; do not restore it.',
  },
  layout: 'ZooKeeper',
}

const restore: RestoreCapability = {
  ...plainRestore,
  failureTexts: restoreFailureTexts,
  classifyFailure: message => classifyRestore(restoreFailureTexts, message),
  settlement: question =>
    settleByStatus(
      {
        isRunning: ({workloadStatus, workloadMessage}) =>
          workloadStatus === 'maintenance' && /restor/i.test(workloadMessage),
        failures: [],
        unproved: 'the charm does not tell whether the snapshot was restored on every unit',
      },
      question,
    ),
  afterwards: () =>
    'The charm does not tell how the restore ended: look at the data on every unit before clients write to it again.',
}

/** JSON: an array of what the charm keeps of each backup, which it writes before the snapshot itself. */
function parseListing(output: Readonly<Record<string, unknown>>): ListingResult {
  const json = jsonListing(output)
  return Array.isArray(json)
    ? rowsOf(json, rowOfEntry)
    : {ok: false, message: 'the result of list-backups has no JSON array under the key backups'}
}

function rowOfEntry(entry: unknown): BackupRow | undefined {
  const id = textIn(entry, 'id')
  return id === undefined || !idShape.test(id) ? undefined : {id, action: 'full', finished: true, stateless: true}
}

export function zookeeperProfile(charm: CharmFacts, track: string): CharmProfile {
  return {
    id: `${charm.name}-${track}`,
    engine: `ZooKeeper ${track}`,
    backup,
    ...(offers(charm, 'restore') && {restore}),
    owns: ['create-backup', 'list-backups', 'restore', 'pre-upgrade-check'],
    readOnlyActions: ['list-backups'],
  }
}
