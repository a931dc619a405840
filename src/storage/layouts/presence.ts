import type {ObjectStore} from '../object-store.ts'
import type {StorageLayout} from './layout.ts'
import {presentPgBackRest} from './pgbackrest-presence.ts'
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
 * where that does not tell, a mark of each backup. Whether a backup is whole is not looked at: for that see the `verify…`
 * of each layout.
 *
 * @throws UnreadableIndex when the index of the repository cannot be understood; StorageError when the store cannot be
 *   read: both say nothing about the backups
 */
export async function presentBackups(
  layout: Extract<StorageLayout, 'pgBackRest' | 'XtraBackup'>,
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
  }
}
