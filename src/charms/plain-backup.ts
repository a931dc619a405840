import {chooseLeader} from './leader-choice.ts'
import {notInAnyBackup} from './not-contained.ts'
import type {BackupCapability, BackupRow} from './profile.ts'
import type {RestoreCapability, RestoreTarget} from './restore.ts'
import {idShape} from './table.ts'

/** What charms have in common that make full backups of one kind on their leader, and show no primary. */
export const plainBackup = {
  types: ['Full'],
  compression: 'AsTheCharmDoes',
  createAction: 'create-backup',
  completion: 'Task',
  listAction: 'list-backups',
  listOn: 'Leader',
  storageEndpoint: 's3-credentials',
  tlsEndpoints: [],
  lockingActions: ['create-backup', 'restore'],
  parameters: () => ({}),
  chooseUnit: chooseLeader,
  reportedID: output => idIn(output['backup-id']),
  parsePrimary: () => undefined,
  primaryByStatus: () => undefined,
  storageComplaint: () => undefined,
  expiry: 'Never',
  describeUnfinished,
  label: (backupID, rows) => (rows.some(row => row.id === backupID) ? backupID : undefined),
  artefact: ({backupID}) => ({label: backupID}),
} as const satisfies Partial<BackupCapability>

/** What charms have in common that restore a backup on their leader, however many units there are, and no moment. */
export const plainRestore = {
  action: 'restore',
  completion: 'Status',
  units: 'Any',
  pointInTime: 'None',
  timelines: false,
  notContained: notInAnyBackup,
  parameters: ({backupID}: RestoreTarget): Record<string, string> => (backupID ? {'backup-id': backupID} : {}),
  isStandby: () => false,
  refusesNow: () => undefined,
  afterwards: () => undefined,
  newestTimeline: () => undefined,
} as const satisfies Partial<RestoreCapability>

/** The id of a backup out of a text of the charm, or undefined if there is none. */
export function idIn(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  return value.split(/\s+/).find(word => idShape.test(word))
}

function describeUnfinished({running, error, stateless}: BackupRow): string {
  if (stateless === true) return 'without saying whether it is whole'
  if (running === true) return 'as in progress, although nothing of it runs any more'
  return error ? `as failed: ${error}` : 'as failed'
}
