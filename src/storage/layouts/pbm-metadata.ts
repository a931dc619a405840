import {z} from 'zod'
import type {ObjectStore} from '../object-store.ts'
import {readText} from '../read-text.ts'

/** Old versions list every file of a physical backup in it. */
const MAX_METADATA_BYTES = 64 * 1024 * 1024

const fileSchema = z.object({filename: z.string(), offset: z.number().optional(), length: z.number().optional()})

const replicaSetSchema = z.object({
  name: z.string(),
  status: z.string(),
  error: z.string().optional(),
  /** Key of the list of collections (of all data before version 2), below the repository. */
  backup_name: z.string().optional(),
  /** Key of the operations during the backup: a folder, or one object before version 2. */
  oplog_name: z.string().optional(),
  files: z.array(fileSchema).nullish(),
})

const metadataSchema = z.object({
  name: z.string(),
  type: z.string(),
  status: z.string(),
  error: z.string().optional(),
  /** The backup that an incremental one builds on. */
  src_backup: z.string().optional(),
  replsets: z.array(replicaSetSchema).nullish(),
  compression: z.string().optional(),
  size: z.number().optional(),
  mongodb_version: z.string().optional(),
})

/** What `<id>.pbm.json` says. */
export type PbmMetadata = z.infer<typeof metadataSchema>
export type PbmReplicaSet = z.infer<typeof replicaSetSchema>

export type PbmMetadataRead =
  | {readonly kind: 'read'; readonly metadata: PbmMetadata}
  | {readonly kind: 'missing'}
  | {readonly kind: 'damaged'; readonly problem: string}

/** @param key of the object @throws StorageError when the store cannot be read */
export async function readPbmMetadata(
  store: ObjectStore,
  key: string,
  signal: AbortSignal | undefined,
): Promise<PbmMetadataRead> {
  const text = await readText(store, key, MAX_METADATA_BYTES, signal)
  if (text === undefined) return {kind: 'missing'}
  if (text === '') return {kind: 'damaged', problem: `${key} is empty, or too long to be read`}
  const parsed = metadataSchema.safeParse(parseJson(text))
  if (parsed.success) return {kind: 'read', metadata: parsed.data}
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.') ?? ''
  const what = where === '' ? 'cannot be read: it was cut off or overwritten' : `cannot be understood at ${where}`
  return {kind: 'damaged', problem: `${key} ${what}`}
}

/** A number of MongoDB's extended JSON. */
const longSchema = z.union([z.number(), z.object({$numberLong: z.string()}), z.object({$numberInt: z.string()})])

const collectionsSchema = z.object({
  namespaces: z.array(z.object({db: z.string(), collection: z.string(), size: longSchema})).optional(),
})

/**
 * Names of the collections that have data, as the list of a replica set says; a text says why it cannot be read.
 *
 * @param key of the list
 * @returns undefined: it does not name them
 */
export async function readCollections(
  store: ObjectStore,
  key: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[] | string | undefined> {
  const text = await readText(store, key, MAX_METADATA_BYTES, signal)
  if (text === undefined) return `${key} is not in the store`
  const parsed = collectionsSchema.safeParse(parseJson(text))
  if (!parsed.success) return `${key} cannot be read: it was cut off or overwritten`
  return parsed.data.namespaces
    ?.filter(({size}) => numberOf(size) > 0)
    .map(({db, collection}) => `${db}.${collection.replace(/^system\.buckets\./, '')}`)
}

function numberOf(long: z.infer<typeof longSchema>): number {
  if (typeof long === 'number') return long
  return Number('$numberLong' in long ? long.$numberLong : long.$numberInt)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
