import {backupStorageResource, type BackupStorage} from '../../api/backup-storage.ts'
import {getCondition} from '../../runtime/conditions.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import {done, type ReconcileContext, type Reconciler, requeueAfter, type Result} from '../../runtime/reconciler.ts'
import type {StatusWriter} from '../../runtime/status-writer.ts'
import type {Store} from '../../runtime/store.ts'
import type {Clock} from '../../time/clock.ts'
import type {SourceReader} from '../credentials/source-reader.ts'
import {decide} from './decide.ts'
import type {Observed, Outcome} from './observed.ts'
import {statusOf} from './report.ts'
import {secondsOf, type StoreLink} from './store-link.ts'
import type {Stores} from './stores.ts'
import {readStoreTarget, storeSources} from './target.ts'

export interface BackupStorageReconcilerDeps {
  readonly store: Store<BackupStorage>
  readonly stores: Stores
  readonly sources: SourceReader
  readonly statusWriter: StatusWriter
  readonly recorder: EventRecorder
  readonly clock: Clock
}

/** One BackupStorage: gather -> decide -> act -> report. */
export class BackupStorageReconciler implements Reconciler {
  readonly #deps: BackupStorageReconcilerDeps
  /** the refusal after which the Secret was read again, by key */
  readonly #handledRefusals = new Map<string, object>()

  constructor(deps: BackupStorageReconcilerDeps) {
    this.#deps = deps
  }

  async reconcile(key: string, context: ReconcileContext): Promise<Result> {
    const {store, stores} = this.#deps
    const invalid = store.invalid(key)
    const storage = store.get(key) ?? (invalid?.object as BackupStorage | undefined)
    if (storage === undefined) return this.#gone(key)
    const link = stores.linkOf(key, storage)
    const problem = invalid === undefined ? undefined : `${invalid.path}: ${invalid.message}`
    const observed = await this.#gather(key, storage, link, problem)
    const verdict = decide(observed)
    if (!observed.target.ok || problem !== undefined) link.close()
    stores.publish(key, verdict.outcome, storage.metadata.generation)
    if (verdict.probe !== undefined) link.startProbe(verdict.probe)
    if (verdict.outcome !== undefined) await this.#report(observed, verdict.outcome, context)
    return requeueAfter(verdict.againMs)
  }

  #gone(key: string): Result {
    this.#handledRefusals.delete(key)
    this.#deps.stores.forget(key)
    return done
  }

  async #gather(key: string, storage: BackupStorage, link: StoreLink, invalid: string | undefined): Promise<Observed> {
    if (invalid !== undefined) return {storage, invalid, target: {ok: true}, probing: link.probing}
    this.#rereadAfterARefusal(key, storage, link)
    const target = await readStoreTarget(this.#deps.sources, storage.metadata.namespace ?? '', storage.spec)
    if (target.ok) link.use(target.target)
    return {storage, target: target.ok ? {ok: true} : target, probe: link.probe, probing: link.probing}
  }

  /** The keys may have been rotated in the store first. */
  #rereadAfterARefusal(key: string, {metadata, spec}: BackupStorage, link: StoreLink): void {
    const result = link.probe?.result
    if (result?.ok !== false || result.kind !== 'CredentialsRejected' || this.#handledRefusals.get(key) === result)
      return
    this.#handledRefusals.set(key, result)
    for (const source of storeSources(metadata.namespace ?? '', spec.s3)) this.#deps.sources.invalidate(source)
  }

  async #report({storage, probe}: Observed, outcome: Outcome, {log, signal}: ReconcileContext): Promise<void> {
    const {clock, statusWriter, recorder} = this.#deps
    const probedAt = probe && secondsOf(clock.now() - probe.ageMs)
    const status = statusOf(storage, outcome, probe, {now: secondsOf(clock.now()), probedAt})
    const written = await statusWriter.write<BackupStorage>(backupStorageResource, storage, status, signal)
    const from = getCondition(storage.status?.conditions, 'Ready')?.reason
    const {state, reason, message} = outcome
    if (written === undefined || from === reason) return
    log.info('the BackupStorage changed', {from, to: reason})
    recorder.event(storage, {type: state === 'Ready' ? 'Normal' : 'Warning', reason, action: 'Probing', note: message})
  }
}
