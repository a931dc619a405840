import {historyName, lsn, walName} from './wal.ts'

/** How a timeline came to be. */
export interface TimelineHistory {
  readonly timeline: number
  /** When its file was written, seconds since the epoch. */
  readonly seconds: number
  /** The file: a line for each timeline that it descends from. */
  readonly text: string
}

/** Where recovery left a timeline. */
export interface Branch {
  readonly parent: number
  /** The segment in which it ended; undefined: the last one that was archived. */
  readonly segment: number | undefined
  /** PostgreSQL's words for why it ended there. */
  readonly reason: string
}

/** The WAL of a repository in memory: its timelines, and up to where and when each was archived. */
export class MemoryArchive {
  /** The timeline on which the database writes. */
  timeline = 1
  readonly histories: TimelineHistory[] = []
  readonly #ends = new Map<number, {readonly segment: number; readonly ms: number}>()
  #next = 2
  #archived = 0

  /** The newest segment of the timeline on which the database writes. */
  get newest(): string {
    return walName(this.timeline, this.#next - 1)
  }

  /** The segments that a backup spans; one more follows them, since writing never stops. */
  reserve(count: number): {readonly first: number; readonly last: number} {
    const first = this.#next
    const last = first + count - 1
    this.#next = last + 2
    return {first, last}
  }

  /** The database fills another segment. */
  fill(): void {
    this.#next += 1
  }

  /** All that is full is archived. @param now ms since the epoch @returns the names of the segments, oldest first */
  catchUp(now: number): readonly string[] {
    const count = this.#next - 1 - this.#archived
    const names = Array.from({length: count}, (_, at) => walName(this.timeline, this.#archived + 1 + at))
    this.#archived = this.#next - 1
    if (count > 0) this.#ends.set(this.timeline, {segment: this.#archived, ms: now})
    return names
  }

  /** When the last segment of a timeline was archived, ms since the epoch; undefined: there is none. */
  endOf(timeline: number): number | undefined {
    return this.#ends.get(timeline)?.ms
  }

  /** The database goes on with a timeline of its own. @param now ms since the epoch */
  open({parent, segment, reason}: Branch, now: number): TimelineHistory {
    const at = segment ?? this.#ends.get(parent)?.segment ?? 1
    const before = this.histories.find(({timeline}) => timeline === parent)?.text
    const line = `${parent}\t${lsn(at, 0x50)}\t${reason}\n`
    const timeline = 1 + Math.max(1, ...this.histories.map(history => history.timeline))
    const history = {
      timeline,
      seconds: Math.floor(now / 1000),
      text: before === undefined ? line : `${before}\n${line}`,
    }
    this.histories.push(history)
    this.timeline = timeline
    this.#next = at + 1
    this.#archived = at - 1
    return history
  }
}

/** The key of a timeline's file below that of its cluster's archive. */
export const historyKey = ({timeline}: TimelineHistory): string => historyName(timeline)
