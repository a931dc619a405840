import {z} from 'zod'
import {scheduleWarnings, skipReasons, slotOutcomes, waitReasons, type SkipReason} from './backup-schedule-reasons.ts'
import {conditionsSchema, observedGenerationSchema} from './meta.ts'
import {seconds, text, time} from './schema.ts'

/** Bounds that writers of the status have to keep; the API server refuses more. */
export const scheduleStatusLimits = {
  message: 1024,
  description: 512,
  active: 16,
  upcoming: 5,
  recentRuns: 10,
  expiring: 50,
  warnings: 8,
} as const

const message = (): z.ZodString => text({max: scheduleStatusLimits.message})
const jobName = (): z.ZodString => text({max: 253})
const reason = (): z.ZodString => text({max: 64})
const backupID = (): z.ZodString => text({max: 64})
const count = (): z.ZodInt => z.int().min(0)
const atomic = {'x-kubernetes-list-type': 'atomic'} as const

function namesOf<Key extends string>(table: Readonly<Record<Key, string>>): [Key, ...Key[]] {
  return Object.keys(table) as [Key, ...Key[]]
}

type Counters = Record<SkipReason, z.ZodOptional<z.ZodInt>>
const skippedSchema = z.object(
  Object.fromEntries(
    Object.entries(skipReasons).map(([name, meaning]) => [name, count().optional().describe(meaning)]),
  ) as Counters,
)

const activeSchema = z.object({
  job: jobName().describe('BackupJob that is not finished.'),
  slot: time().describe('Slot that it is for; of runNow, when it was asked for.'),
})

const upcomingSchema = z.object({
  time: time().describe('When the run starts, with jitter, in UTC.'),
  local: text({max: 64}).describe('The same in the zone of the schedule.'),
  note: text({max: 256})
    .optional()
    .describe('What is special about it: a change of the clock, or that spec.windows do not allow it.'),
})

const recentRunSchema = z.object({
  slot: time().describe('Slot; of runNow, when the run was asked for.'),
  outcome: z.enum(namesOf(slotOutcomes)).describe('What became of it.'),
  reason: reason().optional().describe('Why it was skipped or late; RunNow for a run by spec.runNow.'),
  job: jobName().optional().describe('Its BackupJob.'),
  result: reason().optional().describe('Reason of Succeeded with which the job ended; absent: not finished.'),
  backupID: backupID().optional().describe("The charm's id of its backup."),
  message: message().optional().describe('The same for people; of a failed run, what the job says.'),
})

const slotsSchema = z.object({
  ran: count().describe('Ran, in time.'),
  late: count().describe('Ran, but late.'),
  skipped: skippedSchema.describe('Skipped, by reason.'),
})

const patternSchema = z.object({
  schedule: text({max: 256})
    .optional()
    .describe('Pattern that slots are counted with. Absent: the one in the spec cannot be read, and has none.'),
  timeZone: text({max: 64}).describe('Its zone.'),
  suspended: z.boolean().optional().describe('Whether slots pass as Skipped because the schedule is suspended.'),
  since: time().describe('Slots after this moment count.'),
  accountedUntil: time().describe('Every slot up to this moment, inclusive, has its outcome.'),
})

const waitingSlotSchema = z.object({
  slot: time().describe('The slot.'),
  reason: z.enum(namesOf(waitReasons)).describe('What it waits for.'),
})

const recoverabilitySchema = z.object({
  first: time().describe('Earliest moment from which on there is no gap.'),
  last: time().describe('Latest moment; what the store showed an hour ago at the longest.'),
})

const expiringSchema = z.object({
  backupID: backupID().describe("The charm's id of the backup."),
  time: time().describe('When it was made.'),
  job: jobName().optional().describe('Its BackupJob, where there still is one.'),
})

const retentionIntentSchema = z.object({
  application: text({max: 63}).describe('Integrator whose option is set.'),
  days: count().describe('Value that is set.'),
  before: text({max: 64}).optional().describe('Value that it had; absent: its default.'),
  time: time().describe("When, by the operator's clock."),
  controllerTime: time().optional().describe('When, by the clock of the Juju controller.'),
})

const retentionStatusSchema = z.object({
  maxAgeSeconds: seconds(0)
    .optional()
    .describe('spec.retention.maxAgeSeconds as it was in force last, with mode Enforce; absent: it never was.'),
  days: count().optional().describe('Days after which backups expire, as the integrator in Juju is set.'),
  integrator: text({max: 63}).optional().describe('Application in Juju that holds this setting.'),
  intent: retentionIntentSchema
    .optional()
    .describe('What was about to be set in Juju, written before the call; absent again once its outcome is known.'),
})

