import {
  type ObjectInfo,
  type ObjectLock,
  type ObjectStore,
  StorageError,
  type StorageErrorKind,
} from '../../../src/storage/object-store.ts'
import type {S3Config} from '../../../src/storage/s3.ts'

/** A bucket in memory with one pair of keys, which can be rotated, and troubles that can be switched on. */
export class MemoryBucket {
  readonly objects = new Map<string, string>()
  /** requests that were made, such as `list` or `put .charmkeeper/probe` */
  readonly requests: string[] = []
  secretKey = 'first-secret-key'
  readOnly = false
  lock: ObjectLock | undefined
  trouble: StorageErrorKind | undefined
  opened = 0
  closed = 0

  /** The `open` of a BackupStorage controller. */
  readonly open = (config: S3Config): ObjectStore => {
    this.opened += 1
    const request = (name: string): void => this.#request(name, config)
    const {objects} = this
    return {
      list: async function* (): AsyncGenerator<ObjectInfo> {
        request('list')
        for (const [key, {length: size}] of objects) yield {key, size, lastModified: new Date(0)}
      },
      get: async key => {
        request(`get ${key}`)
        return Buffer.from(objects.get(key) ?? '')
      },
      read: async function* (key): AsyncGenerator<Buffer> {
        request(`read ${key}`)
        yield Buffer.from(objects.get(key) ?? '')
      },
      head: async () => undefined,
      put: async (key, body) => {
        request(`put ${key}`)
        if (this.readOnly) throw new StorageError('AccessDenied', 'PutObject', 'access denied')
        objects.set(key, body.toString())
      },
      delete: async key => {
        request(`delete ${key}`)
        objects.delete(key)
      },
      objectLock: async () => this.lock,
      close: () => void (this.closed += 1),
    }
  }

  count(request: string): number {
    return this.requests.filter(one => one.startsWith(request)).length
  }

  #request(name: string, {credentials}: S3Config): void {
    this.requests.push(name)
    if (this.trouble !== undefined) throw new StorageError(this.trouble, 'ListObjectsV2', `it is ${this.trouble}`)
    if (credentials.secretKey !== this.secretKey)
      throw new StorageError('CredentialsRejected', 'ListObjectsV2', 'the signature does not match')
  }
}
