import type {ObjectStore} from '../object-store.ts'
import {pgBackRestReach} from './pgbackrest-reach.ts'
import type {StorageLayout} from './layout.ts'
import {xtraBackupReach} from './xtrabackup-reach.ts'

export interface ReachQuestion {
  /** Path of the repository in the bucket, with or without slashes at its ends. */
  readonly path: string
  /** pgBackRest's name of the cluster; without it nothing is found in such a repository. */
  readonly stanza?: string | undefined
  /** Name of the model without its owner, and of the application, that have to have made a backup of MySQL. */
  readonly modelName?: string | undefined
  readonly application?: string | undefined
  /** Backups that are asked for; `label` is their name in a pgBackRest repository. */
  readonly backups: readonly {readonly backupID: string; readonly label?: string | undefined}[]
  readonly signal: AbortSignal
}

/** Moments that one backup can be replayed to; RFC 3339 in UTC. */
export interface RecoverableMoments {
  readonly backupID: string
  readonly first: string
  readonly last: string
}

/**
 * Looks in the store how far each of the backups can be replayed. Backups that are not there, not finished, or whose own
 * log has a gap are left out; so are all of a layout that has no log. Listings are read page by page; what is held grows
 * with the backups and timelines, not with the log.
 *
 * pgBackRest: `first` is when the backup ended. `last` is when the newest WAL segment was archived that can be reached
 * without a gap, along the backup's own timeline or along those that left it, or a child of it, after the backup.
 *
 * XtraBackup: `first` is when the list of sums was written, the last thing that a backup does. `last` is when the newest
 * binary log was collected whose transactions follow without a gap.
 *
 * How exact `last` is: nothing after it can be reached, but not every moment before it. It is a time of the store's
 * clock, at which a file had arrived; the last transaction in that file is older, by as long as the database had nothing to
 * write and by as long as archiving took. PostgreSQL refuses a moment that is later than the last transaction in the
 * archive. In a copied bucket `last` is when the object was copied.
 *
 * @throws UnreadableIndex when the index of the repository cannot be understood; StorageError when the store cannot be
 *   read: both say nothing about the backups
 */
export async function recoverableMoments(
  layout: StorageLayout,
  store: ObjectStore,
  question: ReachQuestion,
): Promise<readonly RecoverableMoments[]> {
  switch (layout) {
    case 'pgBackRest':
      return question.stanza === undefined ? [] : pgBackRestReach(store, {...question, stanza: question.stanza})
    case 'XtraBackup':
      return xtraBackupReach(store, question)
    case 'PBM':
    case 'OpenSearch':
    case 'ZooKeeper':
    case 'SingleObject':
    case 'None':
      return []
  }
}
