import type {ObjectStore} from '../object-store.ts'
import {archivedSegments, isWhole, type ArchivedSegment} from './archived-segments.ts'
import {digitsOf} from './pgbackrest-archive.ts'
import {isSegmentOf, positionOf, segmentAt, walDirectory} from './wal.ts'

/** WAL segments of one timeline that follow each other without a gap; positions as `positionOf` counts them. */
export interface WalRun {
  readonly first: number
  readonly last: number
  /** when the last one was archived, ms since the epoch by the store's clock */
  readonly archivedAt: number
}

export interface RunsQuestion {
  /** Key of the archive's folder. */
  readonly archive: string
  readonly timeline: number
  readonly segmentBytes: number
  /** Positions from which somebody wants to replay; there is at least one. */
  readonly wanted: ReadonlySet<number>
  readonly signal: AbortSignal | undefined
}

/**
 * Joins the archived segments of a timeline to runs. The archive is read from the first wanted position on, page by page;
 * only the runs that have a wanted position in them are kept. A segment that is empty, cut short, or there more than once
 * ends a run: pgBackRest does not give it to anybody.
 *
 * @throws StorageError when the store cannot be read
 */
export async function readRuns(store: ObjectStore, question: RunsQuestion): Promise<readonly WalRun[]> {
  const {wanted, segmentBytes} = question
  const runs: WalRun[] = []
  let run: WalRun | undefined
  const keep = (): void => {
    if (run !== undefined && [...wanted].some(position => contains(run, position))) runs.push(run)
  }
  for await (const {name, archivedAt} of usableSegments(store, question)) {
    const position = positionOf(name, segmentBytes)
    if (run?.last !== position - 1) {
      keep()
      run = {first: position, last: position, archivedAt: archivedAt.getTime()}
    } else run = {first: run.first, last: position, archivedAt: archivedAt.getTime()}
  }
  keep()
  return runs
}

export function contains(run: WalRun | undefined, position: number): boolean {
  return run !== undefined && run.first <= position && position <= run.last
}

/** Those that pgBackRest would give, each once. */
async function* usableSegments(
  store: ObjectStore,
  {archive, timeline, segmentBytes, wanted, signal}: RunsQuestion,
): AsyncGenerator<ArchivedSegment, void> {
  const digits = digitsOf(timeline)
  const start = segmentAt(digits, Math.min(...wanted), segmentBytes)
  const after = `${archive}/${walDirectory(start)}/${start}`
  let current: ArchivedSegment | undefined
  for await (const segment of archivedSegments(store, `${archive}/${digits}`, {after, signal})) {
    if (segment.partial || !isSegmentOf(segment.name, segmentBytes)) continue
    if (segment.name === current?.name) {
      // The others of that name are of no use either.
      current = {...segment, bytes: 0}
      continue
    }
    if (current !== undefined && isWhole(current, segmentBytes)) yield current
    current = segment
  }
  if (current !== undefined && isWhole(current, segmentBytes)) yield current
}
