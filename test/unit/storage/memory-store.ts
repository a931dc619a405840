import {createHash} from 'node:crypto'
import {
  ObjectTooLarge,
  StorageError,
  type ListOptions,
  type ObjectInfo,
  type ObjectLock,
  type ObjectStore,
} from '../../../src/storage/object-store.ts'

/** Characters of a piece: short, so that lines are cut. */
const PIECE = 4096

interface Held {
  readonly size: number
  readonly text: string
}

/** A bucket in memory, with a log of its requests and faults by request name. */
export class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, Held>()
  /** When objects were written; those that are not in it are as old as the epoch. */
  readonly written = new Map<string, Date>()
  readonly requests: string[] = []
  /** Thrown by the request of that name. */
  readonly faults = new Map<string, Error>()
  lock: ObjectLock | undefined
  /** As a store that does not encrypt tells it. */
  etagOf = (text: string): string => createHash('md5').update(text).digest('hex')

  constructor(objects: Readonly<Record<string, {size?: number; text?: string}>> = {}) {
    for (const [key, {text = '', size = text.length}] of Object.entries(objects)) this.objects.set(key, {text, size})
  }

  async *list(prefix: string, {max, after = '', shallow = false}: ListOptions = {}): AsyncGenerator<ObjectInfo, void> {
    this.#note('list', prefix)
    const below = [...this.objects.keys()].filter(key => key.startsWith(prefix) && key > after)
    const keys = new Set(below.map(key => (shallow ? entryBelow(prefix, key) : key)).toSorted())
    for (const key of [...keys].slice(0, max)) yield this.#info(key)
  }

  async get(key: string, {maxBytes}: {maxBytes: number}): Promise<Buffer> {
    this.#note('get', key)
    const held = this.objects.get(key)
    if (!held) throw new StorageError('NotFound', 'GetObject', `no ${key}`)
    if (held.size > maxBytes) throw new ObjectTooLarge(key, maxBytes)
    return Buffer.from(held.text)
  }

  async *read(key: string): AsyncGenerator<Buffer, void> {
    this.#note('read', key)
    const held = this.objects.get(key)
    if (!held) throw new StorageError('NotFound', 'GetObject', `no ${key}`)
    for (let at = 0; at < held.text.length; at += PIECE) yield Buffer.from(held.text.slice(at, at + PIECE))
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    this.#note('head', key)
    return this.objects.has(key) ? this.#info(key) : undefined
  }

  async put(key: string, body: Buffer | string): Promise<void> {
    this.#note('put', key)
    this.objects.set(key, {text: body.toString(), size: body.length})
  }

  async delete(key: string): Promise<void> {
    this.#note('delete', key)
    this.objects.delete(key)
  }

  async objectLock(): Promise<ObjectLock | undefined> {
    this.#note('objectLock', '')
    return this.lock
  }

  close(): void {
    this.requests.push('close')
  }

  /** Changes the text of an object, as damage does. */
  edit(key: string, change: (text: string) => string): void {
    const text = change(this.objects.get(key)?.text ?? '')
    this.objects.set(key, {text, size: text.length})
  }

  #note(request: string, key: string): void {
    this.requests.push(`${request} ${key}`.trim())
    const fault = this.faults.get(request)
    if (fault) throw fault
  }

  #info(key: string): ObjectInfo {
    const {size = 0, text = ''} = this.objects.get(key) ?? {}
    return {key, size, lastModified: this.written.get(key) ?? new Date(0), etag: this.etagOf(text)}
  }
}

/** The folder below the prefix that the key is in, with a slash at its end; or the key itself. */
export function entryBelow(prefix: string, key: string): string {
  const slash = key.indexOf('/', prefix.length)
  return slash < 0 ? key : key.slice(0, slash + 1)
}
