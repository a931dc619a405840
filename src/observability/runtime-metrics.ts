import type {RequestMetrics} from '../kube/metrics.ts'
import type {RuntimeMetrics} from '../runtime/metrics.ts'
import type {Families} from './families.ts'

/** The buckets of controller-runtime, so that its dashboards read ours. */
const reconcileBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300] as const
const queueBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300] as const
const requestBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60] as const

/** controller-runtime's families under their own names, and what the caches and events of this runtime add. */
export function runtimeMetrics(families: Families): RuntimeMetrics {
  return {...reconcileMetrics(families), ...queueMetrics(families), ...cacheMetrics(families)}
}

type ReconcileMethods =
  | 'reconcileFinished'
  | 'reconcileFailed'
  | 'reconcileFailedForGood'
  | 'reconcilePanicked'
  | 'reconcileTimedOut'
  | 'activeWorkers'
  | 'maxConcurrentReconciles'

function reconcileMetrics(f: Families): Pick<RuntimeMetrics, ReconcileMethods> {
  const total = f.counter('controller_runtime_reconcile_total', 'Reconciles by result.', 'controller', 'result')
  const seconds = f.histogram(
    'controller_runtime_reconcile_time_seconds',
    'How long a reconcile took.',
    reconcileBuckets,
    'controller',
  )
  const failed = f.counter(
    'controller_runtime_reconcile_errors_total',
    'Reconciles that failed and are tried again.',
    'controller',
  )
  const terminal = f.counter(
    'controller_runtime_terminal_reconcile_errors_total',
    'Reconciles that failed and wait for a change of the object.',
    'controller',
  )
  const panics = f.counter(
    'controller_runtime_reconcile_panics_total',
    'Mistakes in the code that were caught.',
    'controller',
  )
  const timeouts = f.counter(
    'controller_runtime_reconcile_timeouts_total',
    'Reconciles that took too long.',
    'controller',
  )
  const active = f.gauge('controller_runtime_active_workers', 'Workers that reconcile right now.', 'controller')
  const most = f.gauge('controller_runtime_max_concurrent_reconciles', 'Workers of the controller.', 'controller')
  return {
    reconcileFinished: (controller, result, took) => {
      total.inc({controller, result})
      seconds.observe({controller}, took)
    },
    reconcileFailed: controller => failed.inc({controller}),
    reconcileFailedForGood: controller => terminal.inc({controller}),
    reconcilePanicked: controller => panics.inc({controller}),
    reconcileTimedOut: controller => timeouts.inc({controller}),
    activeWorkers: (controller, count) => active.set({controller}, count),
    maxConcurrentReconciles: (controller, count) => most.set({controller}, count),
  }
}

type QueueMethods = 'queueDepth' | 'queueAdded' | 'queueRetried' | 'queueWaited' | 'queueWorked' | 'leading'

function queueMetrics(f: Families): Pick<RuntimeMetrics, QueueMethods> {
  const depth = f.gauge('workqueue_depth', 'Objects that wait for a worker.', 'name')
  const added = f.counter('workqueue_adds_total', 'Objects that were queued.', 'name')
  const retried = f.counter('workqueue_retries_total', 'Objects that were queued again after a failure.', 'name')
  const waited = f.histogram(
    'workqueue_queue_duration_seconds',
    'How long objects waited for a worker.',
    queueBuckets,
    'name',
  )
  const worked = f.histogram(
    'workqueue_work_duration_seconds',
    'How long workers were busy with an object.',
    queueBuckets,
    'name',
  )
  const leading = f.gauge('leader_election_master_status', '1 while this process holds the Lease.', 'name')
  return {
    queueDepth: (name, count) => depth.set({name}, count),
    queueAdded: name => added.inc({name}),
    queueRetried: name => retried.inc({name}),
    queueWaited: (name, seconds) => waited.observe({name}, seconds),
    queueWorked: (name, seconds) => worked.observe({name}, seconds),
    leading: (name, holds) => leading.set({name}, holds ? 1 : 0),
  }
}

type CacheMethods =
  'cacheListed' | 'watchFailed' | 'cacheDrifted' | 'cacheSize' | 'handlerFailed' | 'staleCacheWaited' | 'eventDropped'

function cacheMetrics(f: Families): Pick<RuntimeMetrics, CacheMethods> {
  const lists = f.counter('charmkeeper_cache_lists_total', 'First lists and relists.', 'resource')
  const failures = f.counter(
    'charmkeeper_cache_watch_failures_total',
    'Watches that ended badly.',
    'resource',
    'reason',
  )
  const drift = f.counter(
    'charmkeeper_cache_drift_total',
    'Objects that differed from the API server although no event was due.',
    'resource',
  )
  const size = f.gauge('charmkeeper_cache_objects', 'Objects in the cache.', 'resource')
  const handlers = f.counter(
    'charmkeeper_cache_handler_failures_total',
    'Mistakes in event handlers that were caught.',
    'resource',
  )
  const stale = f.counter(
    'charmkeeper_stale_cache_waits_total',
    'Reconciles that waited until the cache showed our own write.',
    'controller',
  )
  const dropped = f.counter('charmkeeper_events_dropped_total', 'Events that were not written.', 'reason')
  return {
    cacheListed: resource => lists.inc({resource}),
    watchFailed: (resource, reason) => failures.inc({resource, reason}),
    cacheDrifted: (resource, objects) => drift.inc({resource}, objects),
    cacheSize: (resource, objects) => size.set({resource}, objects),
    handlerFailed: resource => handlers.inc({resource}),
    staleCacheWaited: controller => stale.inc({controller}),
    eventDropped: reason => dropped.inc({reason}),
  }
}

/** client-go's families of the API server's clients. */
export function requestMetrics(f: Families): RequestMetrics {
  const total = f.counter('rest_client_requests_total', 'Requests to the API server.', 'code', 'method', 'host')
  const seconds = f.histogram(
    'rest_client_request_duration_seconds',
    'How long the API server took to answer.',
    requestBuckets,
    'verb',
    'host',
  )
  const retries = f.counter('rest_client_request_retries_total', 'Requests that were sent again.', 'code', 'verb')
  return {
    requestFinished: ({code, method, host, verb, seconds: took}) => {
      total.inc({code, method, host})
      seconds.observe({verb, host}, took)
    },
    requestRetried: (verb, code) => retries.inc({code, verb}),
  }
}
