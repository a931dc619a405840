import type {BackupStorage} from '../../api/backup-storage.ts'
import {objectKey, splitKey} from '../../kube/resources.ts'
import {isTrue} from '../../runtime/conditions.ts'
import type {Store} from '../../runtime/store.ts'
import type {StorageDirectory, StorageLookup} from './directory.ts'
import type {Outcome} from './observed.ts'
import {StoreLink, type StoreLinkDeps} from './store-link.ts'

export interface StoresOptions extends Omit<StoreLinkDeps, 'onChange'> {
  readonly store: Store<BackupStorage>
}

interface Entry {
  readonly link: StoreLink
  outcome: Outcome | undefined
  /** the generation that `outcome` is about */
  generation: number | undefined
}

/** All stores of this process, and what job controllers may ask about them. */
export class Stores implements StorageDirectory {
  readonly #options: StoresOptions
  readonly #entries = new Map<string, Entry>()
  readonly #listeners = new Set<(key: {namespace: string; name: string}) => void>()

  constructor(options: StoresOptions) {
    this.#options = options
  }

  lookup(namespace: string, name: string): StorageLookup {
    const key = objectKey({namespace, name})
    const {store} = this.#options
    const storage = store.get(key) ?? (store.invalid(key)?.object as BackupStorage | undefined)
    if (storage === undefined) {
      return {found: false, message: `there is no BackupStorage ${name} in namespace ${namespace}`}
    }
    const {spec, metadata} = storage
    const entry = this.#entries.get(key)
    const outcome =
      entry?.link.uid === metadata.uid && entry?.generation === metadata.generation ? entry?.outcome : undefined
    const objects = entry?.link.store
    if (outcome === undefined || objects === undefined) {
      const {reason, message} = outcome ?? {reason: 'Unreachable', message: 'the store has not been looked at yet'}
      const isExpected = outcome === undefined && isTrue(storage.status?.conditions, 'Ready')
      return {found: true, ready: false, reason, message, spec, ...(isExpected ? {expected: true} : {})}
    }
    if (outcome.reason === 'Available') return {found: true, ready: true, namespace, name, spec, store: objects}
    return {found: true, ready: false, reason: outcome.reason, message: outcome.message, spec}
  }

  onChange(listener: (key: {readonly namespace: string; readonly name: string}) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The link of this very BackupStorage; that of a predecessor of the same name is closed. */
  linkOf(key: string, storage: BackupStorage): StoreLink {
    const old = this.#entries.get(key)
    if (old !== undefined && old.link.uid === storage.metadata.uid) return old.link
    old?.link.close()
    const link = new StoreLink(storage.metadata.uid ?? '', {...this.#options, onChange: () => this.#changed(key)})
    this.#entries.set(key, {link, outcome: undefined, generation: undefined})
    return link
  }

  /** What job controllers are told from now on. */
  publish(key: string, outcome: Outcome | undefined, generation: number | undefined): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    const {outcome: old} = entry
    entry.outcome = outcome
    const news = old?.reason !== outcome?.reason || old?.message !== outcome?.message || entry.generation !== generation
    entry.generation = generation
    if (news) this.#changed(key)
  }

  /** The BackupStorage is gone. */
  forget(key: string): void {
    this.#entries.get(key)?.link.close()
    if (this.#entries.delete(key)) this.#changed(key)
  }

  /** Closes all stores. */
  close(): void {
    for (const {link} of this.#entries.values()) link.close()
    this.#entries.clear()
  }

  #changed(key: string): void {
    const {namespace = '', name} = splitKey(key)
    for (const listener of this.#listeners) listener({namespace, name})
  }
}
