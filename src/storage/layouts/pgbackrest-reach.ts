import {keyOf} from '../location.ts'
import type {ObjectStore} from '../object-store.ts'
import {findArchive, readBranches, type Branch} from './pgbackrest-archive.ts'
import type {BackupEntry, BackupInfo} from './pgbackrest-info.ts'
import {finishedBackups, readBackupInfo} from './pgbackrest-presence.ts'
import type {ReachQuestion, RecoverableMoments} from './reach.ts'
import {segmentSizesOf} from './segment-size.ts'
import {contains, readRuns, type WalRun} from './wal-runs.ts'
import {isBefore, parsePlace, positionOf, positionOfPlace, timelineOf, type WalPlace} from './wal.ts'

/** A finished backup, and what of the WAL has to be there for it. */
interface Base {
  readonly backupID: string
  /** seconds since the epoch */
  readonly stop: number
  readonly databaseID: number
  readonly timeline: number
  readonly segmentBytes: number
  /** positions of its own WAL segments */
  readonly from: number
  readonly to: number
  /** A timeline that left before this place does not go on from the backup. */
  readonly end: WalPlace
}

/**
 * Moments that backups in a pgBackRest repository can be replayed to; see `recoverableMoments`.
 *
 * @throws UnreadableIndex, StorageError
 */
export async function pgBackRestReach(
  store: ObjectStore,
  {path, stanza, backups, signal}: ReachQuestion & {readonly stanza: string},
): Promise<readonly RecoverableMoments[]> {
  const directory = keyOf(path, 'backup', stanza)
  const info = await readBackupInfo(store, directory, signal)
  if (info === undefined) return []
  const labels = backups.flatMap(({label}) => (label === undefined ? [] : [label]))
  const finished = await finishedBackups(store, directory, info, {labels, signal})
  const bases = backups.flatMap(({backupID, label}) => {
    const entry = label === undefined ? undefined : finished.get(label)
    return entry === undefined ? [] : (baseOf(backupID, entry, info) ?? [])
  })
  const moments: RecoverableMoments[] = []
  for (const [databaseID, own] of Map.groupBy(bases, base => base.databaseID)) {
    const archive = await findArchive(store, {path, stanza, signal}, databaseID, info)
    // Without an archive no backup is consistent.
    if (typeof archive === 'string') continue
    for (const [segmentBytes, alike] of Map.groupBy(own, base => base.segmentBytes)) {
      const paths = await readPaths(store, {archive: archive.directory, segmentBytes, bases: alike, signal})
      moments.push(...alike.flatMap(base => momentsOf(base, paths) ?? []))
    }
  }
  return moments
}

/** Undefined: the index says nothing about its WAL that makes sense. */
function baseOf(backupID: string, backup: BackupEntry, info: BackupInfo): Base | undefined {
  const {walStart, walStop, lsnStop, stop, databaseID} = backup
  const [segmentBytes, ...others] = segmentSizesOf(backup, info)
  const end = lsnStop === undefined ? undefined : parsePlace(lsnStop)
  if (walStart === undefined || walStop === undefined || end === undefined) return undefined
  if (segmentBytes === undefined || others.length > 0 || timelineOf(walStart) !== timelineOf(walStop)) return undefined
  const [from, to] = [positionOf(walStart, segmentBytes), positionOf(walStop, segmentBytes)]
  const timeline = Number.parseInt(timelineOf(walStart), 16)
  return from > to ? undefined : {backupID, stop, databaseID, timeline, segmentBytes, from, to, end}
}

/** The timelines that go on from some backups, and what is archived of them. */
interface Paths {
  readonly segmentBytes: number
  readonly runs: ReadonlyMap<number, readonly WalRun[]>
  /** by the timeline that they leave */
  readonly branches: ReadonlyMap<number, readonly Branch[]>
  /** by a timeline: when the newest segment was archived that can be reached from its beginning */
  readonly ends: Map<number, number | undefined>
}

async function readPaths(
  store: ObjectStore,
  {
    archive,
    segmentBytes,
    bases,
    signal,
  }: {archive: string; segmentBytes: number; bases: readonly Base[]; signal: AbortSignal | undefined},
): Promise<Paths> {
  const wanted = new Map<number, Set<number>>()
  const want = (timeline: number, position: number): void =>
    void wanted.set(timeline, (wanted.get(timeline) ?? new Set()).add(position))
  for (const {timeline, from} of bases) want(timeline, from)
  const after = Math.min(...wanted.keys())
  // A timeline is younger than its parent, so parents come first.
  const branches = (await readBranches(store, archive, {after, signal})).filter(({timeline, parent, at}) => {
    const reached = wanted.has(parent)
    if (reached) want(timeline, positionOfPlace(at, segmentBytes))
    return reached
  })
  const runs = new Map<number, readonly WalRun[]>()
  for (const [timeline, positions] of wanted)
    runs.set(timeline, await readRuns(store, {archive, timeline, segmentBytes, wanted: positions, signal}))
  const paths: Paths = {segmentBytes, runs, branches: Map.groupBy(branches, ({parent}) => parent), ends: new Map()}
  for (const {timeline, at} of branches.toReversed()) {
    const from = positionOfPlace(at, segmentBytes)
    paths.ends.set(timeline, lastArchived(paths, {timeline, from, since: at}))
  }
  return paths
}

/** Undefined: its own WAL has a gap, so it cannot be made consistent. */
function momentsOf({backupID, stop, timeline, from, to, end}: Base, paths: Paths): RecoverableMoments | undefined {
  const own = paths.runs.get(timeline)?.find(run => contains(run, from))
  if (own === undefined || own.last < to) return undefined
  const last = Math.max(stop * 1000, lastArchived(paths, {timeline, from, since: end}) ?? 0)
  return {backupID, first: rfc3339(stop * 1000), last: rfc3339(last)}
}

/**
 * When the newest segment was archived that can be reached from a position of a timeline, along it or along those that
 * leave it later, ms since the epoch.
 */
function lastArchived(
  paths: Paths,
  {timeline, from, since}: {timeline: number; from: number; since: WalPlace},
): number | undefined {
  const run = paths.runs.get(timeline)?.find(one => contains(one, from))
  const last = run?.last ?? from - 1
  const further = (paths.branches.get(timeline) ?? []).flatMap(({timeline: next, at}) => {
    // The segment in which it left is archived again as the first one of the new timeline.
    const reached = !isBefore(at, since) && positionOfPlace(at, paths.segmentBytes) - 1 <= last
    return reached ? (paths.ends.get(next) ?? []) : []
  })
  const times = run === undefined ? further : [run.archivedAt, ...further]
  return times.length === 0 ? undefined : Math.max(...times)
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString()
}
