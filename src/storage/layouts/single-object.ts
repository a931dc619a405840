import type {BackupJobStatus} from '../../api/backup-job.ts'
import {keyOf, normalPath} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {broken, type Evidence} from './evidence.ts'

export interface SingleObjectQuestion {
  /** Path of the repository in the bucket, with or without slashes at its ends. */
  readonly path: string
  readonly backupID: string
  /** What its first bytes may be; empty: nothing is known of them. */
  readonly magics: readonly string[]
  readonly signal?: AbortSignal
}

/** What the store says about a backup that is one object. */
export type SingleObjectEvidence = Evidence<{
  /** bytes of the object */
  readonly repositorySize: number
}>

/**
 * Proves a backup that is one object (etcd, Valkey; reference/charms.md, 1.5): it is there and not empty, and begins as
 * such objects do. Stores show an object when it was uploaded to its end.
 *
 * @throws StorageError when the store cannot be read: that says nothing about the backup
 */
export async function verifySingleObject(
  store: ObjectStore,
  {path, backupID, magics, signal}: SingleObjectQuestion,
): Promise<SingleObjectEvidence> {
  const key = keyOf(path, backupID)
  const object = await store.head(key, {signal})
  if (object === undefined)
    return {kind: 'missing', message: `there is no backup ${backupID} in ${normalPath(path) || 'the bucket'}`}
  if (object.size === 0) return broken([`truncated or overwritten: ${key} has no content`])
  const start = await firstBytes(store, key, Math.max(0, ...magics.map(magic => magic.length)), signal)
  if (magics.length > 0 && !magics.some(magic => start.startsWith(magic)))
    return broken([`overwritten: ${key} does not begin with ${magics.join(' or ')}`])
  const message = `backup ${backupID} is complete in the store: ${key}, ${object.size} bytes`
  return {kind: 'complete', message, repositorySize: object.size}
}

/** What the evidence adds to the status of a BackupJob. */
export function singleObjectStatus({
  repositorySize,
}: Extract<SingleObjectEvidence, {kind: 'complete'}>): Partial<BackupJobStatus> {
  return {repositorySizeBytes: repositorySize}
}

/** One character each. */
async function firstBytes(
  store: ObjectStore,
  key: string,
  length: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  let start = ''
  if (length === 0) return start
  for await (const piece of store.read(key, {signal})) {
    start += piece.toString('latin1', 0, length)
    if (start.length >= length) break
  }
  return start.slice(0, length)
}
