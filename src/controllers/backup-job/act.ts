import {backupJobResource, type BackupJobStatus} from '../../api/index.ts'
import {RUNNING_FINALIZER} from '../../api/meta.ts'
import {cancel} from '../../juju/writes/cancel.ts'
import {send} from '../../juju/writes/send.ts'
import {enqueue, type TaskMarks, type TaskTarget} from '../../juju/writes/tasks.ts'
import type {WriteIntent} from '../../juju/writes/write.ts'
import type {KubeClient, WriteGuard} from '../../kube/client.ts'
import {isConflict, isInvalid, isNotFound} from '../../kube/errors.ts'
import {getCondition} from '../../runtime/conditions.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import {addFinalizer, removeFinalizer} from '../../runtime/finalizers.ts'
import {done, requeueAfter, type ReconcileContext, type Result} from '../../runtime/reconciler.ts'
import type {StatusWriter} from '../../runtime/status-writer.ts'
import type {Clock} from '../../time/clock.ts'
import type {ModelHandle} from '../juju-model/directory.ts'
import type {CachedBackupJob, FullBackupJob} from './cache.ts'
import {Cancels} from './cancels.ts'
import {fetches, type FetchDeps} from './fetch.ts'
import type {Followers} from './followers.ts'
import type {Grants} from './grants.ts'
import type {Observed} from './observed.ts'
import type {Readings} from './readings.ts'
import {passesByItself} from './refusals.ts'
import {nextStatus, worthWriting} from './report.ts'
import {afterEnqueue, cancelRefused, cancelWithoutClaim, refusedPauseMs} from './rules/outcome.ts'
import {isFinished, taskIsOver} from './rules/state.ts'
import type {Announcement, EnqueuePlan, Report, Step, StatusPatch, Wait} from './step.ts'
import type {Sources} from './gather.ts'
import {textsOf, writeIntentOf} from './write-intent.ts'

/** Told when a finalizer was given up without having seen the end of the work. */
export interface BackupJobMetrics {
  finalizerLost(): void
}

export interface ActorDeps extends FetchDeps {
  readonly client: KubeClient
  /** asked right before each effect in Juju: only the leader may have one */
  readonly guard: WriteGuard
  readonly statusWriter: StatusWriter
  readonly recorder: EventRecorder
  readonly grants: Grants
  readonly readings: Readings
  readonly models: Sources['models']
  readonly followers: Followers
  readonly clock: Clock
  readonly metrics: BackupJobMetrics
}

/** A step that does something. */
export type Effective = Exclude<Step, {do: 'nothing'}>

/** An observed job whose object is whole, so that its status may be written, in the reconcile that does so. */
export type Writable = Omit<Observed, 'job'> & {readonly job: FullBackupJob; readonly context: ReconcileContext}

/** Carries out a step: at most one effect in Juju, its intent written first, and one report. */
export class Actor {
  readonly #deps: ActorDeps
  readonly #cancels = new Cancels()

  constructor(deps: ActorDeps) {
    this.#deps = deps
  }

  cancelSent(key: string, job: CachedBackupJob): boolean {
    return this.#cancels.has(key, job)
  }

  /** A finished job whose task goes on in Juju. */
  leavesWork(job: CachedBackupJob): boolean {
    const status = job.status
    const held = job.metadata.finalizers?.includes(RUNNING_FINALIZER) ?? false
    return held && status?.operationID !== undefined && !taskIsOver(status)
  }

  /** The object does not exist any more. */
  gone(key: string): void {
    this.#deps.readings.forget(key)
    this.#deps.followers.leave(key)
    this.#cancels.forget(key)
  }

  /** Nothing to do: a finished job leaves the queue, another one has at least been heard. */
  rest(o: Observed, step: Extract<Step, {do: 'nothing'}>): Result {
    if (isFinished(o.status)) {
      this.#deps.readings.forget(keyOf(o))
      this.#deps.grants.leave(o.job)
    } else this.#deps.grants.spoke(o.job)
    return step.afterMs === undefined ? done : requeueAfter(step.afterMs)
  }

  async perform(key: string, step: Effective, o: Writable): Promise<Result> {
    if (step.do !== 'ask') this.#deps.grants.spoke(o.job)
    switch (step.do) {
      case 'wait':
        return this.#wait(key, step, o)
      case 'read':
        return this.#read(key, step, o)
      case 'ask':
        return this.#ask(o)
      case 'enqueue':
        return this.#enqueue(key, step.plan, step.report, o)
      case 'cancel':
        return this.#cancel(key, step.taskID, step.report, o)
      case 'finish':
        return this.#finish(key, step.report, o)
      case 'release':
        return this.#release(key, step, o)
      case 'delete':
        return this.#delete(step.because, o)
    }
  }

