import {z} from 'zod'
import {
  backupJobReasons,
  cancelRefusedReasons,
  dataPresentReasons,
  parentMismatchReasons,
  sizeAnomalyReasons,
  verifiedReasons,
} from './backup-job-reasons.ts'
import {backupJobStatusSchema, type BackupJobStatus} from './backup-job-status.ts'
import {progressConditions, type KindDefinition} from './kind.ts'
import {backupFields, backupSchema} from './backup-job-backup.ts'
import {
  engineFields,
  lifetimeFields,
  runFields,
  storeNeedsStorage,
  targetFields,
  unitIsOfTheApplication,
} from './backup-job-fields.ts'
import {restoreSchema} from './backup-job-restore.ts'
import {GROUP, VERSION, type CustomObject, type ResourceType} from './meta.ts'
import {described, withRules} from './schema.ts'

export * from './backup-job-hooks.ts'
export * from './backup-job-reasons.ts'
export * from './backup-job-restore.ts'
export * from './backup-job-status.ts'

export const backupJobSpecSchema = withRules(
  z.object({
    ...targetFields,
    type: described(
      z.enum(['Backup', 'Restore']).default('Backup'),
      'What to run: a backup, or a restore (see spec.restore), which by default only plans.',
      'Backup',
    ),
    ...engineFields,
    backup: backupSchema.prefault({}).describe('What kind of backup, and by which unit.'),
    restore: restoreSchema.optional().describe('What to restore, and how. Only with type Restore.'),
    ...runFields,
    cancel: described(
      z.enum(['No', 'IfSafe', 'Force']).default('No'),
      'Asks for the end of the job. IfSafe: a waiting job ends; a running task is cancelled only where that is safe for the charm. Force: it is cancelled in any case. May only go upwards: No, IfSafe, Force.',
      'No',
    ),
    ...lifetimeFields,
  }),
  unitIsOfTheApplication,
  storeNeedsStorage,
  {
    rule: "self.type == 'Restore' || !has(self.restore)",
    message: 'set type to Restore, or remove spec.restore: a backup does not read it',
    fieldPath: '.restore',
    holds: spec => spec.type === 'Restore' || spec.restore === undefined,
  },
  {
    rule: `self.type != 'Restore' || !has(self.backup) || (self.backup.type == 'Full' && self.backup.fullIfNoParent && ${backupFields.map(field => `!has(self.backup.${field})`).join(' && ')})`,
    message: 'remove spec.backup: a restore does not read it; what to restore is in spec.restore',
    fieldPath: '.backup',
    holds: spec =>
      spec.type !== 'Restore' ||
      (spec.backup.type === 'Full' &&
        spec.backup.fullIfNoParent &&
        backupFields.every(field => spec.backup[field] === undefined)),
  },
  {
    rule: "self.type != 'Restore' || has(self.restore)",
    message: 'write spec.restore with type Restore; restore: {} plans the restore of the newest usable backup',
    fieldPath: '.restore',
    holds: spec => spec.type !== 'Restore' || spec.restore !== undefined,
  },
  {
    rule: '!has(self.hooks) || !has(self.backup) || !has(self.backup.importID)',
    message: 'remove hooks: with backup.importID nothing is run that they could come before or after',
    fieldPath: '.hooks',
    holds: spec => spec.hooks === undefined || spec.backup.importID === undefined,
  },
  {
    rule: "self.type != 'Restore' || self.backoffLimit == 0",
    message:
      'remove backoffLimit: a restore is never tried again by itself; create a new BackupJob with a new requestID',
    fieldPath: '.backoffLimit',
    holds: spec => spec.type !== 'Restore' || spec.backoffLimit === 0,
  },
  {
    rule: "!has(self.restore) || !has(self.restore.unit) || self.restore.unit.startsWith(self.application + '/')",
    message: 'restore.unit must be a unit of spec.application, for example postgresql/1 for postgresql',
    fieldPath: '.restore.unit',
    holds: spec => spec.restore?.unit === undefined || spec.restore.unit.startsWith(`${spec.application}/`),
  },
)

