import {z} from 'zod'
import {templateBackupSchema} from './backup-job-backup.ts'
import {
  engineFields,
  lifetimeFields,
  runFields,
  storeNeedsStorage,
  targetFields,
  unitIsOfTheApplication,
} from './backup-job-fields.ts'
import {GROUP} from './meta.ts'
import {described, text, withRules, type Rule} from './schema.ts'

const prefix = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/'
const word = '[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?'
const key = new RegExp(`^(${prefix})?${word}$`)
const labelText = new RegExp(`^(${word})?$`)

type Entries = Readonly<Record<string, string>>

const keysAreKeys: Rule<Entries> = {
  rule: `self.all(key, key.matches(r'^(${prefix})?${word}$') && key.split('/').all(part, part.size() <= 253) && key.replace(key.split('/')[0] + '/', '').size() <= 63)`,
  message: 'write keys as Kubernetes takes them, for example team or example.com/team',
  holds: entries => Object.keys(entries).every(isKey),
}

function isKey(value: string): boolean {
  const parts = value.split('/')
  return key.test(value) && parts.every(part => part.length <= 253) && (parts.at(-1) ?? '').length <= 63
}

const keysAreTheirOwn: Rule<Entries> = {
  rule: `self.all(key, !key.startsWith('${GROUP}/'))`,
  message: `remove the keys of ${GROUP}/: the operator writes those itself`,
  holds: entries => Object.keys(entries).every(one => !one.startsWith(`${GROUP}/`)),
}

const valuesAreLabels: Rule<Entries> = {
  rule: `self.all(key, self[key].matches(r'^(${word})?$'))`,
  message: 'write values of labels with letters, digits, -, _ and ., for example gold',
  holds: entries => Object.values(entries).every(value => labelText.test(value)),
}

/** At most so many labels, and annotations, of a template. */
const maxEntries = 32

const entries = (max: number): z.ZodRecord<z.ZodString, z.ZodString> =>
  z.record(z.string(), text({max})).meta({maxProperties: maxEntries})

const metadataSchema = z.object({
  labels: described(
    withRules(entries(63), keysAreKeys, keysAreTheirOwn, valuesAreLabels).optional(),
    'Labels of each job. Labels of the schedule itself are not passed on.',
    {team: 'billing'},
  ),
  annotations: described(
    withRules(entries(4096), keysAreKeys, keysAreTheirOwn).optional(),
    'Annotations of each job.',
    {'example.com/contact': 'dba@example.com'},
  ),
})

/** The spec of a BackupJob as far as a schedule may repeat it. Rules over changes are those of the job alone. */
const templateSpecSchema = withRules(
  z.object({
    ...targetFields,
    type: described(z.enum(['Backup']).default('Backup'), 'A schedule makes backups only.', 'Backup'),
    ...engineFields,
    backup: templateBackupSchema.prefault({}).describe('What kind of backup, and by which unit.'),
    ...runFields,
    ...lifetimeFields,
  }),
  unitIsOfTheApplication,
  storeNeedsStorage,
)

/** What the jobs of a schedule look like. */
export const jobTemplateSchema = z.object({
  metadata: metadataSchema.prefault({}).describe('Labels and annotations of each job, and no others.'),
  spec: templateSpecSchema.describe('What each job does: the spec of a BackupJob.'),
})
export type JobTemplate = z.output<typeof jobTemplateSchema>