  async #wait(key: string, step: Wait, o: Writable): Promise<Result> {
    if (step.report.patch && 'intent' in step.report.patch) this.#deps.readings.forget(key)
    await this.#report(step.report, o, false)
    return step.afterMs === undefined ? done : requeueAfter(step.afterMs)
  }

  async #read(key: string, step: Extract<Step, {do: 'read'}>, o: Writable): Promise<Result> {
    const handle = this.#handle(o)
    if (handle) {
      const fetch = fetches(this.#deps, o, handle)
      for (const name of step.readings) {
        if (o.readings[name].state === 'ready') this.#deps.readings.forget(key, name)
        this.#deps.readings.start(key, name, fetch[name])
      }
    }
    await this.#report(step.report, o, false)
    const failed = Object.values(this.#deps.readings.view(key)).filter(reading => reading.state === 'failed')
    if (failed.length === 0) return done
    return requeueAfter(Math.max(0, Math.min(...failed.map(reading => reading.retryAt)) - this.#deps.clock.now()))
  }

  /** The finalizer is there before the grant is, so that no granted job can vanish. */
  async #ask(o: Writable): Promise<Result> {
    const handle = this.#handle(o)
    if (!handle) return requeueAfter(1000)
    const verdict = this.#deps.grants.request(o.job, handle)
    if (!verdict.granted) {
      const queue = {position: verdict.position, holder: verdict.holder}
      await this.#report({reason: 'Queued', message: verdict.message, patch: {queue}}, o, false)
      return done
    }
    try {
      const job = await addFinalizer(this.#deps.client, backupJobResource, o.job, RUNNING_FINALIZER, {
        signal: o.context.signal,
      })
      const patch = {grantedAt: this.#time(), retryTime: undefined, queue: undefined}
      const message = `${o.job.spec.application} is free; preparing the backup.`
      await this.#report({reason: 'Preparing', message, patch}, {...o, job}, false)
      return requeueAfter(0)
    } catch (error) {
      // After a lost reply the grant may be in the object: it counts until the next look at this job tells.
      if (isInvalid(error) || isNotFound(error)) this.#deps.grants.giveBack(o.job)
      throw error
    }
  }

  /**
   * Enqueues the action, at most once per intent. The intent is in the status before the call; if the reply is lost, the next
   * reconcile looks the operation up by that intent before anything is sent again.
   */
  async #enqueue(key: string, plan: EnqueuePlan, report: Report, o: Writable): Promise<Result> {
    const handle = this.#handle(o)
    if (!handle) return requeueAfter(1000)
    if (!(await handle.checkClaim(o.context.signal)).ok) {
      // The facts are read again; they say whose model it is now.
      this.#deps.readings.forget(key, 'enqueueFacts')
      return requeueAfter(1000)
    }
    const {unit, action, parameters, ...marks} = plan
    const intent = {unit, action, parameters: textsOf(parameters), time: this.#time(), ...marks}
    const attempt = (o.status.attempt ?? 0) + 1
    const facts: StatusPatch = {
      intent,
      unit,
      attempt,
      retryTime: undefined,
      startTime: undefined,
      completionTime: undefined,
      log: undefined,
      lastMessage: undefined,
    }
    const job = await this.#report({...report, patch: {...report.patch, ...facts}}, o, false)
    this.#deps.readings.forget(key)
    const target = {unit, action, parameters}
    return this.#send(key, {...writeIntentOf(intent, o.callTimeoutMs), target}, {...o, job}, handle)
  }

  async #send(
    key: string,
    intent: WriteIntent<TaskTarget, TaskMarks>,
    o: Writable,
    handle: ModelHandle,
  ): Promise<Result> {
    const {clock, guard} = this.#deps
    guard.assertMayWrite()
    const sent = await send(handle.session, enqueue, intent, {clock, signal: o.context.signal})
    if (sent.kind === 'Uncertain') throw sent.error
    const {unit, action} = intent.target
    if (sent.kind === 'Done') {
      const {operationID, taskID} = sent.result
      o.context.log.info('enqueued in Juju', {action, unit, operationID, taskID})
    }
    if (sent.kind === 'Refused') o.context.log.warn('Juju refused an action', {code: sent.error.code, action})
    const answered = {...o, status: o.job.status ?? o.status, now: clock.now()}
    return this.perform(key, afterEnqueue(answered, intent.target, sent), answered)
  }

  async #cancel(key: string, taskID: string, report: Report, o: Writable): Promise<Result> {
    const handle = this.#handle(o)
    if (!handle) return requeueAfter(1000)
    const claim = await handle.checkClaim(o.context.signal)
    if (!claim.ok) return this.#wait(key, cancelWithoutClaim(taskID, claim.owner), o)
    const job = await this.#report(report, o, false)
    this.#deps.guard.assertMayWrite()
    const {clock} = this.#deps
    const intent = {target: {taskID}, before: {}, time: clock.now(), callTimeoutMs: o.callTimeoutMs}
    const sent = await send(handle.session, cancel, intent, {clock, signal: o.context.signal})
    // The task itself shows what came of a cancel that was not answered; asking for it again does no harm.
    if (sent.kind === 'Uncertain') throw sent.error
    if (sent.kind === 'NotSent') return requeueAfter(1000)
    // It is asked for again, at the latest then; the next snapshot of the model may bring the job back before.
    if (sent.kind === 'Refused' && passesByItself(sent.error)) return requeueAfter(refusedPauseMs)
    this.#cancels.sent(key, {metadata: o.job.metadata, status: {taskID}})
    o.context.log.info('asked Juju to cancel a task', {taskID, accepted: sent.kind === 'Done'})
    handle.snapshots.refreshNow().catch(() => undefined)
    if (sent.kind === 'Done') return requeueAfter(1000)
    return this.#wait(key, cancelRefused(taskID, sent.error), {...o, job})
  }

  async #finish(key: string, report: Report, o: Writable): Promise<Result> {
    // Every end is an event: where no rule had better words, the reason and the message are the event.
    const event: Announcement = {type: 'Warning', reason: report.reason, note: report.message}
    await this.#report({event, ...report}, o, true)
    this.#deps.readings.forget(key)
    this.#deps.grants.leave(o.job)
    return requeueAfter(0)
  }

  async #release(key: string, step: Extract<Step, {do: 'release'}>, o: Writable): Promise<Result> {
    if (step.patch) await this.#patchFinished(step.patch, o)
    if (step.lost) {
      this.#deps.metrics.finalizerLost()
      o.context.log.warn('released a job whose work in Juju cannot be seen any more', {
        because: step.because,
        taskID: o.status.taskID,
      })
    }
    await removeFinalizer(this.#deps.client, backupJobResource, o.job, RUNNING_FINALIZER, {signal: o.context.signal})
    this.#deps.readings.forget(key)
    this.#deps.grants.leave(o.job)
    this.#deps.followers.leave(key)
    this.#cancels.forget(key)
    return done
  }

  /** What is learnt after the end; the outcome stays as it is. */
  async #patchFinished(patch: StatusPatch, o: Writable): Promise<void> {
    const status = {...o.job.status, ...patch} as BackupJobStatus
    await this.#deps.statusWriter.write(backupJobResource, o.job, status, o.context.signal)
  }

  async #delete(because: string, o: Writable): Promise<Result> {
    const {name, namespace, uid} = o.job.metadata
    try {
      await this.#deps.client.delete(
        backupJobResource,
        {name, namespace},
        {
          signal: o.context.signal,
          ...(uid === undefined ? {} : {uid}),
        },
      )
      o.context.log.info('deleted a finished job', {because})
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error
    }
    return done
  }

  /** Writes the status when it is worth it, and announces what changed. @returns the object as it is then */
  async #report(report: Report, o: Writable, ends: boolean): Promise<FullBackupJob> {
    const now = this.#deps.clock.now()
    const status = nextStatus(o.job, report, ends, now)
    if (!worthWriting(o.job.status, status, now)) return o.job
    const written = await this.#deps.statusWriter.write(backupJobResource, o.job, status, o.context.signal)
    if (written === undefined) return o.job
    const from = getCondition(o.job.status?.conditions, 'Succeeded')?.reason
    if (from !== report.reason) o.context.log.info('the BackupJob changed', {from, to: report.reason})
    if (report.event) this.#deps.recorder.event(o.job, {...report.event, action: 'Backup'})
    return written
  }

  #handle(o: Observed | Writable): ModelHandle | undefined {
    const lookup = this.#deps.models.lookup(o.job.metadata.namespace ?? '', o.job.spec?.modelRef?.name ?? '')
    return 'handle' in lookup ? lookup.handle : undefined
  }

  #time(): string {
    return new Date(this.#deps.clock.now()).toISOString()
  }
}

const keyOf = (o: Observed): string => `${o.job.metadata.namespace}/${o.job.metadata.name}`
