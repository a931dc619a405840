import type {OpenSearchRepository, OpenSearchSnapshot} from './opensearch-index.ts'

/** Length of the UUID of an index, with which the name of its metadata begins. */
const UUID_LENGTH = 22

/** What a snapshot needs beside the data, as the index of the repository names it. */
export interface SnapshotFiles {
  /** Keys below the repository. */
  readonly files: readonly string[]
  readonly indices: number
  readonly shards: number
  /** Each continues a sentence that begins with the key of the index. */
  readonly problems: readonly string[]
  /** What cannot be known. */
  readonly notes: readonly string[]
}

type RepositoryIndex = OpenSearchRepository['indices'][string]

/**
 * The files of a snapshot: two of its own; of each index its metadata; of each shard the newest list of its snapshots, and
 * the list of the files in this one.
 */
export function filesOf(repository: OpenSearchRepository, snapshot: OpenSearchSnapshot): SnapshotFiles {
  const {uuid} = snapshot
  const files = [`snap-${uuid}.dat`, `meta-${uuid}.dat`]
  const [problems, notes]: [string[], string[]] = [[], []]
  let [indices, shards] = [0, 0]
  for (const [name, index] of Object.entries(repository.indices)) {
    if (!index.snapshots.includes(uuid)) continue
    indices += 1
    const metadata = metadataOf(repository, snapshot, index)
    if (metadata === undefined) problems.push(`does not name the metadata of index ${name}`)
    else files.push(`indices/${index.id}/meta-${metadata}.dat`)
    const generations = index.shard_generations ?? []
    const same = isSameIndex(repository, index)
    if (!same) notes.push(`index ${name} was made anew between snapshots, so only its first shard was looked at`)
    for (const [shard, generation] of (same ? generations : generations.slice(0, 1)).entries()) {
      const directory = `indices/${index.id}/${shard}`
      files.push(`${directory}/snap-${uuid}.dat`)
      if (generation !== null) files.push(`${directory}/index-${generation}`)
      shards += 1
    }
  }
  return {files, indices, shards, problems, notes}
}

/** Repositories of old versions have it under the name of the snapshot. */
function metadataOf(
  {index_metadata_identifiers: names}: OpenSearchRepository,
  {uuid, index_metadata_lookup: lookup}: OpenSearchSnapshot,
  {id}: RepositoryIndex,
): string | undefined {
  if (lookup === undefined) return uuid
  const key = lookup[id]
  return key === undefined ? undefined : names?.[key]
}

/** Whether all snapshots of an index are of the very same one; another of its name may have had other shards. */
function isSameIndex({snapshots}: OpenSearchRepository, index: RepositoryIndex): boolean {
  const made = snapshots
    .filter(({uuid}) => index.snapshots.includes(uuid))
    .map(({index_metadata_lookup: lookup}) => lookup?.[index.id]?.slice(0, UUID_LENGTH))
  return new Set(made).size === 1
}
