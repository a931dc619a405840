import {backupScheduleResource, type BackupSchedule, type BackupScheduleStatus} from '../../api/backup-schedule.ts'
import {CalendarMemo} from '../../calendar/index.ts'
import {NotLeader} from '../../kube/errors.ts'
import {keyOf} from '../../kube/resources.ts'
import type {Logger} from '../../observability/log.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import {done, type ReconcileContext, type Reconciler, requeueAfter, type Result} from '../../runtime/reconciler.ts'
import type {StatusWriter} from '../../runtime/status-writer.ts'
import type {Urgency} from '../../runtime/urgency.ts'
import type {Clock} from '../../time/clock.ts'
import {applicationKeyOf} from '../backup-job/cache.ts'
import type {Announcer} from './announce.ts'
import {childNameOf, type Occasion, timeOf} from './child.ts'
import type {Children} from './children.ts'
import {decide, type Decision} from './decide.ts'
import {gather, type GatherDeps} from './gather.ts'
import {beyondHistory} from './history.ts'
import type {ScheduleMetrics} from './metrics.ts'
import type {Observed} from './observed.ts'
import {invalidReport, statusOf} from './report.ts'
import type {Account} from './slots.ts'
import {isRefusal, type TemplateChecks} from './template-checks.ts'
import {watchOver} from './watch-over.ts'

export interface BackupScheduleReconcilerDeps extends GatherDeps {
  readonly children: Children
  readonly templates: TemplateChecks
  /** held while a due child is created */
  readonly urgency: Urgency
  readonly statusWriter: StatusWriter
  readonly announcer: Announcer
  readonly recorder: EventRecorder
  readonly clock: Clock
  readonly metrics: ScheduleMetrics
}

/** The cache shows a child that was created; if it does not for so long, the next look asks the API server, ms. */
const childSeenAfterMs = 2_000
/** Nothing waits for longer than this for its next look, ms. */
const longestWaitMs = 3_600_000
/** The wall clock drifts against timers: a look shortly before what is waited for evens that out, ms. */
const lookAheadMs = 30_000
/** What a due child sets off goes before what is said about it: its job is begun, which takes the API server about so long, ms. */
const startMs = 20

/** A child that this process has created. */
interface Created {
  /** of the schedule */
  readonly uid: string
  readonly name: string
  readonly occasion: Occasion
  /** ms since the epoch */
  readonly at: number
}

const at = (occasion: Occasion): number => ('slot' in occasion ? occasion.slot : occasion.at)

/** One BackupSchedule: gather -> decide -> act -> report. A due child is created before anything else is done. */
export class BackupScheduleReconciler implements Reconciler {
  readonly #deps: BackupScheduleReconcilerDeps
  readonly #memo = new CalendarMemo()
  /** the last child that was created for each schedule, until it is accounted for */
  readonly #created = new Map<string, Created>()

  constructor(deps: BackupScheduleReconcilerDeps) {
    this.#deps = deps
  }

