import type {KubeObject, ResourceType} from '../api/meta.ts'
import type {KubeClient} from '../kube/client.ts'
import {equalJson} from './equality.ts'

/** Who owns the status fields (api.md rule 8). */
export const statusFieldManager = 'charmkeeper-status'

/** A full object, as the API server returned it; an object that a cache trimmed has to be read again first. */
export interface WithStatus extends KubeObject {
  readonly spec: unknown
  readonly status?: unknown
}

/** Writes statuses: always the whole, only when it changed, only onto the object that it was worked out from. */
export class StatusWriter {
  readonly #client: KubeClient
  readonly #fieldManager: string

  constructor(client: KubeClient, fieldManager = statusFieldManager) {
    this.#client = client
    this.#fieldManager = fieldManager
  }

  /**
   * Puts `status` (the whole: what is left out is removed) with the object's uid and resourceVersion as precondition.
   *
   * A PUT, for server-side apply takes the API server twice the processor time and promises nothing more here: one manager writes
   * the whole, and a precondition guards it. The body is the whole object: the API server keeps spec and metadata as they are, but
   * takes whatever is missing of them for given up by whom it belonged to.
   *
   * @returns the new object, or undefined when nothing changed and nothing was sent
   * @throws ApiError isConflict (the object changed or was re-created meanwhile: reconcile again), isNotFound, isInvalid; NotLeader
   */
  async write<T extends WithStatus>(
    resource: ResourceType,
    object: T,
    status: NonNullable<T['status']>,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    if (equalJson(object.status, status)) return undefined
    const {name, uid, resourceVersion} = object.metadata
    if (uid === undefined || resourceVersion === undefined)
      throw new TypeError(`the status of ${resource.kind} ${name} can only be written onto an object of the API server`)
    return this.#client.replace<T>(
      resource,
      {...object, status},
      {fieldManager: this.#fieldManager, subresource: 'status', signal},
    )
  }
}
