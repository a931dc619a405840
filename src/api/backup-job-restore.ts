import {z} from 'zod'
import {localRefSchema} from './meta.ts'
import {described, moment, seconds, shaped, text, time, unitName, withRules} from './schema.ts'

/** Ids of backups: what the charm lists. Never empty, because charms trip over empty parameters. */
export const backupID = (): z.ZodString => text({max: 64, min: 1})

const sources = ['backupJobRef', 'backupID', 'scheduleRef', 'latest'] as const

const sourceSchema = withRules(
  z.object({
    backupJobRef: localRefSchema.optional().describe('BackupJob whose backup is restored.'),
    backupID: described(backupID().optional(), "The charm's id of a backup.", '2026-11-21T02:00:00Z'),
    scheduleRef: localRefSchema
      .optional()
      .describe('Schedule whose newest successful backup is restored: that of the BackupJobs with its label.'),
    latest: described(z.literal(true).optional(), 'The newest usable backup that the charm lists.', true),
  }),
  {
    rule: `[${sources.map(one => `has(self.${one})`).join(', ')}].filter(x, x).size() <= 1`,
    message: `name one source only: ${sources.join(', ')}; none means the newest usable backup`,
    holds: source => sources.filter(one => source[one] !== undefined).length <= 1,
  },
)

const confirmationSchema = z.object({
  application: described(
    text({max: 63, min: 1}),
    'Name of the application whose data goes, as in spec.application.',
    'postgresql',
  ),
  modelUUID: described(
    shaped({
      max: 36,
      pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
      message: 'write the UUID of the model, as status.modelUUID of the JujuModel shows it',
    }),
    'UUID of the model, as status.modelUUID of the JujuModel shows it.',
    '2dd2f5e4-1111-4222-8333-444455556666',
  ),
  validUntil: described(
    moment('write a moment with its offset, for example 2026-11-22T12:00:00Z'),
    'After this moment nothing is started any more; at most 30 days ahead.',
    '2026-11-22T12:00:00Z',
  ),
})

export const restoreSchema = withRules(
  z.object({
    source: sourceSchema.optional().describe('Which backup. Absent: the newest usable one.'),
    pointInTime: described(
      moment('write a moment with its offset, for example 2026-11-22T08:15:00Z, or latest', 'latest').optional(),
      'Moment to which changes are replayed, or latest. Only where the charm can.',
      '2026-11-22T08:15:00Z',
    ),
    timeline: described(
      backupID().optional(),
      'Id of a restore in the list of the charm: its history is followed. Only with pointInTime.',
      '2026-11-20T10:00:00Z',
    ),
    unit: described(
      unitName().optional(),
      'Unit that is restored, and becomes the primary. Absent: the leader on machines, unit 0 on Kubernetes.',
      'postgresql/1',
    ),
    replicas: described(
      z.enum(['Refuse', 'Rebuild']).default('Refuse'),
      'What to do with the other units, where the charm restores only a single one. Refuse: the job ends with NeedsSingleUnit, which names them. Rebuild: they are removed, the data is restored, and as many are added again.',
      'Refuse',
    ),
    safetyBackup: described(
      z.enum(['Skip', 'IfPossible', 'Required']).default('Skip'),
      'Whether a backup of the present data is taken, and proved, before anything is changed.',
      'Skip',
    ),
    mode: described(
      z.enum(['Execute', 'Plan']).default('Plan'),
      'Plan changes nothing and shows what would happen in status.restore. Execute destroys the present data and restores.',
      'Plan',
    ),
    confirmation: confirmationSchema
      .optional()
      .describe('Needed to Execute: what the person who wrote it believes to overwrite, and until when.'),
    requestID: described(
      shaped({
        max: 63,
        min: 1,
        pattern: /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
        message: 'write letters, digits, -, _ and ., for example restore-2026-11-22',
      }).optional(),
      'Needed to Execute. A request that Juju knows already never runs again, whoever applies it, in whichever cluster.',
      'restore-2026-11-22',
    ),
  }),
  {
    rule: "self.mode != 'Execute' || (has(self.confirmation) && has(self.requestID))",
    message: 'mode Execute destroys data: it needs confirmation {application, modelUUID, validUntil} and a requestID',
    fieldPath: '.mode',
    holds: restore =>
      restore.mode !== 'Execute' || (restore.confirmation !== undefined && restore.requestID !== undefined),
  },
  {
    rule: '!has(self.timeline) || has(self.pointInTime)',
    message: 'timeline needs pointInTime: write a moment on that timeline, or latest',
    fieldPath: '.timeline',
    holds: restore => restore.timeline === undefined || restore.pointInTime !== undefined,
  },
  {
    rule: '!has(self.timeline) || !has(self.source)',
    message: 'remove source: with timeline the backup is the one that this timeline builds on',
    fieldPath: '.timeline',
    holds: restore => restore.timeline === undefined || restore.source === undefined,
  },
)

