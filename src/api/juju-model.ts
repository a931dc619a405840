import {z} from 'zod'
import {caCertificateFields, onlyOneCertificate} from './certificate.ts'
import {progressConditions, type KindDefinition} from './kind.ts'
import {
  conditionsSchema,
  GROUP,
  localRefSchema,
  observedGenerationSchema,
  VERSION,
  type CustomObject,
  type ResourceType,
} from './meta.ts'
import {described, shaped, text, time, withRules} from './schema.ts'

const endpoint = shaped({
  max: 262,
  pattern:
    /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?):([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$/,
  message: 'write host:port, for example 10.0.0.10:17070 or [fd00::10]:17070',
})

const controllerSchema = withRules(
  z.object({
    endpoints: described(
      z.array(endpoint).min(1).max(16).meta({'x-kubernetes-list-type': 'set'}),
      'Addresses of the Juju controller, host:port. All are tried together, the first that answers wins.',
      ['10.0.0.10:17070'],
    ),
    ...caCertificateFields(
      'With a CA the server must be `juju-apiserver`, as Juju names itself; with neither, the system roots and the host name of the endpoint count.',
    ),
    credentialsRef: localRefSchema.describe(
      'Secret with the login: `username` and `password`, or `client-id` and `client-secret` (JAAS, JIMM).',
    ),
  }),
  onlyOneCertificate,
)

const modelSchema = withRules(
  z.object({
    name: described(
      shaped({
        max: 320,
        pattern: /^([A-Za-z0-9][A-Za-z0-9.+@_-]*\/)?[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
        message: 'write owner/model, for example admin/prod, or the model name alone',
      }).optional(),
      'Name of the model, `owner/model`. Without an owner the name must be unique among the models that the user can see.',
      'admin/prod',
    ),
    uuid: described(
      shaped({
        max: 36,
        pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
        message: 'write the UUID of the model in lower case, as `juju show-model` prints it',
      }).optional(),
      'UUID of the model, instead of its name.',
      'deadbeef-0bad-400d-8000-4b1d0d06f00d',
    ),
  }),
  {
    rule: 'has(self.name) != has(self.uuid)',
    message: 'write exactly one of name and uuid',
    holds: model => (model.name !== undefined) !== (model.uuid !== undefined),
  },
)

export const jujuModelSpecSchema = z.object({
  controller: controllerSchema.describe('How to reach the Juju controller.'),
  model: modelSchema.describe('Which model; exactly one of name and uuid.'),
  limits: z
    .object({
      maxConcurrentJobs: described(
        z.int().min(1).max(100).default(4),
        'How many backups and restores may run in this model at once.',
        4,
      ),
    })
    .prefault({})
    .describe('Bounds on what the operator does in this model.'),
  takeOver: described(
    shaped({
      max: 512,
      pattern: /^$|^[^/\s]+\/[^/\s]+\/[^/\s]+$/,
      message:
        'write the owner as the condition ClaimedElsewhere names it: <cluster id>/<lease namespace>/<lease name>',
    }).optional(),
    'The owner to displace, when another operator has claimed the model: `<cluster id>/<lease namespace>/<lease name>`, as the message of ClaimedElsewhere names it.',
    '6f1c7f0e-8f5e-4c8e-9f0a-3f8a4f6b2c1d/charmkeeper/charmkeeper',
  ),
  suspend: described(
    z.boolean().default(false),
    'True closes the connection: nothing is read or started in this model. What already runs in Juju goes on there.',
    false,
  ),
})

const backupsSchema = z.object({
  count: z.int().min(0).describe('Finished backups in the list of the charm.'),
  unmanaged: z
    .int()
    .min(0)
    .describe(
      'Of these, how many no BackupJob here knows: made by others, or by a job that is gone. See backup.importID.',
    ),
  newest: text({max: 64}).optional().describe("The charm's id of the newest of them; absent: there is none."),
  oldest: text({max: 64}).optional().describe("The charm's id of the oldest of them; absent: there is none."),
  stale: z
    .int()
    .min(0)
    .optional()
    .describe('Rows that say "in progress" although nothing of them runs any more. They are no backups; absent: none.'),
})

const listFailureSchema = z.object({
  since: time().describe('When the first of the tries failed that have failed since.'),
  message: text({max: 256}).describe('What the first of them said.'),
})

const databaseSchema = z.object({
  name: text({max: 63}).describe('Name of the Juju application.'),
  charm: text({max: 63}).describe('Name of its charm.'),
  revision: z.int().min(0).optional().describe('Revision of the charm.'),
  channel: text({max: 128}).optional().describe('Channel that the charm follows.'),
  profile: text({max: 63}).optional().describe('What Charmkeeper knows this charm as; absent: no backups possible.'),
  units: z.int().min(0).describe('Number of units.'),
  schedules: z
    .array(text({max: 253}))
    .max(10)
    .optional()
    .describe(
      'BackupSchedules of this application, by name; those that are suspended, or cannot run, do not count. Absent: not known.',
    )
    .meta({'x-kubernetes-list-type': 'atomic'}),
  lastBackupTime: time().optional().describe('When the newest backup made by Charmkeeper ended.'),
  backups: backupsSchema
    .optional()
    .describe('What the charm lists, whoever made it. Absent: it could not be read yet, or the charm has no list.'),
  listFailure: listFailureSchema
    .optional()
    .describe('While the list of the charm cannot be read; `backups` is of before then.'),
})

export const jujuModelStatusSchema = z.object({
  observedGeneration: observedGenerationSchema,
  conditions: conditionsSchema,
  modelUUID: text({max: 36}).optional().describe('UUID of the model, pinned when it was found first.'),
  modelType: z.enum(['Machines', 'Kubernetes']).optional().describe('What the units of the model run on.'),
  controllerUUID: text({max: 36}).optional().describe('UUID of the Juju controller.'),
  serverVersion: text({max: 64}).optional().describe('Version of Juju that the controller runs.'),
  access: z
    .enum(['read', 'write', 'admin'])
    .optional()
    .describe('What the user may do in the model. With read nothing can be started; jobs wait.'),
  databases: z
    .array(databaseSchema)
    .max(200)
    .optional()
    .describe(
      'Applications in the model whose charm is a known database. What an unknown charm lists is asked for by its BackupJobs only: nobody runs its actions unasked.',
    )
    .meta({'x-kubernetes-list-type': 'atomic'}),
})

/** Reasons of Ready. Ready is True with Connected; False with all others. */
export const jujuModelReasons = {
  Connected:
    'The operator is logged in to the model. With read access only, jobs wait until the user has write access.',
  Unreachable:
    'No endpoint answers; tried again with growing pauses. The message holds the last error of each endpoint.',
  CertificateNotTrusted: 'The controller shows a certificate that the given CA did not sign, or has another name.',
  CredentialsRejected: 'Juju refuses the login. On Juju 3 a model that is hidden from the user looks the same.',
  ModelNotFound: 'The controller has no model of that name or UUID that this user can see, or several of that name.',
  ModelReplaced:
    'The name now belongs to another UUID than the one pinned in status.modelUUID. Create a new JujuModel for it.',
  ModelMigrated: 'The model has moved to another controller; the message says where to, if Juju does.',
  InsufficientAccess: 'The user may log in but not read the model.',
  UnsupportedController: 'The controller is too old (Juju 2.9) or lacks a facade version that is needed.',
  ControllerUpgrading:
    'The controller is being upgraded, or the model is on its way to another controller; the message says which. Goes on by itself.',
  DuplicateModel:
    'An older JujuModel in this cluster is for the same model; the message names it. That one works, this one does not.',
  ClaimedElsewhere:
    'Another operator owns the model; the message names it. Set spec.takeOver to that owner to displace it.',
  SecretNotFound: 'The Secret, ConfigMap or key that the spec names does not exist.',
  SecretForbidden: 'The operator may not read the Secret; the message shows the RoleBinding to apply.',
  EndpointNotAllowed: 'An endpoint is outside of what --allowed-endpoints permits.',
  Suspended: 'spec.suspend is true.',
  InvalidSpec: 'The spec breaks a rule; the message names the field and the rule.',
} as const satisfies Record<string, string>

/** Reasons of Protected. */
export const protectedReasons = {
  RecentBackups:
    'True: every database that can be backed up has a schedule and a recent finished backup; the message says what is recent.',
  NothingToProtect: 'True: the model has no database that can be backed up.',
  NeverBackedUp: 'False: a database has no finished backup; the message names it.',
  BackupTooOld: 'False: the newest finished backup of a database is not recent; the message names it.',
  NoSchedule:
    'False: a database has no BackupSchedule that runs, although it has a recent backup; the message names it.',
  ListUnavailable: 'Unknown: the list of backups of a database cannot be read at present; the message names it.',
} as const satisfies Record<string, string>
export type ProtectedReason = keyof typeof protectedReasons

export type JujuModelReason = keyof typeof jujuModelReasons
export type JujuModelSpec = z.output<typeof jujuModelSpecSchema>
export type JujuModelStatus = z.output<typeof jujuModelStatusSchema>
export type JujuModelDatabase = z.output<typeof databaseSchema>
export type JujuModelBackups = z.output<typeof backupsSchema>
export type JujuModelListFailure = z.output<typeof listFailureSchema>
export type JujuModel = CustomObject<'JujuModel', JujuModelSpec, JujuModelStatus>

export const jujuModelResource: ResourceType = {
  group: GROUP,
  version: VERSION,
  plural: 'jujumodels',
  kind: 'JujuModel',
  namespaced: true,
}

export const jujuModelKind: KindDefinition = {
  resource: jujuModelResource,
  shortNames: ['ckm'],
  description: 'JujuModel says how to reach one Juju model, and with which limits.',
  spec: jujuModelSpecSchema,
  status: jujuModelStatusSchema,
  columns: [
    {name: 'Model', type: 'string', jsonPath: '.spec.model.name', description: 'Name of the model'},
    {
      name: 'Status',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
      description: 'Reason of Ready',
    },
    {name: 'Access', type: 'string', jsonPath: '.status.access', description: 'What the user may do in the model'},
    {name: 'Juju', type: 'string', jsonPath: '.status.serverVersion', description: 'Version of the controller'},
    {name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation'},
    {name: 'UUID', type: 'string', jsonPath: '.status.modelUUID', description: 'UUID of the model', priority: 1},
    {name: 'Type', type: 'string', jsonPath: '.status.modelType', description: 'Machines or Kubernetes', priority: 1},
    {
      name: 'Protected',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Protected")].status',
      description: 'Whether every database that can be backed up is',
      priority: 1,
    },
    {
      name: 'Message',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].message',
      description: 'Message of Ready',
      priority: 1,
    },
  ],
  selectableFields: [],
  immutable: {fields: ['model'], instead: 'create a new JujuModel for another model'},
  transitions: [],
  outcome: {type: 'Ready', reasons: jujuModelReasons},
  conditions: {
    ...progressConditions,
    Protected: {
      says: 'Whether every database in the model that can be backed up is: False names those that are not.',
      reasons: protectedReasons,
    },
  },
}
