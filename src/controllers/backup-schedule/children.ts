import {backupJobResource, type BackupJob} from '../../api/backup-job.ts'
import type {BackupSchedule} from '../../api/backup-schedule.ts'
import {REPLACED_ANNOTATION} from '../../api/meta.ts'
import type {JsonPatchOp, KubeClient} from '../../kube/client.ts'
import {isAlreadyExists, isConflict, isInvalid, isNotFound} from '../../kube/errors.ts'
import {keyOf, objectKey} from '../../kube/resources.ts'
import type {Informer} from '../../runtime/informer.ts'
import type {CachedBackupJob} from '../backup-job/cache.ts'
import {childOf, type Occasion, timeOf} from './child.ts'

/** What a schedule does to its BackupJobs. */
export class Children {
  readonly #client: KubeClient
  readonly #jobs: Informer<BackupJob, CachedBackupJob>

  constructor(client: KubeClient, jobs: Informer<BackupJob, CachedBackupJob>) {
    this.#client = client
    this.#jobs = jobs
  }

  /**
   * Creates the child, once: its name says what it is for, so that the API server refuses a second.
   *
   * @returns whether it was created by this call; if not, the cache shows what has its name
   * @throws ApiError, TransportError; isRefusal tells whether the API server will not have it
   */
  async create(schedule: BackupSchedule, occasion: Occasion, signal: AbortSignal): Promise<boolean> {
    const child = childOf(schedule, occasion)
    try {
      await this.#client.create(backupJobResource, schedule.metadata.namespace, child, {signal})
      return true
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
      await this.#jobs.refresh(keyOf(child), signal)
      return false
    }
  }

  /**
   * Asks a child that waits to end, for a newer slot takes its place; only if nothing has happened to it since the cache saw it.
   *
   * @returns false when something has: what is true now has to be looked at first
   * @throws ApiError when the API server does not let this be done
   */
  async replace(namespace: string, name: string, bySlot: number, signal: AbortSignal): Promise<boolean> {
    const key = objectKey({namespace, name})
    const child = this.#jobs.store.get(key)
    if (child?.metadata.resourceVersion === undefined) return false
    const {resourceVersion} = child.metadata
    try {
      await this.#client.jsonPatch(backupJobResource, {namespace, name}, replacing(child, resourceVersion, bySlot), {
        signal,
      })
      return true
    } catch (error) {
      if (!isInvalid(error) && !isNotFound(error) && !isConflict(error)) throw error
      await this.#jobs.refresh(key, signal)
      // As it was, and refused all the same: looking again would not help.
      if (this.#jobs.store.get(key)?.metadata.resourceVersion === resourceVersion) throw error
      return false
    }
  }

  /** Removes the object of a finished child; its backup stays. One that has changed meanwhile is left for the next look. */
  async remove(child: CachedBackupJob, signal: AbortSignal): Promise<void> {
    const {namespace, name, uid = '', resourceVersion = ''} = child.metadata
    try {
      await this.#client.delete(backupJobResource, {namespace, name}, {uid, resourceVersion, signal})
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error
    }
  }
}

/** Its cancel only goes upwards: what a person has asked for stays. */
function replacing(child: CachedBackupJob, resourceVersion: string, bySlot: number): readonly JsonPatchOp[] {
  const annotations = {...child.metadata.annotations, [REPLACED_ANNOTATION]: timeOf(bySlot)}
  const isAsked = (child.spec.cancel ?? 'No') !== 'No'
  return [
    {op: 'test', path: '/metadata/resourceVersion', value: resourceVersion},
    {op: 'add', path: '/metadata/annotations', value: annotations},
    ...(isAsked ? [] : [{op: 'add', path: '/spec/cancel', value: 'IfSafe'} as const]),
  ]
}
