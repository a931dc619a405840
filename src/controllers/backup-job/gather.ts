import type {BackupJob} from '../../api/index.ts'
import {RUNNING_FINALIZER} from '../../api/meta.ts'
import type {TimedUnitView} from '../../charms/restore.ts'
import {lockingActionsOf, profileFor, whyUnsupported, type CharmFacts} from '../../charms/profiles.ts'
import {parameterNames} from '../../juju/parameters.ts'
import type {ModelSnapshot} from '../../juju/snapshot.ts'
import type {ApplicationStatus} from '../../juju/status.ts'
import type {Store} from '../../runtime/store.ts'
import type {StorageDirectory} from '../backup-storage/directory.ts'
import type {ModelDirectory, ModelLookup} from '../juju-model/directory.ts'
import {answerOf, ignoredTasksOf, type CachedBackupJob} from './cache.ts'
import type {CheckedSpecs} from './checked-specs.ts'
import type {
  ActionFacts,
  ApplicationLookup,
  ApplicationView,
  ModelView,
  Observed,
  ParentView,
  StorageView,
  TaskView,
} from './observed.ts'
import type {Readings} from './readings.ts'
import {activeCall} from './calls.ts'
import {lastSizes, lenderOf} from './history.ts'
import {restoreFacts} from './restore/gather.ts'
import {emptyStatus} from './report.ts'
import {isFinished} from './rules/state.ts'

/** Where a decision's facts come from: caches and memory only, so gathering never waits. */
export interface Sources {
  readonly jobs: Store<CachedBackupJob>
  readonly models: ModelDirectory
  readonly storages: StorageDirectory
  readonly readings: Readings
  readonly specs: CheckedSpecs
  /** longest time that a call to Juju may take, ms */
  readonly callTimeoutMs: number
}

/** Reasons of a JujuModel with which no session comes back before a person acts. */
const permanent: ReadonlySet<string> = new Set([
  'CredentialsRejected',
  'InsufficientAccess',
  'ModelNotFound',
  'ModelReplaced',
  'SecretNotFound',
  'SecretForbidden',
])

/** Everything that the decision about one job depends on, as one value. */
export function gather(
  sources: Sources,
  key: string,
  cached: CachedBackupJob,
  now: number,
  cancelSent: boolean,
): Observed {
  const parsed = cached.trimmed ? undefined : sources.specs.of(cached)
  const job: BackupJob = parsed?.ok ? parsed.value : cached
  const lookup = sources.models.lookup(job.metadata.namespace ?? '', job.spec?.modelRef?.name ?? '')
  const snapshot = 'handle' in lookup ? lookup.handle?.snapshots.latest : undefined
  const readings = sources.readings.view(key)
  const facts = readings.charm.state === 'ready' ? readings.charm.value : undefined
  return {
    now,
    job,
    status: job.status ?? emptyStatus,
    problem: parsed?.ok === false ? {path: parsed.path, message: parsed.message} : undefined,
    model: modelView(lookup),
    application: applicationLookup(snapshot, job, facts),
    storage: storageView(sources.storages, job),
    parent: parentView(sources.jobs, job),
    restore: job.spec?.type === 'Restore' ? restoreFacts(sources.jobs, job) : undefined,
    lender: lenderOf(sources.jobs, job),
    lastSizes: lastSizes(sources.jobs, job),
    readings,
    task: taskView(snapshot, taskIDOf(job)),
    answer: answerOf(job),
    ignoredTasks: ignoredTasksOf(job),
    deleting: job.metadata.deletionTimestamp !== undefined,
    held: job.metadata.finalizers?.includes(RUNNING_FINALIZER) ?? false,
    cancelSent,
    callTimeoutMs: sources.callTimeoutMs,
  }
}

function modelView(lookup: ModelLookup): ModelView {
  if (!lookup.found) return {state: 'missing', message: lookup.message}
  if (lookup.ready) {
    const {modelUUID, modelName, access, modelType} = lookup.handle
    return {state: 'ready', modelUUID, modelName, access, kubernetes: modelType === 'Kubernetes'}
  }
  const followable = lookup.handle?.session.state.kind === 'connected'
  const {reason, message} = lookup
  return {state: 'unready', reason, message, permanent: permanent.has(reason), followable}
}

