import type {BackupJob} from '../../api/backup-job.ts'
import type {JujuModel} from '../../api/juju-model.ts'
import type {UnitView} from '../../charms/profile.ts'
import {unitToList} from '../../charms/listing-unit.ts'
import {readOnlyActions} from '../../juju/writes/described-session.ts'
import {ConnectionLost} from '../../juju/errors.ts'
import type {UnitStatus} from '../../juju/status.ts'
import {splitKey} from '../../kube/resources.ts'
import type {Logger} from '../../observability/log.ts'
import {done, type Reconciler, type Result} from '../../runtime/reconciler.ts'
import type {Store} from '../../runtime/store.ts'
import {abortable} from '../../time/abortable.ts'
import type {Clock} from '../../time/clock.ts'
import {Deadline} from '../../time/deadline.ts'
import {passesByItself, wordsOf} from '../backup-job/refusals.ts'
import {profileOf} from '../backup-job/gather.ts'
import type {ActionReader} from '../juju-actions/action-reader.ts'
import type {ModelDirectory, ModelHandle} from '../juju-model/directory.ts'
import {databasesIn} from '../juju-model/inventory.ts'
import {isDue} from './due.ts'
import type {FairQueue} from './fair-queue.ts'
import type {Listings} from './listings.ts'

export interface InventoryReconcilerDeps {
  readonly models: ModelDirectory
  readonly modelStore: Store<JujuModel>
  /** with the index `grantedByModel` */
  readonly jobs: Store<BackupJob>
  readonly actions: Pick<ActionReader, 'read'>
  readonly listings: Listings
  readonly queue: FairQueue
  readonly clock: Clock
  readonly log: Logger
}

/** A unit that has not answered by then keeps the others waiting no longer, in ms; its task goes on, and is found by the next try. */
const patienceMs = 180_000

/** One JujuModel: queues the listings that are due. It is looked at with every snapshot of its model, so it needs no timers. */
export class InventoryReconciler implements Reconciler {
  readonly #deps: InventoryReconcilerDeps
  /** the model that a JujuModel stood for last, by the key of the JujuModel */
  readonly #uuids = new Map<string, string>()

  constructor(deps: InventoryReconcilerDeps) {
    this.#deps = deps
  }

  async reconcile(key: string): Promise<Result> {
    const {listings, queue} = this.#deps
    const handle = this.#handle(key)
    if (handle === undefined) {
      queue.drop(key)
      if (!this.#isThere(key)) this.#forget(key)
      return done
    }
    const seen = handle.snapshots.latest?.status
    if (seen === undefined) return done
    const names = databasesIn(seen).map(({name}) => name)
    this.#uuids.set(key, handle.modelUUID)
    listings.keep(handle.modelUUID, new Set(names))
    for (const name of names)
      if (this.#isDue(key, handle, name)) queue.add(key, name, signal => this.#list(key, name, signal))
    return done
  }

  /** Only where actions may be run, and the model is ours. */
  #handle(key: string): ModelHandle | undefined {
    const {namespace = '', name} = splitKey(key)
    const lookup = this.#deps.models.lookup(namespace, name)
    return lookup.found && lookup.ready && lookup.handle.access !== 'read' ? lookup.handle : undefined
  }

  #isThere(key: string): boolean {
    const {modelStore} = this.#deps
    return modelStore.get(key) !== undefined || modelStore.invalid(key) !== undefined
  }

  #forget(key: string): void {
    const uuid = this.#uuids.get(key)
    if (uuid !== undefined) this.#deps.listings.keep(uuid, new Set())
    this.#uuids.delete(key)
  }

  #isDue(key: string, {modelUUID, snapshots}: ModelHandle, application: string): boolean {
    const {listings, modelStore, jobs, clock} = this.#deps
    const databases = modelStore.get(key)?.status?.databases
    return isDue({
      known: listings.see(modelUUID, application),
      hasFigures: databases?.some(({name, backups}) => name === application && backups !== undefined) ?? false,
      granted: jobs.byIndex('grantedByModel', key).some(({spec}) => spec.application === application),
      units: snapshots.latest?.status.applications.get(application)?.units.length ?? 0,
      now: clock.monotonic(),
    })
  }

  /** Its turn may have come much later than it was queued: whether it is due is asked again. */
  async #list(key: string, application: string, signal: AbortSignal): Promise<void> {
    const handle = this.#handle(key)
    if (handle === undefined || !this.#isDue(key, handle, application)) return
    const {listings, log} = this.#deps
    const {modelUUID} = handle
    listings.try(modelUUID, application)
    try {
      await this.#read(handle, application, signal)
    } catch (error) {
      // A connection that is lost, or a Juju that refuses for now, says nothing of the list.
      if (signal.aborted || error instanceof ConnectionLost || passesByItself(error)) return
      if (listings.of(modelUUID, application)?.failure === undefined)
        log.warn('the backups of an application cannot be listed', {key, application, error})
      listings.fail(modelUUID, application, wordsOf(error))
    }
  }

  /** What is read reaches `Listings` through the ActionReader, like every other listing. */
  async #read(handle: ModelHandle, application: string, signal: AbortSignal): Promise<void> {
    const {actions, clock} = this.#deps
    const status = handle.snapshots.latest?.status.applications.get(application)
    const profile = status && profileOf(status)
    if (status === undefined || profile === undefined) return
    const {listAction: action, listParameters: parameters} = profile.backup
    const unit = unitToList(profile.backup, status.units.filter(({life}) => life === 'alive').map(viewOf))?.name
    if (unit === undefined) throw new Error(`no unit can run ${action} now`)
    const late = (): Error => new Error(`${unit} has not answered ${action} within ${patienceMs / 60_000} minutes`)
    const deadline = new Deadline(clock, patienceMs, signal, late)
    try {
      const session = readOnlyActions(handle.session, () => handle.snapshots.latest)
      const which = {model: handle.modelUUID, application, unit, action, parameters}
      await abortable(actions.read(session, which, clock.now(), deadline.signal), deadline.signal)
    } finally {
      deadline.clear()
    }
  }
}

const viewOf = ({name, workload, agent, leader}: UnitStatus): UnitView => ({
  name,
  workloadStatus: workload.status,
  workloadMessage: workload.message,
  agentStatus: agent.status,
  leader,
})
