import type {ModelDirectory, ModelHandle} from '../juju-model/directory.ts'

interface Following {
  readonly release: () => void
  readonly what: string
  /** a JujuModel with other endpoints has another poller, which knows nothing of what the one before followed */
  readonly snapshots: ModelHandle['snapshots']
}

/** A task that was begun is looked at after so many ms for the first time: by then it runs, or has failed. */
const firstLookMs = 1_000

/** A granted job, as far as it follows its model. */
interface Follower {
  readonly namespace: string
  readonly model: string
  readonly taskID?: string | undefined
  readonly operationID?: string | undefined
  /** it waits for what only snapshots show; one that is about to begin its task reads for itself what it needs */
  readonly waits: boolean
}

/**
 * What a granted job keeps alive beside itself: its model's session (`hold`), fast snapshots, and its task in them. In memory; a
 * restarted process takes it up again in its first reconcile of the job.
 */
export class Followers {
  readonly #models: ModelDirectory
  readonly #jobs = new Map<string, Following>()

  constructor(models: ModelDirectory) {
    this.#models = models
  }

  /** Holds the model and follows the task, if there is one already. Repeating it changes nothing. */
  follow(key: string, job: Follower, handle: ModelHandle): void {
    const what = `${handle.modelUUID} ${job.taskID ?? ''} ${job.waits}`
    const known = this.#jobs.get(key)
    if (known?.what === what && known.snapshots === handle.snapshots) return
    const releases = [this.#models.hold(job.namespace, job.model)]
    if (job.waits) releases.push(handle.snapshots.demandFast())
    if (job.taskID !== undefined) {
      releases.push(handle.snapshots.track(job.taskID, job.operationID))
      // The task has to be in a snapshot soon; those that were begun together share it.
      handle.snapshots.readWithin(firstLookMs)
    }
    this.#jobs.set(key, {
      what,
      snapshots: handle.snapshots,
      release: () => releases.forEach(release => release()),
    })
    known?.release()
  }

  /** The job needs nothing of its model any more. */
  leave(key: string): void {
    this.#jobs.get(key)?.release()
    this.#jobs.delete(key)
  }
}
