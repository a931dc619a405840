import type {ObjectStore} from '../object-store.ts'
import {archivedSegments, isWhole, type ArchivedSegment} from './archived-segments.ts'
import {findArchive} from './pgbackrest-archive.ts'
import type {BackupEntry, BackupInfo} from './pgbackrest-info.ts'
import {segmentSizesOf} from './segment-size.ts'
import {Tally} from './tally.ts'
import {countSegments, historyOf, isWalSegment, segmentsBetween, walDirectory} from './wal.ts'

/** No backup needs as many, so the index must be wrong. */
const MAX_SEGMENTS = 1_048_576

export interface WalFindings {
  readonly problems: readonly string[]
  /** What was not as it should be, or could not be looked at, though the backup can be restored. */
  readonly notes: readonly string[]
}

interface Place {
  /** Path of the repository in the bucket. */
  readonly path: string
  readonly stanza: string
  readonly signal?: AbortSignal
}

interface Range {
  readonly start: string
  readonly stop: string
  /** undefined: it cannot be known */
  readonly segmentBytes: number | undefined
}

/** Without the WAL from its start to its end, segment by segment, a backup cannot be made consistent. */
export async function checkWal(
  store: ObjectStore,
  place: Place,
  backup: BackupEntry,
  info: BackupInfo,
): Promise<WalFindings> {
  const range = rangeOf(backup, info)
  if (typeof range === 'string') return {problems: [range], notes: []}
  const archive = await findArchive(store, place, backup.databaseID, info)
  if (typeof archive === 'string') return {problems: [archive], notes: []}
  const history = await checkHistory(store, archive.directory, range.start, place.signal)
  const problems = await checkSegments(store, archive.directory, range, place.signal)
  const unknown =
    range.segmentBytes === undefined && range.start !== range.stop
      ? [`the size of WAL segments is not known, so only the first and the last segment were looked for`]
      : []
  return {problems, notes: [...archive.notes, ...history, ...unknown]}
}

/** A text says why there is none. */
function rangeOf(backup: BackupEntry, info: BackupInfo): Range | string {
  const {walStart: start, walStop: stop} = backup
  if (start === undefined || stop === undefined) return 'backup.info does not say which WAL it needs'
  if (!isWalSegment(start) || !isWalSegment(stop)) return `its WAL (${start} to ${stop}) makes no sense`
  const sizes = segmentSizesOf(backup, info)
  if (sizes.length === 0)
    return `its WAL makes no sense: ${backup.lsnStart} to ${backup.lsnStop} is not in ${start} to ${stop}`
  try {
    const count = countSegments(start, stop, sizes[0] ?? 0)
    if (count > MAX_SEGMENTS) return `its WAL makes no sense: ${count} segments`
    return {start, stop, segmentBytes: sizes.length === 1 ? sizes[0] : undefined}
  } catch (fault) {
    if (fault instanceof RangeError) return `its WAL makes no sense: ${fault.message}`
    throw fault
  }
}

/** A later timeline has a file that says how it began; only a restore to another timeline needs it. */
async function checkHistory(
  store: ObjectStore,
  archive: string,
  segment: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const key = `${archive}/${historyOf(segment)}`
  if (segment.startsWith('00000001') || (await store.head(key, {signal})) !== undefined) return []
  return [`${key} does not exist: points in time of other timelines may be out of reach`]
}

async function checkSegments(
  store: ObjectStore,
  archive: string,
  {start, stop, segmentBytes}: Range,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const needed = segmentBytes === undefined ? new Set([start, stop]) : segmentsBetween(start, stop, segmentBytes)
  const [missing, partial, twice, wrong] = [new Tally(), new Tally(), new Tally(), new Tally()]
  let directory = ''
  let present = new Map<string, readonly ArchivedSegment[]>()
  for (const segment of needed) {
    if (walDirectory(segment) !== directory) {
      directory = walDirectory(segment)
      const prefix = start === stop ? `${directory}/${segment}` : `${directory}/`
      present = await segmentsBelow(store, `${archive}/${prefix}`, {
        after: `${archive}/${directory}/${segment}`,
        stop,
        signal,
      })
    }
    const found = present.get(segment) ?? []
    const whole = found.filter(one => !one.partial)
    const [only] = whole
    if (only === undefined) (found.length === 0 ? missing : partial).add(segment)
    else if (whole.length > 1) twice.add(segment)
    else if (!isWhole(only, segmentBytes)) wrong.add(`${segment} (${only.bytes} bytes)`)
  }
  const say = (what: string, names: Tally): string[] => (names.empty ? [] : [`WAL ${names.text} ${what}`])
  const where = `in the archive ${archive}`
  return [
    ...say(`is not ${where}`, missing),
    ...say(`is only partial ${where}`, partial),
    ...say(`is truncated ${where}`, wrong),
    ...say(`is more than once ${where}: pgBackRest refuses to choose`, twice),
  ]
}

async function segmentsBelow(
  store: ObjectStore,
  prefix: string,
  {after, stop, signal}: {after: string; stop: string; signal: AbortSignal | undefined},
): Promise<Map<string, readonly ArchivedSegment[]>> {
  const segments = new Map<string, readonly ArchivedSegment[]>()
  for await (const segment of archivedSegments(store, prefix, {after, signal})) {
    if (segment.name > stop) break
    segments.set(segment.name, [...(segments.get(segment.name) ?? []), segment])
  }
  return segments
}
