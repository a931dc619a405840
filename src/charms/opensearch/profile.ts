import {classify, classifyRestore} from '../classify.ts'
import {offers, takes, type CharmFacts} from '../family.ts'
import {plainBackup, plainRestore} from '../plain-backup.ts'
import type {BackupCapability, CharmProfile} from '../profile.ts'
import type {RestoreCapability} from '../restore.ts'
import {refreshActions} from '../refresh-actions.ts'
import {failureTexts} from './failures.ts'
import {parseListing} from './listing.ts'
import {restoreFailureTexts} from './restore-failures.ts'
import {settlement} from './settlement.ts'
import {busyWith, storageComplaint} from './statuses.ts'

const backup: BackupCapability = {
  ...plainBackup,
  method: 'Physical',
  completion: 'Listing',
  parseListing,
  classifyFailure: message => classify(failureTexts, message),
  failureTexts,
  busyWith,
  storageComplaint,
  cancelSafety: {
    safe: false,
    why: 'the task only begins the snapshot, which OpenSearch then makes by itself, and the charm has no action that stops it',
    leaves: 'OpenSearch may go on with the snapshot; the list shows what becomes of it.',
  },
  layout: 'OpenSearch',
}

const restore: RestoreCapability = {
  ...plainRestore,
  completion: 'Task',
  failureTexts: restoreFailureTexts,
  classifyFailure: message => classifyRestore(restoreFailureTexts, message),
  settlement,
}

/** A charm whose list takes a form is asked for JSON, which does not cut anything off. */
export function opensearchProfile(charm: CharmFacts, track: string): CharmProfile {
  const asksForJson = takes(charm, 'list-backups', 'output')
  return {
    id: `${charm.name}-${track}`,
    engine: `OpenSearch ${track}`,
    backup: asksForJson ? {...backup, listParameters: {output: 'json'}} : backup,
    ...(offers(charm, 'restore') && {restore}),
    owns: ['create-backup', 'list-backups', 'restore', ...refreshActions],
    readOnlyActions: ['list-backups'],
  }
}
