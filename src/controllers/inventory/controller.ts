import type {JujuModel} from '../../api/juju-model.ts'
import type {BackupJob} from '../../api/backup-job.ts'
import {objectKey} from '../../kube/resources.ts'
import type {Logger} from '../../observability/log.ts'
import {Controller} from '../../runtime/controller.ts'
import type {RuntimeMetrics} from '../../runtime/metrics.ts'
import type {Store} from '../../runtime/store.ts'
import type {Clock, Random} from '../../time/clock.ts'
import type {ActionReader} from '../juju-actions/action-reader.ts'
import type {ModelDirectory} from '../juju-model/directory.ts'
import {FairQueue} from './fair-queue.ts'
import type {Inventory} from './inventory.ts'
import {learn, type Learnt} from './learn.ts'
import {InventoryReconciler} from './reconciler.ts'

export interface InventoryControllerOptions {
  readonly inventory: Inventory
  readonly models: ModelDirectory
  readonly modelStore: Store<JujuModel>
  /** with the index `grantedByModel` */
  readonly jobs: Store<BackupJob>
  /** the one that the jobs use, too */
  readonly actions: Pick<ActionReader, 'read' | 'onOutput'>
  /** a list was read, or could not be understood */
  readonly onLearnt: (learnt: Learnt) => void
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly runtimeMetrics: RuntimeMetrics
}

export interface InventoryController {
  readonly controller: Controller
  /** Ends the listings that are under way; for the end of the process. */
  readonly close: () => void
}

/** Lists of backups that are read for the inventory at once, over all models; in one model it is one at a time. */
const mostAtOnce = 8

/** Wires the lists of backups to what asks for them: the snapshots of the models, and every listing that anybody makes. */
export function inventoryController(options: InventoryControllerOptions): InventoryController {
  const {inventory, models, actions, clock, random, log} = options
  const {listings} = inventory
  const queue = new FairQueue({most: mostAtOnce, onIdle: key => inventory.changed(key), log})
  const controller = new Controller({
    name: 'inventory',
    reconciler: new InventoryReconciler({...options, listings, queue}),
    clock,
    random,
    log,
    metrics: options.runtimeMetrics,
  })
  models.onChange(key => controller.enqueue(objectKey(key)))
  actions.onOutput(read => {
    const learnt = learn(read, models, listings)
    if (learnt !== undefined) options.onLearnt(learnt)
  })
  return {controller, close: () => queue.close()}
}
