import {keyOf} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import type {StorageLayout} from './layout.ts'
import {idOf, readBackupInfo} from './pgbackrest-presence.ts'
import type {PresenceQuestion} from './presence.ts'
import type {ReachQuestion} from './reach.ts'
import {presentXtraBackup} from './xtrabackup-presence.ts'

/**
 * The backups in a repository that a log may follow, oldest first, as `recoverableMoments` asks for them. That one is here says
 * only that the repository lists it. Of layouts without a log there are none.
 *
 * @throws UnreadableIndex when the index of the repository cannot be understood; StorageError when the store cannot be
 *   read: both say nothing about the backups
 */
export async function storedBackups(
  layout: StorageLayout,
  store: ObjectStore,
  question: PresenceQuestion,
): Promise<ReachQuestion['backups']> {
  switch (layout) {
    case 'pgBackRest':
      return question.stanza === undefined ? [] : oldestFirst(await labelled(store, question, question.stanza))
    case 'XtraBackup':
      return oldestFirst([...(await presentXtraBackup(store, question)).keys()].map(backupID => ({backupID})))
    case 'PBM':
    case 'OpenSearch':
    case 'ZooKeeper':
    case 'SingleObject':
    case 'None':
      return []
  }
}

async function labelled(
  store: ObjectStore,
  {path, signal}: PresenceQuestion,
  stanza: string,
): Promise<ReachQuestion['backups']> {
  const info = await readBackupInfo(store, keyOf(path, 'backup', stanza), signal)
  return [...(info?.backups ?? [])].flatMap(([label, entry]) => {
    const backupID = entry === undefined || entry.error ? undefined : idOf(label)
    return backupID === undefined ? [] : [{backupID, label}]
  })
}

/** Ids of one application sort by age. */
function oldestFirst(backups: ReachQuestion['backups']): ReachQuestion['backups'] {
  return backups.toSorted((a, b) => (a.backupID < b.backupID ? -1 : 1))
}
