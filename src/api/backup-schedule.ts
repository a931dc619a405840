import {z} from 'zod'
import {
  archivingReasons,
  backupScheduleReasons,
  freshReasons,
  retentionReasons,
  runNowReason,
  scheduleWarnings,
  skipReasons,
  slotOutcomes,
  waitReasons,
} from './backup-schedule-reasons.ts'
import {backupScheduleStatusSchema, type BackupScheduleStatus} from './backup-schedule-status.ts'
import {cronPattern, timeZone} from './cron-pattern.ts'
import {jobTemplateSchema} from './job-template.ts'
import {progressConditions, type KindDefinition} from './kind.ts'
import {GROUP, VERSION, type CustomObject, type ResourceType} from './meta.ts'
import {described, seconds, text, withRules} from './schema.ts'
import {windowsSchema} from './windows.ts'

export * from './backup-schedule-reasons.ts'
export * from './backup-schedule-status.ts'
export * from './job-template.ts'
export * from './windows.ts'

const objectiveSchema = z.object({
  maxAgeSeconds: described(
    seconds(60).optional(),
    'The newest verified backup is never older than this, or Fresh turns False. Absent: the longest gap between slots in the next 90 days, plus the larger of one hour and half of it.',
    93_600,
  ),
  maxArchiveLagSeconds: described(
    seconds(60).optional(),
    'The newest change that the database has archived in the store is never older than this, or Archiving turns False. Absent: not watched.',
    900,
  ),
})

const historySchema = z.object({
  successful: described(
    z.int().min(0).max(1000).default(7),
    'How many jobs that ended with a backup. The newest one stays in any case, and so does what a kept one builds on.',
    7,
  ),
  failed: described(z.int().min(0).max(1000).default(3), 'How many jobs that ended otherwise.', 3),
})

const retentionSchema = z.object({
  mode: described(
    z.enum(['Plan', 'Enforce']).default('Plan'),
    'Plan: status.expiring shows what would go, and nothing is deleted. Enforce: where the charm can, it is told to expire backups of that age by itself.',
    'Plan',
  ),
  maxAgeSeconds: described(
    seconds(86_400),
    'Age at which backups may go. Charms count days: rounded up to whole ones.',
    2_592_000,
  ),
})

export const backupScheduleSpecSchema = withRules(
  z.object({
    schedule: described(
      cronPattern(),
      'When: five fields of cron (minute, hour, day of the month, month, day of the week), or @hourly, @daily, @weekly, @monthly, @yearly. Where both days are given, either of them is enough.',
      '0 2 * * *',
    ),
    timeZone: described(
      timeZone().default('UTC'),
      'Zone of the pattern, from the IANA database. What becomes of slots when clocks change: docs/schedules.md.',
      'Europe/Berlin',
    ),
    jitterSeconds: described(
      seconds(0, 86_400).default(0),
      'Runs start up to this much after their slots: always by the same amount, worked out from namespace and name, so that schedules spread. status.effectiveJitterSeconds shows it.',
      600,
    ),
    suspend: described(
      z.boolean().default(false),
      'True starts no runs; what runs already goes on. Slots that pass meanwhile are not caught up.',
      false,
    ),
    concurrencyPolicy: described(
      z.enum(['Forbid', 'Queue', 'Replace']).default('Forbid'),
      'What to do with a slot while an earlier job of this schedule is not finished. Forbid: it is skipped. Queue: one job waits, further slots are skipped. Replace: a job whose task Juju does not have yet gives way to the new one; else as Queue.',
      'Forbid',
    ),
    startingDeadlineSeconds: described(
      seconds(1).optional(),
      'How late the job of a slot may be created. Absent: until the next slot.',
      7200,
    ),
    missedRunPolicy: described(
      z.enum(['RunOnce', 'Skip']).default('RunOnce'),
      'What to do with slots that passed while the operator was not running. RunOnce: the newest runs, if its deadline has not passed. Skip: none.',
      'RunOnce',
    ),
    runNow: described(
      text({max: 128, min: 1}).optional(),
      'A text that was not here before starts one run at once, also while suspended. status.lastHandledRunNow echoes it.',
      '2026-11-22-before-the-migration',
    ),
    description: described(
      text({max: 1024}).optional(),
      'For people: what this schedule is for.',
      'Nightly backup of the shop',
    ),
    windows: windowsSchema
      .optional()
      .describe('When runs may start. Absent, or blackouts alone: at all times but in these.'),
    objective: objectiveSchema.optional().describe('What has to hold; the conditions Fresh and Archiving watch it.'),
    history: historySchema
      .prefault({})
      .describe('How many finished BackupJob objects are kept. Running ones are never removed, backups never touched.'),
    retention: retentionSchema.optional().describe('How long the backups themselves are kept. Absent: for ever.'),
    jobTemplate: jobTemplateSchema.describe('What is run.'),
  }),
  {
    rule: '!has(self.objective) || !has(self.objective.maxArchiveLagSeconds) || has(self.jobTemplate.spec.storageRef)',
    message: 'maxArchiveLagSeconds needs jobTemplate.spec.storageRef: archived changes are looked for in the store',
    fieldPath: '.objective',
    holds: spec => spec.objective?.maxArchiveLagSeconds === undefined || spec.jobTemplate.spec.storageRef !== undefined,
  },
  {
    rule: '!has(self.retention) || !has(self.objective) || !has(self.objective.maxAgeSeconds) || self.retention.maxAgeSeconds >= self.objective.maxAgeSeconds',
    message:
      'retention.maxAgeSeconds must be at least objective.maxAgeSeconds: else the newest backup may go before the next one has to be there',
    fieldPath: '.retention',
    holds: spec =>
      spec.retention === undefined ||
      spec.objective?.maxAgeSeconds === undefined ||
      spec.retention.maxAgeSeconds >= spec.objective.maxAgeSeconds,
  },
)

