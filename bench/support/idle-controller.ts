import {backupJobResource, type BackupJob} from '../../src/api/backup-job.ts'
import {jobIndexes, trimming, type CachedBackupJob} from '../../src/controllers/backup-job/cache.ts'
import {ActionReader} from '../../src/controllers/juju-actions/action-reader.ts'
import {backupJobController} from '../../src/controllers/backup-job/controller.ts'
import type {KubeClient} from '../../src/kube/client.ts'
import {silentLogger} from '../../src/observability/log.ts'
import {Metrics} from '../../src/observability/metrics.ts'
import {ConsistencyGate} from '../../src/runtime/consistency.ts'
import type {Controller} from '../../src/runtime/controller.ts'
import {EventRecorder} from '../../src/runtime/event-recorder.ts'
import {Informer} from '../../src/runtime/informer.ts'
import {systemClock} from '../../src/time/clock.ts'

/** The operator's own informer and controller of BackupJobs, with metrics, in a cluster that has neither models nor stores. */
export function idleController(client: KubeClient): {
  readonly jobs: Informer<BackupJob, CachedBackupJob>
  readonly controller: Controller
} {
  const common = {client, clock: systemClock, random: Math.random, log: silentLogger}
  const gate = new ConsistencyGate(common)
  const {runtime, controllers} = new Metrics('bench')
  const jobs = new Informer<BackupJob, CachedBackupJob>({
    ...common,
    resource: backupJobResource,
    transform: trimming(),
    indexers: jobIndexes,
    metrics: runtime,
  })
  gate.track(jobs)
  const controller = backupJobController({
    ...common,
    guard: {assertMayWrite: () => undefined},
    jobs,
    storageStore: {
      get: () => undefined,
      list: () => [],
      byIndex: () => [],
      invalid: () => undefined,
      listInvalid: () => [],
      size: 0,
    },
    models: {
      lookup: () => ({found: false, message: 'no models here'}),
      byUUID: () => undefined,
      onChange: () => () => undefined,
      hold: () => () => undefined,
    },
    storages: {lookup: () => ({found: false, message: 'no stores here'}), onChange: () => () => undefined},
    actions: new ActionReader(systemClock),
    checkDestination: () => Promise.resolve({ok: true}),
    recorder: new EventRecorder({...common, reporter: {controller: 'bench', instance: 'bench'}}),
    gate,
    workers: 16,
    callTimeoutMs: 30_000,
    metrics: controllers,
    runtimeMetrics: runtime,
  })
  return {jobs, controller}
}
