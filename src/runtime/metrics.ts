/** How a reconcile ended, in controller-runtime's words. */
export type ReconcileOutcome = 'success' | 'error' | 'requeue_after'

/** Where the runtime counts; the process maps it to controller-runtime's metric names. `controller`, `queue`: their names. */
export interface RuntimeMetrics {
  /** controller_runtime_reconcile_total{controller,result}, controller_runtime_reconcile_time_seconds{controller} */
  reconcileFinished(controller: string, outcome: ReconcileOutcome, seconds: number): void
  /** controller_runtime_reconcile_errors_total{controller}; a fault that is retried */
  reconcileFailed(controller: string): void
  /** controller_runtime_terminal_reconcile_errors_total{controller} */
  reconcileFailedForGood(controller: string): void
  /** controller_runtime_reconcile_panics_total{controller}: a mistake in our own code, caught */
  reconcilePanicked(controller: string): void
  /** controller_runtime_reconcile_timeouts_total{controller} */
  reconcileTimedOut(controller: string): void
  /** controller_runtime_active_workers{controller} */
  activeWorkers(controller: string, count: number): void
  /** controller_runtime_max_concurrent_reconciles{controller} */
  maxConcurrentReconciles(controller: string, count: number): void

  /** workqueue_depth{name} */
  queueDepth(queue: string, depth: number): void
  /** workqueue_adds_total{name} */
  queueAdded(queue: string): void
  /** workqueue_retries_total{name} */
  queueRetried(queue: string): void
  /** workqueue_queue_duration_seconds{name}: from being added to being taken */
  queueWaited(queue: string, seconds: number): void
  /** workqueue_work_duration_seconds{name}: from being taken to being done */
  queueWorked(queue: string, seconds: number): void

  /** leader_election_master_status{name} */
  leading(lease: string, holds: boolean): void
  /** charmkeeper_cache_lists_total{resource}: first lists and relists */
  cacheListed(resource: string): void
  /** charmkeeper_cache_watch_failures_total{resource,reason}: `gone`, `idle`, `garbled`, an HTTP status or a system error's code */
  watchFailed(resource: string, reason: string): void
  /** charmkeeper_cache_drift_total{resource}: objects that differed from the API server although no event was outstanding */
  cacheDrifted(resource: string, objects: number): void
  /** charmkeeper_cache_objects{resource} */
  cacheSize(resource: string, objects: number): void
  /** charmkeeper_cache_handler_failures_total{resource}: a handler threw, a mistake in our own code */
  handlerFailed(resource: string): void
  /** charmkeeper_stale_cache_waits_total{controller}: reconciles put off until the cache showed our own write */
  staleCacheWaited(controller: string): void
  /** charmkeeper_events_dropped_total{reason}: `spam`, `full`, or `failed` */
  eventDropped(reason: 'spam' | 'full' | 'failed'): void
}

const nothing = (): void => undefined

/** Counts nothing. */
export const noRuntimeMetrics: RuntimeMetrics = Object.freeze({
  reconcileFinished: nothing,
  reconcileFailed: nothing,
  reconcileFailedForGood: nothing,
  reconcilePanicked: nothing,
  reconcileTimedOut: nothing,
  activeWorkers: nothing,
  maxConcurrentReconciles: nothing,
  queueDepth: nothing,
  queueAdded: nothing,
  queueRetried: nothing,
  queueWaited: nothing,
  queueWorked: nothing,
  leading: nothing,
  cacheListed: nothing,
  watchFailed: nothing,
  cacheDrifted: nothing,
  cacheSize: nothing,
  handlerFailed: nothing,
  staleCacheWaited: nothing,
  eventDropped: nothing,
})
