import {backupJobResource, type BackupJob} from '../../api/index.ts'
import type {KubeClient} from '../../kube/client.ts'
import {isNotFound} from '../../kube/errors.ts'
import {
  atRest,
  done,
  requeueAfter,
  type ReconcileContext,
  type Reconciler,
  type Result,
} from '../../runtime/reconciler.ts'
import type {Clock} from '../../time/clock.ts'
import {Actor, type ActorDeps} from './act.ts'
import {type CachedBackupJob, type FullBackupJob, isAtRest} from './cache.ts'
import {activeCall} from './calls.ts'
import type {CancelledJob} from './cancels.ts'
import {decide} from './decide.ts'
import {Followers} from './followers.ts'
import {gather, type Sources} from './gather.ts'
import type {Observed} from './observed.ts'
import {untilDeadline} from './rules/deadline.ts'
import {holdsGrant, isFinished} from './rules/state.ts'
import type {Step} from './step.ts'

/** Every job is looked at again now and then, whatever happens or does not. */
export const RESYNC_MS = 10 * 60_000

/** A backup that has not begun so long after its grant waits for something, ms. */
const soonMs = 20_000

export interface BackupJobReconcilerDeps extends Sources, Omit<ActorDeps, 'followers'> {
  readonly client: KubeClient
  readonly clock: Clock
}

/** One BackupJob, one step: gather -> decide -> act -> report. */
export class BackupJobReconciler implements Reconciler {
  readonly #deps: BackupJobReconcilerDeps
  readonly #followers: Followers
  readonly #actor: Actor

  constructor(deps: BackupJobReconcilerDeps) {
    this.#deps = deps
    this.#followers = new Followers(deps.models)
    this.#actor = new Actor({...deps, followers: this.#followers})
  }

  async reconcile(key: string, context: ReconcileContext): Promise<Result> {
    const stored = this.#deps.jobs.get(key)
    if (!stored || isAtRest(stored)) {
      this.#actor.gone(key)
      return atRest
    }
    const cached = this.#actor.known(stored)
    this.#keepAlive(key, cached)
    const observed = gather(
      this.#deps,
      key,
      cached,
      this.#deps.clock.now(),
      this.#actor.cancelSent(key, withActiveTask(cached)),
    )
    const step = decide(observed)
    context.log.debug('decided', {step: step.do, ...('report' in step ? {reason: step.report.reason} : {})})
    if (step.do === 'nothing') return this.#actor.rest(observed, step)
    const full = await this.#full(cached, step)
    if (!full) return done
    // What was decided on is the spec with its defaults, also where an API server has not filled them in.
    const job = {...full, spec: observed.job.spec}
    const result = await this.#actor.perform(key, step, {...observed, job, context})
    const next = result.requeueAfterMs === undefined ? atTheDeadline(observed) : result
    return soonest(next, this.#actor.dueIn(key), beginsWithin(cached, observed.now))
  }

  /** While the job holds its application, or its task is not over, the model's session and fast snapshots are kept. */
  #keepAlive(key: string, job: CachedBackupJob): void {
    const {status, metadata} = job
    const lookup = this.#deps.models.lookup(metadata.namespace ?? '', job.spec?.modelRef?.name ?? '')
    const handle = 'handle' in lookup ? lookup.handle : undefined
    const needed = holdsGrant(job) || (isFinished(status) && this.#actor.leavesWork(job))
    if (!needed) return this.#followers.leave(key)
    if (!handle) return
    const call = status === undefined ? undefined : activeCall(status)
    const {taskID, operationID} = call ?? status ?? {}
    const {namespace = ''} = metadata
    const waits = taskID !== undefined || beginsWithin(job, this.#deps.clock.now()) === undefined
    this.#followers.follow(key, {namespace, model: job.spec.modelRef.name, taskID, operationID, waits}, handle)
  }

  /** Writes need the whole object: a trimmed one is read first. */
  async #full(cached: CachedBackupJob, step: Step): Promise<FullBackupJob | undefined> {
    if (!cached.trimmed) return cached
    if (step.do === 'delete') return {...cached, trimmed: undefined} as unknown as FullBackupJob
    const {name, namespace} = cached.metadata
    try {
      return await this.#deps.client.get<BackupJob & {trimmed?: undefined}>(backupJobResource, {name, namespace})
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }
}

/** For how long a backup that has its grant, and nothing in Juju yet, is expected to begin by itself, ms; undefined: it is not. */
function beginsWithin({spec, status}: CachedBackupJob, now: number): number | undefined {
  if (spec?.type !== 'Backup' || status?.grantedAt === undefined || status.intent !== undefined) return undefined
  const leftMs = Date.parse(status.grantedAt) + soonMs - now
  return leftMs > 0 && leftMs <= soonMs ? leftMs : undefined
}

/** What a job waits for wakes it; its own deadlines are the one thing that nobody else does, so it is looked at then at the latest. */
function atTheDeadline(o: Observed): Result {
  const left = untilDeadline(o, o.now)
  return left < RESYNC_MS ? requeueAfter(left + 1) : done
}

/** A cancel is that of the call that is under way, of a hook or of the job itself. */
function withActiveTask({metadata, status}: CachedBackupJob): CancelledJob {
  const taskID = (status === undefined ? undefined : activeCall(status)?.taskID) ?? status?.taskID
  return {metadata, status: {taskID}}
}

/** @param dueMs other times at which the job has to be looked at again, where there are any */
function soonest(result: Result, ...dueMs: readonly (number | undefined)[]): Result {
  const all = [result.requeueAfterMs, ...dueMs].filter(one => one !== undefined)
  return all.length === 0 ? result : requeueAfter(Math.min(...all))
}
