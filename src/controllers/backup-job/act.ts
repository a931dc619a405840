import {backupJobResource} from '../../api/index.ts'
import {RUNNING_FINALIZER} from '../../api/meta.ts'
import type {KubeClient} from '../../kube/client.ts'
import {isConflict, isInvalid, isNotFound} from '../../kube/errors.ts'
import {addFinalizer, removeFinalizer} from '../../runtime/finalizers.ts'
import {done, requeueAfter, type Result} from '../../runtime/reconciler.ts'
import type {ModelHandle} from '../juju-model/directory.ts'
import type {CachedBackupJob} from './cache.ts'
import {openHook} from './calls.ts'
import type {CancelledJob} from './cancels.ts'
import {fetches, type FetchDeps} from './fetch.ts'
import type {Followers} from './followers.ts'
import type {Grants} from './grants.ts'
import type {Observed} from './observed.ts'
import type {Readings} from './readings.ts'
import {JujuEffects, type AfterEffect} from './juju-effects.ts'
import {cancelSafetyBackup, createSafetyBackup} from './restore/safety-backup.ts'
import {isFinished, taskIsOver} from './rules/state.ts'
import {Scribe, type ScribeDeps, type Writable} from './scribe.ts'
import type {Announcement, Report, Step, Wait} from './step.ts'
import type {Sources} from './gather.ts'

/** Told when a finalizer was given up without having seen the end of the work. */
export interface BackupJobMetrics {
  finalizerLost(): void
}

export interface ActorDeps extends FetchDeps, ScribeDeps {
  readonly client: KubeClient
  readonly grants: Grants
  readonly readings: Readings
  readonly models: Sources['models']
  readonly followers: Followers
  readonly metrics: BackupJobMetrics
}

/** A reading that has failed is never started again sooner, ms: a due time that is over must not turn into a loop. */
const shortestPauseMs = 100

/** A step that does something. */
type Effective = Exclude<Step, {do: 'nothing'}>

/** Carries out a step: at most one effect in Juju, its intent written first, and one report. */
export class Actor {
  readonly #deps: ActorDeps
  readonly #scribe: Scribe
  readonly #effects: JujuEffects

  constructor(deps: ActorDeps) {
    this.#deps = deps
    this.#scribe = new Scribe(deps)
    this.#effects = new JujuEffects({...deps, scribe: this.#scribe})
  }

  cancelSent(key: string, job: CancelledJob): boolean {
    return this.#effects.cancelSent(key, job)
  }

  /** A finished job whose task, or whose last hook, goes on in Juju. */
  leavesWork(job: CachedBackupJob): boolean {
    const status = job.status
    const held = job.metadata.finalizers?.includes(RUNNING_FINALIZER) ?? false
    if (!held || status === undefined) return false
    return (status.operationID !== undefined && !taskIsOver(status)) || openHook(status)?.taskID !== undefined
  }

  /** The job with what is known of it and not written yet. */
  known(job: CachedBackupJob): CachedBackupJob {
    return this.#scribe.known(job)
  }

  /** How long until something that is known of the job has to be written, ms; undefined: nothing waits. */
  dueIn(key: string): number | undefined {
    return this.#scribe.dueIn(key)
  }

  /** The object does not exist any more. */
  gone(key: string): void {
    this.#scribe.forget(key)
    this.#deps.readings.forget(key)
    this.#deps.followers.leave(key)
    this.#effects.forget(key)
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
      case 'hook':
      case 'changeUnits':
      case 'cancel':
        return this.#effect(key, step, o)
      case 'createChild':
        return this.#createChild(step.name, step.report, o)
      case 'cancelChild':
        return this.#cancelChild(step.name, step.report, o)
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
    await this.#scribe.report(step.report, o)
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
    await this.#scribe.report(step.report, o)
    // Others may have failed and been given up: nobody will start them when they are due.
    const view = this.#deps.readings.view(key)
    const failed = step.readings.map(name => view[name]).filter(reading => reading.state === 'failed')
    if (failed.length === 0) return done
    const due = Math.min(...failed.map(reading => reading.retryAt)) - this.#deps.clock.now()
    return requeueAfter(Math.max(shortestPauseMs, due))
  }

