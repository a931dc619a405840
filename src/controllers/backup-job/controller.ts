import type {BackupStorage} from '../../api/backup-storage.ts'
import type {KubeClient, WriteGuard} from '../../kube/client.ts'
import {keyOf} from '../../kube/resources.ts'
import type {Logger} from '../../observability/log.ts'
import type {ConsistencyGate} from '../../runtime/consistency.ts'
import {Controller} from '../../runtime/controller.ts'
import {enqueueMapped, enqueueSelf} from '../../runtime/event-handlers.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import type {Informer} from '../../runtime/informer.ts'
import type {RuntimeMetrics} from '../../runtime/metrics.ts'
import {StatusWriter} from '../../runtime/status-writer.ts'
import type {Store} from '../../runtime/store.ts'
import type {Urgency} from '../../runtime/urgency.ts'
import type {Clock, Random} from '../../time/clock.ts'
import {Arbiter} from '../arbiter/arbiter.ts'
import type {StorageDirectory} from '../backup-storage/directory.ts'
import type {ActionReader} from '../juju-actions/action-reader.ts'
import type {ModelDirectory} from '../juju-model/directory.ts'
import type {BackupJob} from '../../api/backup-job.ts'
import type {BackupJobMetrics} from './act.ts'
import {isAtRest, jobIndexes, type CachedBackupJob} from './cache.ts'
import {CharmActions} from './charm-actions.ts'
import {CheckedSpecs} from './checked-specs.ts'
import type {FetchDeps} from './fetch.ts'
import {Grants} from './grants.ts'
import {Readings} from './readings.ts'
import {BackupJobReconciler, RESYNC_MS} from './reconciler.ts'
import {holdsGrant, isFinished} from './rules/state.ts'

export interface BackupJobControllerOptions {
  readonly client: KubeClient
  readonly guard: WriteGuard
  /** made with `trimming` and `jobIndexes` */
  readonly jobs: Informer<BackupJob, CachedBackupJob>
  readonly storageStore: Store<BackupStorage>
  readonly models: ModelDirectory
  readonly storages: StorageDirectory
  readonly checkDestination: FetchDeps['checkDestination']
  /** shared with everybody else who lists backups */
  readonly actions: ActionReader
  readonly recorder: EventRecorder
  readonly gate: ConsistencyGate
  /** work that goes first */
  readonly urgency?: Urgency
  readonly workers: number
  /** longest time that a call to Juju takes, ms */
  readonly callTimeoutMs: number
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly metrics: BackupJobMetrics
  readonly runtimeMetrics: RuntimeMetrics
}

/** Wires the reconciler of BackupJobs to what it watches: jobs, models (state and snapshots), storages, and its own readings. */
export function backupJobController(options: BackupJobControllerOptions): Controller {
  const {clock, random, jobs} = options
  const readings = new Readings({clock, random, onSettled: key => controller.enqueue(key)})
  const grants = new Grants({
    arbiter: new Arbiter(),
    jobs: jobs.store,
    storages: options.storageStore,
    onGivenBack: job => wakeWaiting(controller, jobs, grants, job),
  })
  const reconciler = new BackupJobReconciler({
    ...options,
    jobs: jobs.store,
    statusWriter: new StatusWriter(options.client),
    readings,
    grants,
    specs: new CheckedSpecs(),
    charms: new CharmActions(clock),
  })
  const controller = new Controller({
    name: 'backupjob',
    reconciler,
    workers: options.workers,
    primary: jobs,
    gate: options.gate,
    resyncMs: RESYNC_MS,
    ...(options.urgency === undefined ? {} : {yieldsTo: options.urgency}),
    clock,
    random,
    log: options.log,
    metrics: options.runtimeMetrics,
  })
  watch(options, controller, grants)
  jobs.onEvent(({type, object, old}) => {
    // What was read for a job says nothing to another one of its name.
    const isGone = type === 'delete' || (old !== undefined && old.metadata.uid !== object.metadata.uid)
    if (isGone) readings.forget(keyOf(object))
  })
  return controller
}

function watch(options: BackupJobControllerOptions, controller: Controller, grants: Grants): void {
  const {jobs, models, storages} = options
  const open = (index: keyof typeof jobIndexes, {namespace, name}: {namespace: string; name: string}): void => {
    for (const job of jobs.store.byIndex(index, `${namespace}/${name}`)) controller.enqueue(keyOf(job))
  }
  // Tens of thousands of jobs at rest are there when the process starts: only what happens to one of them is of interest.
  jobs.onEvent(enqueueSelf(controller, ({type, object}) => type !== 'add' || !isAtRest(object)))
  // Children wait for the end of the job that they name as parent.
  const children = (job: CachedBackupJob): string[] => jobs.store.byIndex('openByParent', keyOf(job)).map(keyOf)
  jobs.onEvent(enqueueMapped(controller, children, event => isFinished(event.object.status)))
  // A restore waits for its safety backup, which waits for the step that lends it the grant.
  const family = (job: CachedBackupJob): string[] => [
    ...jobs.store.byIndex('bySafetyBackup', keyOf(job)).map(keyOf),
    ...jobIndexes.bySafetyBackup(job),
  ]
  jobs.onEvent(enqueueMapped(controller, family))
  jobs.onEvent(({type, object, old}) => {
    if (type === 'delete') grants.leave(object)
    const released = type === 'delete' || (old !== undefined && holdsGrant(old) && !holdsGrant(object))
    if (!released) return
    wakeWaiting(controller, jobs, grants, object)
  })
  models.onChange(key => open('openByModel', key))
  storages.onChange(key => open('openByStorage', key))
}

/** What the job held is free: its application, a slot of its model, and one of its store, for which jobs of other models may wait. */
function wakeWaiting(
  controller: Controller,
  jobs: Informer<BackupJob, CachedBackupJob>,
  grants: Grants,
  job: BackupJob,
): void {
  for (const key of grants.waitingBeside(job)) controller.enqueue(key)
  for (const storage of jobIndexes.openByStorage(job))
    for (const other of jobs.store.byIndex('openByStorage', storage)) controller.enqueue(keyOf(other))
}
