import {IN_USE_FINALIZER} from '../../api/meta.ts'
import {jujuModelResource, type JujuModel, type JujuModelStatus} from '../../api/juju-model.ts'
import type {KubeClient} from '../../kube/client.ts'
import {splitKey} from '../../kube/resources.ts'
import {getCondition} from '../../runtime/conditions.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import {addFinalizer, removeFinalizer} from '../../runtime/finalizers.ts'
import {done, type ReconcileContext, type Reconciler, requeueAfter, type Result} from '../../runtime/reconciler.ts'
import type {StatusWriter} from '../../runtime/status-writer.ts'
import type {Store} from '../../runtime/store.ts'
import type {Clock} from '../../time/clock.ts'
import {type SourceReader, sourceMaxAgeMs} from '../credentials/source-reader.ts'
import {decide} from './decide.ts'
import type {ObjectKey} from './directory.ts'
import {finalizerStep} from './in-use.ts'
import type {BackupInventory, KnownBackups} from './inventory.ts'
import {newsOfBackups} from './news.ts'
import {type ModelLink, secondsOf} from './link.ts'
import type {ModelLinks} from './links.ts'
import type {JujuModelMetrics} from './metrics.ts'
import type {Fault, Observed, Outcome, StepName} from './observed.ts'
import {type SeenModel, statusOf, worthWriting} from './report.ts'
import {readTarget, sourcesOf, type TargetResult} from './target.ts'

export interface JujuModelReconcilerDeps {
  readonly client: KubeClient
  readonly store: Store<JujuModel>
  readonly links: ModelLinks
  readonly sources: SourceReader
  readonly statusWriter: StatusWriter
  readonly recorder: EventRecorder
  /** whether a BackupJob in the cache has been granted this JujuModel, and its work in Juju is not over */
  readonly hasGrantedJobs: (model: ObjectKey) => boolean
  readonly inventory: BackupInventory
  /** who we are in Juju */
  readonly self: string
  readonly clock: Clock
  readonly metrics: JujuModelMetrics
}

/** A Secret that is missing is looked for more often than one that is there, in ms. */
const missingRecheckMs = 15_000

/** One JujuModel: gather -> decide -> act -> report. */
export class JujuModelReconciler implements Reconciler {
  readonly #deps: JujuModelReconcilerDeps
  /** the refused login after which the Secret was read again, by key */
  readonly #handledRefusals = new Map<string, Fault>()
  /** when Ready was written last, monotonic ms, by key */
  readonly #writtenAt = new Map<string, number>()

  constructor(deps: JujuModelReconcilerDeps) {
    this.#deps = deps
  }

  async reconcile(key: string, context: ReconcileContext): Promise<Result> {
    const {store, links} = this.#deps
    const invalid = store.invalid(key)
    const model = store.get(key) ?? (invalid?.object as JujuModel | undefined)
    if (model === undefined) return this.#gone(key)
    const link = links.linkOf(key, model, invalid === undefined)
    const problem = invalid === undefined ? undefined : `${invalid.path}: ${invalid.message}`
    const observed = await this.#gather(key, model, link, problem)
    const verdict = decide(observed)
    // What a session showed that is closed now is told all the same.
    const seen = this.#seen(key, observed.link)
    if (verdict.outcome !== undefined) links.publish(key, verdict.outcome)
    if (verdict.step !== undefined) this.#start(verdict.step, key, model, link)
    const current = await this.#keepFinalizer(observed, context)
    if (current !== undefined && verdict.outcome !== undefined)
      await this.#report(key, {...observed, model: current, seen}, verdict.outcome, context)
    return requeueAfter(verdict.againMs ?? (observed.target.ok ? sourceMaxAgeMs : missingRecheckMs))
  }

