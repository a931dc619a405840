import {
  backupScheduleResource,
  type BackupSchedule,
  type BackupScheduleStatus,
  type ScheduleRetention,
} from '../../api/backup-schedule.ts'
import {expiryOption} from '../../charms/expiry.ts'
import type {WriteGuard} from '../../kube/client.ts'
import {getCondition, removeCondition, setCondition} from '../../runtime/conditions.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import {done, type ReconcileContext, type Reconciler, requeueAfter, type Result} from '../../runtime/reconciler.ts'
import type {StatusWriter} from '../../runtime/status-writer.ts'
import type {Store} from '../../runtime/store.ts'
import type {Clock} from '../../time/clock.ts'
import {passesByItself, wordsOf} from '../backup-job/refusals.ts'
import type {ModelHandle} from '../juju-model/directory.ts'
import type {RetentionSaid} from './retention.ts'
import {lookForExpiry, sendExpiry} from './retention-effect.ts'
import type {RetentionGathering, RetentionStep} from './retention-gather.ts'

export interface RetentionReconcilerDeps {
  readonly schedules: Store<BackupSchedule>
  readonly gathering: RetentionGathering
  readonly statusWriter: StatusWriter
  readonly recorder: EventRecorder
  /** asked right before the effect: only the leader may have one */
  readonly guard: WriteGuard
  readonly callTimeoutMs: number
  /** the option was set: the other schedules of the model have to know */
  readonly onSet: (schedule: BackupSchedule) => void
  readonly clock: Clock
}

const minute = 60_000
/** What expires, and how the integrator is set, is looked at again after this, ms. */
const lookEveryMs = 60 * minute
/** What Juju refused for good is tried again after this, ms, and what may pass after the other. */
const refusedPauseMs = 15 * minute
const passingPauseMs = minute

/** What is written of one look; undefined `said`: what was said stays. */
interface Outcome {
  readonly said?: RetentionSaid | undefined
  readonly retention?: ScheduleRetention | undefined
  readonly expiring?: BackupScheduleStatus['expiring']
}

/**
 * The retention of one BackupSchedule: what would expire, or that the charm expires it. It has a worker of its own, one for all
 * schedules: two of them never set an integrator at once, and no slot waits for Juju.
 */
export class RetentionReconciler implements Reconciler {
  readonly #deps: RetentionReconcilerDeps

  constructor(deps: RetentionReconcilerDeps) {
    this.#deps = deps
  }

  async reconcile(key: string, context: ReconcileContext): Promise<Result> {
    const schedule = this.#deps.schedules.get(key)
    if (schedule === undefined || schedule.metadata.deletionTimestamp !== undefined) return done
    const pendingMs = await this.#settle(schedule, context)
    if (pendingMs !== undefined) return requeueAfter(pendingMs)
    if (schedule.spec.retention === undefined) {
      await this.#write(schedule, {retention: settled(schedule.status?.retention)}, context)
      return done
    }
    const step = await this.#deps.gathering.stepFor(schedule, context.signal)
    return step.do === 'Set' ? await this.#set(schedule, step, context) : await this.#say(schedule, step, context)
  }

