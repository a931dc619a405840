import type {BackupJob, BackupJobIntent, BackupJobSpec, BackupJobStatus} from '../../api/backup-job.ts'
import {
  IGNORE_TASK_ANNOTATION,
  REPLACED_ANNOTATION,
  RESOLVE_ANNOTATION,
  RESTORE_ANNOTATION,
  RUN_NOW_ANNOTATION,
  RUNNING_FINALIZER,
  SCHEDULE_LABEL,
  SLOT_ANNOTATION,
} from '../../api/meta.ts'
import type {Claim} from '../arbiter/order.ts'
import {scheduleKeyOf, slotInName} from './origin.ts'
import {type BackupPlace, BackupPlaces} from '../inventory/place.ts'
import {openHook, openIntentTime} from './calls.ts'
import {parseAnswer} from './rules/person.ts'
import {holdsGrant, isFinished} from './rules/state.ts'
import {Shared, SharedWords} from './shared.ts'

/**
 * A finished job as the cache keeps it: what lists, metrics and children of it need, a third of the memory. It has the shape of a
 * BackupJob for readers; `trimmed` keeps it out of every function that writes a status, which take a `FullBackupJob`.
 */
export type TrimmedBackupJob = BackupJob & {
  readonly trimmed: true
  /** where its backup is, where that can be looked for in a store; jobs share the value */
  readonly place?: BackupPlace
}
/** A job with everything that the API server has of it. */
export type FullBackupJob = BackupJob & {readonly trimmed?: undefined}
export type CachedBackupJob = FullBackupJob | TrimmedBackupJob

const keptStatus = [
  'observedGeneration',
  'attempt',
  'grantedAt',
  'operationID',
  'taskID',
  'enqueuedAt',
  'startTime',
  'completionTime',
  'backupID',
  'parentBackupID',
  'sizeBytes',
  'repositorySizeBytes',
] as const satisfies readonly (keyof BackupJobStatus)[]

/** Kept, too, and the same in many jobs. */
const repeatedStatus = [
  'unit',
  'taskStatus',
  'type',
  'modelUUID',
  'engineVersion',
] as const satisfies readonly (keyof BackupJobStatus)[]

const keptAnnotations = [
  RESOLVE_ANNOTATION,
  RESTORE_ANNOTATION,
  SLOT_ANNOTATION,
  RUN_NOW_ANNOTATION,
  REPLACED_ANNOTATION,
] as const

/** What the cache keeps of jobs (an informer's `transform`). */
export function trimming(): (job: BackupJob) => CachedBackupJob {
  const common: Common = {
    places: new BackupPlaces(),
    specs: new Shared(),
    words: new SharedWords(),
    labels: new Shared(),
    parameters: new Shared(),
  }
  return job => trimFinished(job, common)
}

/** What jobs in the cache have in common. */
interface Common {
  readonly places: BackupPlaces
  readonly specs: Shared<BackupJobSpec>
  readonly words: SharedWords
  readonly labels: Shared<Record<string, string>>
  readonly parameters: Shared<BackupJobIntent['parameters']>
}

function trimFinished(job: BackupJob, common: Common): CachedBackupJob {
  if (!isFinished(job.status) || !job.status) return job
  const {name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, finalizers} =
    job.metadata
  const annotations = only(job.metadata.annotations, ...keptAnnotations)
  // The child of a schedule is most often created in the second of its slot: one text for both.
  if (annotations && creationTimestamp !== undefined && annotations[SLOT_ANNOTATION] === creationTimestamp)
    annotations[SLOT_ANNOTATION] = creationTimestamp
  const ownLabels = only(job.metadata.labels, SCHEDULE_LABEL)
  const labels = ownLabels && common.labels.of(ownLabels[SCHEDULE_LABEL] ?? '', ownLabels)
  const metadata = {name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, finalizers}
  const place = common.places.of(job)
  return {
    apiVersion: job.apiVersion,
    kind: job.kind,
    metadata: {
      ...defined(metadata),
      name,
      ...(annotations === undefined ? {} : {annotations}),
      ...(labels === undefined ? {} : {labels}),
    },
    spec: common.specs.of(JSON.stringify(job.spec ?? null), job.spec),
    status: trimStatus(job.status, common, labels !== undefined),
    trimmed: true,
    ...(place === undefined ? {} : {place}),
  }
}

