import type {BackupJob, BackupJobReason} from '../api/backup-job.ts'
import type {BackupStorage} from '../api/backup-storage.ts'
import type {JujuModel} from '../api/juju-model.ts'
import type {Families} from './families.ts'
import {InventoryMetrics} from './inventory-metrics.ts'
import {applicationOf, conditionOf, endOf, keyOf, secondsBetween, type ApplicationLabels} from './job-counters.ts'

/** What is read to tell the state of all objects: the caches of the process. */
export interface ObjectStores {
  readonly jobs: {list(): readonly BackupJob[]}
  readonly models: {list(): readonly JujuModel[]}
  readonly storages: {list(): readonly BackupStorage[]}
}

/** What the jobs of one application add up to. */
interface ApplicationState {
  readonly labels: ApplicationLabels
  running: number
  queued: number
  /** jobs that go on only when a person acts */
  stalled: number
  /** start of the oldest task that still runs, RFC 3339 */
  oldestStart?: string
  lastSuccess?: BackupJob
  lastFailure?: BackupJob | undefined
  /** its task said that it made a backup, and nobody could prove it */
  lastUnproved?: BackupJob | undefined
  /** jobs that succeeded, and whose backup is gone since */
  missing: number
}

const application = ['namespace', 'model', 'application'] as const

/**
 * The state of the objects as gauges, worked out from the caches for each scrape. So they are right after a restart,
 * and the series of an object go with the object.
 */
export class ObjectMetrics {
  readonly #stores: ObjectStores
  readonly #perApplication
  readonly #modelReady
  readonly #storageReady
  readonly #inventory: InventoryMetrics
  #knownApplications: ReadonlySet<string> = new Set()
  #knownModels: ReadonlySet<string> = new Set()

