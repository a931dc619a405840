import type {ObjectStore} from '../object-store.ts'
import {namedBackups} from './named-backups.ts'
import type {StorageLayout} from './layout.ts'
import {readOpenSearchIndex, stateOf} from './opensearch-index.ts'
import {presentPbm} from './pbm-presence.ts'
import {presentPgBackRest} from './pgbackrest-presence.ts'
import {UnreadableIndex} from './unreadable-index.ts'
import {presentXtraBackup} from './xtrabackup-presence.ts'

/** Backups by the charm's id, with their size in bytes where it is known without more requests. */
export type PresentBackups = ReadonlyMap<string, {readonly sizeBytes?: number}>

export interface PresenceQuestion {
  /** Path of the repository in the bucket, with or without slashes at its ends. */
  readonly path: string
  /** pgBackRest's name of the cluster; without it nothing is found in such a repository. */
  readonly stanza?: string | undefined
  readonly signal: AbortSignal
}

/**
 * Which backups are there and finished, as the layout marks it: the index, or one listing of the repository, is read, and
 * where that does not tell, one mark of each backup. Whether a backup is whole is not looked at: for that see the
 * `verify...` of each layout.
 *
 * @throws UnreadableIndex when the index of the repository cannot be understood; StorageError when the store cannot be
 *   read: both say nothing about the backups
 * @throws RangeError for the layout `None`, in which nothing can be looked for
 */
export async function presentBackups(
  layout: StorageLayout,
  store: ObjectStore,
  question: PresenceQuestion,
): Promise<PresentBackups> {
  switch (layout) {
    case 'pgBackRest':
      return question.stanza === undefined
        ? new Map()
        : presentPgBackRest(store, {...question, stanza: question.stanza})
    case 'XtraBackup':
      return presentXtraBackup(store, question)
    case 'PBM':
      return presentPbm(store, question)
    case 'OpenSearch':
      return presentOpenSearch(store, question)
    case 'ZooKeeper':
      return presentZooKeeper(store, question)
    case 'SingleObject':
      return presentSingleObjects(store, question)
    case 'None':
      throw new RangeError('how the backups of this charm lie in the store is not known')
  }
}

/** Names of snapshots are in lower case, ids are not. */
async function presentOpenSearch(store: ObjectStore, {path, signal}: PresenceQuestion): Promise<PresentBackups> {
  const index = await readOpenSearchIndex(store, path, signal)
  if (index.kind === 'unreadable') throw new UnreadableIndex(index.problem)
  if (index.kind === 'missing') return new Map()
  const finished = index.repository.snapshots.filter(snapshot => (stateOf(snapshot) ?? 'SUCCESS') === 'SUCCESS')
  return new Map(finished.map(({name}) => [name.toUpperCase(), {}]))
}

/** Two objects each: so the folders are listed with what is in them. */
async function presentZooKeeper(store: ObjectStore, {path, signal}: PresenceQuestion): Promise<PresentBackups> {
  const present = new Map<string, {readonly sizeBytes?: number}>()
  for await (const {id, parts} of namedBackups(store, path, {deep: true, signal})) {
    const {size = 0} = parts.get('/snapshot') ?? {}
    if (parts.has('/metadata.yaml') && size > 0) present.set(id, {sizeBytes: size})
  }
  return present
}

async function presentSingleObjects(store: ObjectStore, {path, signal}: PresenceQuestion): Promise<PresentBackups> {
  const present = new Map<string, {readonly sizeBytes?: number}>()
  for await (const {id, parts} of namedBackups(store, path, {signal})) {
    const {size = 0} = parts.get('') ?? {}
    if (size > 0) present.set(id, {sizeBytes: size})
  }
  return present
}
