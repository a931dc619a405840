import type {KubeObject, ResourceType} from '../api/meta.ts'
import type {CallOptions, JsonPatchOp, KubeClient} from '../kube/client.ts'
import {isInvalid, isNotFound} from '../kube/errors.ts'

export function hasFinalizer(object: KubeObject, name: string): boolean {
  return object.metadata.finalizers?.includes(name) ?? false
}

/**
 * Puts the finalizer on the object. The patch tests that the list is still the one that we saw, so that nobody else's
 * finalizer is lost (kube-rs `finalizer`).
 *
 * @returns the object as it is now; the given one when the finalizer is there already
 * @throws ApiError isInvalid (the list or the object changed meanwhile: reconcile again), isNotFound; NotLeader
 */
export async function addFinalizer<T extends KubeObject>(
  client: KubeClient,
  resource: ResourceType,
  object: T,
  name: string,
  options: CallOptions = {},
): Promise<T> {
  if (hasFinalizer(object, name)) return object
  const present = object.metadata.finalizers
  const ops: JsonPatchOp[] =
    present === undefined
      ? [testAbsent, {op: 'add', path: '/metadata/finalizers', value: [name]}]
      : [testPresent(present), {op: 'add', path: '/metadata/finalizers/-', value: name}]
  return client.jsonPatch<T>(resource, object.metadata, [...identity(object), ...ops], options)
}

/**
 * Takes the finalizer off the object, which the API server may then delete.
 *
 * @returns the object as it was right after; the given one when the finalizer is not there; undefined when the object is gone
 * @throws ApiError isInvalid (the list or the object changed meanwhile: reconcile again); NotLeader
 */
export async function removeFinalizer<T extends KubeObject>(
  client: KubeClient,
  resource: ResourceType,
  object: T,
  name: string,
  options: CallOptions = {},
): Promise<T | undefined> {
  const present = object.metadata.finalizers ?? []
  const index = present.indexOf(name)
  if (index < 0) return object
  const path = `/metadata/finalizers/${index}`
  const ops: JsonPatchOp[] = [...identity(object), {op: 'test', path, value: name}, {op: 'remove', path}]
  try {
    return await client.jsonPatch<T>(resource, object.metadata, ops, options)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** The patch did not fit any more: somebody changed the list, or the object was re-created under its name. */
export function isPatchTestFailed(error: unknown): boolean {
  return isInvalid(error)
}

const testAbsent: JsonPatchOp = {op: 'test', path: '/metadata/finalizers', value: null}

function testPresent(finalizers: readonly string[]): JsonPatchOp {
  return {op: 'test', path: '/metadata/finalizers', value: finalizers}
}

/** A re-created object of the same name must not get what was meant for its predecessor. */
function identity({metadata: {uid}}: KubeObject): JsonPatchOp[] {
  return uid === undefined ? [] : [{op: 'test', path: '/metadata/uid', value: uid}]
}
