import {createHash} from 'node:crypto'
import {z} from 'zod'
import {described, name, text, time} from './schema.ts'

/** What the Kubernetes client needs to know to address a kind. `group` is empty for the core group. */
export interface ResourceType {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
}

export const GROUP = 'charmkeeper.dev'
export const VERSION = 'v1alpha1'

/** A person's answer to an uncertain effect: `<intent time>=Happened|DidNotHappen|Abandon`. */
export const RESOLVE_ANNOTATION = 'charmkeeper.dev/resolve'
/** The id of a Juju task that the annotated object no longer waits for. */
export const IGNORE_TASK_ANNOTATION = 'charmkeeper.dev/ignore-task'
/** On a BackupJob that a schedule made: the schedule, as `labelValue` writes its name. */
export const SCHEDULE_LABEL = 'charmkeeper.dev/schedule'
/** And its JujuModel, in the same way. */
export const MODEL_LABEL = 'charmkeeper.dev/model'
/** And its application. */
export const APPLICATION_LABEL = 'charmkeeper.dev/application'
/** On a BackupJob that a schedule made: the slot that it is for, RFC 3339. */
export const SLOT_ANNOTATION = 'charmkeeper.dev/slot'
/** And the whole name of the schedule. */
export const SCHEDULE_NAME_ANNOTATION = 'charmkeeper.dev/schedule-name'
/** And the whole name of the JujuModel. */
export const MODEL_NAME_ANNOTATION = 'charmkeeper.dev/model-name'
/** On one that `spec.runNow` of a schedule asked for: a hash of the token. */
export const RUN_NOW_ANNOTATION = 'charmkeeper.dev/run-now'
/** On one that had to give way to a newer slot: that slot, RFC 3339. */
export const REPLACED_ANNOTATION = 'charmkeeper.dev/replaced-by-slot'
/** On the safety backup of a restore: the uid of that restore. */
export const RESTORE_ANNOTATION = 'charmkeeper.dev/restore-uid'
/** Kept by a granted job until its work in Juju is over. */
export const RUNNING_FINALIZER = 'charmkeeper.dev/running'
/** Kept by a JujuModel while a granted job needs its session. */
export const IN_USE_FINALIZER = 'charmkeeper.dev/in-use'

/** The part of metav1.ObjectMeta that we read. Everything else in it is carried along untouched. */
export interface ObjectMeta {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: OwnerReference[]
}

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

/**
 * The name of an object as the value of a label, which has at most 63 characters: a longer name keeps its first 52, up
 * to a letter or digit, and gets 10 hexadecimal digits of its sha256.
 */
export function labelValue(objectName: string): string {
  if (objectName.length <= 63) return objectName
  const start = objectName.slice(0, 52).replace(/[^a-z0-9]+$/i, '')
  return `${start}-${createHash('sha256').update(objectName).digest('hex').slice(0, 10)}`
}

/** Any object of the API server. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
}

/** One of our own objects: a spec that people write and a status that only the operator writes. */
export interface CustomObject<Kind extends string, Spec, Status> extends KubeObject {
  kind: Kind
  spec: Spec
  /** Absent only in objects that did not come from the API server, which fills in `{observedGeneration: -1}`. */
  status?: Status
}

export const localRefSchema = z.object({
  name: described(name(), 'Name of the object, in the same namespace.', 'production'),
})
/** A reference to an object of the same namespace; a tenant is a namespace. */
export type LocalRef = z.output<typeof localRefSchema>

/** metav1.Condition. The bounds are those of the Kubernetes type; our writers keep messages within 1 KiB. */
export const conditionSchema = z.object({
  type: text({max: 316, min: 1}).describe('What this condition is about, in CamelCase.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Whether the condition holds.'),
  observedGeneration: z
    .int()
    .min(0)
    .optional()
    .describe('The metadata.generation that this condition was worked out from.'),
  lastTransitionTime: time().describe('When the status of this condition changed last.'),
  reason: text({max: 1024, min: 1, pattern: /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/}).describe(
    'One word for why, from a closed set; scripts and alerts may rely on it.',
  ),
  message: text({max: 32768}).describe('The same for people.'),
})
export type Condition = z.output<typeof conditionSchema>
export type ConditionStatus = Condition['status']

export const conditionsSchema = z
  .array(conditionSchema)
  .max(16)
  .optional()
  .describe('The state of the object; see the table of reasons.')
  .meta({'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type']})

export const observedGenerationSchema = z
  .int()
  .min(-1)
  .default(-1)
  .describe('The metadata.generation that the operator has seen; -1 before it saw the object.')
