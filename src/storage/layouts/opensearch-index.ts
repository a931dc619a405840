import {z} from 'zod'
import type {ObjectStore} from '../object-store.ts'
import {readText} from '../read-text.ts'
import {prefixOf} from './named-backups.ts'

/** About 200 bytes for each snapshot and for each index in it. */
const MAX_INDEX_BYTES = 256 * 1024 * 1024

const states = {0: 'IN_PROGRESS', 1: 'SUCCESS', 2: 'FAILED', 3: 'PARTIAL', 4: 'INCOMPATIBLE'} as const

const snapshotSchema = z.object({
  name: z.string(),
  uuid: z.string(),
  state: z.number().optional(),
  version: z.string().optional(),
  /** By the id of an index: which of its metadata. */
  index_metadata_lookup: z.record(z.string(), z.string()).optional(),
})

const repositorySchema = z.object({
  snapshots: z.array(snapshotSchema),
  indices: z.record(
    z.string(),
    z.object({
      id: z.string(),
      /** UUIDs of the snapshots that it is in. */
      snapshots: z.array(z.string()),
      /** Of each shard the newest; null: nothing was ever written of it. */
      shard_generations: z.array(z.string().nullable()).optional(),
    }),
  ),
  index_metadata_identifiers: z.record(z.string(), z.string()).optional(),
})

export type OpenSearchRepository = z.infer<typeof repositorySchema>
export type OpenSearchSnapshot = z.infer<typeof snapshotSchema>

export type OpenSearchIndexRead =
  | {
      readonly kind: 'read'
      readonly key: string
      readonly repository: OpenSearchRepository
      readonly notes: readonly string[]
    }
  | {readonly kind: 'missing'}
  | {readonly kind: 'unreadable'; readonly problem: string}

/**
 * Reads the newest `index-N` of a snapshot repository, as OpenSearch does: it is JSON, and names every snapshot and every
 * index in it. `index.latest` only repeats its number.
 *
 * @throws StorageError when the store cannot be read
 */
export async function readOpenSearchIndex(
  store: ObjectStore,
  path: string,
  signal: AbortSignal | undefined,
): Promise<OpenSearchIndexRead> {
  const prefix = prefixOf(path)
  let generation: number | undefined
  for await (const {key} of store.list(`${prefix}index-`, {shallow: true, signal})) {
    const [, digits] = /^index-(\d+)$/.exec(key.slice(prefix.length)) ?? []
    if (digits !== undefined) generation = Math.max(generation ?? 0, Number(digits))
  }
  if (generation === undefined) return {kind: 'missing'}
  const key = `${prefix}index-${generation}`
  const text = await readText(store, key, MAX_INDEX_BYTES, signal)
  const parsed = repositorySchema.safeParse(parseJson(text ?? ''))
  if (!parsed.success) return {kind: 'unreadable', problem: `${key} cannot be read: it was cut off or overwritten`}
  const notes = await checkLatest(store, `${prefix}index.latest`, generation, signal)
  return {kind: 'read', key, repository: parsed.data, notes}
}

/** Whether the charm made the snapshot under that id: names of snapshots have to be in lower case. */
export function isSnapshotOf({name}: OpenSearchSnapshot, backupID: string): boolean {
  return name.toLowerCase() === backupID.toLowerCase()
}

/** OpenSearch's own word; repositories of old versions tell it in the snapshot itself only. */
export function stateOf({state}: OpenSearchSnapshot): string | undefined {
  if (state === undefined) return undefined
  return Object.entries(states).find(([number]) => Number(number) === state)?.[1] ?? `state ${state}`
}

/** Eight bytes, the highest first. Only a repository that is read by its URL needs it. */
async function checkLatest(
  store: ObjectStore,
  key: string,
  generation: number,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const object = await store.head(key, {signal})
  if (object === undefined) return [`${key} does not exist; OpenSearch finds index-${generation} by its name`]
  if (object.size !== 8)
    return [`${key} has ${object.size} bytes instead of 8; OpenSearch writes it anew with the next snapshot`]
  const latest = (await store.get(key, {maxBytes: 8, signal})).readBigInt64BE()
  return latest === BigInt(generation) ? [] : [`${key} says ${latest}, though index-${generation} exists`]
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
