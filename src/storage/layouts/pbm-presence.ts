import {keyOf} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {fewAtATime} from './few-at-a-time.ts'
import {namedBackups} from './named-backups.ts'
import {readPbmMetadata} from './pbm-metadata.ts'
import type {PresenceQuestion, PresentBackups} from './presence.ts'

/** What PBM's repository has of one backup. */
export interface PbmListed {
  readonly id: string
  /** As its metadata say it; undefined: there are none that can be read. */
  readonly status: string | undefined
  readonly sizeBytes: number | undefined
  /** Metadata and folder, where they are there; the folder ends with a slash. */
  readonly keys: readonly string[]
}

/** Everything in a repository of PBM. Only its metadata tell whether a backup is done, so those of each are read. */
export async function listPbm(store: ObjectStore, {path, signal}: PresenceQuestion): Promise<readonly PbmListed[]> {
  const found = new Map<string, readonly string[]>()
  for await (const {id, parts} of namedBackups(store, path, {signal}))
    found.set(
      id,
      ['.pbm.json', '/'].flatMap(part => parts.get(part)?.key ?? []),
    )
  return fewAtATime(found, async ([id, keys]) => {
    const read = await readPbmMetadata(store, keyOf(path, `${id}.pbm.json`), signal)
    const metadata = read.kind === 'read' && read.metadata.name === id ? read.metadata : undefined
    return {id, status: metadata?.status, sizeBytes: metadata?.size, keys}
  })
}

/** Those that are done and have data. */
export async function presentPbm(store: ObjectStore, question: PresenceQuestion): Promise<PresentBackups> {
  const listed = await listPbm(store, question)
  return new Map(
    listed
      .filter(({status, keys}) => status === 'done' && keys.some(key => key.endsWith('/')))
      .map(({id, sizeBytes}) => [id, sizeBytes === undefined ? {} : {sizeBytes}]),
  )
}
