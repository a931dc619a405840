import {createHash} from 'node:crypto'
import type {Clock} from '../../../src/time/clock.ts'
import {
  StorageError,
  type ListOptions,
  type ObjectInfo,
  type ObjectLock,
  type ObjectStore,
  type StorageErrorKind,
} from '../../../src/storage/object-store.ts'
import {entryBelow} from '../../unit/storage/memory-store.ts'

/** A bucket in memory that the charm writes to and the operator reads from. */
export class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, Buffer>()
  readonly #written = new Map<string, number>()
  readonly #clock: Pick<Clock, 'now'> | undefined
  /** every request of the operator fails so, while it is set */
  trouble: StorageErrorKind | undefined
  /** how many the operator has made */
  requests = 0

  /** @param clock by which objects are dated; without one all of them are as old as the epoch */
  constructor(clock?: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  async *list(
    prefix: string,
    {max = Infinity, after = '', shallow = false}: ListOptions = {},
  ): AsyncIterable<ObjectInfo> {
    this.#request('ListObjectsV2')
    const below = [...this.objects.keys()].filter(key => key.startsWith(prefix) && key > after)
    const keys = new Set(below.map(key => (shallow ? entryBelow(prefix, key) : key)).toSorted())
    for (const key of [...keys].slice(0, max)) yield this.#info(key)
  }

  async get(key: string): Promise<Buffer> {
    this.#request('GetObject')
    const body = this.objects.get(key)
    if (body === undefined) throw new StorageError('NotFound', 'GetObject', `${key} does not exist`)
    return body
  }

  async *read(key: string): AsyncGenerator<Buffer, void> {
    yield await this.get(key)
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    this.#request('HeadObject')
    return this.objects.has(key) ? this.#info(key) : undefined
  }

  /** The charm's way to the store is its own: no trouble of the operator's stops it. */
  async put(key: string, body: Buffer | string): Promise<void> {
    const name = key.replace(/^\/+/, '')
    this.objects.set(name, Buffer.from(body))
    if (this.#clock !== undefined) this.#written.set(name, this.#clock.now())
  }

  /** What the charm takes away itself. */
  async remove(key: string): Promise<void> {
    this.objects.delete(key)
  }

  async delete(key: string): Promise<void> {
    this.#request('DeleteObject')
    this.objects.delete(key)
  }

  async objectLock(): Promise<ObjectLock | undefined> {
    return undefined
  }

  close(): void {
    // There is no connection to end.
  }

  #request(name: string): void {
    this.requests += 1
    if (this.trouble !== undefined) throw new StorageError(this.trouble, name, 'switched on by the test')
  }

  #info(key: string): ObjectInfo {
    const body = this.objects.get(key) ?? Buffer.alloc(0)
    const etag = createHash('md5').update(body).digest('hex')
    return {key, size: body.length, lastModified: new Date(this.#written.get(key) ?? 0), etag}
  }
}