  /**
   * The finalizer is there before the grant is, so that no granted job can vanish. The grant of a backup is written with its first
   * intent, or when that takes longer than a moment; until then the arbiter alone knows it. A restore has effects (its ledger)
   * before its first intent.
   */
  async #ask(o: Writable): Promise<Result> {
    const handle = this.#handle(o)
    if (!handle) return requeueAfter(1000)
    // A safety backup works under the grant of its restore.
    const verdict = o.lender === undefined ? this.#deps.grants.request(o.job, handle) : ({granted: true} as const)
    if (!verdict.granted) {
      const queue = {position: verdict.position, holder: verdict.holder}
      await this.#scribe.report({reason: 'Queued', message: verdict.message, patch: {queue}}, o)
      return done
    }
    try {
      const job = await addFinalizer(this.#deps.client, backupJobResource, o.job, RUNNING_FINALIZER, {
        signal: o.context.signal,
      })
      const patch = {grantedAt: this.#scribe.time(), retryTime: undefined, queue: undefined}
      const message = `${o.job.spec.application} is free; preparing the ${o.job.spec.type.toLowerCase()}.`
      const weight = o.job.spec.type === 'Backup' ? ({weight: 'Brief'} as const) : {}
      await this.#scribe.report({reason: 'Preparing', message, patch, ...weight}, {...o, job})
      return requeueAfter(0)
    } catch (error) {
      // After a lost reply the grant may be in the object: it counts until the next look at this job tells.
      if (isInvalid(error) || isNotFound(error)) this.#deps.grants.giveBack(o.job)
      throw error
    }
  }

  async #effect(
    key: string,
    step: Extract<Step, {do: 'enqueue' | 'hook' | 'changeUnits' | 'cancel'}>,
    o: Writable,
  ): Promise<Result> {
    const handle = this.#handle(o)
    if (!handle) return requeueAfter(1000)
    const after = await this.#carryOut(key, step, o, handle)
    return 'next' in after ? this.perform(key, after.next, after.o) : after
  }

  #carryOut(
    key: string,
    step: Extract<Step, {do: 'enqueue' | 'hook' | 'changeUnits' | 'cancel'}>,
    o: Writable,
    handle: ModelHandle,
  ): Promise<AfterEffect> {
    switch (step.do) {
      case 'enqueue':
        return this.#effects.enqueue(key, step.plan, step.report, o, handle)
      case 'hook':
        return this.#effects.hook(key, step.plan, step.report, o, handle)
      case 'changeUnits':
        return this.#effects.changeUnits(key, step.plan, step.report, o, handle)
      case 'cancel':
        return this.#effects.cancel(key, step.taskID, step.report, o, handle)
    }
  }

  /** Its name is in the status before, so that a crash cannot leave an object that nobody knows. */
  async #createChild(name: string, report: Report, o: Writable): Promise<Result> {
    const job = await this.#scribe.report(report, o)
    await createSafetyBackup(this.#deps.client, job, name, o.context.signal)
    return done
  }

  async #cancelChild(name: string, report: Report, o: Writable): Promise<Result> {
    const job = await this.#scribe.report(report, o)
    await cancelSafetyBackup(this.#deps.client, job, name, o.context.signal)
    return done
  }

  async #finish(key: string, report: Report, o: Writable): Promise<Result> {
    // Every end is an event: where no rule had better words, the reason and the message are the event.
    const event: Announcement = {type: 'Warning', reason: report.reason, note: report.message}
    await this.#scribe.report({event, ...report}, o, true)
    this.#deps.readings.forget(key)
    this.#deps.grants.leave(o.job)
    return requeueAfter(0)
  }

  async #release(key: string, step: Extract<Step, {do: 'release'}>, o: Writable): Promise<Result> {
    if (step.patch) await this.#scribe.patchFinished(step.patch, o)
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
    this.#effects.forget(key)
    return done
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

  #handle(o: Observed | Writable): ModelHandle | undefined {
    const lookup = this.#deps.models.lookup(o.job.metadata.namespace ?? '', o.job.spec?.modelRef?.name ?? '')
    return 'handle' in lookup ? lookup.handle : undefined
  }
}

const keyOf = (o: Observed): string => `${o.job.metadata.namespace}/${o.job.metadata.name}`
