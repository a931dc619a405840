import {backupJobResource, type BackupJob, type BackupJobStatus} from '../../api/backup-job.ts'
import {RUNNING_FINALIZER} from '../../api/meta.ts'
import type {KubeClient} from '../../kube/client.ts'
import {isNotFound} from '../../kube/errors.ts'
import {getCondition, setCondition} from '../../runtime/conditions.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import {hasFinalizer} from '../../runtime/finalizers.ts'
import {done, type ReconcileContext, type Reconciler, requeueAfter, type Result} from '../../runtime/reconciler.ts'
import type {StatusWriter} from '../../runtime/status-writer.ts'
import type {Store} from '../../runtime/store.ts'
import type {Clock} from '../../time/clock.ts'
import {TokenBucket} from '../../time/token-bucket.ts'
import type {CachedBackupJob} from '../backup-job/cache.ts'
import {type DataVerdict, isUnconfirmed, verdictOn} from './data-present.ts'
import type {Listings} from './listings.ts'
import {type Look, lookEveryMs} from './looks.ts'
import {hasMadeABackup} from './our-backups.ts'
import type {Repository, StoreLooks} from './store-looks.ts'

export interface PresenceReconcilerDeps {
  readonly client: KubeClient
  readonly statusWriter: StatusWriter
  readonly recorder: EventRecorder
  /** with the index `byApplication` */
  readonly jobs: Store<CachedBackupJob>
  readonly listings: Listings
  readonly looks: StoreLooks
  /** no job of this key is left to be followed */
  readonly onNothingLeft: (key: string) => void
  readonly clock: Clock
}

/** Statuses of finished jobs are written at most so fast: thousands may change at once. */
const writes = {perSecond: 2, burst: 20}
/** A reconcile that has used up the writes goes on after this time, ms. */
const pauseMs = 1_000

/** The jobs of one application that have made a backup: whether it is still there. Keys are `namespace/JujuModel/application`. */
export class PresenceReconciler implements Reconciler {
  readonly #deps: PresenceReconcilerDeps
  readonly #writes: TokenBucket

  constructor(deps: PresenceReconcilerDeps) {
    this.#deps = deps
    this.#writes = new TokenBucket(deps.clock, writes.perSecond, writes.burst)
  }

  async reconcile(key: string, context: ReconcileContext): Promise<Result> {
    const {jobs, looks} = this.#deps
    const made = jobs.byIndex('byApplication', key).filter(hasDataToFollow)
    if (made.length === 0) {
      this.#deps.onNothingLeft(key)
      return done
    }
    const dueInMs = looks.ask(
      key,
      made.flatMap(job => this.#demandOf(job) ?? []),
    )
    for (const job of made) {
      if (this.#verdictOn(job) === undefined) continue
      if (!this.#writes.tryTake()) return requeueAfter(pauseMs)
      await this.#write(job, context)
    }
    return requeueAfter(Math.min(dueInMs, lookEveryMs))
  }

  #demandOf(job: CachedBackupJob): {readonly repository: Repository; readonly unconfirmed: boolean} | undefined {
    const repository = repositoryOf(job)
    if (repository === undefined) return undefined
    const look = this.#deps.looks.of(repository)
    const gone = getCondition(job.status?.conditions, 'DataPresent')?.status === 'False'
    return {repository, unconfirmed: !gone && isUnconfirmed(job.status?.backupID ?? '', look)}
  }

  #verdictOn(job: CachedBackupJob, whole: BackupJob = job): DataVerdict | undefined {
    const repository = repositoryOf(job)
    return verdictOn({
      backupID: whole.status?.backupID ?? '',
      said: getCondition(whole.status?.conditions, 'DataPresent'),
      look: repository === undefined ? this.#listed(job) : this.#deps.looks.of(repository),
      where: repository === undefined ? 'the list of the charm' : `BackupStorage ${repository.storage}`,
      now: this.#deps.clock.now(),
    })
  }

  /** Where no store is named, the listings of the inventory tell. */
  #listed({spec, status}: CachedBackupJob): Look {
    const known = this.#deps.listings.of(status?.modelUUID ?? '', spec.application)
    if (known?.failure !== undefined) return {kind: 'unreadable', ...known.failure}
    if (known?.listing === undefined) return {kind: 'unread'}
    const before = known.before && new Set(known.before.finished)
    return {kind: 'seen', ids: new Set(known.listing.finished), before}
  }

  /** The cache is trimmed: the whole object is read first, and judged again. */
  async #write(job: CachedBackupJob, {log, signal}: ReconcileContext): Promise<void> {
    const {client, statusWriter, recorder, clock} = this.#deps
    const {name, namespace, uid} = job.metadata
    const whole = await client.get<BackupJob>(backupJobResource, {name, namespace}).catch((error: unknown) => {
      if (isNotFound(error)) return undefined
      throw error
    })
    if (whole?.status === undefined || whole.metadata.uid !== uid) return
    const verdict = this.#verdictOn(job, whole)
    if (verdict === undefined) return
    const observedGeneration = whole.metadata.generation
    const now = new Date(clock.now()).toISOString()
    const conditions = setCondition(whole.status.conditions, {type: 'DataPresent', ...verdict, observedGeneration}, now)
    const status: BackupJobStatus = {...whole.status, conditions}
    const written = await statusWriter.write(backupJobResource, whole, status, signal)
    if (written === undefined) return
    const {backupID} = status
    log.info('the data of a finished BackupJob', {namespace, name, backupID, reason: verdict.reason})
    if (verdict.reason !== 'Missing') return
    recorder.event(whole, {
      type: 'Warning',
      reason: 'BackupDataMissing',
      action: 'Inventory',
      note: verdict.message,
    })
  }
}

/** Succeeded, nothing is left to write of it, and it says which backup it made. */
export function hasDataToFollow(job: CachedBackupJob): boolean {
  return job.trimmed === true && hasMadeABackup(job) && !hasFinalizer(job, RUNNING_FINALIZER)
}

function repositoryOf(job: CachedBackupJob): Repository | undefined {
  const storage = job.spec.storageRef?.name
  if (job.trimmed !== true || job.place === undefined || storage === undefined) return undefined
  return {namespace: job.metadata.namespace ?? '', storage, place: job.place}
}