function applicationLookup(
  snapshot: ModelSnapshot | undefined,
  job: BackupJob,
  facts: ActionFacts | undefined,
): ApplicationLookup {
  if (!snapshot) return {state: 'waiting'}
  const name = job.spec?.application ?? ''
  const status = snapshot.status.applications.get(name)
  if (!status) return {state: 'absent', known: [...snapshot.status.applications.keys()].toSorted()}
  const ran = job.status?.intent?.action
  const charm = {...charmFacts(status, facts?.url === status.charmURL ? facts : undefined), ...(ran && {ran})}
  const profile = profileFor(charm)
  return {state: 'present', view: applicationView(status), profile, unsupported: whyUnsupported(charm) ?? ''}
}

function charmFacts(status: ApplicationStatus, facts: ActionFacts | undefined): CharmFacts {
  return {
    name: status.charmName,
    channel: status.channel,
    charmUrl: status.charmURL,
    actions: facts ? [...facts.actions.keys()] : [],
    ...(facts ? {actionParameters: parameterNamesOf(facts)} : {}),
    workloadVersion: status.workloadVersion,
  }
}

const parameterNamesOf = ({actions}: ActionFacts): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries([...actions].map(([name, spec]) => [name, parameterNames(spec)]))

/** Profiles of the arbiter's holders: by charm alone, as the actions of other applications are not read. */
export const profileOf = (status: ApplicationStatus) => profileFor(charmFacts(status, undefined))

/** Actions whose unfinished tasks hold the application, whoever started them. */
export const lockingActions = (status: ApplicationStatus) => lockingActionsOf(charmFacts(status, undefined))

function applicationView(status: ApplicationStatus): ApplicationView {
  const endpoints = profileOf(status)?.backup.tlsEndpoints ?? []
  return {
    charm: status.charmName,
    charmURL: status.charmURL,
    revision: status.revision,
    channel: status.channel || undefined,
    base: status.base,
    workloadVersion: status.workloadVersion || undefined,
    status: {
      workloadStatus: status.status.status,
      workloadMessage: status.status.message,
      since: timeOf(status.status.since),
    },
    tls: endpoints.some(endpoint => (status.relations[endpoint]?.length ?? 0) > 0),
    units: status.units.filter(unit => unit.life === 'alive').map(unitView),
    leaving: status.units.filter(unit => unit.life !== 'alive').map(unit => unit.name),
  }
}

const unitView = (unit: ApplicationStatus['units'][number]): TimedUnitView => ({
  name: unit.name,
  workloadStatus: unit.workload.status,
  workloadMessage: unit.workload.message,
  agentStatus: unit.agent.status,
  leader: unit.leader,
  workloadSince: timeOf(unit.workload.since),
})

/** ms since the epoch */
function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? undefined : time
}

function storageView(storages: StorageDirectory, job: BackupJob): StorageView {
  const name = job.spec?.storageRef?.name
  if (name === undefined) return {state: 'none'}
  const found = storages.lookup(job.metadata.namespace ?? '', name)
  if (!found.found) return {state: 'missing', message: found.message}
  if (!found.ready) return {state: 'unready', reason: found.reason, message: found.message}
  const {endpoint, region, bucket, path} = found.spec.s3
  return {state: 'ready', endpoint: endpoint ?? '', region: region ?? '', bucket, path: path ?? ''}
}

function parentView(jobs: Store<CachedBackupJob>, job: BackupJob): ParentView {
  const name = job.spec?.backup?.parentJobRef?.name
  if (name === undefined) return {state: 'none'}
  const parent = jobs.get(`${job.metadata.namespace}/${name}`)
  if (!parent) return {state: 'missing'}
  if (!isFinished(parent.status)) return {state: 'open'}
  const succeeded = parent.status?.conditions?.some(c => c.type === 'Succeeded' && c.status === 'True') ?? false
  const {backupID, modelUUID} = parent.status ?? {}
  if (!succeeded || backupID === undefined) return {state: 'failed'}
  return {state: 'succeeded', backupID, application: parent.spec.application, modelUUID: modelUUID ?? ''}
}

/** The task of the call that is under way; that of a finished job may still run. */
function taskIDOf({status}: BackupJob): string | undefined {
  return status === undefined ? undefined : (activeCall(status)?.taskID ?? status.taskID)
}

function taskView(snapshot: ModelSnapshot | undefined, taskID: string | undefined): TaskView {
  if (!snapshot || taskID === undefined) return {state: 'unseen'}
  const task = snapshot.tasks.get(taskID)
  if (task) return {state: 'seen', task}
  return snapshot.missingTasks.has(taskID) ? {state: 'gone'} : {state: 'unseen'}
}
