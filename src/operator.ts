/**
 * Puts the operator together: one client, one cache per kind, the controllers over them, and the manager that runs all.
 * Nothing is decided here; every part is handed what it needs.
 */
import {randomUUID} from 'node:crypto'
import {lookup} from 'node:dns/promises'
import {hostname} from 'node:os'
import {backupJobResource, type BackupJob} from './api/backup-job.ts'
import {backupScheduleResource, type BackupSchedule} from './api/backup-schedule.ts'
import {backupStorageResource, type BackupStorage} from './api/backup-storage.ts'
import {jujuModelResource, type JujuModel} from './api/juju-model.ts'
import {parseBackupSchedule, parseBackupStorage, parseJujuModel} from './api/parse.ts'
import {readClusterId} from './cluster-id.ts'
import type {Config} from './config.ts'
import {jobIndexes, trimming, type CachedBackupJob} from './controllers/backup-job/cache.ts'
import {backupJobController} from './controllers/backup-job/controller.ts'
import {scheduleIndexes} from './controllers/backup-schedule/cache.ts'
import {backupScheduleController} from './controllers/backup-schedule/controller.ts'
import {retentionController} from './controllers/backup-schedule/retention-controller.ts'
import {backupStorageController} from './controllers/backup-storage/controller.ts'
import {DestinationChecks} from './controllers/backup-storage/integrator-check.ts'
import {inventoryController} from './controllers/inventory/controller.ts'
import {presenceController} from './controllers/inventory/presence-controller.ts'
import {Inventory} from './controllers/inventory/inventory.ts'
import {ActionReader} from './controllers/juju-actions/action-reader.ts'
import {SourceReader} from './controllers/credentials/source-reader.ts'
import {jujuModelController} from './controllers/juju-model/controller.ts'
import {jujuGateway} from './controllers/juju-model/gateway.ts'
import {defaultTimeoutMs as jujuCallTimeoutMs} from './juju/rpc.ts'
import {KubeClient, type WriteGuard} from './kube/client.ts'
import {HttpTransport} from './kube/http-transport.ts'
import {loadConnection} from './kube/load-connection.ts'
import {EndpointPolicy} from './net/endpoint-policy.ts'
import type {Logger} from './observability/log.ts'
import type {Metrics} from './observability/metrics.ts'
import {ConsistencyGate} from './runtime/consistency.ts'
import type {Controller} from './runtime/controller.ts'
import {EventRecorder} from './runtime/event-recorder.ts'
import {Informer} from './runtime/informer.ts'
import {LeaderElector} from './runtime/leader-election.ts'
import {Manager} from './runtime/manager.ts'
import {Urgency} from './runtime/urgency.ts'
import type {Clock, Random} from './time/clock.ts'

/** What the process hands in. */
export interface Surroundings {
  readonly config: Config
  readonly env: NodeJS.ProcessEnv
  readonly version: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly metrics: Metrics
}

/** The ClusterRole that a namespace binds to let the operator read its Secrets; the chart has it unless it names namespaces. */
const secretReaderRole = 'charmkeeper-secrets-reader'

/**
 * Connects to the API server and wires everything up to the manager that runs it.
 *
 * @throws KubeconfigInvalid, ClusterIdUnknown: what to do is in the message
 */
export async function assemble(around: Surroundings, signal: AbortSignal): Promise<Manager> {
  const {config, clock, random, log, metrics} = around
  const cluster = await connect(around)
  const clusterID = config.clusterId ?? (await readClusterId(cluster.client, around, signal))
  const leaseNamespace = config.leaseNamespace ?? cluster.namespace ?? 'default'
  const owner = `${clusterID}/${leaseNamespace}/${config.leaseName}`
  log.info('connected', {host: cluster.client.endpoint.host, port: cluster.client.endpoint.port, owner})

  const identity = config.leaseIdentity ?? `${hostname()}_${randomUUID()}`
  const election = {client: cluster.client, namespace: leaseNamespace, name: config.leaseName, identity}
  const common = {clock, random, log, metrics: metrics.runtime}
  const elector = config.leaderElect ? new LeaderElector({...common, ...election}) : undefined
  const guard: WriteGuard = elector ?? {assertMayWrite: () => undefined}
  const client = cluster.client.guarded(guard)
  const recorder = new EventRecorder({
    ...common,
    client,
    reporter: {controller: 'charmkeeper.dev/operator', instance: identity.slice(0, 128)},
  })
  const caches = makeCaches(around, client, cluster.gate)
  const controllers = await makeControllers({around, client, guard, recorder, caches, gate: cluster.gate, owner})

  const close = async (): Promise<void> => {
    controllers.close()
    await cluster.transport.close()
  }
  const manager = new Manager({clock, log, elector, recorder, close})
  for (const informer of Object.values(caches)) manager.addInformer(informer)
  for (const controller of controllers.all) manager.addController(controller)
  return manager
}

interface Cluster {
  readonly client: KubeClient
  readonly transport: HttpTransport
  readonly gate: ConsistencyGate
  /** of the context, or of the pod */
  readonly namespace: string | undefined
}

async function connect({config, env, version, clock, random, log, metrics}: Surroundings): Promise<Cluster> {
  const {kubeconfig, context, kubeApiQps: qps, kubeApiBurst} = config
  const connection = await loadConnection({kubeconfig, context, env, clock})
  const transport = new HttpTransport({connection, clock, userAgent: `charmkeeper/${version}`, log})
  const gate = new ConsistencyGate({clock})
  const rateLimit =
    qps > 0 ? {qps, burst: kubeApiBurst > 0 ? kubeApiBurst : Math.max(1, Math.ceil(2 * qps))} : undefined
  const client = new KubeClient({transport, clock, random, metrics: metrics.requests, rateLimit, onWrite: gate.wrote})
  return {client, transport, gate, namespace: connection.namespace}
}