/** @returns undefined, which takes no memory, if there is none of them */
function only(
  all: Readonly<Record<string, string>> | undefined,
  ...keys: readonly string[]
): Record<string, string> | undefined {
  const kept = keys.flatMap(key => (all?.[key] === undefined ? [] : [[key, all[key]] as const]))
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

/** @param saysWhy a schedule tells of its failed runs why, and keeps few of these */
function trimStatus(status: BackupJobStatus, common: Common, saysWhy: boolean): BackupJobStatus {
  const kept = Object.fromEntries([
    ...keptStatus.map(field => [field, status[field]] as const),
    ...repeatedStatus.map(field => [field, common.words.of(status[field])] as const),
  ])
  const conditions = trimConditions(status.conditions, common, saysWhy)
  const intent = status.intent && sharing(status.intent, common)
  // A hook may outlive the job that no longer waits for it.
  const open = openHook(status)
  return {
    ...defined(kept),
    observedGeneration: status.observedGeneration,
    ...(intent === undefined ? {} : {intent}),
    ...(open === undefined ? {} : {hooks: [open]}),
    ...(conditions === undefined ? {} : {conditions}),
  }
}

const sharing = (intent: BackupJobIntent, {words, parameters}: Common): BackupJobIntent => ({
  ...intent,
  action: words.of(intent.action),
  unit: words.of(intent.unit),
  parameters: parameters.of(JSON.stringify(intent.parameters), intent.parameters),
})

/** @returns those of which somebody wants to know when the job is over */
function trimConditions(conditions: BackupJobStatus['conditions'], {words}: Common, saysWhy: boolean) {
  const wanted = conditions?.filter(({type}) => type === 'Succeeded' || type === 'Verified' || type === 'DataPresent')
  return wanted?.map(condition => ({
    ...condition,
    reason: words.of(condition.reason),
    // They change together at its end.
    lastTransitionTime: words.of(condition.lastTransitionTime),
    message: saysWhy && condition.type === 'Succeeded' && condition.status === 'False' ? condition.message : '',
  }))
}

const defined = (fields: Record<string, unknown>): Record<string, never> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Record<string, never>

const modelOf = (job: BackupJob): string => `${job.metadata.namespace}/${job.spec?.modelRef?.name}`
const storageOf = (job: BackupJob): string | undefined =>
  job.spec?.storageRef === undefined ? undefined : `${job.metadata.namespace}/${job.spec.storageRef.name}`
const finalizerLeft = (job: BackupJob): boolean => job.metadata.finalizers?.includes(RUNNING_FINALIZER) ?? false

/** Needs attention when its model changes: not finished, or finished with work left in Juju. */
export const isOpen = (job: BackupJob): boolean => !isFinished(job.status) || finalizerLeft(job)

/** Finished, released, and kept: what nearly all jobs are, and there is nothing to do about them. */
export const isAtRest = (job: CachedBackupJob): boolean =>
  job.trimmed === true && job.metadata.finalizers === undefined && job.spec.ttlSecondsAfterFinished === undefined

/** The answer of a person to this job's uncertain or endless effect. */
export const answerOf = (job: BackupJob) =>
  parseAnswer(job.metadata.annotations?.[RESOLVE_ANNOTATION], openIntentTime(job.status))

/** Ids of tasks in Juju that a person told this job to ignore, separated by commas or blanks. */
export const ignoredTasksOf = (job: BackupJob): readonly string[] =>
  (job.metadata.annotations?.[IGNORE_TASK_ANNOTATION] ?? '').split(/[\s,]+/).filter(id => id !== '')

/** `namespace/JujuModel/application` */
export const applicationKeyOf = (job: BackupJob): string => `${modelOf(job)}/${job.spec?.application}`

/** Indexes of the informer of BackupJobs. Values are `namespace/name` of the JujuModel or BackupStorage. */
export const jobIndexes = {
  /** open jobs by JujuModel */
  openByModel: (job: BackupJob) => (isOpen(job) ? [modelOf(job)] : []),
  /** unfinished jobs by BackupStorage */
  openByStorage: (job: BackupJob) => (isOpen(job) ? [storageOf(job)].filter(one => one !== undefined) : []),
  /** jobs that hold their application, by JujuModel */
  grantedByModel: (job: BackupJob) => (holdsGrant(job) ? [modelOf(job)] : []),
  /** the same by BackupStorage */
  grantedByStorage: (job: BackupJob) => (holdsGrant(job) ? [storageOf(job)].filter(one => one !== undefined) : []),
  /** jobs whose task a person has resolved as abandoned, by JujuModel */
  abandonedByModel: (job: BackupJob) =>
    answerOf(job) === 'Abandon' && job.status?.taskID !== undefined ? [modelOf(job)] : [],
  /** what a schedule made, by `namespace/label` of that schedule */
  bySchedule: (job: BackupJob) => {
    const key = scheduleKeyOf(job)
    return key === undefined ? [] : [key]
  },
  /** all jobs by application */
  byApplication: (job: BackupJob) => [applicationKeyOf(job)],
  /** unfinished restores by the job of their safety backup */
  bySafetyBackup: (job: BackupJob) => {
    const name = isFinished(job.status) ? undefined : job.status?.restore?.safetyBackupJob
    return name === undefined ? [] : [`${job.metadata.namespace}/${name}`]
  },
  /** unfinished jobs by the job that they name as parent, or as the source of a restore */
  openByParent: (job: BackupJob) => {
    const named = job.spec?.backup?.parentJobRef ?? job.spec?.restore?.source?.backupJobRef
    const parent = isFinished(job.status) ? undefined : named?.name
    return parent === undefined ? [] : [`${job.metadata.namespace}/${parent}`]
  },
}

/** By how much a slot makes a job older than it is, at most, ms. */
const longestAheadMs = 86_400_000

/** The oldest slot goes first, however late its job could be created. ms since the epoch */
function waitsSince(job: BackupJob): number {
  const created = Date.parse(job.metadata.creationTimestamp ?? '')
  return Math.max(created - longestAheadMs, Math.min(created, slotInName(job) ?? Infinity))
}

/** The claim of a job, as the arbiter knows it. */
export function claimOf(job: BackupJob): Claim {
  const storage = storageOf(job)
  return {
    uid: job.metadata.uid ?? '',
    kind: 'BackupJob',
    namespace: job.metadata.namespace ?? '',
    name: job.metadata.name,
    application: job.spec.application,
    purpose: job.spec.type,
    priority: job.spec.priority,
    createdAt: waitsSince(job),
    storage,
    ignoredTasks: ignoredTasksOf(job),
  }
}
