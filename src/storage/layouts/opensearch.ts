import type {BackupJobStatus} from '../../api/backup-job.ts'
import {normalPath} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {prefixOf} from './named-backups.ts'
import {broken, type Evidence} from './evidence.ts'
import {fewAtATime} from './few-at-a-time.ts'
import {filesOf, type SnapshotFiles} from './opensearch-files.ts'
import {isSnapshotOf, readOpenSearchIndex, stateOf} from './opensearch-index.ts'
import {Tally} from './tally.ts'

export interface OpenSearchQuestion {
  /** Path of the repository in the bucket, with or without slashes at its ends. */
  readonly path: string
  readonly backupID: string
  readonly signal?: AbortSignal
}

/** What OpenSearch's snapshot repository says about one snapshot. */
export type OpenSearchEvidence = Evidence<{
  readonly indices: number
  readonly shards: number
  readonly engineVersion: string | undefined
}>

/**
 * Proves a snapshot of OpenSearch from the store alone (reference/charms.md, 1.4): the newest index of the repository
 * lists it as a success; its own two files are there, and of every index in it the metadata, and of every shard the list of
 * files and the list of its snapshots. These are compressed: of them only that they have content is checked.
 *
 * @throws StorageError when the store cannot be read: that says nothing about the backup
 */
export async function verifyOpenSearch(store: ObjectStore, question: OpenSearchQuestion): Promise<OpenSearchEvidence> {
  const {path, backupID, signal} = question
  const where = normalPath(path) || 'the bucket'
  const index = await readOpenSearchIndex(store, path, signal)
  if (index.kind === 'missing') return {kind: 'missing', message: `there is no repository: no index-N in ${where}`}
  if (index.kind === 'unreadable') return broken([index.problem])
  const snapshot = index.repository.snapshots.find(one => isSnapshotOf(one, backupID))
  if (snapshot === undefined) return {kind: 'missing', message: `there is no snapshot ${backupID} in ${index.key}`}
  const state = stateOf(snapshot)
  if (state === 'IN_PROGRESS')
    return {kind: 'missing', message: `snapshot ${backupID} was never finished: ${index.key} says IN_PROGRESS`}
  const files = filesOf(index.repository, snapshot)
  const problems = [
    ...(state === undefined || state === 'SUCCESS' ? [] : [`${index.key} says ${state} of the snapshot`]),
    ...files.problems.map(problem => `${index.key} ${problem}`),
    ...(await checkContent(store, question, files)),
  ]
  if (problems.length > 0) return broken(problems)
  const {indices, shards} = files
  const unknown = state === undefined ? [`${index.key} does not say how the snapshot ended`] : []
  const message = [
    `snapshot ${backupID} is complete in the store: the index of the repository, ${indices} indices and ${shards} shards`,
    ...index.notes,
    ...files.notes,
    ...unknown,
  ].join('; ')
  return {kind: 'complete', message, indices, shards, engineVersion: snapshot.version}
}

/** What the evidence adds to the status of a BackupJob. Snapshots share their files, so none has a size of its own. */
export function openSearchStatus({
  engineVersion,
}: Extract<OpenSearchEvidence, {kind: 'complete'}>): Partial<BackupJobStatus> {
  return engineVersion === undefined ? {} : {engineVersion}
}

async function checkContent(
  store: ObjectStore,
  {path, signal}: OpenSearchQuestion,
  {files}: SnapshotFiles,
): Promise<string[]> {
  const prefix = prefixOf(path)
  const sizes = await fewAtATime(files, async file => (await store.head(`${prefix}${file}`, {signal}))?.size)
  const [missing, empty] = [new Tally(), new Tally()]
  for (const [index, file] of files.entries()) {
    if (sizes[index] === undefined) missing.add(`${prefix}${file}`)
    else if (sizes[index] === 0) empty.add(`${prefix}${file}`)
  }
  return [
    ...(missing.empty ? [] : [`${missing.text} is not in the store`]),
    ...(empty.empty ? [] : [`truncated or overwritten: ${empty.text} has no content`]),
  ]
}