export type BackupScheduleSpec = z.output<typeof backupScheduleSpecSchema>
export type BackupSchedule = CustomObject<'BackupSchedule', BackupScheduleSpec, BackupScheduleStatus>

export const backupScheduleResource: ResourceType = {
  group: GROUP,
  version: VERSION,
  plural: 'backupschedules',
  kind: 'BackupSchedule',
  namespaced: true,
}

const condition = (type: string, field: 'status' | 'reason' | 'message'): string =>
  `.status.conditions[?(@.type=="${type}")].${field}`

export const backupScheduleKind: KindDefinition = {
  resource: backupScheduleResource,
  shortNames: ['cks'],
  description: 'BackupSchedule creates a BackupJob whenever its pattern says so.',
  spec: backupScheduleSpecSchema,
  status: backupScheduleStatusSchema,
  columns: [
    {
      name: 'Application',
      type: 'string',
      jsonPath: '.spec.jobTemplate.spec.application',
      description: 'Juju application',
    },
    {name: 'Schedule', type: 'string', jsonPath: '.spec.schedule', description: 'Pattern'},
    {
      name: 'Status',
      type: 'string',
      jsonPath: condition('Ready', 'reason'),
      description: 'Reason of Ready; Suspended while spec.suspend is true',
    },
    {
      name: 'Last Success',
      type: 'date',
      jsonPath: '.status.lastSuccessTime',
      description: 'Time since a job last ended with a backup',
    },
    {name: 'Next', type: 'string', jsonPath: '.status.nextScheduleTime', description: 'When the next run starts'},
    {name: 'Zone', type: 'string', jsonPath: '.spec.timeZone', description: 'Zone of the pattern', priority: 1},
    {
      name: 'Fresh',
      type: 'string',
      jsonPath: condition('Fresh', 'status'),
      description: 'Whether the newest verified backup is young enough',
      priority: 1,
    },
    {
      name: 'Archiving',
      type: 'string',
      jsonPath: condition('Archiving', 'status'),
      description: 'Whether changes are archived in time',
      priority: 1,
    },
    {
      name: 'Last Failure',
      type: 'date',
      jsonPath: '.status.lastFailureTime',
      description: 'Time since a job last ended without a backup',
      priority: 1,
    },
    {
      name: 'Active',
      type: 'string',
      jsonPath: '.status.active[0].job',
      description: 'Job that is not finished',
      priority: 1,
    },
    {
      name: 'Model',
      type: 'string',
      jsonPath: '.spec.jobTemplate.spec.modelRef.name',
      description: 'JujuModel',
      priority: 1,
    },
    {
      name: 'Level',
      type: 'string',
      jsonPath: '.spec.jobTemplate.spec.backup.type',
      description: 'Full, Differential or Incremental',
      priority: 1,
    },
    {
      name: 'Age',
      type: 'date',
      jsonPath: '.metadata.creationTimestamp',
      description: 'Time since creation',
      priority: 1,
    },
    {
      name: 'Message',
      type: 'string',
      jsonPath: condition('Ready', 'message'),
      description: 'Message of Ready',
      priority: 1,
    },
  ],
  selectableFields: ['.spec.jobTemplate.spec.application', '.spec.jobTemplate.spec.modelRef.name'],
  immutable: {fields: [], instead: ''},
  transitions: [],
  outcome: {type: 'Ready', reasons: backupScheduleReasons},
  conditions: {
    ...progressConditions,
    Fresh: {
      says: 'Whether the newest verified backup of this schedule is no older than the objective. Keeps ageing while suspended.',
      reasons: freshReasons,
    },
    Archiving: {
      says: 'Whether changes between backups reach the store in time; present with objective.maxArchiveLagSeconds.',
      reasons: archivingReasons,
    },
    Retention: {
      says: 'What becomes of old backups; present with spec.retention.',
      reasons: retentionReasons,
    },
  },
  words: {
    'status.recentRuns[].outcome': slotOutcomes,
    'status.recentRuns[].reason': {
      ...skipReasons,
      [runNowReason]: 'It is no slot of the pattern: spec.runNow asked for it.',
    },
    'status.waitingSlot.reason': waitReasons,
    'status.warnings[].reason': scheduleWarnings,
  },
}
