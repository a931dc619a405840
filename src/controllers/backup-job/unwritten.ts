import type {BackupJobStatus} from '../../api/backup-job.ts'
import {equalJson} from '../../runtime/equality.ts'
import type {Announcement, Report} from './step.ts'
import {PROGRESS_EVERY_MS} from './report.ts'

/** A state that lasts longer than this is no longer brief, ms. */
const BRIEF_MS = 2_000
/** Jobs that begin together take their time: for each of them that is at it, a state stays brief for so much longer, ms. */
const BRIEF_EACH_MS = 20
/** but never for longer than this in all. */
const BRIEF_MOST_MS = 30_000

/** A job, as far as its status is concerned. */
interface WithStatus {
  readonly metadata: {readonly uid?: string | undefined; readonly resourceVersion?: string | undefined}
  readonly status?: BackupJobStatus | undefined
}

interface Entry {
  /** of the object that shows `written` */
  readonly version: string | undefined
  readonly uid: string | undefined
  /** what is in the object */
  readonly written: BackupJobStatus | undefined
  /** what is known beyond it */
  readonly known: BackupJobStatus
  /** what has to be said once it is written */
  readonly events: readonly Announcement[]
  /** when it has to be written at the latest, ms of the wall clock */
  readonly dueAt: number
}

/**
 * What is known of jobs and not written yet, in memory only: most states of a job are over before anybody could read them, and a
 * write for each would be most of what the operator asks of the API server. After a crash all of it is read again. It outlives
 * changes of the object beside its status.
 */
export class Unwritten {
  readonly #entries = new Map<string, Entry>()
  /** keys of those that are due because a state was brief */
  readonly #brief = new Set<string>()

  /** The job as it is known: with what is not in its object yet. */
  known<Job extends WithStatus>(key: string, job: Job): Job {
    const entry = this.#of(key, job)
    return entry === undefined ? job : {...job, status: entry.known}
  }

  /** What is in the object of such a job. */
  written(key: string, job: WithStatus): BackupJobStatus | undefined {
    const entry = this.#of(key, job)
    return entry === undefined ? job.status : entry.written
  }

  /** What has to be said of such a job once it is written. */
  events(key: string, job: WithStatus): readonly Announcement[] {
    return this.#of(key, job)?.events ?? []
  }

  /** Keeps the status for later, if the report may wait. @returns whether it did; else it has to be written now */
  withhold(key: string, job: WithStatus, status: BackupJobStatus, {weight, event}: Report, now: number): boolean {
    if (weight === undefined) return false
    const entry = this.#of(key, job)
    const written = this.written(key, job)
    const latest = weight === 'Progress' ? progressDueAt(written, now) : now + this.#briefMs()
    const dueAt = Math.min(entry?.dueAt ?? Number.POSITIVE_INFINITY, latest)
    if (now >= dueAt) return false
    const {uid, resourceVersion: version} = job.metadata
    const events = [...(entry?.events ?? []), ...(event === undefined ? [] : [event])]
    this.#entries.set(key, {version, uid, written, known: status, events, dueAt})
    if (weight === 'Brief') this.#brief.add(key)
    return true
  }

  /** How long until something of this job has to be written, ms; undefined: nothing waits for its time. */
  dueIn(key: string, now: number): number | undefined {
    const left = (this.#entries.get(key)?.dueAt ?? now) - now
    return left > 0 ? left : undefined
  }

  forget(key: string): void {
    this.#entries.delete(key)
    this.#brief.delete(key)
  }

  #briefMs(): number {
    return Math.min(BRIEF_MOST_MS, BRIEF_MS + this.#brief.size * BRIEF_EACH_MS)
  }

  #of(key: string, {metadata: {uid, resourceVersion}, status}: WithStatus): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (entry.uid === uid && entry.version === resourceVersion) return entry
    if (entry.uid === uid && equalJson(status, entry.written)) {
      const moved = {...entry, version: resourceVersion}
      this.#entries.set(key, moved)
      return moved
    }
    this.forget(key)
    return undefined
  }
}

/** By when the job was written last; one that never was is written at once. */
function progressDueAt(written: BackupJobStatus | undefined, now: number): number {
  const last = Date.parse(written?.lastObservedTime ?? '')
  // A clock that went back must not put it off for ever.
  return Number.isNaN(last) || last > now ? now : last + PROGRESS_EVERY_MS
}
