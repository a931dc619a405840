import type {BackupJob} from '../../api/backup-job.ts'
import type {BackupSchedule} from '../../api/backup-schedule.ts'
import type {KubeClient, WriteGuard} from '../../kube/client.ts'
import {keyOf, objectKey} from '../../kube/resources.ts'
import type {Logger} from '../../observability/log.ts'
import {getCondition} from '../../runtime/conditions.ts'
import type {ConsistencyGate} from '../../runtime/consistency.ts'
import {Controller} from '../../runtime/controller.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import type {Informer} from '../../runtime/informer.ts'
import type {RuntimeMetrics} from '../../runtime/metrics.ts'
import {generationChanged} from '../../runtime/predicates.ts'
import {StatusWriter} from '../../runtime/status-writer.ts'
import type {Urgency} from '../../runtime/urgency.ts'
import type {Clock, Random} from '../../time/clock.ts'
import type {CachedBackupJob} from '../backup-job/cache.ts'
import type {Listings} from '../inventory/listings.ts'
import type {ModelDirectory} from '../juju-model/directory.ts'
import {onTurns} from '../juju-model/turns.ts'
import {RetentionGathering} from './retention-gather.ts'
import {RetentionReconciler} from './retention-reconciler.ts'

export interface RetentionControllerOptions {
  readonly client: KubeClient
  /** made with `validate: parseBackupSchedule` and `scheduleIndexes` */
  readonly schedules: Informer<BackupSchedule>
  /** made with `trimming` and `jobIndexes` */
  readonly jobs: Informer<BackupJob, CachedBackupJob>
  readonly models: ModelDirectory
  /** those of the inventory */
  readonly listings: Listings
  readonly guard: WriteGuard
  /** due slots go first */
  readonly urgency: Urgency
  readonly recorder: EventRecorder
  readonly gate: ConsistencyGate
  readonly callTimeoutMs: number
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly runtimeMetrics: RuntimeMetrics
}

/** Wires the reconciler of retention to schedules that ask for it, and to the models that they are about. */
export function retentionController(options: RetentionControllerOptions): Controller {
  const {client, schedules, jobs, models, clock, random, log} = options
  const {store} = schedules
  /** Other schedules of the same model that enforce; what one of them asks for is about all behind the same integrator. */
  const others = ({metadata, spec}: BackupSchedule, concerns: (other: BackupSchedule) => boolean): void => {
    const model = objectKey({namespace: metadata.namespace, name: spec.jobTemplate.spec.modelRef.name})
    for (const other of store.byIndex('byModel', model)) {
      const enforces = other.spec.retention?.mode === 'Enforce' && other.metadata.uid !== metadata.uid
      if (enforces && concerns(other)) controller.enqueue(keyOf(other), 'low')
    }
  }
  const reconciler = new RetentionReconciler({
    ...options,
    schedules: store,
    gathering: new RetentionGathering({...options, schedules: store, jobs: jobs.store}),
    statusWriter: new StatusWriter(client),
    onSet: schedule => others(schedule, () => true),
  })
  const controller = new Controller({
    name: 'backupretention',
    reconciler,
    primary: schedules,
    gate: options.gate,
    yieldsTo: options.urgency,
    clock,
    random,
    log,
    metrics: options.runtimeMetrics,
  })
  const isChanged = generationChanged<BackupSchedule>()
  schedules.onEvent(event => {
    const {type, object, problem, initial} = event
    if (problem !== undefined || !isChanged(event) || !hasRetention(object)) return
    if (type !== 'delete') controller.enqueue(keyOf(object), initial ? 'low' : 'normal')
    if (!initial) others(object, isNotInForce)
  })
  onTurns(models, model => {
    for (const schedule of store.byIndex('byModel', objectKey(model)))
      if (hasRetention(schedule)) controller.enqueue(keyOf(schedule), 'low')
  })
  return controller
}

/** It asks for retention, or did so before. */
function hasRetention({spec, status}: BackupSchedule): boolean {
  return spec.retention !== undefined || getCondition(status?.conditions, 'Retention') !== undefined
}

const isNotInForce = ({status}: BackupSchedule): boolean =>
  getCondition(status?.conditions, 'Retention')?.reason !== 'RetentionEnforced'