const warningSchema = z.object({
  reason: z.enum(namesOf(scheduleWarnings)).describe('One word for it.'),
  message: message().describe('The same for people.'),
})

export const backupScheduleStatusSchema = z.object({
  observedGeneration: observedGenerationSchema,
  conditions: conditionsSchema,
  description: text({max: scheduleStatusLimits.description}).optional().describe('The pattern in words.'),
  updatedAt: time().optional().describe('When a changed spec was last seen, or a slot last had its outcome.'),
  nextScheduleTime: time()
    .optional()
    .describe('When the next run starts that spec.windows allow; absent: none is planned.'),
  upcoming: z
    .array(upcomingSchema)
    .max(scheduleStatusLimits.upcoming)
    .optional()
    .describe('The next slots.')
    .meta(atomic),
  effectiveJitterSeconds: seconds(0)
    .optional()
    .describe('By how much runs of this schedule start after their slots; the same for all.'),
  active: z
    .array(activeSchema)
    .max(scheduleStatusLimits.active)
    .optional()
    .describe('Jobs of this schedule that are not finished, oldest first.')
    .meta(atomic),
  target: z
    .object({
      model: text({max: 253}).describe('Its JujuModel.'),
      application: text({max: 63}).describe('The application.'),
      storage: text({max: 253}).optional().describe('Its BackupStorage; absent: the template names none.'),
    })
    .optional()
    .describe(
      'What the fields below are about. An application that is new in the template begins anew; for a new BackupStorage nothing is proved yet.',
    ),
  waitingSlot: waitingSlotSchema.optional().describe('A slot that has come but whose job cannot be created yet.'),
  lastAttemptTime: time().optional().describe('When a job was created last.'),
  lastAttemptJob: jobName().optional().describe('That job.'),
  lastSuccessTime: time().optional().describe('When a job last ended with a backup.'),
  lastSuccessJob: jobName().optional().describe('That job.'),
  lastSuccessBackupID: backupID().optional().describe("The charm's id of its backup."),
  lastVerifiedTime: time()
    .optional()
    .describe('When the newest backup that was proved was made; Fresh counts from here.'),
  lastFailureTime: time().optional().describe('When a job last ended without one.'),
  lastFailureJob: jobName().optional().describe('That job.'),
  lastFailureReason: reason().optional().describe('Its reason of Succeeded.'),
  lastSkipTime: time().optional().describe('The newest slot that was skipped.'),
  lastSkipReason: reason().optional().describe('Why.'),
  recentRuns: z
    .array(recentRunSchema)
    .max(scheduleStatusLimits.recentRuns)
    .optional()
    .describe('The last slots and runs by runNow, newest first.')
    .meta(atomic),
  slots: slotsSchema.optional().describe('What became of all slots since the schedule was created.'),
  pattern: patternSchema.optional().describe('How far slots are accounted for, and by which pattern.'),
  lastHandledRunNow: text({max: 128}).optional().describe('The spec.runNow whose run was created last.'),
  objectiveSeconds: seconds(0)
    .optional()
    .describe('The age objective in force: spec.objective.maxAgeSeconds, or its default worked out from the pattern.'),
  recoverability: recoverabilitySchema
    .optional()
    .describe('Moments to which the database can be brought back, as far as they are known.'),
  retention: retentionStatusSchema.optional().describe('What was done about spec.retention.'),
  expiring: z
    .array(expiringSchema)
    .max(scheduleStatusLimits.expiring)
    .optional()
    .describe('Backups older than spec.retention.maxAgeSeconds, oldest first.')
    .meta(atomic),
  warnings: z
    .array(warningSchema)
    .max(scheduleStatusLimits.warnings)
    .optional()
    .describe('What is worth a look, although runs start.')
    .meta(atomic),
})

export type BackupScheduleStatus = z.output<typeof backupScheduleStatusSchema>
export type RecentRun = z.output<typeof recentRunSchema>
export type UpcomingRun = z.output<typeof upcomingSchema>
export type ActiveRun = z.output<typeof activeSchema>
export type SlotCounters = z.output<typeof slotsSchema>
export type SlotCursor = z.output<typeof patternSchema>
export type Recoverability = z.output<typeof recoverabilitySchema>
export type RetentionIntent = z.output<typeof retentionIntentSchema>
export type ScheduleRetention = z.output<typeof retentionStatusSchema>
export type ExpiringBackup = z.output<typeof expiringSchema>
