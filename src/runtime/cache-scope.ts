import type {KubeObject} from '../api/meta.ts'
import {keyOf} from '../kube/resources.ts'
import type {WatchEvent} from '../kube/watch.ts'
import type {ReflectorSink} from './reflector.ts'
import type {ObjectStore, StoreEvent} from './store.ts'

/** The part of a store that one reflector fills: one namespace, or everything. */
export class CacheScope<T extends KubeObject, C extends KubeObject> implements ReflectorSink<T> {
  readonly #store: ObjectStore<T, C>
  readonly #namespace: string | undefined
  readonly #emit: (events: readonly StoreEvent<C>[]) => void
  #listed = new Set<string>()

  constructor(
    store: ObjectStore<T, C>,
    namespace: string | undefined,
    emit: (events: readonly StoreEvent<C>[]) => void,
  ) {
    this.#store = store
    this.#namespace = namespace
    this.#emit = emit
  }

  listBegun(): void {
    this.#listed = new Set()
  }

  listed(items: readonly T[]): void {
    for (const item of items) {
      this.#listed.add(keyOf(item))
      this.#emit(this.#store.put(item, 'list'))
    }
  }

  listComplete(): void {
    for (const key of this.#store.keys(this.#namespace)) if (!this.#listed.has(key)) this.#emit(this.#store.remove(key))
    this.#listed = new Set()
  }

  changed({type, object}: WatchEvent<T>): void {
    if (type !== 'DELETED') return this.#emit(this.#store.put(object, 'watch'))
    this.#listed.delete(keyOf(object))
    this.#emit(this.#store.remove(keyOf(object), object))
  }
}
