import type {ObjectStore} from '../object-store.ts'
import {namedBackups} from './named-backups.ts'
import type {PresenceQuestion, PresentBackups} from './presence.ts'

/** Those with a description, the list of sums that is written last, and chunks. Sizes would need a listing of all chunks. */
export async function presentXtraBackup(store: ObjectStore, {path, signal}: PresenceQuestion): Promise<PresentBackups> {
  const present = new Map<string, {readonly sizeBytes?: number}>()
  for await (const {id, parts} of namedBackups(store, path, {signal}))
    if (parts.has('.metadata') && parts.has('.md5') && parts.has('/')) present.set(id, {})
  return present
}