  constructor(f: Families, stores: ObjectStores) {
    this.#stores = stores
    const gauge = (name: string, help: string) => f.gauge(name, help, ...application)
    this.#perApplication = {
      running: gauge('charmkeeper_running_backups', 'Backups that were granted their application and have not ended.'),
      queued: gauge('charmkeeper_queued_jobs', 'Jobs that wait for their application, model or storage.'),
      stalled: gauge('charmkeeper_stalled_jobs', 'Jobs that have not ended and go on only when a person acts.'),
      oldestStart: gauge(
        'charmkeeper_oldest_running_backup_start_timestamp_seconds',
        'Start of the oldest running backup.',
      ),
      lastSuccess: gauge(
        'charmkeeper_last_backup_success_timestamp_seconds',
        'End of the newest backup that succeeded.',
      ),
      lastFailure: gauge('charmkeeper_last_backup_failure_timestamp_seconds', 'End of the newest job that failed.'),
      lastUnproved: gauge(
        'charmkeeper_last_unproved_backup_timestamp_seconds',
        'End of the newest job whose task made a backup that could not be proved.',
      ),
      lastSeconds: gauge('charmkeeper_last_backup_duration_seconds', 'How long the newest successful backup took.'),
      lastBytes: gauge('charmkeeper_last_backup_size_bytes', 'Size of the database in the newest successful backup.'),
      lastStoredBytes: gauge(
        'charmkeeper_last_backup_repository_size_bytes',
        'What the newest successful backup takes in the store.',
      ),
      lastVerified: gauge(
        'charmkeeper_last_backup_verified',
        '1: the newest successful backup was proved; 0: it was not; no series: nobody asked.',
      ),
      lastPresent: gauge(
        'charmkeeper_last_backup_present',
        '1: the data of the newest successful backup is there; 0: it is gone; no series: it is not known.',
      ),
      missing: gauge('charmkeeper_missing_backups', 'Jobs that succeeded, and whose backup is gone since.'),
    }
    this.#inventory = new InventoryMetrics(f)
    this.#modelReady = f.gauge('charmkeeper_model_ready', '1 while Ready, by reason.', 'namespace', 'model', 'reason')
    this.#storageReady = f.gauge(
      'charmkeeper_storage_ready',
      '1 while Ready, by reason.',
      'namespace',
      'storage',
      'reason',
    )
  }

  /** Works all gauges out again; call it before each scrape. */
  refresh(): void {
    for (const gauge of [...Object.values(this.#perApplication), this.#modelReady, this.#storageReady]) gauge.reset()
    const states = summarise(this.#stores.jobs.list())
    const models = this.#stores.models.list()
    this.#inventory.refresh(models)
    this.#knownApplications = new Set(states.keys())
    this.#knownModels = new Set(models.map(({metadata}) => `${metadata.namespace ?? ''}/${metadata.name}`))
    for (const state of states.values()) this.#setApplication(state)
    for (const model of models) {
      const ready = conditionOf(model, 'Ready')
      const labels = {namespace: model.metadata.namespace ?? '', model: model.metadata.name}
      if (ready !== undefined) this.#modelReady.set({...labels, reason: ready.reason}, ready.status === 'True' ? 1 : 0)
    }
    for (const storage of this.#stores.storages.list()) {
      const ready = conditionOf(storage, 'Ready')
      const labels = {namespace: storage.metadata.namespace ?? '', storage: storage.metadata.name}
      if (ready !== undefined)
        this.#storageReady.set({...labels, reason: ready.reason}, ready.status === 'True' ? 1 : 0)
    }
  }

  /** Whether, at the last refresh, an application was still named by a job, or its JujuModel existed. */
  knows({namespace, model, application: name}: ApplicationLabels): boolean {
    return (
      this.#knownModels.has(`${namespace}/${model}`) || this.#knownApplications.has(`${namespace}/${model}/${name}`)
    )
  }

  #setApplication(state: ApplicationState): void {
    const {labels, running, queued, stalled, missing, oldestStart, lastSuccess, lastFailure, lastUnproved} = state
    const gauges = this.#perApplication
    gauges.running.set(labels, running)
    gauges.queued.set(labels, queued)
    gauges.stalled.set(labels, stalled)
    gauges.missing.set(labels, missing)
    const set = (gauge: typeof gauges.running, value: number | undefined) => {
      if (value !== undefined) gauge.set(labels, value)
    }
    set(gauges.oldestStart, timestamp(oldestStart))
    set(gauges.lastSuccess, timestamp(lastSuccess?.status?.completionTime))
    set(gauges.lastFailure, timestamp(lastFailure?.status?.completionTime))
    set(gauges.lastUnproved, timestamp(lastUnproved?.status?.completionTime))
    set(gauges.lastSeconds, secondsBetween(lastSuccess?.status?.startTime, lastSuccess?.status?.completionTime))
    set(gauges.lastBytes, lastSuccess?.status?.sizeBytes)
    set(gauges.lastStoredBytes, lastSuccess?.status?.repositorySizeBytes)
    set(gauges.lastVerified, verified(lastSuccess))
    set(gauges.lastPresent, present(lastSuccess))
  }
}

function summarise(jobs: readonly BackupJob[]): ReadonlyMap<string, ApplicationState> {
  const states = new Map<string, ApplicationState>()
  for (const job of jobs) {
    const labels = applicationOf(job)
    const state = states.get(keyOf(labels)) ?? {labels, running: 0, queued: 0, stalled: 0, missing: 0}
    states.set(keyOf(labels), state)
    add(state, job)
  }
  return states
}

function add(state: ApplicationState, job: BackupJob): void {
  const end = endOf(job)
  // Of a restore only that it goes on is of interest: its end says nothing of backups.
  if (end !== undefined && job.spec?.type === 'Restore') return
  if (end?.status === 'True') {
    state.lastSuccess = later(state.lastSuccess, job)
    if (conditionOf(job, 'DataPresent')?.status === 'False') state.missing += 1
  } else if (end !== undefined) addFailure(state, job, end.reason)
  else addUnfinished(state, job)
}

/** Ends of a job whose task is over, and which has nothing to show for it. */
const unproved: ReadonlySet<string> = new Set<BackupJobReason>(['VerificationFailed', 'StorageUnavailable'])

function addFailure(state: ApplicationState, job: BackupJob, reason: string): void {
  if (reason === 'Cancelled') return
  state.lastFailure = later(state.lastFailure, job)
  if (unproved.has(reason)) state.lastUnproved = later(state.lastUnproved, job)
}

function addUnfinished(state: ApplicationState, job: BackupJob): void {
  const {grantedAt, startTime} = job.status ?? {}
  if (grantedAt === undefined) state.queued += 1
  else state.running += 1
  if (conditionOf(job, 'Stalled')?.status === 'True') state.stalled += 1
  if (startTime !== undefined && (state.oldestStart === undefined || startTime < state.oldestStart))
    state.oldestStart = startTime
}

function later(one: BackupJob | undefined, other: BackupJob): BackupJob {
  return (one?.status?.completionTime ?? '') > (other.status?.completionTime ?? '') && one !== undefined ? one : other
}

function timestamp(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time) / 1000
}

function verified(job: BackupJob | undefined): number | undefined {
  const condition = job === undefined ? undefined : conditionOf(job, 'Verified')
  if (condition === undefined || condition.reason === 'NotAsked') return undefined
  return condition.status === 'True' ? 1 : 0
}

function present(job: BackupJob | undefined): number | undefined {
  const condition = job === undefined ? undefined : conditionOf(job, 'DataPresent')
  if (condition === undefined || condition.status === 'Unknown') return undefined
  return condition.status === 'True' ? 1 : 0
}
