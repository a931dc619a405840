import type {KubeObject} from '../api/meta.ts'
import {keyOf} from '../kube/resources.ts'
import {IndexSet, type Indexers} from './index-set.ts'
import {compareResourceVersions} from './resource-version.ts'

/** Why an object did not pass the check at the cache's edge. */
export interface Problem {
  /** Where in the object, such as `spec.storageRef.name`. */
  readonly path: string
  readonly message: string
}

/** An object that did not pass: only its metadata may be relied on. */
export interface InvalidObject extends Problem {
  readonly object: KubeObject
}

/** A read-only view of a cache; objects in it are shared, never change them. Keys are `namespace/name`. */
export interface Store<T> {
  /** undefined when there is no such object, or when it is invalid: see `invalid`. */
  get(key: string): T | undefined
  list(): readonly T[]
  /** The objects for which the indexer `index` gave `value`. @throws RangeError for an unknown index */
  byIndex(index: string, value: string): readonly T[]
  /** The object and what is wrong with it, where an object did not pass the check. */
  invalid(key: string): InvalidObject | undefined
  listInvalid(): readonly InvalidObject[]
  /** Valid and invalid ones. */
  readonly size: number
}

/** A change of the cache. With `problem` the object did not pass the check, and only its metadata may be relied on. */
export interface StoreEvent<T> {
  readonly type: 'add' | 'update' | 'delete'
  readonly object: T
  /** Of an update: what was there before. */
  readonly old?: T
  readonly problem?: Problem
}

/** `value`, where given, is kept instead of the object: the same with defaults filled in. */
export type Checked<T> = {readonly ok: true; readonly value?: T} | ({readonly ok: false} & Problem)

export interface StoreOptions<T extends KubeObject, C extends KubeObject> {
  readonly indexers?: Indexers<C> | undefined
  /** Runs once per resourceVersion, on the object as it came. */
  readonly validate?: ((object: T) => Checked<T>) | undefined
  /** What to keep of a valid object; name, namespace, uid and resourceVersion have to survive. */
  readonly transform?: ((object: T) => C) | undefined
}

/** The cache behind an informer: objects by key, indexes over the valid ones, never older than what it has seen. */
export class ObjectStore<T extends KubeObject, C extends KubeObject = T> implements Store<C> {
  readonly #objects = new Map<string, C>()
  readonly #invalid = new Map<string, InvalidObject>()
  readonly #indexes: IndexSet<C>
  readonly #validate: (object: T) => Checked<T>
  readonly #transform: (object: T) => C
  #list: readonly C[] | undefined

  constructor({indexers, validate, transform}: StoreOptions<T, C> = {}) {
    this.#indexes = new IndexSet(indexers ?? {})
    this.#validate = validate ?? (() => ({ok: true}))
    this.#transform = transform ?? (object => object as unknown as C)
  }

  get(key: string): C | undefined {
    return this.#objects.get(key)
  }

  list(): readonly C[] {
    return (this.#list ??= [...this.#objects.values()])
  }

  byIndex(index: string, value: string): readonly C[] {
    return this.#indexes.find(index, value)
  }

  invalid(key: string): InvalidObject | undefined {
    return this.#invalid.get(key)
  }

  listInvalid(): readonly InvalidObject[] {
    return [...this.#invalid.values()]
  }

  get size(): number {
    return this.#objects.size + this.#invalid.size
  }

  /** uid and resourceVersion of what is held under the key, valid or not. */
  identity(key: string): {readonly uid?: string; readonly resourceVersion?: string} | undefined {
    return this.#held(key)?.metadata
  }

  /** The keys of all objects, or of those in one namespace. */
  *keys(namespace?: string): Generator<string> {
    const prefix = namespace === undefined ? '' : `${namespace}/`
    for (const map of [this.#objects, this.#invalid])
      for (const key of map.keys()) if (key.startsWith(prefix)) yield key
  }

  /**
   * Takes an object in. From a watch it must be newer than what is held; a list is authoritative and only has to differ
   * (after a restored etcd its versions may be lower). An object re-created under its name gives a delete and an add.
   */
  put(object: T, source: 'list' | 'watch'): readonly StoreEvent<C>[] {
    const key = keyOf(object)
    const held = this.#held(key)
    if (held === undefined) return [{type: 'add', ...this.#insert(key, object)}]
    if (!supersedes(object, held, source)) return []
    if (held.metadata.uid !== object.metadata.uid)
      return [...this.remove(key), {type: 'add', ...this.#insert(key, object)}]
    this.#unindex(key)
    return [{type: 'update', ...this.#insert(key, object), old: held}]
  }

  /** Forgets the object; with `gone` only if that is still the object which is held, or a later state of it. */
  remove(key: string, gone?: KubeObject): readonly StoreEvent<C>[] {
    const held = this.#held(key)
    if (held === undefined) return []
    if (gone !== undefined && gone.metadata.uid !== held.metadata.uid && !supersedes(gone, held, 'watch')) return []
    this.#drop(key)
    return [{type: 'delete', object: held}]
  }

  #held(key: string): C | undefined {
    return this.#objects.get(key) ?? (this.#invalid.get(key)?.object as C | undefined)
  }

  /** An object that is there already keeps its place in the list. */
  #insert(key: string, object: T): {object: C; problem?: Problem} {
    dropManagedFields(object)
    this.#list = undefined
    const problem = this.#admit(key, object)
    if (problem === undefined) {
      this.#invalid.delete(key)
      return {object: this.#objects.get(key) as C}
    }
    this.#objects.delete(key)
    this.#invalid.set(key, {object, ...problem})
    return {object: object as unknown as C, problem}
  }

  /** Keeps a valid object. A mistake in a check or an indexer must not stop the others: it makes the object invalid. */
  #admit(key: string, object: T): Problem | undefined {
    try {
      const checked = this.#validate(object)
      if (!checked.ok) return {path: checked.path, message: checked.message}
      const kept = this.#transform(checked.value ?? object)
      this.#indexes.add(key, kept)
      this.#objects.set(key, kept)
      return undefined
    } catch (error) {
      return {path: '', message: `could not be checked: ${error instanceof Error ? error.message : 'unknown error'}`}
    }
  }

  #drop(key: string): void {
    this.#list = undefined
    this.#unindex(key)
    this.#invalid.delete(key)
    this.#objects.delete(key)
  }

  #unindex(key: string): void {
    const held = this.#objects.get(key)
    if (held !== undefined) this.#indexes.remove(key, held)
  }
}

function supersedes(next: KubeObject, held: KubeObject, source: 'list' | 'watch'): boolean {
  const [old, young] = [held.metadata.resourceVersion ?? '', next.metadata.resourceVersion ?? '']
  if (source === 'list') return old !== young || held.metadata.uid !== next.metadata.uid
  return compareResourceVersions(young, old) > 0
}

/** `undefined` instead of `delete`: deleting would turn the object into a slow and large dictionary. */
function dropManagedFields({metadata}: KubeObject): void {
  if ('managedFields' in metadata) (metadata as {managedFields?: unknown}).managedFields = undefined
}
