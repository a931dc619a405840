import {z} from 'zod'
import {hooksSchema} from './backup-job-hooks.ts'
import {localRefSchema} from './meta.ts'
import {applicationName, described, seconds, type Rule} from './schema.ts'

/** What a BackupJob and the template of a schedule have in common: what is worked on. */
export const targetFields = {
  modelRef: localRefSchema.describe('JujuModel in which the application runs.'),
  application: described(applicationName(), 'Name of the Juju application to back up or to restore.', 'postgresql'),
  storageRef: localRefSchema
    .optional()
    .describe('BackupStorage where the backup is expected; enables the check in the store.'),
} as const

/** And by which means, and before whom. */
export const engineFields = {
  engine: described(
    z.enum(['Auto', 'Action']).default('Auto'),
    "How to run it. Action: the charm's actions; Auto chooses, which today means Action.",
    'Auto',
  ),
  priority: described(
    z.int().min(-100).max(100).default(0),
    'Among those who wait for the same application, model or storage, the higher one goes first.',
    0,
  ),
} as const

/** And what goes with it: hooks, proof, deadlines, new tries. */
export const runFields = {
  hooks: hooksSchema.optional().describe('Actions of the charm to run before and after, on the same application.'),
  verify: described(
    z.enum(['Auto', 'Listing', 'Store', 'None']).default('Auto'),
    "How to prove the backup. Listing: in the charm's list of backups. Store: also in the store, file by file. None: the task's own word. Auto: Store where storageRef is given, else Listing.",
    'Auto',
  ),
  startingDeadlineSeconds: described(
    seconds(1).optional(),
    'The job fails with DeadlineExceeded if its task has not been handed to Juju this long after creation. Absent: it waits for ever.',
    3600,
  ),
  activeDeadlineSeconds: described(
    seconds(1).optional(),
    'The job fails with DeadlineExceeded this long after its task was handed to Juju. That ends the waiting, not the task: the application stays locked until Juju shows the task over. Post hooks have as long again; for an import it counts from its creation. Absent: no limit; backups may run for days.',
    86_400,
  ),
  backoffLimit: described(
    z.int().min(0).max(100).default(0),
    'How many times a failed backup is tried again, with growing pauses, where its failure may pass.',
    0,
  ),
} as const

/** And how long the object stays. */
export const lifetimeFields = {
  ttlSecondsAfterFinished: described(
    seconds(0).optional(),
    'The object is deleted this long after its end; the backup stays. Absent: it is kept. Not for objects that a GitOps tool owns, which would create it again.',
    604_800,
  ),
} as const

export const unitIsOfTheApplication: Rule<{application: string; backup: {unit?: string | undefined}}> = {
  rule: "!has(self.backup) || !has(self.backup.unit) || self.backup.unit.startsWith(self.application + '/')",
  message: 'backup.unit must be a unit of spec.application, for example postgresql/1 for postgresql',
  fieldPath: '.backup.unit',
  holds: spec => spec.backup.unit === undefined || spec.backup.unit.startsWith(`${spec.application}/`),
}

export const storeNeedsStorage: Rule<{verify: string; storageRef?: object | undefined}> = {
  rule: "self.verify != 'Store' || has(self.storageRef)",
  message: 'verify Store needs storageRef: name the BackupStorage to look into',
  fieldPath: '.verify',
  holds: spec => spec.verify !== 'Store' || spec.storageRef !== undefined,
}
