import {ObjectTooLarge, StorageError, type ObjectStore} from './object-store.ts'

/** The text of an object; undefined: there is none; empty: it is longer than `maxBytes`. */
export async function readText(
  store: ObjectStore,
  key: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    return (await store.get(key, {maxBytes, signal})).toString('utf8')
  } catch (fault) {
    if (fault instanceof StorageError && fault.kind === 'NotFound') return undefined
    if (fault instanceof ObjectTooLarge) return ''
    throw fault
  }
}
