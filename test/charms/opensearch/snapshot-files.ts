import {createHash} from 'node:crypto'

export type SnapshotState = 'IN_PROGRESS' | 'SUCCESS' | 'FAILED' | 'PARTIAL'

/** What OpenSearch knows of a snapshot. */
export interface Snapshot {
  readonly id: string
  state: SnapshotState
  /** Names of the indices in it. */
  readonly indices: readonly string[]
}

/** Objects of a repository by key. */
export type Objects = readonly (readonly [key: string, text: string])[]

const engineVersion = '2.14.0'
/** How the repository writes the states down. */
const stateNumbers: Readonly<Record<SnapshotState, number>> = {IN_PROGRESS: 0, SUCCESS: 1, FAILED: 2, PARTIAL: 3}

/** A made-up UUID of 22 characters; the same for the same thing. */
function uuidOf(thing: string): string {
  return createHash('sha256').update(thing).digest('base64url').slice(0, 22)
}

const snapshotUuid = ({id}: Snapshot): string => uuidOf(`snapshot ${id}`)
const indexId = (index: string): string => uuidOf(`index ${index}`)
const indexMetadata = (index: string): string => uuidOf(`metadata of ${index}`)
const metadataKey = (index: string): string => `${uuidOf(`history of ${index}`)}-_na_-1-1-1`
/** Each of these indices has one shard, which has a new generation with each snapshot. */
const generation = (index: string, snapshot: Snapshot): string => uuidOf(`${index} at ${snapshot.id}`)

/** Data of shards, which a snapshot uploads while it runs. */
export function shardFiles(snapshot: Snapshot): Objects {
  return snapshot.indices.map(index => [
    `indices/${indexId(index)}/0/__${uuidOf(`segment of ${index} at ${snapshot.id}`)}`,
    `segment of ${index} at ${snapshot.id}\n`,
  ])
}

/** What a snapshot writes at its end, of its own and of its indices. */
export function snapshotFiles(snapshot: Snapshot): Objects {
  const uuid = snapshotUuid(snapshot)
  const content = `snapshot ${snapshot.id}\n`
  const ofIndices = snapshot.indices.flatMap(index => {
    const folder = `indices/${indexId(index)}`
    return [
      [`${folder}/meta-${indexMetadata(index)}.dat`, `metadata of ${index}\n`],
      [`${folder}/0/snap-${uuid}.dat`, content],
      [`${folder}/0/index-${generation(index, snapshot)}`, `snapshots of the shard up to ${snapshot.id}\n`],
    ] as const
  })
  return [[`meta-${uuid}.dat`, content], [`snap-${uuid}.dat`, content], ...ofIndices]
}

/** The index of the repository, which names all snapshots that have ended, and the object that names it. */
export function repositoryIndex(snapshots: readonly Snapshot[], number: number): Objects {
  const ended = snapshots.filter(({state}) => state !== 'IN_PROGRESS')
  const names = [...new Set(ended.flatMap(({indices}) => indices))]
  const index = {
    min_version: '7.12.0',
    snapshots: ended.map(snapshot => ({
      // OpenSearch takes no capital letters in names.
      name: snapshot.id.toLowerCase(),
      uuid: snapshotUuid(snapshot),
      state: stateNumbers[snapshot.state],
      index_metadata_lookup: Object.fromEntries(snapshot.indices.map(name => [indexId(name), metadataKey(name)])),
      version: engineVersion,
    })),
    indices: Object.fromEntries(names.map(name => [name, indexEntry(name, ended)])),
    index_metadata_identifiers: Object.fromEntries(names.map(name => [metadataKey(name), indexMetadata(name)])),
  }
  const latest = Buffer.alloc(8)
  latest.writeBigInt64BE(BigInt(number))
  return [
    [`index-${number}`, JSON.stringify(index)],
    ['index.latest', latest.toString('latin1')],
  ]
}

function indexEntry(name: string, snapshots: readonly Snapshot[]): Record<string, unknown> {
  const holding = snapshots.filter(({indices}) => indices.includes(name))
  const newest = holding.at(-1)
  return {
    id: indexId(name),
    snapshots: holding.map(snapshotUuid),
    shard_generations: newest === undefined ? [] : [generation(name, newest)],
  }
}
