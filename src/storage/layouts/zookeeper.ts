import type {BackupJobStatus} from '../../api/backup-job.ts'
import {keyOf, normalPath} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {readText} from '../read-text.ts'
import {broken, type Evidence} from './evidence.ts'

/** Three lines. */
const MAX_METADATA_BYTES = 64 * 1024

export interface ZooKeeperQuestion {
  /** Path of the repository in the bucket, with or without slashes at its ends. */
  readonly path: string
  readonly backupID: string
  readonly signal?: AbortSignal
}

/** What ZooKeeper's repository says about one backup. */
export type ZooKeeperEvidence = Evidence<{
  /** bytes of the snapshot */
  readonly repositorySize: number
  /** Number of the last transaction in it (zxid). */
  readonly transaction: string
}>

/**
 * Proves a backup of the ZooKeeper charm from the store alone (reference/charms.md, 1.5): the charm writes its description
 * first and the snapshot after it, in one piece; so a snapshot that is there was uploaded to its end.
 *
 * @throws StorageError when the store cannot be read: that says nothing about the backup
 */
export async function verifyZooKeeper(
  store: ObjectStore,
  {path, backupID, signal}: ZooKeeperQuestion,
): Promise<ZooKeeperEvidence> {
  const [description, snapshot] = [keyOf(path, backupID, 'metadata.yaml'), keyOf(path, backupID, 'snapshot')]
  const text = await readText(store, description, MAX_METADATA_BYTES, signal)
  const object = await store.head(snapshot, {signal})
  if (object === undefined) {
    const absent = `there is no backup ${backupID} in ${normalPath(path) || 'the bucket'}`
    const begun = `backup ${backupID} was never finished: ${snapshot} does not exist`
    return {kind: 'missing', message: text === undefined ? absent : begun}
  }
  const transaction = fieldOf(text, 'log-sequence-number')
  const problems = [
    ...checkDescription(text, description, backupID),
    ...(object.size === 0 ? [`truncated or overwritten: ${snapshot} has no content`] : []),
  ]
  if (problems.length > 0 || transaction === undefined) return broken(problems)
  const message = `backup ${backupID} is complete in the store: its description, and a snapshot of ${object.size} bytes up to transaction ${transaction}`
  return {kind: 'complete', message, repositorySize: object.size, transaction}
}

/** What the evidence adds to the status of a BackupJob. */
export function zooKeeperStatus({
  repositorySize,
}: Extract<ZooKeeperEvidence, {kind: 'complete'}>): Partial<BackupJobStatus> {
  return {repositorySizeBytes: repositorySize}
}

/** The charm lists and restores a backup by its description. */
function checkDescription(text: string | undefined, key: string, backupID: string): string[] {
  if (text === undefined) return [`${key} does not exist`]
  const id = fieldOf(text, 'id')
  const transaction = fieldOf(text, 'log-sequence-number')
  return [
    ...(id === backupID
      ? []
      : [`${key} says ${id === undefined ? 'no id' : `"${id.slice(0, 64)}" for id`}, not "${backupID}"`]),
    ...(/^\d+$/.test(transaction ?? '') ? [] : [`${key} says no log-sequence-number`]),
  ]
}

/** One line of a flat YAML document; its texts may be in quotes. */
function fieldOf(text: string | undefined, field: string): string | undefined {
  const prefix = `${field}:`
  const line = text?.split(/\r?\n/).find(each => each.startsWith(prefix))
  return line
    ?.slice(prefix.length)
    .trim()
    .replace(/^(['"])(.*)\1$/, '$2')
}
