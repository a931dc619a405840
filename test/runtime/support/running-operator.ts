import {backupJobResource, type BackupJob} from '../../../src/api/backup-job.ts'
import {backupScheduleResource, type BackupSchedule} from '../../../src/api/backup-schedule.ts'
import {backupStorageResource, type BackupStorage} from '../../../src/api/backup-storage.ts'
import {jujuModelResource, type JujuModel} from '../../../src/api/juju-model.ts'
import {parseBackupSchedule, parseBackupStorage, parseJujuModel} from '../../../src/api/parse.ts'
import {jobIndexes, trimming, type CachedBackupJob} from '../../../src/controllers/backup-job/cache.ts'
import {backupJobController} from '../../../src/controllers/backup-job/controller.ts'
import {scheduleIndexes} from '../../../src/controllers/backup-schedule/cache.ts'
import {backupScheduleController} from '../../../src/controllers/backup-schedule/controller.ts'
import {noScheduleMetrics} from '../../../src/controllers/backup-schedule/metrics.ts'
import {retentionController} from '../../../src/controllers/backup-schedule/retention-controller.ts'
import {backupStorageController} from '../../../src/controllers/backup-storage/controller.ts'
import {DestinationChecks} from '../../../src/controllers/backup-storage/integrator-check.ts'
import {inventoryController} from '../../../src/controllers/inventory/controller.ts'
import {presenceController} from '../../../src/controllers/inventory/presence-controller.ts'
import {Inventory} from '../../../src/controllers/inventory/inventory.ts'
import {ActionReader} from '../../../src/controllers/juju-actions/action-reader.ts'
import {SourceReader} from '../../../src/controllers/credentials/source-reader.ts'
import {jujuModelController} from '../../../src/controllers/juju-model/controller.ts'
import {jujuGateway} from '../../../src/controllers/juju-model/gateway.ts'
import {KubeClient} from '../../../src/kube/client.ts'
import type {Transport} from '../../../src/kube/transport.ts'
import type {OpenTransport} from '../../../src/juju/transport.ts'
import {EndpointPolicy} from '../../../src/net/endpoint-policy.ts'
import {ConsistencyGate} from '../../../src/runtime/consistency.ts'
import {EventRecorder} from '../../../src/runtime/event-recorder.ts'
import {Informer} from '../../../src/runtime/informer.ts'
import {noRuntimeMetrics} from '../../../src/runtime/metrics.ts'
import {Urgency} from '../../../src/runtime/urgency.ts'
import {settle, type VirtualClock} from '../../support/virtual-clock.ts'
import type {ObjectStore} from '../../../src/storage/object-store.ts'
import {recordLog, type LogLine} from './recorders.ts'

export interface RunningOperatorOptions {
  readonly transport: Transport
  /** how Juju is reached; absent: over sockets */
  readonly openTransport?: OpenTransport | undefined
  readonly clock: VirtualClock
  /** how often a model is read while a job runs in it */
  readonly pollMs: number
  /** the object store behind every BackupStorage */
  readonly open: () => ObjectStore
  /** runs BackupSchedules, too, which costs a story many timers */
  readonly schedules?: boolean | undefined
}

/** The controllers of an operator in this process, on the real client and runtime, that can be killed at any moment. */
export class RunningOperator {
  readonly lines: LogLine[]
  readonly #stop = new AbortController()
  readonly #close: () => void

