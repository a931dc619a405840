import {objectKey} from '../../kube/resources.ts'
import type {Logger} from '../../observability/log.ts'
import {presentBackups} from '../../storage/layouts/presence.ts'
import type {Clock, Random} from '../../time/clock.ts'
import {Deadline} from '../../time/deadline.ts'
import type {StorageDirectory, StorageLookup} from '../backup-storage/directory.ts'
import {FairQueue} from './fair-queue.ts'
import {type Look, lookEveryMs, Looks} from './looks.ts'
import type {BackupPlace} from './place.ts'

/** A repository, and the BackupStorage through which it is looked into. */
export interface Repository {
  readonly namespace: string
  /** name of the BackupStorage */
  readonly storage: string
  readonly place: BackupPlace
}

export interface StoreLooksOptions {
  readonly storages: StorageDirectory
  /** a look that this key has asked for is there */
  readonly onLooked: (key: string) => void
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
}

/** Repositories that are looked into at once, over all stores; in one BackupStorage it is one at a time. */
const mostAtOnce = 4
const timeoutMs = 300_000

/** Looks into repositories in the background: one listing or index for all finished jobs whose backups are in one. */
export class StoreLooks {
  readonly #options: StoreLooksOptions
  readonly #looks: Looks
  readonly #queue: FairQueue
  /** who has asked for a repository that is not read yet */
  readonly #asking = new Map<string, Set<string>>()

  constructor(options: StoreLooksOptions) {
    this.#options = options
    this.#looks = new Looks(options)
    this.#queue = new FairQueue({most: mostAtOnce, log: options.log})
  }

  of(repository: Repository): Look {
    return this.#looks.of(idOf(repository))
  }

  /**
   * Has the repositories read that are due; `onLooked` is called with the key when one was.
   *
   * @param demands one for each job; `unconfirmed`: its backup was missing in the last look for the first time
   * @returns ms until the next of them is due
   */
  ask(key: string, demands: readonly {readonly repository: Repository; readonly unconfirmed: boolean}[]): number {
    const byID = new Map<string, {repository: Repository; unconfirmed: boolean}>()
    for (const {repository, unconfirmed} of demands) {
      const id = idOf(repository)
      byID.set(id, {repository, unconfirmed: unconfirmed || (byID.get(id)?.unconfirmed ?? false)})
    }
    const waits = [...byID].map(([id, {repository, unconfirmed}]) => {
      const dueInMs = this.#looks.dueInMs(id, unconfirmed)
      if (dueInMs > 0) return dueInMs
      this.#start(key, id, repository)
      return lookEveryMs
    })
    return Math.min(lookEveryMs, ...waits)
  }

  close(): void {
    this.#queue.close()
  }

  #start(key: string, id: string, repository: Repository): void {
    const asking = this.#asking.get(id) ?? new Set()
    this.#asking.set(id, asking.add(key))
    const group = objectKey({namespace: repository.namespace, name: repository.storage})
    this.#queue.add(group, id, signal => this.#look(id, repository, signal))
  }

  async #look(id: string, repository: Repository, signal: AbortSignal): Promise<void> {
    const {clock, onLooked, storages} = this.#options
    const late = (): Error => new Error(`the store did not answer within ${timeoutMs / 60_000} minutes`)
    const deadline = new Deadline(clock, timeoutMs, signal, late)
    try {
      const found = storages.lookup(repository.namespace, repository.storage)
      this.#looks.see(id, await present(found, repository.place, deadline.signal))
    } catch (error) {
      if (signal.aborted) return
      this.#looks.fail(id, error instanceof Error ? error.message : String(error))
    } finally {
      deadline.clear()
    }
    const keys = this.#asking.get(id) ?? []
    this.#asking.delete(id)
    for (const key of keys) onLooked(key)
  }
}

/** @throws Error when the place cannot be looked into: that says nothing about the backups in it */
async function present(
  found: StorageLookup,
  {layout, endpoint, bucket, path, stanza}: BackupPlace,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  if (!found.found) throw new Error(found.message)
  if (!found.ready) throw new Error(`it is ${found.reason}: ${found.message}`)
  const {s3} = found.spec
  if (s3.bucket !== bucket || (endpoint !== undefined && (s3.endpoint ?? '') !== endpoint))
    throw new Error(`it points to another bucket now: the backup is in ${bucket} at ${endpoint ?? 'the same address'}`)
  const backups = await presentBackups(layout, found.store, {path, stanza, signal})
  return new Set(backups.keys())
}

function idOf({namespace, storage, place}: Repository): string {
  const {layout, endpoint, bucket, path, stanza} = place
  return JSON.stringify([namespace, storage, layout, endpoint, bucket, path, stanza])
}
