import {backupJobResource, type BackupJobStatus} from '../../api/index.ts'
import {getCondition} from '../../runtime/conditions.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import type {ReconcileContext} from '../../runtime/reconciler.ts'
import type {StatusWriter} from '../../runtime/status-writer.ts'
import type {Clock} from '../../time/clock.ts'
import type {FullBackupJob} from './cache.ts'
import type {Observed} from './observed.ts'
import {nextStatus, worthWriting} from './report.ts'
import type {Report, StatusPatch} from './step.ts'

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

  constructor(deps: ScribeDeps) {
    this.#deps = deps
  }

  /**
   * Writes the status when it is worth it, and announces what changed.
   *
   * @param ends the report is the outcome of the job
   * @returns the object as it is then
   */
  async report(report: Report, o: Writable, ends = false): Promise<FullBackupJob> {
    const now = this.#deps.clock.now()
    const status = nextStatus(o.job, report, ends, now)
    if (!worthWriting(o.job.status, status, now)) return o.job
    const written = await this.#deps.statusWriter.write(backupJobResource, o.job, status, o.context.signal)
    if (written === undefined) return o.job
    const from = getCondition(o.job.status?.conditions, 'Succeeded')?.reason
    if (from !== report.reason) o.context.log.info('the BackupJob changed', {from, to: report.reason})
    if (report.event) this.#deps.recorder.event(o.job, {...report.event, action: o.job.spec.type})
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