  async reconcile(key: string, context: ReconcileContext): Promise<Result> {
    const {schedules, templates, urgency, clock} = this.#deps
    const invalid = schedules.invalid(key)
    const schedule = schedules.get(key) ?? (invalid?.object as BackupSchedule | undefined)
    if (schedule === undefined || schedule.metadata.deletionTimestamp !== undefined) return this.#gone(key)
    if (invalid !== undefined) {
      const report = invalidReport(schedule, `${invalid.path}: ${invalid.message}`, clock.now())
      await this.#write(schedule, report.status, [], context)
      return requeueAfter(pauseBefore(report.changesAt - clock.now()))
    }
    const created = this.#created.get(key)
    const observed = gather(this.#deps, schedule, {
      now: clock.now(),
      refused: templates.refusalOf(schedule),
      created: created?.uid === schedule.metadata.uid ? created : undefined,
      memo: this.#memo,
    })
    const decision = decide(observed)
    if (decision.create !== undefined) return await this.#create(observed, decision.create, context)
    if (decision.replace !== undefined) return await this.#replace(schedule, decision.replace, context)
    const aftermathMs = urgency.aftermathMs(startMs)
    if (aftermathMs > 0) return requeueAfter(aftermathMs)
    if (templates.isDue(schedule)) {
      const error = await templates.ask(schedule, context.signal)
      if (error !== undefined)
        context.log.warn('whether the template is taken is not known; it is asked again', {error})
      return requeueAfter(0)
    }
    return await this.#report(observed, decision, context)
  }

  #gone(key: string): Result {
    this.#created.delete(key)
    this.#deps.templates.forget(key)
    this.#deps.archives.forget(key)
    return done
  }

  /** The slot first: whatever waits for it, the status included, waits. */
  async #create(observed: Observed, occasion: Occasion, {signal, log}: ReconcileContext): Promise<Result> {
    const {templates, urgency, clock} = this.#deps
    const {schedule} = observed
    urgency.begin()
    try {
      const isNew = await this.#deps.children.create(schedule, occasion, signal)
      templates.taken(schedule)
      if (!isNew) return requeueAfter(0)
      const {uid = ''} = schedule.metadata
      const name = childNameOf(schedule.metadata, occasion)
      this.#created.set(keyOf(schedule), {uid, name, occasion, at: clock.now()})
      this.#tell(observed, occasion, log)
      return requeueAfter(childSeenAfterMs + urgency.aftermathMs(startMs))
    } catch (error) {
      if (!isRefusal(error)) throw error
      templates.refused(schedule, error)
      return requeueAfter(0)
    } finally {
      urgency.end()
    }
  }

  /** The new child is there: only now the one that waits before it gives way. */
  async #replace(
    {metadata: {namespace = ''}}: BackupSchedule,
    {name, bySlot}: {readonly name: string; readonly bySlot: number},
    {signal, log}: ReconcileContext,
  ): Promise<Result> {
    const isReplaced = await this.#deps.children.replace(namespace, name, bySlot, signal)
    if (isReplaced) log.info('a BackupJob gives way to that of a newer slot', {job: name, slot: timeOf(bySlot)})
    return requeueAfter(isReplaced ? childSeenAfterMs : 0)
  }

  #tell({schedule, jitterMs}: Observed, occasion: Occasion, log: Logger): void {
    const {clock, metrics} = this.#deps
    const job = childNameOf(schedule.metadata, occasion)
    log.info('a BackupJob was created', {job, slot: timeOf(at(occasion))})
    if ('slot' in occasion) metrics.slotStarted((clock.now() - occasion.slot - jitterMs) / 1000)
  }

  async #report(observed: Observed, decision: Decision, context: ReconcileContext): Promise<Result> {
    const watched = watchOver(observed)
    const status = statusOf(observed, decision, watched)
    await this.#write(observed.schedule, status, decision.accounts, context)
    this.#forgetCreated(observed.schedule, status)
    await this.#tidy(observed, context)
    const askAt = this.#deps.templates.againAt(observed.schedule)
    const wakeAt = Math.min(decision.wakeAt ?? Infinity, watched.changesAt, askAt ?? Infinity)
    return requeueAfter(pauseBefore(wakeAt - this.#deps.clock.now()))
  }

  #forgetCreated(schedule: BackupSchedule, {pattern, lastHandledRunNow}: BackupScheduleStatus): void {
    const created = this.#created.get(keyOf(schedule))
    if (created === undefined) return
    const {occasion} = created
    const isAccounted =
      'slot' in occasion
        ? occasion.slot <= Date.parse(pattern?.accountedUntil ?? '')
        : occasion.runNow === lastHandledRunNow
    if (isAccounted) this.#created.delete(keyOf(schedule))
  }

  /** Finished jobs beyond the limits go, by what the status said before: it says now what it knows of them. */
  async #tidy({schedule, children}: Observed, {signal, log}: ReconcileContext): Promise<void> {
    const {pattern, lastHandledRunNow} = schedule.status ?? {}
    if (pattern === undefined) return
    const {runNow, history} = schedule.spec
    const isOpen = runNow !== undefined && runNow !== lastHandledRunNow
    const {remove, note} = beyondHistory({
      schedule: schedule.metadata,
      children,
      ofApplication: job => this.#deps.jobs.byIndex('byApplication', applicationKeyOf(job)),
      history,
      accountedUntil: Date.parse(pattern.accountedUntil),
      openRunNow: isOpen ? childNameOf(schedule.metadata, {runNow, at: 0}) : undefined,
      isNamed: job => this.#deps.jobs.byIndex('openByParent', keyOf(job)).length > 0,
    })
    if (note === undefined) return
    try {
      for (const job of remove) await this.#deps.children.remove(job, signal)
    } catch (error) {
      // The slots of the schedule do not wait for that: the next look tries again.
      if (signal.aborted || error instanceof NotLeader) throw error
      return log.warn('finished BackupJobs beyond spec.history could not be removed', {count: remove.length, error})
    }
    log.info('finished BackupJobs were removed', {count: remove.length})
    this.#deps.recorder.event(schedule, {type: 'Normal', reason: 'HistoryTrimmed', action: 'Tidying', note})
  }

  async #write(
    schedule: BackupSchedule,
    status: BackupScheduleStatus,
    accounts: readonly Account[],
    {log, signal}: ReconcileContext,
  ): Promise<void> {
    const {statusWriter, announcer} = this.#deps
    const written = await statusWriter.write<BackupSchedule>(backupScheduleResource, schedule, status, signal)
    if (written !== undefined) announcer.announce(schedule, status, accounts, log)
  }
}

/** How long to wait for what comes in `leftMs`, which may be infinite. */
function pauseBefore(leftMs: number): number {
  if (leftMs <= 2 * lookAheadMs) return Math.max(0, Math.ceil(leftMs))
  return Math.min(leftMs - lookAheadMs, longestWaitMs)
}
