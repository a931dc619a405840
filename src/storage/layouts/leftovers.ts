import {keyOf} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import type {StorageLayout} from './layout.ts'
import {isSnapshotOf, readOpenSearchIndex, stateOf} from './opensearch-index.ts'
import {namedBackups, prefixOf, type NamedBackup} from './named-backups.ts'
import {listPbm} from './pbm-presence.ts'
import {idOf, readBackupInfo} from './pgbackrest-presence.ts'
import {Tally} from './tally.ts'
import {UnreadableIndex} from './unreadable-index.ts'

export interface LeftoversQuestion {
  /** Path of the repository in the bucket, with or without slashes at its ends. */
  readonly path: string
  /** pgBackRest's name of the cluster; without it nothing is found in such a repository. */
  readonly stanza?: string | undefined
  /** Name of the backup in the repository, or its id, where they are known; else all that is unfinished is named. */
  readonly label?: string | undefined
  readonly backupID?: string | undefined
  readonly signal: AbortSignal
}

/**
 * Names what runs that were not finished left in the store, such as a cancelled one: three objects or folders and the
 * number of the others, and who removes them. None of it is a backup, and nobody can restore it.
 *
 * @returns one sentence; undefined: nothing was found
 * @throws UnreadableIndex when the index of the repository cannot be understood; StorageError when the store cannot be
 *   read: both say nothing about what is there
 */
export async function leftovers(
  layout: StorageLayout,
  store: ObjectStore,
  question: LeftoversQuestion,
): Promise<string | undefined> {
  const names = new Tally()
  for await (const key of unfinished(layout, store, question)) names.add(key)
  if (names.empty || layout === 'None') return undefined
  return `an unfinished run left ${names.text} in the store; ${remedies[layout]}`
}

const remedies: Readonly<Record<Exclude<StorageLayout, 'None'>, string>> = {
  pgBackRest: 'pgBackRest goes on from it or removes it with the next backup',
  XtraBackup: 'nobody removes it: delete it by hand when no backup runs',
  PBM: '`pbm delete-backup` with its id removes it',
  OpenSearch: 'deleting the snapshot removes it, and `POST _snapshot/<repository>/_cleanup` what belongs to none',
  ZooKeeper: 'nobody removes it: delete it by hand when no backup runs',
  SingleObject: 'nobody removes it: delete it by hand when no backup runs',
}

function unfinished(layout: StorageLayout, store: ObjectStore, question: LeftoversQuestion): AsyncIterable<string> {
  switch (layout) {
    case 'pgBackRest':
      return ofPgBackRest(store, question)
    case 'XtraBackup':
      // The list of sums is written last.
      return ofNamed(store, question, ({parts}) => parts.has('.md5'))
    case 'PBM':
      return ofPbm(store, question)
    case 'OpenSearch':
      return ofOpenSearch(store, question)
    case 'ZooKeeper':
      return ofNamed(store, {...question, deep: true}, ({parts}) => sizeOf(parts, '/snapshot') > 0)
    case 'SingleObject':
      return ofNamed(store, question, ({parts}) => sizeOf(parts, '') > 0)
    case 'None':
      return nothing()
  }
}

async function* nothing(): AsyncGenerator<string, void> {}

/** Folders of backups that are not in the index: it is written last. */
async function* ofPgBackRest(
  store: ObjectStore,
  {path, stanza, label, backupID, signal}: LeftoversQuestion,
): AsyncGenerator<string, void> {
  if (stanza === undefined) return
  const directory = keyOf(path, 'backup', stanza)
  const info = await readBackupInfo(store, directory, signal)
  for await (const {key} of store.list(`${directory}/`, {shallow: true, signal})) {
    const [, found = ''] = /([^/]+)\/$/.exec(key) ?? []
    const id = idOf(found)
    if (id === undefined || info?.backups.has(found) === true) continue
    if (label === undefined ? isWanted(id, backupID) : label === found) yield key
  }
}

/** Everything that is named after a backup which has no mark of its end. */
async function* ofNamed(
  store: ObjectStore,
  {path, backupID, signal, deep = false}: LeftoversQuestion & {readonly deep?: boolean},
  finished: (backup: NamedBackup) => boolean,
): AsyncGenerator<string, void> {
  for await (const backup of namedBackups(store, path, {signal, deep})) {
    if (!isWanted(backup.id, backupID) || finished(backup)) continue
    for (const {key} of backup.parts.values()) yield key
  }
}

async function* ofPbm(store: ObjectStore, question: LeftoversQuestion): AsyncGenerator<string, void> {
  for (const {id, status, keys} of await listPbm(store, question))
    if (status !== 'done' && isWanted(id, question.backupID)) yield* keys
}

/** Snapshots that did not succeed, and files of snapshots that the index does not name: it is written last. */
async function* ofOpenSearch(
  store: ObjectStore,
  {path, backupID, signal}: LeftoversQuestion,
): AsyncGenerator<string, void> {
  const index = await readOpenSearchIndex(store, path, signal)
  if (index.kind === 'unreadable') throw new UnreadableIndex(index.problem)
  const snapshots = index.kind === 'missing' ? [] : index.repository.snapshots
  const prefix = prefixOf(path)
  for (const snapshot of snapshots) {
    const wanted = backupID === undefined || isSnapshotOf(snapshot, backupID)
    if (wanted && (stateOf(snapshot) ?? 'SUCCESS') !== 'SUCCESS') yield `${prefix}snap-${snapshot.uuid}.dat`
  }
  const known = new Set(snapshots.map(({uuid}) => `${prefix}snap-${uuid}.dat`))
  for await (const {key} of store.list(`${prefix}snap-`, {shallow: true, signal})) if (!known.has(key)) yield key
}

function isWanted(id: string, backupID: string | undefined): boolean {
  return backupID === undefined || backupID === id
}

function sizeOf(parts: NamedBackup['parts'], part: string): number {
  return parts.get(part)?.size ?? 0
}
