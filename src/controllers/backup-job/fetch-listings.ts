import {unitToList} from '../../charms/listing-unit.ts'
import type {UnitView} from '../../charms/profile.ts'
import {applicationOf} from '../../juju/list-operations.ts'
import {idNumber, type TaskInfo} from '../../juju/tasks.ts'
import {readOnlyActions} from '../../juju/writes/described-session.ts'
import type {Clock} from '../../time/clock.ts'
import type {ActionReader} from '../juju-actions/action-reader.ts'
import type {ModelHandle} from '../juju-model/directory.ts'
import type {Observed, ReadingValues} from './observed.ts'
import {present} from './present.ts'

/** What asking the charm takes. */
interface ListingDeps {
  readonly clock: Clock
  readonly actions: ActionReader
}

/** Any unit can list; one that is well and not busy with our own backup answers soonest. */
export async function list(
  deps: ListingDeps,
  o: Observed,
  handle: ModelHandle,
  signal: AbortSignal,
): Promise<ReadingValues['after']> {
  const {profile, view} = present(o)
  const {listAction: action, listParameters: parameters, parseListing} = profile.backup
  const unit = unitToList(profile.backup, view.units, o.status.unit)
  return parseListing(await runReadOnly(deps, o, handle, {unit, action, parameters}, signal))
}

/** Together with who else made backups since the intent: the listing does not say which task a row is of. */
export async function listAfter(
  deps: ListingDeps,
  o: Observed,
  handle: ModelHandle,
  signal: AbortSignal,
): Promise<ReadingValues['after']> {
  const {intent, operationID} = o.status
  const listing = await list(deps, o, handle, signal)
  const {createAction} = present(o).profile.backup
  const since = idNumber(intent?.highestOperationID ?? '')
  const others = (await handle.allOperations(signal)).filter(
    one => idNumber(one.operationID) > since && one.operationID !== operationID,
  )
  const isAnother = ({receiver, action, status}: TaskInfo): boolean =>
    applicationOf(receiver) === o.job.spec.application && action === createAction && status !== 'cancelled'
  const tasks = others.flatMap(one => one.tasks).filter(isAnother)
  return {...listing, otherTasks: tasks.map(task => task.taskID)}
}

export async function readPrimary(
  deps: ListingDeps,
  o: Observed,
  handle: ModelHandle,
  signal: AbortSignal,
): Promise<string | undefined> {
  const {profile, view} = present(o)
  const {primaryAction} = profile.backup
  if (primaryAction === undefined) return undefined
  const unit = unitToList({listOn: 'Any'}, view.units, o.status.unit)
  const output = await runReadOnly(deps, o, handle, {unit, action: primaryAction}, signal)
  return profile.backup.parsePrimary(output)
}

interface Question {
  readonly unit: UnitView | undefined
  readonly action: string
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

function runReadOnly(
  deps: ListingDeps,
  o: Observed,
  handle: ModelHandle,
  {unit, action, parameters}: Question,
  signal: AbortSignal,
) {
  const {application} = o.job.spec
  if (!unit) throw new Error(`application ${application} has no unit that could run ${action} now`)
  const which = {model: handle.modelUUID, application, unit: unit.name, action, parameters}
  return deps.actions.read(
    readOnlyActions(handle.session, () => handle.snapshots.latest),
    which,
    deps.clock.now(),
    signal,
  )
}
