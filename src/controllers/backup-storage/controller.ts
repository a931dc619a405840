import type {BackupStorage} from '../../api/backup-storage.ts'
import type {KubeClient} from '../../kube/client.ts'
import {objectKey} from '../../kube/resources.ts'
import type {EndpointPolicy} from '../../net/endpoint-policy.ts'
import type {Logger} from '../../observability/log.ts'
import type {ConsistencyGate} from '../../runtime/consistency.ts'
import {Controller} from '../../runtime/controller.ts'
import {enqueueSelf} from '../../runtime/event-handlers.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import type {Informer} from '../../runtime/informer.ts'
import type {RuntimeMetrics} from '../../runtime/metrics.ts'
import {generationChanged} from '../../runtime/predicates.ts'
import {StatusWriter} from '../../runtime/status-writer.ts'
import {openS3} from '../../storage/s3.ts'
import type {Clock, Random} from '../../time/clock.ts'
import type {SourceReader} from '../credentials/source-reader.ts'
import type {StorageDirectory} from './directory.ts'
import {BackupStorageReconciler} from './reconciler.ts'
import type {StoreLinkDeps} from './store-link.ts'
import {Stores} from './stores.ts'

export interface BackupStorageControllerOptions {
  readonly client: KubeClient
  /** made with `validate: parseBackupStorage` */
  readonly storages: Informer<BackupStorage>
  readonly sources: SourceReader
  readonly policy: EndpointPolicy
  /** S3 over the network unless told */
  readonly open?: StoreLinkDeps['open']
  readonly recorder: EventRecorder
  readonly gate: ConsistencyGate
  readonly workers: number
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly runtimeMetrics: RuntimeMetrics
}

export interface BackupStorageController {
  readonly controller: Controller
  readonly directory: StorageDirectory
  /** Closes all stores; for the end of the process, after the controllers have stopped. */
  readonly close: () => void
}

/** Wires the reconciler of BackupStorages to what it watches: the objects, and the ends of its own probes. */
export function backupStorageController(options: BackupStorageControllerOptions): BackupStorageController {
  const {storages, policy, clock, log} = options
  const open = options.open ?? (config => openS3(config, {policy}))
  const stores = new Stores({store: storages.store, open, clock, log})
  const reconciler = new BackupStorageReconciler({
    ...options,
    store: storages.store,
    stores,
    statusWriter: new StatusWriter(options.client),
  })
  const controller = new Controller({
    name: 'backupstorage',
    reconciler,
    workers: options.workers,
    primary: storages,
    gate: options.gate,
    clock,
    random: options.random,
    log,
    metrics: options.runtimeMetrics,
  })
  storages.onEvent(enqueueSelf(controller, generationChanged()))
  stores.onChange(key => controller.enqueue(objectKey(key)))
  return {controller, directory: stores, close: () => stores.close()}
}
