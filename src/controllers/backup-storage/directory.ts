import type {BackupStorageSpec} from '../../api/backup-storage.ts'
import type {ObjectStore} from '../../storage/object-store.ts'

/**
 * What is known about a BackupStorage. `reason` and `message` are those of its Ready condition.
 *
 * `store` opens its connection lazily and is closed soon after spec or Secret changed: look it up again in every
 * reconcile, never keep it.
 */
export type StorageLookup =
  | {readonly found: false; readonly message: string}
  | {
      readonly found: true
      readonly ready: false
      readonly reason: string
      readonly message: string
      readonly spec: BackupStorageSpec
      /** The operator has only just started and has not looked yet; it was ready when that was last written. */
      readonly expected?: true
    }
  | {
      readonly found: true
      readonly ready: true
      readonly namespace: string
      readonly name: string
      readonly spec: BackupStorageSpec
      readonly store: ObjectStore
    }

/** The BackupStorages of this process, as the job controllers see them: in memory, never blocking. */
export interface StorageDirectory {
  lookup(namespace: string, name: string): StorageLookup
  /** Readiness, spec or store changed. Returns the function that stops the listening. */
  onChange(listener: (key: {readonly namespace: string; readonly name: string}) => void): () => void
}
