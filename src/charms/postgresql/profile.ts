import type {BackupType} from '../../api/backup-job.ts'
import {classify} from '../classify.ts'
import {offers, takes, type CharmFacts} from '../family.ts'
import type {BackupCapability, CharmProfile, UnitView} from '../profile.ts'
import {byTls, chooseUnit, primaryByStatus, replicaOnly, type RoleRule} from '../unit-choice.ts'
import {artefact, label} from './artefact.ts'
import {failureTexts} from './failures.ts'
import {parseListing} from './listing.ts'
import {restoreCapability} from './restore.ts'
import {storageComplaints} from './statuses.ts'

const typeParameter = {
  Full: 'full',
  Differential: 'differential',
  Incremental: 'incremental',
} as const satisfies Record<BackupType, string>

interface Variant {
  readonly id: CharmProfile['id']
  readonly engine: string
  readonly role: RoleRule
  readonly tlsEndpoints: readonly string[]
  /** The charm's name for its cluster, from the name of the application. */
  readonly clusterName: (application: string) => string
  /** Where the passwords of the charm's own users are, which a backup of another cluster does not bring along. */
  readonly passwords: string
}

const passwordsBySecret =
  "The passwords of the charm's own users. Before a restore of another cluster's backup, set that cluster's with the secret of the option system-users."
const passwordsByAction =
  "The passwords of the charm's own users. Before a restore of another cluster's backup, set that cluster's with the action set-password."

export const postgresqlVariants: readonly Variant[] = [
  {
    id: 'postgresql-14',
    engine: 'PostgreSQL 14',
    role: byTls,
    tlsEndpoints: ['certificates'],
    clusterName: application => application,
    passwords: passwordsByAction,
  },
  {
    id: 'postgresql-16',
    engine: 'PostgreSQL 16',
    role: replicaOnly,
    tlsEndpoints: [],
    clusterName: application => application,
    passwords: passwordsBySecret,
  },
  {
    id: 'postgresql-k8s-14',
    engine: 'PostgreSQL 14',
    role: byTls,
    tlsEndpoints: ['certificates'],
    clusterName: application => `patroni-${application}`,
    passwords: passwordsByAction,
  },
  {
    id: 'postgresql-k8s-16',
    engine: 'PostgreSQL 16',
    role: replicaOnly,
    tlsEndpoints: [],
    clusterName: application => `patroni-${application}`,
    passwords: passwordsBySecret,
  },
]

/** A revision whose `create-backup` has no parameter `type` makes full backups only. */
export function postgresqlProfile(variant: Variant, charm: CharmFacts): CharmProfile {
  return {
    id: variant.id,
    engine: variant.engine,
    backup: backupCapability(variant, takes(charm, 'create-backup', 'type')),
    ...(offers(charm, 'restore') && {
      restore: restoreCapability(variant.passwords, takes(charm, 'restore', 'restore-to-time')),
    }),
    owns: [
      'create-backup',
      'list-backups',
      'restore',
      'promote-to-primary',
      'pre-refresh-check',
      'force-refresh-start',
      'resume-refresh',
      'pre-upgrade-check',
      'resume-upgrade',
    ],
    readOnlyActions: ['list-backups', 'get-primary'],
  }
}

function backupCapability(variant: Variant, knowsTypes: boolean): BackupCapability {
  return {
    method: 'Physical',
    types: knowsTypes ? ['Full', 'Differential', 'Incremental'] : ['Full'],
    compression: 'Always',
    createAction: 'create-backup',
    completion: 'Task',
    listAction: 'list-backups',
    listOn: 'Any',
    primaryAction: 'get-primary',
    storageEndpoint: 's3-parameters',
    tlsEndpoints: variant.tlsEndpoints,
    lockingActions: ['create-backup', 'restore'],
    parameters: (backup): Record<string, string> => (knowsTypes ? {type: typeParameter[backup.type]} : {}),
    chooseUnit: question => chooseUnit(variant.role, question),
    parsePrimary,
    primaryByStatus,
    parseListing,
    classifyFailure: message => classify(failureTexts, message),
    failureTexts,
    busyWith,
    storageComplaint: shown => storageComplaints.find(text => shown.workloadMessage.includes(text)),
    cancelSafety: {
      safe: false,
      why:
        'while a replica makes a backup, the charm keeps other members from connecting to it, and a killed backup may ' +
        'leave it so; such a replica no longer follows the primary until a person repairs it',
      leaves: 'the store may hold an unfinished backup, which the charm does not list and the next one cleans up.',
    },
    expiry: 'ByIntegrator',
    describeUnfinished: row => `as failed: ${row.error ?? ''} (page checksum errors)`,
    label,
    artefact: question => artefact(question, variant.clusterName(question.application)),
    layout: 'pgBackRest',
  }
}

function parsePrimary(output: Readonly<Record<string, unknown>>): string | undefined {
  const primary = output['primary']
  return typeof primary === 'string' && /^[a-z][a-z0-9-]*\/\d+$/.test(primary) ? primary : undefined
}

function busyWith(unit: UnitView): 'Backup' | 'Restore' | undefined {
  if (unit.workloadStatus !== 'maintenance') return undefined
  if (unit.workloadMessage.startsWith('creating backup')) return 'Backup'
  return unit.workloadMessage.startsWith('restoring backup') ? 'Restore' : undefined
}
