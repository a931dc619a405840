import type {JujuModel} from '../../api/juju-model.ts'
import type {KubeClient, WriteGuard} from '../../kube/client.ts'
import {objectKey} from '../../kube/resources.ts'
import type {Logger} from '../../observability/log.ts'
import type {ConsistencyGate} from '../../runtime/consistency.ts'
import {Controller} from '../../runtime/controller.ts'
import {enqueueSelf} from '../../runtime/event-handlers.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import type {Informer} from '../../runtime/informer.ts'
import type {RuntimeMetrics} from '../../runtime/metrics.ts'
import {finalizersChanged, generationChanged, or} from '../../runtime/predicates.ts'
import {StatusWriter} from '../../runtime/status-writer.ts'
import type {Clock, Random} from '../../time/clock.ts'
import type {SourceReader} from '../credentials/source-reader.ts'
import type {ModelDirectory} from './directory.ts'
import type {JujuGateway} from './gateway.ts'
import {GrantedJobs, type JobCache} from './granted-jobs.ts'
import type {BackupInventory} from './inventory.ts'
import {ModelLinks} from './links.ts'
import {type JujuModelMetrics, noJujuModelMetrics} from './metrics.ts'
import {JujuModelReconciler} from './reconciler.ts'

export interface JujuModelControllerOptions {
  readonly client: KubeClient
  /** for what is written into Juju; the client has its own */
  readonly guard: WriteGuard
  /** made with `validate: parseJujuModel` */
  readonly models: Informer<JujuModel>
  /** caches of the kinds whose granted jobs need sessions; synced before this controller starts */
  readonly jobs: readonly JobCache[]
  readonly gateway: JujuGateway
  readonly inventory: BackupInventory
  readonly sources: SourceReader
  readonly recorder: EventRecorder
  readonly gate: ConsistencyGate
  /** who we are in Juju: `<cluster id>/<lease namespace>/<lease name>` */
  readonly self: string
  readonly workers: number
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly metrics?: JujuModelMetrics
  readonly runtimeMetrics: RuntimeMetrics
}

export interface JujuModelController {
  readonly controller: Controller
  readonly directory: ModelDirectory
  /** Closes all sessions; for the end of the process, after the controllers have stopped. */
  readonly close: () => void
}

/** Wires the reconciler of JujuModels to what it watches: the models, the links into Juju, and the jobs that need them. */
export function jujuModelController(options: JujuModelControllerOptions): JujuModelController {
  const {models, metrics = noJujuModelMetrics} = options
  const granted = new GrantedJobs(options.jobs)
  const links = new ModelLinks({...options, store: models.store, onReconnect: key => metrics.sessionReconnected(key)})
  const reconciler = new JujuModelReconciler({
    ...options,
    metrics,
    store: models.store,
    links,
    statusWriter: new StatusWriter(options.client),
    hasGrantedJobs: key => granted.need(key),
  })
  const controller = new Controller({
    name: 'jujumodel',
    reconciler,
    workers: options.workers,
    primary: models,
    gate: options.gate,
    clock: options.clock,
    random: options.random,
    log: options.log,
    metrics: options.runtimeMetrics,
  })
  models.onEvent(enqueueSelf(controller, or(generationChanged(), finalizersChanged())))
  links.onChange(key => controller.enqueue(objectKey(key)))
  granted.watch(key => controller.enqueue(key))
  options.inventory.onChange(key => controller.enqueue(objectKey(key)))
  return {controller, directory: links, close: () => links.close()}
}
