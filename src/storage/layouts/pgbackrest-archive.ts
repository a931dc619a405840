import {keyOf} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {readText} from '../read-text.ts'
import {fewAtATime} from './few-at-a-time.ts'
import {readIndex} from './pgbackrest-index.ts'
import {archiveInfoOf, type BackupInfo} from './pgbackrest-info.ts'
import {parsePlace, type WalPlace} from './wal.ts'

/** A line of about 60 bytes for each timeline before: enough for 10,000. */
const MAX_HISTORY_BYTES = 1024 * 1024

interface Place {
  /** Path of the repository in the bucket. */
  readonly path: string
  readonly stanza: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Finds the folder of the archive that has the WAL of a database.
 *
 * @returns its key; a text says why there is none
 * @throws StorageError when the store cannot be read
 */
export async function findArchive(
  store: ObjectStore,
  {path, stanza, signal}: Place,
  databaseID: number,
  {databases}: BackupInfo,
): Promise<{directory: string; notes: readonly string[]} | string> {
  const directory = keyOf(path, 'archive', stanza)
  const read = await readIndex(store, `${directory}/archive.info`, signal)
  if (read.kind === 'missing') return `${directory}/archive.info is missing, and so is its copy`
  if (read.kind === 'unreadable') return read.problem
  const database = databases.find(({id}) => id === databaseID)
  const archive = archiveInfoOf(read.lines).findLast(
    ({systemID, version}) => systemID === database?.systemID && version === database.version,
  )
  if (archive === undefined) return `${directory}/archive.info does not know the database of the backup`
  return {directory: `${directory}/${archive.version}-${archive.id}`, notes: read.notes}
}

/** Where a timeline left the one that it comes from. */
export interface Branch {
  readonly timeline: number
  readonly parent: number
  readonly at: WalPlace
}

/**
 * How the timelines of an archive came from each other, as their history files say; oldest first. A file that cannot be
 * read is left out: nobody can follow that timeline.
 *
 * @param archive key of the folder
 * @param after only timelines that are younger than this one
 * @throws StorageError when the store cannot be read
 */
export async function readBranches(
  store: ObjectStore,
  archive: string,
  {after, signal}: {readonly after: number; readonly signal: AbortSignal | undefined},
): Promise<readonly Branch[]> {
  const timelines: number[] = []
  for await (const {key} of store.list(`${archive}/`, {shallow: true, signal})) {
    const [, digits] = /\/([0-9A-F]{8})\.history$/.exec(key) ?? []
    const timeline = Number.parseInt(digits ?? '0', 16)
    if (timeline > after) timelines.push(timeline)
  }
  const read = await fewAtATime(timelines, async timeline => {
    const key = `${archive}/${digitsOf(timeline)}.history`
    return parseHistory(timeline, (await readText(store, key, MAX_HISTORY_BYTES, signal)) ?? '')
  })
  return read.filter(branch => branch !== undefined)
}

/** Timeline as the names of segments begin. */
export function digitsOf(timeline: number): string {
  return timeline.toString(16).toUpperCase().padStart(8, '0')
}

/** PostgreSQL writes one line for each timeline before, its parent last: number, place, why it ended. */
function parseHistory(timeline: number, text: string): Branch | undefined {
  const lines = text.split('\n').filter(line => line.trim() !== '' && !line.startsWith('#'))
  const [, parent, place] = /^\s*(\d+)\s+(\S+)/.exec(lines.at(-1) ?? '') ?? []
  const at = place === undefined ? undefined : parsePlace(place)
  if (at === undefined || Number(parent) >= timeline) return undefined
  return {timeline, parent: Number(parent), at}
}
