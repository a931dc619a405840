import type {BackupJob} from '../../api/index.ts'
import type {BackupStorage} from '../../api/backup-storage.ts'
import {keyOf} from '../../kube/resources.ts'
import type {Store} from '../../runtime/store.ts'
import type {Arbiter, Recorded} from '../arbiter/arbiter.ts'
import type {Verdict} from '../arbiter/order.ts'
import type {ModelHandle} from '../juju-model/directory.ts'
import {openTasksOf} from './calls.ts'
import {claimOf, type CachedBackupJob, jobIndexes} from './cache.ts'
import {lenderOf} from './history.ts'
import {jujuHolders} from './juju-holders.ts'
import {holdsGrant, isFinished} from './rules/state.ts'

interface StorageLimits {
  get(key: string): Pick<BackupStorage, 'spec'> | undefined
}

/** The arbiter as a BackupJob meets it: turns caches and the model's snapshot into what the arbiter needs to know. */
export class Grants {
  readonly #arbiter: Arbiter
  readonly #jobs: Store<CachedBackupJob>
  readonly #storages: StorageLimits
  readonly #onGivenBack: (job: BackupJob) => void

  constructor(deps: {
    arbiter: Arbiter
    jobs: Store<CachedBackupJob>
    storages: StorageLimits
    /** a grant that was never recorded is free again: no change of an object tells that */
    onGivenBack: (job: BackupJob) => void
  }) {
    this.#arbiter = deps.arbiter
    this.#jobs = deps.jobs
    this.#storages = deps.storages
    this.#onGivenBack = deps.onGivenBack
  }

  /** Asks for application, model slot and storage slot together; synchronous. A granted claim counts from now on. */
  request(job: BackupJob, handle: ModelHandle): Verdict {
    return this.#arbiter.request(this.#modelOf(job), claimOf(job), this.#recorded(job, handle))
  }

  /** The job has no grant, or it could not be written. */
  giveBack(job: BackupJob): void {
    if (this.#arbiter.withdraw(this.#modelOf(job), job.metadata.uid ?? '')) this.#onGivenBack(job)
  }

  /** The job, as it is known, waits for something else, or has its grant: it does not ask now. */
  spoke(job: BackupJob): void {
    if (!holdsGrant(job)) return this.giveBack(job)
    const stored = this.#jobs.get(keyOf(job))
    // A grant that is not recorded yet counts here until it is.
    if (stored !== undefined && holdsGrant(stored)) this.#arbiter.settled(this.#modelOf(job), job.metadata.uid ?? '')
  }

  /** The job has ended or is gone. */
  leave(job: BackupJob): void {
    if (this.#arbiter.forget(job.metadata.uid ?? '')) this.#onGivenBack(job)
  }

  /** Keys of the jobs that ask for a grant in the same model; they are to be looked at again when something is released. */
  waitingBeside(job: BackupJob): readonly string[] {
    return this.#arbiter.asking(this.#modelOf(job)).map(claim => `${claim.namespace}/${claim.name}`)
  }

  /** Tasks in the job's model that are represented by a grant, or that a person has resolved as abandoned. */
  ownTasks(job: BackupJob): ReadonlySet<string> {
    const model = this.#modelOf(job)
    const granted = this.#jobs.byIndex('grantedByModel', model)
    const abandoned = this.#jobs.byIndex('abandonedByModel', model)
    return new Set([...granted, ...abandoned].flatMap(openTasksOf))
  }

  /** Jobs name their model by the JujuModel; only one JujuModel works for a model's UUID, so that is as good as the UUID. */
  #modelOf(job: BackupJob): string {
    return `${job.metadata.namespace}/${job.spec?.modelRef?.name}`
  }

  #recorded(job: BackupJob, handle: ModelHandle): Recorded {
    const model = this.#modelOf(job)
    const open = this.#jobs.byIndex('openByModel', model).filter(one => !isFinished(one.status) && !holdsGrant(one))
    // A safety backup works under the grant of its restore, which is one of them.
    const granted = this.#jobs.byIndex('grantedByModel', model).filter(one => lenderOf(this.#jobs, one) === undefined)
    return {
      granted: granted.map(claimOf),
      open: open.map(one => one.metadata.uid ?? ''),
      juju: handle.snapshots.latest ? jujuHolders(handle.snapshots.latest, this.ownTasks(job)) : [],
      capacity: {modelSlots: handle.limits.maxConcurrentJobs, storage: this.#storageUse(job, model)},
    }
  }

  #storageUse(job: BackupJob, model: string): ReadonlyMap<string, {limit: number; used: number}> {
    return new Map(
      jobIndexes.openByStorage(job).flatMap(key => {
        const limit = this.#storages.get(key)?.spec.limits?.maxConcurrentJobs
        const used = this.#jobs.byIndex('grantedByStorage', key).filter(one => this.#modelOf(one) !== model).length
        return limit === undefined ? [] : [[key, {limit, used}] as const]
      }),
    )
  }
}
