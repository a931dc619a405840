import type {KubeObject, ResourceType} from '../api/meta.ts'
import {apiVersionOf, keyOf, objectKey} from '../kube/resources.ts'
import type {InformerHandler} from './informer.ts'
import type {Predicate} from './predicates.ts'
import type {Priority} from './workqueue.ts'

/** Where keys go; a controller is one. */
export interface KeySink {
  enqueue(key: string, priority?: Priority): void
}

const always = (): boolean => true
const never = (): boolean => false

/**
 * The changed object itself. What a first list brings waits behind what just changed.
 *
 * @param hasWaited whether an object of a first list had to be looked at before this process started: it does not wait
 */
export function enqueueSelf<T extends KubeObject>(
  sink: KeySink,
  predicate: Predicate<T> = always,
  hasWaited: (object: T) => boolean = never,
): InformerHandler<T> {
  return event => {
    if (!predicate(event)) return
    sink.enqueue(keyOf(event.object), event.initial && !hasWaited(event.object) ? 'low' : 'normal')
  }
}

/**
 * The keys that `map` names, of the object as it is and as it was: whoever was referred to before has to know too. An
 * invalid object refers to nobody.
 */
export function enqueueMapped<T extends KubeObject>(
  sink: KeySink,
  map: (object: T) => readonly string[],
  predicate: Predicate<T> = always,
): InformerHandler<T> {
  return event => {
    if (event.problem !== undefined || !predicate(event)) return
    const keys = new Set(map(event.object))
    if (event.old !== undefined) for (const key of map(event.old)) keys.add(key)
    for (const key of keys) sink.enqueue(key, event.initial ? 'low' : 'normal')
  }
}

/** The owner of this kind, if the object has one. */
export function enqueueOwner<T extends KubeObject>(
  sink: KeySink,
  owner: ResourceType,
  predicate: Predicate<T> = always,
): InformerHandler<T> {
  const apiVersion = apiVersionOf(owner)
  const ownersOf = ({metadata}: T): string[] =>
    (metadata.ownerReferences ?? [])
      .filter(reference => reference.kind === owner.kind && reference.apiVersion === apiVersion)
      .map(({name}) => objectKey(owner.namespaced ? {namespace: metadata.namespace, name} : {name}))
  return enqueueMapped(sink, ownersOf, predicate)
}
