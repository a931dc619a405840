import {keyOf} from '../location.ts'
import type {ObjectInfo, ObjectStore} from '../object-store.ts'

/** What a repository has under the id of one backup. */
export interface NamedBackup {
  readonly id: string
  /** By what follows the id in the key: empty for an object of that very name, `/` for a folder. */
  readonly parts: ReadonlyMap<string, ObjectInfo>
}

const named = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)(.*)$/s

interface Options {
  readonly signal: AbortSignal | undefined
  /** Whether the objects in folders are parts, too, and not the folders; for repositories with few of them. */
  readonly deep?: boolean
}

/**
 * What lies in a repository and is named after a backup, one after the other; the listing is read page by page.
 *
 * @throws StorageError when the store cannot be read
 */
export async function* namedBackups(
  store: ObjectStore,
  path: string,
  {signal, deep = false}: Options,
): AsyncGenerator<NamedBackup, void> {
  const prefix = prefixOf(path)
  let current: {id: string; parts: Map<string, ObjectInfo>} | undefined
  for await (const info of store.list(prefix, {shallow: !deep, signal})) {
    const [, id, rest] = named.exec(info.key.slice(prefix.length)) ?? []
    if (id === undefined || rest === undefined) continue
    if (current?.id !== id) {
      if (current !== undefined) yield current
      current = {id, parts: new Map()}
    }
    current.parts.set(rest, info)
  }
  if (current !== undefined) yield current
}

/** How all keys in a folder begin; empty for the bucket itself. */
export function prefixOf(path: string): string {
  const directory = keyOf(path)
  return directory === '' ? '' : `${directory}/`
}
