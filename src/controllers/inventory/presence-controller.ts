import type {KubeClient} from '../../kube/client.ts'
import type {Logger} from '../../observability/log.ts'
import {Controller} from '../../runtime/controller.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import type {RuntimeMetrics} from '../../runtime/metrics.ts'
import {StatusWriter} from '../../runtime/status-writer.ts'
import type {Clock, Random} from '../../time/clock.ts'
import {applicationKeyOf} from '../backup-job/cache.ts'
import type {StorageDirectory} from '../backup-storage/directory.ts'
import type {ModelDirectory} from '../juju-model/directory.ts'
import type {Learnt} from './learn.ts'
import type {Listings} from './listings.ts'
import {lookEveryMs} from './looks.ts'
import type {JobsByApplication} from './our-backups.ts'
import {hasDataToFollow, PresenceReconciler} from './presence-reconciler.ts'
import {StoreLooks} from './store-looks.ts'

export interface PresenceControllerOptions {
  readonly client: KubeClient
  readonly recorder: EventRecorder
  readonly jobs: JobsByApplication
  readonly models: ModelDirectory
  readonly storages: StorageDirectory
  readonly listings: Listings
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly runtimeMetrics: RuntimeMetrics
}

export interface PresenceController {
  readonly controller: Controller
  /** To be told of every list of backups that was read. */
  readonly learnt: (learnt: Learnt) => void
  /** Ends the looks that are under way; for the end of the process. */
  readonly close: () => void
}

/** Wires what finished jobs say of their data to the looks into stores and to the lists of the charms. */
export function presenceController(options: PresenceControllerOptions): PresenceController {
  const {jobs, models, clock, random, log} = options
  const looks = new StoreLooks({...options, onLooked: key => controller.enqueue(key, 'low')})
  const planned = new Set<string>()
  const reconciler = new PresenceReconciler({
    ...options,
    jobs: jobs.store,
    statusWriter: new StatusWriter(options.client),
    looks,
    onNothingLeft: key => planned.delete(key),
  })
  const controller = new Controller({
    name: 'backupdata',
    reconciler,
    clock,
    random,
    log,
    metrics: options.runtimeMetrics,
  })
  // What a job says it said in an earlier process, too: there is no hurry, and all at once would be a storm.
  jobs.onEvent(({type, object}) => {
    const key = applicationKeyOf(object)
    if (type === 'delete' || planned.has(key) || !hasDataToFollow(object)) return
    planned.add(key)
    controller.enqueueAfter(key, lookEveryMs * random())
  })
  const learnt = ({modelUUID, application}: Learnt): void => {
    const model = models.byUUID(modelUUID)
    if (model !== undefined) controller.enqueue(`${model.namespace}/${model.name}/${application}`, 'low')
  }
  return {controller, learnt, close: () => looks.close()}
}
