import {keyOf} from '../location.ts'
import type {ObjectInfo, ObjectStore} from '../object-store.ts'

/** An object or a folder of a repository whose name begins with the id of a backup. */
export interface NamedEntry extends ObjectInfo {
  readonly id: string
  /** What follows the id: a slash for a folder, empty for an object of that very name. */
  readonly rest: string
}

const named = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)(.*)$/

/** What lies directly in a repository and is named after a backup, in the order of the keys; one request for each 1,000. */
export async function* entriesBelow(
  store: ObjectStore,
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<NamedEntry, void> {
  const prefix = prefixOf(path)
  for await (const info of store.list(prefix, {shallow: true, signal})) {
    const [, id, rest] = named.exec(info.key.slice(prefix.length)) ?? []
    if (id !== undefined && rest !== undefined) yield {...info, id, rest}
  }
}

/** How all keys in a folder begin; empty for the bucket itself. */
export function prefixOf(path: string): string {
  const directory = keyOf(path)
  return directory === '' ? '' : `${directory}/`
}
