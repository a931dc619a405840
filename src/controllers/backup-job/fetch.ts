import type {BackupJob} from '../../api/backup-job.ts'
import type {BackupStorageSpec} from '../../api/backup-storage.ts'
import {look} from '../../juju/writes/look.ts'
import {marksOf} from '../../juju/writes/tasks.ts'
import type {WriteGuard} from '../../kube/client.ts'
import type {Clock} from '../../time/clock.ts'
import type {StorageDirectory} from '../backup-storage/directory.ts'
import type {ActionReader} from '../juju-actions/action-reader.ts'
import type {ModelHandle} from '../juju-model/directory.ts'
import type {CharmActions} from './charm-actions.ts'
import {list, listAfter, readPrimary} from './fetch-listings.ts'
import {lookIntoStore, readLeftovers, readReach} from './fetch-store.ts'
import {jujuHolders} from './juju-holders.ts'
import {activeCall} from './calls.ts'
import {enterRequest, findRequest, settleRequest} from './restore/ledger.ts'
import {lookForUnitChange} from './restore/unit-change.ts'
import {present} from './present.ts'
import {writeIntentOf, writeOf} from './write-intent.ts'
import type {
  ActionFacts,
  DestinationCheck,
  EnqueueFacts,
  Observed,
  ReadingName,
  ReadingValues,
  UnitFacts,
} from './observed.ts'

/** What readings need beside the job itself. */
export interface FetchDeps {
  readonly clock: Clock
  readonly actions: ActionReader
  readonly charms: CharmActions
  readonly storages: StorageDirectory
  /** asked right before each write: only the leader may write */
  readonly guard: WriteGuard
  /** tells which tasks in Juju are none of a stranger's */
  readonly grants: {ownTasks(job: BackupJob): ReadonlySet<string>}
  /** compares the integrator behind the application with the BackupStorage; without one only that there is an integrator */
  readonly checkDestination: (
    handle: ModelHandle,
    application: string,
    endpoint: string | undefined,
    spec: BackupStorageSpec | undefined,
    signal: AbortSignal,
  ) => Promise<DestinationCheck>
}

type Fetch<K extends ReadingName> = (signal: AbortSignal) => Promise<ReadingValues[K]>

/**
 * How each reading is made. They change nothing anywhere, or leave what is there already as it is (the ledger), so they may be
 * repeated at will.
 */
export function fetches(deps: FetchDeps, o: Observed, handle: ModelHandle): {readonly [K in ReadingName]: Fetch<K>} {
  return {
    look: async signal => void (await handle.snapshots.refreshNow(signal)),
    charm: signal => readCharm(deps, o, handle, signal),
    destination: signal => {
      const {profile} = present(o)
      return deps.checkDestination(
        handle,
        o.job.spec.application,
        profile.backup.storageEndpoint,
        storageSpec(deps, o),
        signal,
      )
    },
    before: signal => listBefore(deps, o, handle, signal),
    after: signal => listAfter(deps, o, handle, signal),
    primary: signal => readPrimary(deps, o, handle, signal),
    enqueueFacts: signal => readEnqueueFacts(deps, o, handle, signal),
    search: signal => search(deps, o, handle, signal),
    store: signal => lookIntoStore(deps, o, signal),
    reach: signal => readReach(deps, o, signal),
    leftovers: async signal => ({names: await readLeftovers(deps, o, signal)}),
    ledger: signal => findRequest(o, handle, signal),
    ledgerEntry: signal => enterRequest(o, handle, confirming(deps, signal)),
    ledgerOutcome: signal => settleRequest(o, handle, confirming(deps, signal)),
    unitFacts: signal => readUnitFacts(o, handle, signal),
    unitSearch: signal => searchUnitChange(deps, o, handle, signal),
  }
}

/** What a restore plans is about the units of this moment: those of the last look may be gone, or not alone any more. */
async function listBefore(
  deps: FetchDeps,
  o: Observed,
  handle: ModelHandle,
  signal: AbortSignal,
): Promise<ReadingValues['before']> {
  if (o.job.spec.type === 'Restore') await handle.snapshots.refreshNow(signal)
  return list(deps, o, handle, signal)
}

function storageSpec(deps: FetchDeps, o: Observed): BackupStorageSpec | undefined {
  const name = o.job.spec.storageRef?.name
  if (name === undefined) return undefined
  const found = deps.storages.lookup(o.job.metadata.namespace ?? '', name)
  if (!found.found) throw new Error(found.message)
  return found.spec
}

async function readCharm(
  {charms}: FetchDeps,
  o: Observed,
  handle: ModelHandle,
  signal: AbortSignal,
): Promise<ActionFacts> {
  if (o.application.state !== 'present') throw new Error('no status of the application yet')
  return charms.read(handle, o.application.view.charmURL, signal)
}

/** The last facts before the intent: a status of this moment, every operation of the application, and the owner of the model. */
async function readEnqueueFacts(
  deps: FetchDeps,
  o: Observed,
  handle: ModelHandle,
  signal: AbortSignal,
): Promise<EnqueueFacts> {
  const {application} = o.job.spec
  const [claim, snapshot, operations] = await Promise.all([
    handle.checkClaim(signal),
    handle.snapshots.refreshNow(signal),
    handle.allOperations(signal),
  ])
  const [foreign] = jujuHolders(snapshot, deps.grants.ownTasks(o.job)).filter(one => one.application === application)
  return {
    ...marksOf(operations),
    controllerTime: snapshot.controllerTime ?? new Date(snapshot.observedAt).toISOString(),
    claimedBy: claim.ok ? '' : claim.owner || 'nobody, as the claim could not be kept',
    foreign: foreign?.doing ?? '',
    ignorable: foreign?.taskID ?? '',
  }
}

/** What came of an enqueue whose reply was never seen. */
async function search(
  {clock}: FetchDeps,
  o: Observed,
  {session}: ModelHandle,
  signal: AbortSignal,
): Promise<ReadingValues['search']> {
  const call = activeCall(o.status)
  if (call === undefined) throw new Error('there is no intent to look for')
  return look(session, writeOf(o.job, call), writeIntentOf(call.intent, o.callTimeoutMs), {clock, signal})
}

const confirming = ({clock, guard}: FetchDeps, signal: AbortSignal) => ({
  clock,
  signal,
  assertMayWrite: () => guard.assertMayWrite(),
})

/** The last facts before units are changed: the units of this moment, and the owner of the model. */
async function readUnitFacts(o: Observed, handle: ModelHandle, signal: AbortSignal): Promise<UnitFacts> {
  const claim = await handle.checkClaim(signal)
  const snapshot = await handle.snapshots.refreshNow(signal)
  const application = snapshot.status.applications.get(o.job.spec.application)
  return {
    controllerTime: snapshot.controllerTime ?? new Date(snapshot.observedAt).toISOString(),
    claimedBy: claim.ok ? '' : claim.owner || 'nobody, as the claim could not be kept',
    alive: (application?.units ?? []).filter(({life}) => life === 'alive').map(({name}) => name),
    all: (application?.units ?? []).map(({name}) => name),
    scale: application?.scale,
  }
}

async function searchUnitChange(
  {clock}: FetchDeps,
  o: Observed,
  handle: ModelHandle,
  signal: AbortSignal,
): Promise<ReadingValues['unitSearch']> {
  const change = o.status.restore?.change
  if (change === undefined) throw new Error('there is no change of units to look for')
  const {application} = o.job.spec
  return lookForUnitChange(handle, change, {application, callTimeoutMs: o.callTimeoutMs, clock, signal})
}