export type RestoreSpec = z.output<typeof restoreSchema>

/** Steps of a restore, in this order; those that are not needed are left out. */
export const restoreSteps = [
  'SafetyBackup',
  'PreHooks',
  'ScaleDown',
  'Restore',
  'Settle',
  'ScaleUp',
  'PostHooks',
] as const
export type RestoreStepName = (typeof restoreSteps)[number]

/** What a change of units was about to do; written before the call, so that a crash cannot repeat it. */
const unitChangeSchema = z.object({
  kind: z.enum(['RemoveUnits', 'AddUnits', 'SetScale']).describe('What was asked of Juju.'),
  time: time().describe("When, by the operator's clock; names the intent in the annotation charmkeeper.dev/resolve."),
  controllerTime: time().optional().describe('When, by the clock of the Juju controller.'),
  units: z
    .array(text({max: 80}))
    .max(100)
    .describe('RemoveUnits: the units that go. AddUnits: the units that there were before. SetScale: empty.')
    .meta({'x-kubernetes-list-type': 'atomic'}),
  count: z
    .int()
    .min(0)
    .describe('AddUnits: how many are added. SetScale: the wanted number. RemoveUnits: how many go.'),
  before: z.int().min(0).optional().describe('SetScale: the wanted number until then.'),
})
export type UnitChange = z.output<typeof unitChangeSchema>

const id = (): z.ZodString => text({max: 64})

export const restoreStatusSchema = z.object({
  chosenBackupID: id().optional().describe('Backup that is restored.'),
  chosenBecause: text({max: 512}).optional().describe('Why this one.'),
  moment: id().optional().describe('Moment to which changes are replayed: RFC 3339 in UTC, or latest.'),
  timeline: id().optional().describe('Restore whose history is followed.'),
  window: z
    .object({
      first: time().describe('Earliest moment.'),
      last: time().describe('Latest moment; what the store, or the list of the charm, shows.'),
    })
    .optional()
    .describe('Moments that can be restored with pointInTime, as far as they are known.'),
  loss: text({max: 1024}).optional().describe('What the present data loses.'),
  expectedSeconds: seconds(0)
    .optional()
    .describe('Median duration of the last five restores of this application here; absent: unknown.'),
  versions: text({max: 512}).optional().describe('Whether the backup fits the version of the database that runs.'),
  notContained: z
    .array(text({max: 256}))
    .max(16)
    .optional()
    .describe('What the backup does not hold, and so does not come back.')
    .meta({'x-kubernetes-list-type': 'atomic'}),
  blockers: z
    .array(
      z.object({
        reason: text({max: 64}).describe('Reason with which the restore would end, or wait.'),
        message: text({max: 1024}).describe('What is in the way, and what to do about it.'),
      }),
    )
    .max(16)
    .optional()
    .describe('What is in the way of the restore.')
    .meta({'x-kubernetes-list-type': 'atomic'}),
  safetyBackupJob: text({max: 253}).optional().describe('BackupJob of the backup that is taken first.'),
  unitsBefore: z
    .array(text({max: 80}))
    .max(100)
    .optional()
    .describe('Units before anything was changed.')
    .meta({'x-kubernetes-list-type': 'atomic'}),
  survivor: text({max: 80}).optional().describe('Unit that is restored.'),
  parameters: z
    .record(text({max: 64}), text({max: 256}))
    .meta({maxProperties: 8})
    .optional()
    .describe("Parameters of the charm's restore action."),
  timelineBefore: id().optional().describe('Newest timeline in the list of the charm before the restore.'),
  ledgerTime: time()
    .optional()
    .describe('When the request was about to be written into the ledger in Juju; from here on the plan stands.'),
  ledgerConfirmedTime: time().optional().describe('When the entry in the ledger was sure to stay.'),
  change: unitChangeSchema
    .optional()
    .describe('Change of units that was about to be asked of Juju, written before the call.'),
  steps: z
    .array(
      z.object({
        name: z.enum(restoreSteps).describe('Name of the step.'),
        plan: text({max: 512}).describe('What it does.'),
        startedAt: time().optional().describe('When it began.'),
        finishedAt: time().optional().describe('When it was over, by the evidence.'),
        evidence: text({max: 1024}).optional().describe('What shows that it is over.'),
      }),
    )
    .max(restoreSteps.length)
    .optional()
    .describe('The steps in their order; a finished one is never done again.')
    .meta({'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name']}),
})
export type RestoreStatus = z.output<typeof restoreStatusSchema>
export type RestoreStep = NonNullable<RestoreStatus['steps']>[number]
