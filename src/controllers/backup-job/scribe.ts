import {backupJobResource, type BackupJobStatus} from '../../api/index.ts'
import {getCondition} from '../../runtime/conditions.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import type {ReconcileContext} from '../../runtime/reconciler.ts'
import type {StatusWriter} from '../../runtime/status-writer.ts'
import type {Clock} from '../../time/clock.ts'
import {keyOf} from '../../kube/resources.ts'
import type {FullBackupJob} from './cache.ts'
import type {Observed} from './observed.ts'
import {nextStatus, worthWriting} from './report.ts'
import type {Report, StatusPatch} from './step.ts'
import {Unwritten} from './unwritten.ts'

/** An observed job whose object is whole, so that its status may be written, in the reconcile that does so. */
export type Writable = Omit<Observed, 'job'> & {readonly job: FullBackupJob; readonly context: ReconcileContext}

export interface ScribeDeps {
  readonly statusWriter: StatusWriter
  readonly recorder: EventRecorder
  readonly clock: Clock
}

/** Writes what is known into the status, and says it in events and in the log. */
export class Scribe {
  readonly #deps: ScribeDeps
  readonly #unwritten = new Unwritten()

  constructor(deps: ScribeDeps) {
    this.#deps = deps
  }

  /** The job with what is known of it and not written yet. */
  known<Job extends Pick<FullBackupJob, 'metadata' | 'status'>>(job: Job): Job {
    return this.#unwritten.known(keyOf(job), job)
  }

  /** How long until something that is known of the job has to be written, ms; undefined: nothing waits. */
  dueIn(key: string): number | undefined {
    return this.#unwritten.dueIn(key, this.#deps.clock.now())
  }

  /** The object does not exist any more. */
  forget(key: string): void {
    this.#unwritten.forget(key)
  }

  /**
   * Writes the status when it is worth it and cannot wait, and announces what changed.
   *
   * @param ends the report is the outcome of the job
   * @returns the object as it is then
   */
  async report(report: Report, o: Writable, ends = false): Promise<FullBackupJob> {
    const now = this.#deps.clock.now()
    const key = keyOf(o.job)
    const status = nextStatus(o.job, report, ends, now)
    const before = this.#unwritten.written(key, o.job)
    if (!worthWriting(before, status, now)) {
      this.#unwritten.forget(key)
      return o.job
    }
    if (!ends && this.#unwritten.withhold(key, o.job, status, report, now)) return o.job
    const {status: _known, ...object} = o.job
    const stored = before === undefined ? object : {...object, status: before}
    const events = [...this.#unwritten.events(key, o.job), ...(report.event === undefined ? [] : [report.event])]
    const written = await this.#deps.statusWriter.write(backupJobResource, stored, status, o.context.signal)
    this.#unwritten.forget(key)
    if (written === undefined) return o.job
    const from = getCondition(before?.conditions, 'Succeeded')?.reason
    if (from !== report.reason) o.context.log.info('the BackupJob changed', {from, to: report.reason})
    for (const event of events) this.#deps.recorder.event(o.job, {...event, action: o.job.spec.type})
    return written
  }

  /** What is learnt after the end; the outcome stays as it is. */
  async patchFinished(patch: StatusPatch, o: Writable): Promise<void> {
    const status = {...o.job.status, ...patch} as BackupJobStatus
    await this.#deps.statusWriter.write(backupJobResource, o.job, status, o.context.signal)
  }

  /** Now, as it is written into a status. */
  time(): string {
    return new Date(this.#deps.clock.now()).toISOString()
  }
}