  /** An intent without a known outcome is looked up before anything else. @returns ms until it can be known */
  async #settle(schedule: BackupSchedule, {signal, log}: ReconcileContext): Promise<number | undefined> {
    const {gathering, callTimeoutMs, clock} = this.#deps
    const intent = schedule.status?.retention?.intent
    const handle = intent && gathering.handleOf(schedule)
    if (intent === undefined) return undefined
    if (handle === undefined) return minute
    const verdict = await lookForExpiry(handle, intent, {callTimeoutMs, clock, signal})
    if (verdict.kind === 'NotYet') return Math.max(0, verdict.until - clock.now())
    // Whatever came of it: the option is read anew, and what it has to be is decided by that.
    log.info('a change of the retention was looked up', {application: intent.application, outcome: verdict.kind})
    return undefined
  }

  async #say(
    schedule: BackupSchedule,
    {said, retention, expiring, againMs = lookEveryMs}: RetentionStep & {do: 'Say'},
    context: ReconcileContext,
  ): Promise<Result> {
    await this.#write(schedule, {said, retention: retention ?? settled(schedule.status?.retention), expiring}, context)
    return requeueAfter(againMs)
  }

  async #set(schedule: BackupSchedule, step: RetentionStep & {do: 'Set'}, context: ReconcileContext): Promise<Result> {
    const {guard, callTimeoutMs, clock, gathering, onSet} = this.#deps
    const {handle, intent, retention} = step
    const claim = await handle.checkClaim(context.signal)
    if (!claim.ok)
      return await this.#waiting(schedule, `the model is claimed by ${claim.owner || 'nobody'} now`, context)
    const time = new Date(clock.now()).toISOString()
    const timed = {...intent, time}
    const begun = `setting ${expiryOption} of ${intent.application} to ${intent.days} (it ${step.why})`
    const said = {status: 'Unknown', reason: 'RetentionUncertain', message: begun} as const
    const written = await this.#write(schedule, {said, retention: {...retention, intent: timed}}, context)
    guard.assertMayWrite()
    const sent = await sendExpiry(handle, timed, {callTimeoutMs, clock, signal: context.signal})
    switch (sent.kind) {
      case 'Uncertain':
        throw sent.error
      case 'NotSent':
        return await this.#waiting(written, `nothing was sent, because ${sent.why}`, context)
      case 'Refused':
        return await this.#refused(written, handle, sent.error, context)
      case 'Done': {
        const note = `${expiryOption} of ${intent.application} is ${intent.days} now (it ${step.why})`
        context.log.info('the retention of an integrator was set', {application: intent.application, outcome: note})
        this.#deps.recorder.event(written, {type: 'Normal', reason: 'RetentionSet', action: 'Retention', note})
        const inForce = gathering.inForce(step)
        await this.#write(written, inForce, context)
        onSet(written)
        return requeueAfter(lookEveryMs)
      }
    }
  }

  async #refused(
    schedule: BackupSchedule,
    {modelName}: ModelHandle,
    error: Error,
    context: ReconcileContext,
  ): Promise<Result> {
    const words = wordsOf(error)
    if (passesByItself(error)) return await this.#waiting(schedule, `Juju cannot set the option now: ${words}`, context)
    const message = `Juju refused to set ${expiryOption} in ${modelName}: ${words}`
    const said = {status: 'False', reason: 'RetentionRefused', message} as const
    await this.#write(schedule, {said, retention: settled(schedule.status?.retention)}, context)
    return requeueAfter(refusedPauseMs)
  }

  async #waiting(schedule: BackupSchedule, message: string, context: ReconcileContext): Promise<Result> {
    const said = {status: 'Unknown', reason: 'RetentionWaiting', message} as const
    await this.#write(schedule, {said, retention: settled(schedule.status?.retention)}, context)
    return requeueAfter(passingPauseMs)
  }

  /** @returns the schedule as it is then */
  async #write(
    schedule: BackupSchedule,
    {said, retention, expiring}: Outcome,
    context: ReconcileContext,
  ): Promise<BackupSchedule> {
    const {statusWriter, clock} = this.#deps
    const {retention: _before, expiring: _shown, ...rest} = schedule.status ?? {observedGeneration: -1}
    const observedGeneration = schedule.metadata.generation
    const now = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`
    const conditions =
      schedule.spec.retention === undefined
        ? removeCondition(rest.conditions, 'Retention')
        : said === undefined
          ? rest.conditions
          : setCondition(rest.conditions, {type: 'Retention', ...said, observedGeneration}, now)
    const status: BackupScheduleStatus = {
      ...rest,
      ...(conditions === undefined ? {} : {conditions}),
      ...(retention === undefined ? {} : {retention}),
      ...(expiring === undefined || expiring.length === 0 ? {} : {expiring}),
    }
    const written = await statusWriter.write<BackupSchedule>(backupScheduleResource, schedule, status, context.signal)
    if (written !== undefined) this.#announce(schedule, said, context)
    return written ?? schedule
  }

  #announce(before: BackupSchedule, said: RetentionSaid | undefined, {log}: ReconcileContext): void {
    const from = getCondition(before.status?.conditions, 'Retention')?.reason
    if (said === undefined || said.reason === from || said.reason === 'RetentionUncertain') return
    const {status, reason, message: note} = said
    log.info('the retention of a BackupSchedule changed', {from, to: reason})
    this.#deps.recorder.event(before, {
      type: status === 'False' ? 'Warning' : 'Normal',
      reason,
      action: 'Retention',
      note,
    })
  }
}

/** Without an intent: its outcome is known, or it will be decided anew. */
function settled(retention: ScheduleRetention | undefined): ScheduleRetention | undefined {
  if (retention === undefined) return undefined
  const {intent: _settled, ...rest} = retention
  return rest
}