  /** An invalid spec can only be closed; nothing of it may be read. */
  #start(step: StepName, key: string, model: JujuModel, link: ModelLink): void {
    const {links} = this.#deps
    if (step === 'Close') {
      link.close()
      links.changed(key)
      return
    }
    const modelUUID = links.uuidOf(model)
    link.start(step, {model: model.spec.model, modelUUID, generation: model.metadata.generation ?? 0})
  }

  #gone(key: string): Result {
    this.#handledRefusals.delete(key)
    this.#writtenAt.delete(key)
    this.#deps.links.forget(key, this.#deps.hasGrantedJobs(asObjectKey(key)))
    return done
  }

  async #gather(key: string, model: JujuModel, link: ModelLink, invalid: string | undefined): Promise<Observed> {
    const {links, self} = this.#deps
    const target = invalid === undefined ? await this.#target(key, model, link) : ({ok: true} as const)
    return {
      model,
      invalid,
      self,
      held: links.isHeld(key) || this.#deps.hasGrantedJobs(asObjectKey(key)),
      target: target.ok ? {ok: true} : target,
      elder: invalid === undefined ? links.elderOf(key, model) : undefined,
      link: link.view,
    }
  }

  /** Credentials and CA, handed to the link when there are any. After a refused login they are read again at once. */
  async #target(key: string, model: JujuModel, link: ModelLink): Promise<TargetResult> {
    const {sources} = this.#deps
    const refusal = refusalOf(link)
    if (refusal !== undefined && refusal !== this.#handledRefusals.get(key)) {
      this.#handledRefusals.set(key, refusal)
      for (const source of sourcesOf(asObjectKey(key).namespace, model.spec.controller)) sources.invalidate(source)
    }
    const target = await readTarget(sources, asObjectKey(key), model.spec)
    if (target.ok) link.use(target.target)
    return target
  }

  /** @returns the JujuModel as it is then; undefined when it is gone */
  async #keepFinalizer(observed: Observed, {log, signal}: ReconcileContext): Promise<JujuModel | undefined> {
    const {client, metrics} = this.#deps
    const {model} = observed
    const step = finalizerStep(observed)
    if (step === undefined) return model
    if (step === 'add') return addFinalizer(client, jujuModelResource, model, IN_USE_FINALIZER, {signal})
    const left = await removeFinalizer(client, jujuModelResource, model, IN_USE_FINALIZER, {signal})
    if (step === 'release') {
      log.warn('let a JujuModel go that jobs still hold: Juju cannot be reached through it any more', {
        finalizer: IN_USE_FINALIZER,
      })
      metrics.finalizerReleased({namespace: model.metadata.namespace ?? '', name: model.metadata.name})
    }
    // The last finalizer of a deleted object takes the object with it.
    return left?.metadata.deletionTimestamp !== undefined && !left.metadata.finalizers?.length ? undefined : left
  }

  async #report(
    key: string,
    {model, link: view, seen}: Observed & {readonly seen: SeenModel | undefined},
    verdict: Outcome,
    context: ReconcileContext,
  ): Promise<void> {
    const {clock, statusWriter} = this.#deps
    const writtenAt = this.#writtenAt.get(key)
    const ageMs = writtenAt === undefined ? undefined : clock.monotonic() - writtenAt
    const outcome = worthWriting(model, verdict, ageMs, clock.now())
    const now = secondsOf(clock.now())
    const status = statusOf(model, outcome, view, seen, now)
    const written = await statusWriter.write<JujuModel>(jujuModelResource, model, status, context.signal)
    if (written === undefined && writtenAt !== undefined) return
    this.#writtenAt.set(key, clock.monotonic())
    if (written !== undefined) this.#announce(model, status, outcome, context)
  }

  #seen(key: string, {session, sessionUUID = ''}: Observed['link']): SeenModel | undefined {
    const {links, inventory} = this.#deps
    const status = session.kind === 'connected' ? links.snapshotOf(key)?.status : undefined
    if (status === undefined) return undefined
    // A report asks for each application several times, and must not tell two things of it.
    const known = new Map<string, KnownBackups>()
    const backupsOf = (application: string): KnownBackups => {
      const backups = known.get(application) ?? inventory.of(asObjectKey(key), sessionUUID, application)
      known.set(application, backups)
      return backups
    }
    return {status, backupsOf}
  }

  /** One log line and one event for each transition. */
  #announce(model: JujuModel, status: JujuModelStatus, outcome: Outcome, {log}: ReconcileContext): void {
    const {recorder} = this.#deps
    const {state, reason, message} = outcome
    const from = getCondition(model.status?.conditions, 'Ready')?.reason
    if (from !== reason) {
      log.info('the JujuModel changed', {from, to: reason})
      const type = state === 'Ready' ? 'Normal' : 'Warning'
      recorder.event(model, {type, reason, action: 'Connecting', note: message})
    }
    for (const {note, ...event} of newsOfBackups(model.status, status)) {
      log.info('the backups of a JujuModel changed', {reason: event.reason, outcome: note})
      recorder.event(model, {...event, note, action: 'Inventory'})
    }
  }
}

/** Why Juju did not let us in, if that is so. */
function refusalOf(link: ModelLink): Fault | undefined {
  const {session, resolution} = link.view
  const faults = [session.kind === 'lost' && session.fault, resolution.kind === 'failed' && resolution.fault]
  return faults.find((fault): fault is Fault => fault !== false && fault.reason === 'CredentialsRejected')
}

function asObjectKey(key: string): ObjectKey {
  const {namespace = '', name} = splitKey(key)
  return {namespace, name}
}
