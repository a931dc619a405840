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
import {applicationName, described, seconds, shaped, text, time, withRules} from './schema.ts'

const s3Schema = withRules(
  z.object({
    bucket: described(
      shaped({
        max: 63,
        min: 3,
        pattern: /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
        message: 'write the name of a bucket: lower-case letters, digits, dots and hyphens, for example db-backups',
      }),
      'Name of the bucket. It must exist.',
      'db-backups',
    ),
    endpoint: described(
      shaped({
        max: 512,
        pattern: /^https:\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:[1-9][0-9]{0,4})?\/?$/,
        message:
          'write https://host or https://host:port, without a path: the charms speak to the store over https only',
      }).default('https://s3.amazonaws.com'),
      'Address of the S3 service.',
      'https://s3.example.com:9000',
    ),
    region: described(
      text({max: 64, min: 1, pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/}).optional(),
      'Region of the bucket. Absent: us-east-1.',
      'eu-central-1',
    ),
    path: described(
      shaped({
        max: 512,
        pattern: /^[A-Za-z0-9!_.*/@+=,:-]*$/,
        message: 'write a path in the bucket from letters, digits and any of /!_.*@+=,:- (for example /pg)',
      }).optional(),
      'Directory in the bucket under which the charm keeps its repository. Slashes at either end do not matter.',
      '/pg',
    ),
    uriStyle: described(
      z.enum(['Path', 'Host']).default('Host'),
      'Whether the bucket stands in the path or in the host name of a request. Most S3 servers that are not AWS need Path.',
      'Path',
    ),
    storageClass: described(
      text({max: 64, min: 1, pattern: /^[A-Z0-9_]+$/}).optional(),
      'Storage class that the charm gives to new objects.',
      'STANDARD_IA',
    ),
    apiVersion: described(
      text({max: 16, min: 1, pattern: /^[A-Za-z0-9.]+$/}).optional(),
      'S3 signature version that the charm uses.',
      '4',
    ),
    attributes: described(
      z
        .array(text({max: 256, min: 1}))
        .max(32)
        .optional()
        .meta({'x-kubernetes-list-type': 'atomic'}),
      'Extra HTTP headers that the charm sends to the store.',
      ['x-amz-meta-team=dba'],
    ),
    ...caCertificateFields('Without one, the system roots count.'),
    credentialsRef: localRefSchema.describe('Secret with the keys `access-key` and `secret-key`.'),
  }),
  onlyOneCertificate,
)

const integrationSchema = z.object({
  modelRef: localRefSchema.describe('JujuModel in which the integrator runs.'),
  application: described(applicationName(), 'Name of the integrator application.', 's3-integrator'),
})

const integrationsSchema = withRules(z.array(integrationSchema).max(64), {
  rule: 'self.all(a, self.exists_one(b, b.application == a.application && b.modelRef.name == a.modelRef.name))',
  message: 'name each integrator application of a model once',
  holds: all => new Set(all.map(one => `${one.modelRef.name}/${one.application}`)).size === all.length,
})

export const backupStorageSpecSchema = z.object({
  s3: s3Schema.describe('Where the store is: an S3 service.'),
  accessMode: described(
    z.enum(['ReadOnly', 'ReadWrite']).default('ReadOnly'),
    'ReadOnly: the operator only lists and reads. ReadWrite: it also writes, reads and deletes one fixed key, outside of every repository, to prove that backups can be written.',
    'ReadOnly',
  ),
  probeIntervalSeconds: described(seconds(10, 86_400).default(300), 'Pause between two looks at the store.', 300),
  limits: z
    .object({
      maxConcurrentJobs: described(
        z.int().min(1).max(1000).default(16),
        'How many backups and restores may use this store at once, over all models.',
        16,
      ),
    })
    .prefault({})
    .describe('Bounds on the load on this store.'),
  integrations: described(
    integrationsSchema.optional().meta({'x-kubernetes-list-type': 'atomic'}),
    'The integrator applications in Juju that stand for this location. Before a job, the configuration of the integrator is compared with s3; a difference refuses the job with StorageMismatch.',
    [{modelRef: {name: 'production'}, application: 's3-integrator'}],
  ),
})

export const backupStorageStatusSchema = z.object({
  observedGeneration: observedGenerationSchema,
  conditions: conditionsSchema,
  lastProbeTime: time().optional().describe('When the store was looked at, as of the last change of state.'),
  objectLock: z
    .object({
      enabled: z.boolean().describe('Whether the bucket can lock objects against deletion.'),
      mode: z.enum(['Governance', 'Compliance']).optional().describe('Default lock of new objects.'),
      retentionDays: z.int().min(0).optional().describe('For how many days new objects are locked.'),
    })
    .optional()
    .describe('Object lock of the bucket; absent when the store does not say.'),
})

/** Reasons of Ready. Ready is True with Available; False with all others. */
export const backupStorageReasons = {
  Available: 'The bucket can be listed and, with ReadWrite, written.',
  Unreachable: 'The endpoint does not answer; tried again at every probe.',
  CertificateNotTrusted: 'The endpoint shows a certificate that the given CA did not sign, or has another name.',
  CredentialsRejected: 'The store does not know the access key, or the secret key does not fit.',
  AccessDenied: 'The key is known but may not do what the probe needs; the message names the request.',
  BucketNotFound: 'The store has no bucket of that name.',
  SecretNotFound: 'The Secret, ConfigMap or key that the spec names does not exist.',
  SecretForbidden: 'The operator may not read the Secret; the message shows the RoleBinding to apply.',
  EndpointNotAllowed: 'The endpoint is outside of what --allowed-endpoints permits.',
  InvalidSpec: 'The spec breaks a rule; the message names the field and the rule.',
} as const satisfies Record<string, string>

export type BackupStorageReason = keyof typeof backupStorageReasons
export type BackupStorageSpec = z.output<typeof backupStorageSpecSchema>
export type BackupStorageStatus = z.output<typeof backupStorageStatusSchema>
/** The S3 location, without credentials. */
export type S3Spec = BackupStorageSpec['s3']
export type BackupStorage = CustomObject<'BackupStorage', BackupStorageSpec, BackupStorageStatus>

export const backupStorageResource: ResourceType = {
  group: GROUP,
  version: VERSION,
  plural: 'backupstorages',
  kind: 'BackupStorage',
  namespaced: true,
}

export const backupStorageKind: KindDefinition = {
  resource: backupStorageResource,
  shortNames: ['ckst'],
  description: 'BackupStorage describes one location in an object store that holds backups.',
  spec: backupStorageSpecSchema,
  status: backupStorageStatusSchema,
  columns: [
    {name: 'Bucket', type: 'string', jsonPath: '.spec.s3.bucket', description: 'Name of the bucket'},
    {name: 'Path', type: 'string', jsonPath: '.spec.s3.path', description: 'Directory in the bucket'},
    {
      name: 'Status',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
      description: 'Reason of Ready',
    },
    {name: 'Access', type: 'string', jsonPath: '.spec.accessMode', description: 'What the operator may do'},
    {name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation'},
    {name: 'Endpoint', type: 'string', jsonPath: '.spec.s3.endpoint', description: 'Address of the store', priority: 1},
    {
      name: 'Message',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].message',
      description: 'Message of Ready',
      priority: 1,
    },
  ],
  selectableFields: [],
  immutable: {fields: [], instead: ''},
  transitions: [],
  outcome: {type: 'Ready', reasons: backupStorageReasons},
  conditions: progressConditions,
}
