import {keyOf} from './location.ts'
import {StorageError, type ObjectLock, type ObjectStore, type StorageErrorKind} from './object-store.ts'

/** Written and deleted by the probe; no charm keeps a repository under such a name. */
export const PROBE_KEY = '.charmkeeper/probe'

export type ProbeResult =
  | {readonly ok: true; readonly objectLock?: ObjectLock}
  | {readonly ok: false; readonly kind: Exclude<StorageErrorKind, 'NotFound'>; readonly message: string}

/**
 * Looks whether the store can be used: lists below `path` and, with `readWrite`, writes, reads and deletes one object.
 *
 * @returns a value for everything that the store says; throws only the reason of an aborted signal
 */
export async function probe(
  store: ObjectStore,
  {
    path,
    readWrite,
    signal,
  }: {readonly path?: string | undefined; readonly readWrite: boolean; readonly signal?: AbortSignal},
): Promise<ProbeResult> {
  try {
    const prefix = keyOf(path ?? '')
    await firstOf(store.list(prefix === '' ? '' : `${prefix}/`, {max: 1, signal}))
    if (readWrite) await writeReadDelete(store, signal)
    const objectLock = await store.objectLock({signal})
    return {ok: true, ...(objectLock && {objectLock})}
  } catch (fault) {
    if (!(fault instanceof StorageError)) throw fault
    // A list knows no missing keys: the store answers 404 without a code when there is no bucket.
    const kind = fault.kind === 'NotFound' ? 'BucketNotFound' : fault.kind
    return {ok: false, kind, message: fault.message}
  }
}

const probeText = 'Written by the probe of a BackupStorage of Charmkeeper; may be deleted at any time.\n'

/** Another operator may probe the same bucket at the same time and delete the object first; so it is tried again. */
async function writeReadDelete(store: ObjectStore, signal: AbortSignal | undefined, triesLeft = 2): Promise<void> {
  await store.put(PROBE_KEY, probeText, {signal})
  try {
    const read = await store.get(PROBE_KEY, {maxBytes: 4096, signal})
    if (read.toString() !== probeText) {
      throw new StorageError('Unreachable', 'GetObject', `${PROBE_KEY} does not hold what was just written to it`)
    }
  } catch (fault) {
    if (!(fault instanceof StorageError) || fault.kind !== 'NotFound') throw fault
    if (triesLeft > 0) return writeReadDelete(store, signal, triesLeft - 1)
    throw new StorageError('Unreachable', 'GetObject', `${PROBE_KEY} was written, but cannot be found`, {cause: fault})
  }
  await store.delete(PROBE_KEY, {signal})
}

async function firstOf<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item
  return undefined
}
