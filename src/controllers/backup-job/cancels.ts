import type {CachedBackupJob} from './cache.ts'

/** What tells a job and its task from another one of the same name. */
export type CancelledJob = Pick<CachedBackupJob, 'metadata'> & {
  readonly status?: {readonly taskID?: string | undefined} | undefined
}

/** Jobs whose task Juju was asked to cancel by this process, until they are released or gone. */
export class Cancels {
  /** by the key of the job */
  readonly #tasks = new Map<string, string>()

  sent(key: string, job: CancelledJob): void {
    this.#tasks.set(key, taskOf(job))
  }

  has(key: string, job: CancelledJob): boolean {
    return this.#tasks.get(key) === taskOf(job)
  }

  forget(key: string): void {
    this.#tasks.delete(key)
  }

  get size(): number {
    return this.#tasks.size
  }
}

function taskOf({metadata, status}: CancelledJob): string {
  return `${metadata.uid} ${status?.taskID}`
}
