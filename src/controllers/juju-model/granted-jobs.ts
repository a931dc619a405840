import {type KubeObject, RUNNING_FINALIZER} from '../../api/meta.ts'
import {objectKey} from '../../kube/resources.ts'
import {hasFinalizer} from '../../runtime/finalizers.ts'
import type {Informer} from '../../runtime/informer.ts'
import type {ObjectKey} from './directory.ts'

/** A job of any kind, as far as its JujuModel is concerned. */
export interface JobOfModel extends KubeObject {
  readonly spec: {readonly modelRef: {readonly name: string}}
  readonly status?: {readonly grantedAt?: string | undefined} | undefined
}

/** The cache of a kind of job; its index `openByModel` finds jobs that are not over by `namespace/name` of their JujuModel. */
export type JobCache = Pick<Informer<KubeObject, JobOfModel>, 'store' | 'onEvent'>

/**
 * Which JujuModels granted jobs need, as their finalizers and grants say; a job of a schedule has its finalizer from the
 * beginning. Unlike holds this is known right after a start, before the jobs have been reconciled.
 */
export class GrantedJobs {
  readonly #caches: readonly JobCache[]

  constructor(caches: readonly JobCache[]) {
    this.#caches = caches
  }

  need(model: ObjectKey): boolean {
    return this.#caches.some(({store}) => store.byIndex('openByModel', objectKey(model)).some(isGranted))
  }

  /** Calls `changed` with the key of a JujuModel that a job began or ceased to need. */
  watch(changed: (key: string) => void): void {
    for (const cache of this.#caches) {
      cache.onEvent(({type, object, old, problem}) => {
        const before = type === 'delete' ? isGranted(object) : old !== undefined && isGranted(old)
        const after = type !== 'delete' && isGranted(object)
        if (problem === undefined && before !== after) changed(modelKeyOf(object))
      })
    }
  }
}

function isGranted(job: JobOfModel): boolean {
  return job.status?.grantedAt !== undefined && hasFinalizer(job, RUNNING_FINALIZER)
}

function modelKeyOf({metadata, spec}: JobOfModel): string {
  return objectKey({namespace: metadata.namespace, name: spec.modelRef.name})
}