export type BackupJobSpec = z.output<typeof backupJobSpecSchema>
export type BackupSpec = BackupJobSpec['backup']
export type BackupType = BackupSpec['type']
export type BackupJob = CustomObject<'BackupJob', BackupJobSpec, BackupJobStatus>

export const backupJobResource: ResourceType = {
  group: GROUP,
  version: VERSION,
  plural: 'backupjobs',
  kind: 'BackupJob',
  namespaced: true,
}

export const backupJobKind: KindDefinition = {
  resource: backupJobResource,
  shortNames: ['ckj'],
  description: 'BackupJob is one run: a backup or a restore of one application that Juju runs.',
  spec: backupJobSpecSchema,
  status: backupJobStatusSchema,
  columns: [
    {name: 'Application', type: 'string', jsonPath: '.spec.application', description: 'Juju application'},
    {
      name: 'Status',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Succeeded")].reason',
      description: 'Reason of Succeeded',
    },
    {name: 'Unit', type: 'string', jsonPath: '.status.unit', description: 'Unit that makes the backup, or is restored'},
    {name: 'Backup', type: 'string', jsonPath: '.status.backupID', description: 'Id of the backup'},
    {name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation'},
    {name: 'Model', type: 'string', jsonPath: '.spec.modelRef.name', description: 'JujuModel', priority: 1},
    {name: 'Type', type: 'string', jsonPath: '.spec.type', description: 'Backup or Restore', priority: 1},
    {
      name: 'Level',
      type: 'string',
      jsonPath: '.status.type',
      description: 'Full, Differential or Incremental, as the backup was made',
      priority: 1,
    },
    {
      name: 'Restored',
      type: 'string',
      jsonPath: '.status.restore.chosenBackupID',
      description: 'Id of the backup that is restored',
      priority: 1,
    },
    {
      name: 'Verified',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Verified")].status',
      description: 'Whether the backup was proved',
      priority: 1,
    },
    {name: 'Task', type: 'string', jsonPath: '.status.taskID', description: 'Task in Juju', priority: 1},
    {name: 'Bytes', type: 'integer', jsonPath: '.status.sizeBytes', description: 'Size of the database', priority: 1},
    {
      name: 'Completed',
      type: 'date',
      jsonPath: '.status.completionTime',
      description: 'Time since the end',
      priority: 1,
    },
    {
      name: 'Message',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Succeeded")].message',
      description: 'Message of Succeeded',
      priority: 1,
    },
  ],
  selectableFields: ['.spec.application', '.spec.modelRef.name'],
  immutable: {
    fields: [
      'modelRef',
      'application',
      'storageRef',
      'type',
      'engine',
      'backup',
      'restore',
      'hooks',
      'verify',
      'startingDeadlineSeconds',
      'activeDeadlineSeconds',
      'backoffLimit',
    ],
    instead: 'create a new BackupJob',
  },
  transitions: [
    {
      field: 'cancel',
      rule: "self == oldSelf || oldSelf == 'No' || self == 'Force'",
      message: 'spec.cancel may only go upwards: No, IfSafe, Force; a cancel cannot be taken back',
    },
  ],
  outcome: {type: 'Succeeded', reasons: backupJobReasons},
  conditions: {
    ...progressConditions,
    Verified: {says: 'Whether the backup was proved to be there; see spec.verify.', reasons: verifiedReasons},
    ParentMismatch: {
      says: 'True when the backup has another parent than spec.backup.parentJobRef.',
      reasons: parentMismatchReasons,
    },
    DataPresent: {
      says: 'Whether the backup is still where it was proved to be; looked at now and then after the end.',
      reasons: dataPresentReasons,
    },
    SizeAnomaly: {
      says: 'True when the backup has another size than the last ones of its type would let expect.',
      reasons: sizeAnomalyReasons,
    },
    CancelRefused: {
      says: 'True when a cancel was asked for and could not be carried out; the job ends by its own outcome.',
      reasons: cancelRefusedReasons,
    },
  },
}
