import {z} from 'zod'
import {backupID} from './backup-job-restore.ts'
import {localRefSchema} from './meta.ts'
import {described, unitName, withRules, type Rule} from './schema.ts'

/** Fields of `backup` that say how a backup is run. */
const runFields = ['unit', 'parentJobRef', 'compression'] as const

/** Fields of `backup` without a default; in a Restore they would be without effect. */
export const backupFields = [...runFields, 'importID'] as const

const typeField = {
  type: described(
    z.enum(['Full', 'Differential', 'Incremental']).default('Full'),
    'How much to back up: everything, what changed since the last full backup, or what changed since the last backup.',
    'Full',
  ),
} as const

const howFields = {
  unit: described(
    unitName().optional(),
    'Unit that must make the backup. Absent: the best one, as the charm wants it (a healthy replica where there is one).',
    'postgresql/1',
  ),
  parentJobRef: described(
    localRefSchema.optional(),
    'BackupJob whose backup must become the parent. Charms choose the parent themselves: the newest fitting backup. So this is checked before and after the run, and ends it with ParentMismatch if it is another.',
    {name: 'postgresql-full'},
  ),
  compression: described(
    z.boolean().optional(),
    'Whether the backup is compressed. Absent: as the charm does it. A value that the charm cannot follow ends the job as Unsupported.',
    true,
  ),
} as const

const parentField = {
  fullIfNoParent: described(
    z.boolean().default(true),
    'Whether to make a full backup when a differential or incremental one has nothing to build on. Not used with parentJobRef.',
    true,
  ),
} as const

const onlyChainsHaveParents: Rule<{type: 'Full' | 'Differential' | 'Incremental'; parentJobRef?: object | undefined}> =
  {
    rule: "!has(self.parentJobRef) || self.type in ['Differential', 'Incremental']",
    message: 'remove parentJobRef, or set type to Differential or Incremental: a full backup has no parent',
    fieldPath: '.parentJobRef',
    holds: backup => backup.parentJobRef === undefined || backup.type !== 'Full',
  }

export const backupSchema = withRules(
  z.object({
    ...typeField,
    ...howFields,
    importID: described(
      backupID().optional(),
      "The charm's id of a backup that exists already. Nothing is run: the backup is found, verified and described in the status.",
      '2026-11-21T02:00:00Z',
    ),
    ...parentField,
  }),
  onlyChainsHaveParents,
  {
    rule: `!has(self.importID) || (self.type == 'Full' && ${runFields.map(field => `!has(self.${field})`).join(' && ')})`,
    message: `remove type, ${runFields.join(', ')}: with importID nothing is run, and the backup is what it is`,
    fieldPath: '.importID',
    holds: backup =>
      backup.importID === undefined ||
      (backup.type === 'Full' && runFields.every(field => backup[field] === undefined)),
  },
)

/** What a schedule repeats: always a run, never the import of one backup that exists. */
export const templateBackupSchema = withRules(
  z.object({...typeField, ...howFields, ...parentField}),
  onlyChainsHaveParents,
)