  constructor({
    transport,
    openTransport,
    clock,
    pollMs,
    open,
    schedules: hasSchedules = false,
  }: RunningOperatorOptions) {
    const common = {clock, random: seededRandom(7)}
    const log = recordLog()
    this.lines = log.lines
    const gate = new ConsistencyGate({clock})
    const guard = {assertMayWrite: () => this.#stop.signal.throwIfAborted()}
    const client = new KubeClient({
      ...common,
      transport: mortal(transport, this.#stop.signal),
      onWrite: gate.wrote,
    }).guarded(guard)
    const models = new Informer<JujuModel>({...common, client, resource: jujuModelResource, validate: parseJujuModel})
    const jobs = new Informer<BackupJob, CachedBackupJob>({
      ...common,
      client,
      resource: backupJobResource,
      indexers: jobIndexes,
      transform: trimming(),
    })
    const storages = new Informer<BackupStorage>({
      ...common,
      client,
      resource: backupStorageResource,
      validate: parseBackupStorage,
    })
    const schedules = new Informer<BackupSchedule>({
      ...common,
      client,
      resource: backupScheduleResource,
      validate: parseBackupSchedule,
      indexers: scheduleIndexes,
    })
    const caches = [storages, models, jobs, ...(hasSchedules ? [schedules] : [])]
    for (const cache of caches) gate.track(cache)
    const policy = EndpointPolicy.parse(['127.0.0.1/32'])
    const recorder = new EventRecorder({
      ...common,
      client,
      reporter: {controller: 'charmkeeper.dev/operator', instance: 'test'},
    })
    const shared = {...common, client, gate, recorder, log, runtimeMetrics: noRuntimeMetrics, workers: 4}
    const sources = new SourceReader({client, clock, secretReaderRole: 'charmkeeper-secrets-reader'})
    const stores = backupStorageController({...shared, storages, sources, policy, open})
    const inventory = new Inventory({...common, jobs})
    const actions = new ActionReader(clock, log)
    const juju = jujuModelController({
      ...shared,
      inventory,
      guard,
      models,
      jobs: [jobs],
      gateway: jujuGateway({...common, log, policy, fastMs: pollMs, ...(openTransport && {openTransport})}),
      sources,
      self: 'cluster-a/charmkeeper/charmkeeper',
    })
    const controller = backupJobController({
      ...shared,
      guard,
      jobs,
      storageStore: storages.store,
      models: juju.directory,
      storages: stores.directory,
      checkDestination: new DestinationChecks({sources, clock}).check,
      actions,
      callTimeoutMs: 30_000,
      metrics: {finalizerLost: () => undefined},
    })
    const urgency = new Urgency({clock})
    const scheduling = hasSchedules
      ? backupScheduleController({
          ...shared,
          schedules,
          jobs,
          models: juju.directory,
          storages: stores.directory,
          urgency,
          metrics: noScheduleMetrics,
        })
      : undefined
    const retention = retentionController({
      ...shared,
      guard,
      schedules,
      jobs,
      models: juju.directory,
      listings: inventory.listings,
      urgency,
      callTimeoutMs: 30_000,
    })
    const presence = presenceController({
      ...shared,
      jobs: jobs,
      models: juju.directory,
      storages: stores.directory,
      listings: inventory.listings,
    })
    const listings = inventoryController({
      ...shared,
      inventory,
      actions,
      onLearnt: presence.learnt,
      models: juju.directory,
      modelStore: models.store,
      jobs: jobs.store,
    })
    this.#close = () => {
      scheduling?.close()
      listings.close()
      presence.close()
      juju.close()
      stores.close()
    }
    const {signal} = this.#stop
    const synced = Promise.all(caches.map(cache => cache.synced(signal)))
    const work = (one: {run(signal: AbortSignal, abort?: AbortSignal): Promise<void>}) =>
      synced.then(() => one.run(signal, signal)).catch(() => undefined)
    for (const run of [
      ...caches.map(cache => cache.start(signal)),
      ...(scheduling === undefined ? [] : [work(scheduling.controller), work(retention)]),
      work(juju.controller),
      work(stores.controller),
      work(controller),
      work(listings.controller),
      work(presence.controller),
    ])
      run.catch(() => undefined)
  }

  /** As by kill -9: from this moment on nothing of it has an effect. */
  killNow(): void {
    if (this.#stop.signal.aborted) return
    this.#stop.abort(new Error('killed'))
    this.#close()
  }

  get isKilled(): boolean {
    return this.#stop.signal.aborted
  }

  /** Kills it and lets what was waiting for an answer find out. */
  async kill(): Promise<void> {
    this.killNow()
    await settle()
  }
}

/** What a dead process still holds in its hands reaches nobody. */
function mortal(transport: Transport, dead: AbortSignal): Transport {
  const send: Transport['send'] = request => {
    dead.throwIfAborted()
    return transport.send(request)
  }
  return {endpoint: transport.endpoint, close: () => transport.close(), send}
}

/** The same numbers in every run (a linear congruential generator, Numerical Recipes' constants). */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
