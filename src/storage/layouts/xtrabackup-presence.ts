import type {ObjectStore} from '../object-store.ts'
import {entriesBelow} from './entries.ts'
import type {PresenceQuestion, PresentBackups} from './presence.ts'

/** Those with a description, the list of sums that is written last, and chunks. Sizes would need a listing of all chunks. */
export async function presentXtraBackup(store: ObjectStore, {path, signal}: PresenceQuestion): Promise<PresentBackups> {
  const present = new Map<string, {readonly sizeBytes?: number}>()
  const parts = new Map<string, Set<string>>()
  for await (const {id, rest} of entriesBelow(store, path, signal)) {
    const found = (parts.get(id) ?? new Set()).add(rest)
    if (['.metadata', '.md5', '/'].every(part => found.has(part))) present.set(id, {})
    parts.set(id, found)
  }
  return present
}