interface Caches {
  readonly models: Informer<JujuModel>
  readonly storages: Informer<BackupStorage>
  readonly jobs: Informer<BackupJob, CachedBackupJob>
  readonly schedules: Informer<BackupSchedule>
}

function makeCaches(
  {config, clock, random, log, metrics}: Surroundings,
  client: KubeClient,
  gate: ConsistencyGate,
): Caches {
  const common = {client, namespaces: config.namespaces, clock, random, log, metrics: metrics.runtime}
  const models = new Informer<JujuModel>({...common, resource: jujuModelResource, validate: parseJujuModel})
  const storages = new Informer<BackupStorage>({
    ...common,
    resource: backupStorageResource,
    validate: parseBackupStorage,
  })
  const jobs = new Informer<BackupJob, CachedBackupJob>({
    ...common,
    resource: backupJobResource,
    transform: trimming(),
    indexers: jobIndexes,
  })
  const schedules = new Informer<BackupSchedule>({
    ...common,
    resource: backupScheduleResource,
    validate: parseBackupSchedule,
    indexers: scheduleIndexes,
  })
  for (const informer of [models, storages, jobs, schedules]) gate.track(informer)
  metrics.observe({models: models.store, storages: storages.store, jobs: jobs.store})
  jobs.onEvent(({object, old}) => metrics.jobs.changed(object, old))
  return {models, storages, jobs, schedules}
}

interface Parts {
  readonly around: Surroundings
  readonly client: KubeClient
  readonly guard: WriteGuard
  readonly recorder: EventRecorder
  readonly caches: Caches
  readonly gate: ConsistencyGate
  readonly owner: string
}

interface Controllers {
  readonly all: readonly Controller[]
  close(): void
}

async function makeControllers(parts: Parts): Promise<Controllers> {
  const {around, client, guard, recorder, caches, gate, owner} = parts
  const {config, clock, random, log, metrics} = around
  const policy = await endpointPolicy(around, client)
  const isClusterWide = config.namespaces === undefined
  const sources = new SourceReader({client, clock, secretReaderRole: isClusterWide ? secretReaderRole : undefined})
  const common = {client, recorder, gate, sources, clock, random, log, runtimeMetrics: metrics.runtime}
  const inventory = new Inventory({jobs: caches.jobs, schedules: caches.schedules, clock, random})
  const actions = new ActionReader(clock, log)
  const models = jujuModelController({
    ...common,
    guard,
    inventory,
    models: caches.models,
    jobs: [caches.jobs],
    gateway: jujuGateway({clock, random, policy, log, metrics: metrics.juju}),
    self: owner,
    workers: config.workers.jujumodel,
    metrics: metrics.controllers,
  })
  const storages = backupStorageController({
    ...common,
    storages: caches.storages,
    policy,
    workers: config.workers.backupstorage,
  })
  const urgency = new Urgency({clock})
  const schedules = backupScheduleController({
    ...common,
    schedules: caches.schedules,
    jobs: caches.jobs,
    models: models.directory,
    storages: storages.directory,
    urgency,
    workers: config.workers.backupschedule,
    metrics: metrics.schedules,
  })
  metrics.observeSchedules({schedules: caches.schedules.store, archivedAt: schedules.archivedAt, clock})
  const retention = retentionController({
    ...common,
    urgency,
    guard,
    schedules: caches.schedules,
    jobs: caches.jobs,
    models: models.directory,
    listings: inventory.listings,
    callTimeoutMs: jujuCallTimeoutMs,
  })
  const jobs = backupJobController({
    ...common,
    urgency,
    guard,
    jobs: caches.jobs,
    storageStore: caches.storages.store,
    models: models.directory,
    storages: storages.directory,
    checkDestination: new DestinationChecks({sources, clock}).check,
    actions,
    workers: config.workers.backupjob,
    callTimeoutMs: jujuCallTimeoutMs,
    metrics: metrics.controllers,
  })
  const presence = presenceController({
    ...common,
    jobs: caches.jobs,
    models: models.directory,
    storages: storages.directory,
    listings: inventory.listings,
  })
  const listings = inventoryController({
    ...common,
    inventory,
    actions,
    onLearnt: presence.learnt,
    models: models.directory,
    modelStore: caches.models.store,
    jobs: caches.jobs.store,
  })
  const close = (): void => {
    schedules.close()
    listings.close()
    presence.close()
    models.close()
    storages.close()
  }
  const all = [
    schedules.controller,
    retention,
    models.controller,
    storages.controller,
    jobs,
    listings.controller,
    presence.controller,
  ]
  return {all, close}
}

/** Where specs may send the operator; without a list not to the API server, by whatever name. */
async function endpointPolicy({config, log}: Surroundings, client: KubeClient): Promise<EndpointPolicy> {
  const {host, port} = client.endpoint
  const found = await lookup(host, {all: true}).catch((error: unknown) => {
    log.warn('the name of the API server cannot be resolved here', {host, error})
    return []
  })
  const addresses = found.map(({address}) => address)
  return EndpointPolicy.parse(config.allowedEndpoints, {apiServer: {host, port, addresses}})
}
