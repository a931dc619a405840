import {classify} from '../classify.ts'
import {offers, takes, type CharmFacts} from '../family.ts'
import type {ArtefactQuestion, BackupCapability, BackupRow, CharmProfile, UnitView} from '../profile.ts'
import {idShape} from '../table.ts'
import {chooseUnit, primaryByStatus, replicaOnly} from '../unit-choice.ts'
import {parsePrimary} from './cluster-status.ts'
import {failureTexts} from './failures.ts'
import {parseListing} from './listing.ts'
import {restoreCapability} from './restore.ts'
import {restoring, storageComplaint} from './statuses.ts'

export function mysqlProfile(id: 'mysql-8.0' | 'mysql-k8s-8.0', charm: CharmFacts): CharmProfile {
  return {
    id,
    engine: 'MySQL 8.0',
    backup: offers(charm, 'get-cluster-status') ? {...backup, primaryAction: 'get-cluster-status'} : backup,
    ...(offers(charm, 'restore') && {restore: restoreCapability(takes(charm, 'restore', 'restore-to-time'))}),
    owns: ['create-backup', 'list-backups', 'restore', 'promote-to-primary', 'pre-upgrade-check', 'resume-upgrade'],
    readOnlyActions: ['list-backups', 'get-cluster-status'],
  }
}

const backup: BackupCapability = {
  method: 'Physical',
  types: ['Full'],
  compression: 'AsTheCharmDoes',
  createAction: 'create-backup',
  completion: 'Task',
  listAction: 'list-backups',
  listOn: 'Any',
  storageEndpoint: 's3-parameters',
  tlsEndpoints: [],
  lockingActions: ['create-backup', 'restore'],
  // `force` would skip the charm's checks of cluster and unit, and back up the primary.
  parameters: () => ({}),
  chooseUnit: question => chooseUnit(replicaOnly, question),
  reportedID,
  parsePrimary,
  primaryByStatus,
  parseListing,
  classifyFailure: message => classify(failureTexts, message),
  failureTexts,
  busyWith,
  storageComplaint,
  cancelSafety: {
    safe: false,
    why:
      'the charm takes a unit out of service while it makes a backup, unless it is the only one, and puts it back at ' +
      'the end; a cancelled one leaves it offline and hidden, and no unit makes a backup until a person has repaired it.',
    leaves:
      'the unit may be left offline and hidden; if `get-cluster-status` shows it so, restart MySQL on it. The charm lists ' +
      'the backup as in progress for ever.',
  },
  expiry: 'Never',
  describeUnfinished,
  label: (backupID, rows) => (rows.some(row => row.id === backupID) ? backupID : undefined),
  artefact,
  layout: 'XtraBackup',
}

function reportedID(output: Readonly<Record<string, unknown>>): string | undefined {
  const id = output['backup-id']
  return typeof id === 'string' && idShape.test(id) ? id : undefined
}

function busyWith({workloadStatus, workloadMessage}: UnitView): 'Backup' | 'Restore' | undefined {
  if (workloadStatus !== 'maintenance') return undefined
  if (workloadMessage === 'Running backup...') return 'Backup'
  return restoring.includes(workloadMessage) ? 'Restore' : undefined
}

function describeUnfinished({running}: BackupRow): string {
  return running === true ? 'as in progress, although nothing of it runs any more' : 'as failed'
}

/** The charm keeps each backup below its id, and its log beside it. */
function artefact({backupID, path}: ArtefactQuestion): {label: string; logPath: string} {
  const parts = [...path.split('/'), `${backupID}.backup.log`]
  return {label: backupID, logPath: parts.filter(part => part !== '').join('/')}
}
