import {z} from 'zod'
import {hookLimits, hookRunSchema} from './backup-job-hooks.ts'
import {restoreStatusSchema} from './backup-job-restore.ts'
import {conditionsSchema, observedGenerationSchema} from './meta.ts'
import {text, time} from './schema.ts'

/** Bounds that writers of the status have to keep; the API server refuses more. Characters and entries. */
export const statusLimits = {message: 1024, logLines: 20, logLine: 1024, unsuitableUnits: 100, parameters: 32} as const

const message = (): z.ZodString => text({max: statusLimits.message})
const id = (): z.ZodString => text({max: 64})
const bytes = (): z.ZodInt => z.int().min(0)

const intentSchema = z.object({
  action: text({max: 128}).describe('Name of the action.'),
  unit: text({max: 80}).describe('Unit that it was meant for.'),
  time: time().describe("When, by the operator's clock; names the intent in the annotation charmkeeper.dev/resolve."),
  controllerTime: time().optional().describe('When, by the clock of the Juju controller.'),
  highestOperationID: id().describe('Highest operation in the model before the call; ours has a higher one.'),
  newestBackupID: id().describe('Newest backup that the charm listed before the call; empty: none.'),
  parameters: z
    .record(text({max: 64}), text({max: 256}))
    .meta({maxProperties: statusLimits.parameters})
    .describe('Parameters of the action, as far as they are no secrets.'),
})

const artefactSchema = z.object({
  storage: text({max: 253}).optional().describe('BackupStorage that was looked into.'),
  endpoint: text({max: 512}).optional().describe('Address of the store.'),
  region: text({max: 64}).optional().describe('Region of the bucket.'),
  bucket: text({max: 255}).describe('Bucket.'),
  path: text({max: 1024}).describe("Path of the repository in the bucket; the charm's own directories lie below it."),
  stanza: text({max: 256}).optional().describe('Name of the cluster in a pgBackRest repository.'),
  label: text({max: 256}).optional().describe('Name of the backup in the repository.'),
  logPath: text({max: 2048}).optional().describe('Where in the bucket the charm has put the log of the backup.'),
})

export const backupJobStatusSchema = z.object({
  observedGeneration: observedGenerationSchema,
  conditions: conditionsSchema,
  attempt: z.int().min(1).optional().describe('Number of the current attempt, from 1.'),
  grantedAt: time().optional().describe('When the job was given the application.'),
  queue: z
    .object({
      position: z.int().min(1).describe('Position among those who wait; 1 is next.'),
      holder: text({max: 512}).describe('Who or what is in the way.'),
    })
    .optional()
    .describe('While Queued: what the job waits for.'),
  intent: intentSchema
    .optional()
    .describe('What was about to be asked of Juju, written before the call, so that a crash cannot repeat it.'),
  unit: text({max: 80}).optional().describe('Unit that makes, or made, the backup.'),
  primary: text({max: 80})
    .optional()
    .describe('Unit that was the primary when it was looked at last; a change while a backup runs is reported.'),
  operationID: id().optional().describe('Operation in Juju.'),
  taskID: id().optional().describe('Task in Juju; `juju show-task` shows it.'),
  taskStatus: id().optional().describe("State of the task in Juju's word."),
  enqueuedAt: time().optional().describe('When Juju took the task.'),
  startTime: time().optional().describe('When the task began to run.'),
  completionTime: time().optional().describe('When the job ended.'),
  lastMessage: message().optional().describe('What the unit or the task said last.'),
  lastObservedTime: time()
    .optional()
    .describe('When Juju was asked last; moves with another change, and every 5 minutes while Juju is away.'),
  lastSeenTime: time().optional().describe('While Juju is away: when it was seen last.'),
  log: z
    .array(text({max: statusLimits.logLine}))
    .max(statusLimits.logLines)
    .optional()
    .describe('The last lines of the log of the task.')
    .meta({'x-kubernetes-list-type': 'atomic'}),
  unsuitableUnits: z
    .array(
      z.object({
        unit: text({max: 80}).describe('Name of the unit.'),
        message: message().describe("Why, in the charm's own words."),
        unsettled: z
          .boolean()
          .optional()
          .describe(
            'Units were on their way out then, which the charm still counted; it is asked again when they are gone.',
          ),
      }),
    )
    .max(statusLimits.unsuitableUnits)
    .optional()
    .describe('Units that refused the backup in this attempt.')
    .meta({'x-kubernetes-list-type': 'atomic'}),
  retryTime: time().optional().describe('When the next attempt starts.'),
  backupID: id().optional().describe("The charm's id of the backup."),
  method: z.enum(['Physical', 'Logical']).optional().describe('Kind of backup that the charm makes.'),
  type: z.enum(['Full', 'Differential', 'Incremental']).optional().describe('Type of the backup that was made.'),
  parentBackupID: id().optional().describe('Backup that this one builds on.'),
  timeline: id().optional().describe('PostgreSQL timeline of the backup, in hexadecimal.'),
  lsnStart: id().optional().describe('Position in the WAL at the start.'),
  lsnStop: id().optional().describe('Position in the WAL at the end.'),
  walStart: id().optional().describe('First WAL segment that a restore needs.'),
  walStop: id().optional().describe('Last WAL segment that a restore to the end of the backup needs.'),
  sizeBytes: bytes().optional().describe('Size of the database.'),
  repositorySizeBytes: bytes().optional().describe('Size of the backup in the store, with what it builds on.'),
  engineVersion: id().optional().describe('Version of the database.'),
  charm: id().optional().describe('Charm of the application.'),
  revision: z.int().min(0).optional().describe('Revision of the charm.'),
  channel: text({max: 128}).optional().describe('Channel of the charm.'),
  base: z
    .object({
      name: id().describe('Operating system.'),
      channel: id().describe('Its version.'),
    })
    .optional()
    .describe('Base that the application runs on.'),
  modelName: text({max: 320}).optional().describe('Name of the model, with its owner.'),
  modelUUID: text({max: 36}).optional().describe('UUID of the model.'),
  artefact: artefactSchema.optional().describe('Where the backup is: all that a stranger needs to restore it.'),
  restore: restoreStatusSchema.optional().describe('Of a restore: what was chosen, what would go, and how far it is.'),
  hooks: z
    .array(hookRunSchema)
    .max(hookLimits.runs)
    .optional()
    .describe('Runs of hooks, oldest first; the last one may be under way.')
    .meta({'x-kubernetes-list-type': 'atomic'}),
  conclusion: z
    .object({
      reason: text({max: 64}).describe('Reason of Succeeded with which the job ends.'),
      message: message().describe('Its message.'),
      time: time()
        .optional()
        .describe('When it was known; from then on activeDeadlineSeconds count for the post hooks.'),
      scaleUp: z.boolean().optional().describe('Whether units that a restore has removed are added again first.'),
    })
    .optional()
    .describe('Outcome of the backup or restore, while something is still to be done: post hooks, units, the ledger.'),
})

export type BackupJobStatus = z.output<typeof backupJobStatusSchema>
export type BackupJobIntent = z.output<typeof intentSchema>
export type BackupArtefact = z.output<typeof artefactSchema>
