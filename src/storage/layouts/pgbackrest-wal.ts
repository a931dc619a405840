import {keyOf} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {readIndex} from './pgbackrest-index.ts'
import {archiveInfoOf, type BackupEntry, type BackupInfo} from './pgbackrest-info.ts'
import {Tally} from './tally.ts'
import {countSegments, historyOf, isWalSegment, segmentsBetween, segmentSizesFor, walDirectory} from './wal.ts'

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
  const archive = await findArchive(store, place, backup, info)
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
function rangeOf({walStart: start, walStop: stop, ...backup}: BackupEntry, info: BackupInfo): Range | string {
  if (start === undefined || stop === undefined) return 'backup.info does not say which WAL it needs'
  if (!isWalSegment(start) || !isWalSegment(stop)) return `its WAL (${start} to ${stop}) makes no sense`
  const own = commonSizes([{...backup, walStart: start, walStop: stop}])
  if (own.length === 0)
    return `its WAL makes no sense: ${backup.lsnStart} to ${backup.lsnStop} is not in ${start} to ${stop}`
  const sizes = own.length === 1 ? own : narrowed(own, backup.databaseID, info)
  try {
    const count = countSegments(start, stop, sizes[0] ?? 0)
    if (count > MAX_SEGMENTS) return `its WAL makes no sense: ${count} segments`
    return {start, stop, segmentBytes: sizes.length === 1 ? sizes[0] : undefined}
  } catch (fault) {
    if (fault instanceof RangeError) return `its WAL makes no sense: ${fault.message}`
    throw fault
  }
}

type WalOfBackup = Pick<BackupEntry, 'walStart' | 'walStop' | 'lsnStart' | 'lsnStop'>

/** All backups of a database have segments of one size. */
function narrowed(own: readonly number[], databaseID: number, {backups}: BackupInfo): readonly number[] {
  const all = [...backups.values()].filter(one => one !== undefined && one.databaseID === databaseID)
  const common = commonSizes(all.filter(one => one !== undefined)).filter(size => own.includes(size))
  return common.length === 0 ? own : common
}

/** The index names places in the WAL and the segments that hold them: so it tells how long a segment is. */
function commonSizes(backups: readonly WalOfBackup[]): readonly number[] {
  const pairs = backups.flatMap(({walStart, walStop, lsnStart, lsnStop}) => [
    [walStart, lsnStart] as const,
    [walStop, lsnStop] as const,
  ])
  const sizes = pairs.flatMap(([segment, lsn]) =>
    segment === undefined || lsn === undefined || !isWalSegment(segment) ? [] : [segmentSizesFor(segment, lsn)],
  )
  const [first = segmentSizesFor('0'.repeat(24), '0/0'), ...others] = sizes
  return first.filter(size => others.every(one => one.includes(size)))
}

async function findArchive(
  store: ObjectStore,
  {path, stanza, signal}: Place,
  {databaseID}: BackupEntry,
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
    else if (only.bytes === 0 || (!only.compressed && segmentBytes !== undefined && only.bytes !== segmentBytes))
      wrong.add(`${segment} (${only.bytes} bytes)`)
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

interface ArchivedSegment {
  readonly bytes: number
  readonly partial: boolean
  readonly compressed: boolean
}

/** `<segment>[.partial]-<checksum>` with or without the ending of a compression; `.backup` files are none. */
const archived = /\/([0-9A-F]{24})(\.partial)?-[0-9a-f]{40}(\.\w+)?$/

async function segmentsBelow(
  store: ObjectStore,
  prefix: string,
  {after, stop, signal}: {after: string; stop: string; signal: AbortSignal | undefined},
): Promise<Map<string, readonly ArchivedSegment[]>> {
  const segments = new Map<string, readonly ArchivedSegment[]>()
  for await (const {key, size} of store.list(prefix, {after, signal})) {
    const [, segment, partial, ending] = archived.exec(key) ?? []
    if (segment === undefined) continue
    if (segment > stop) break
    const one = {bytes: size, partial: partial !== undefined, compressed: ending !== undefined}
    segments.set(segment, [...(segments.get(segment) ?? []), one])
  }
  return segments
}
