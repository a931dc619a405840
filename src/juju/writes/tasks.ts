import {enqueue as sendEnqueue, type Enqueued} from '../actions.ts'
import {charmInfo, parameterDefaults} from '../charms.ts'
import type {CallOptions, Caller} from '../connection.ts'
import {exec as sendExec, type ExecRequest} from '../exec.ts'
import {applicationOf, listAllOperations, type OperationListing} from '../list-operations.ts'
import {matchIntent, untimelyMatches, type Intent} from '../match-intent.ts'
import type {Scalar} from '../parameters.ts'
import type {FullStatus} from '../status.ts'
import {idNumber, isFinished, type OperationInfo} from '../tasks.ts'
import {defineWrite, didNotHappen, happened, unknown, type Verdict, type Write, type WriteIntent} from './write.ts'

/** One action on one unit. */
export interface TaskTarget {
  /** unit name, never `application/leader`: the look-up has to know whom it reached */
  readonly unit: string
  readonly action: string
  /** only scalars: 4.x garbles anything else, so that it could not be found again */
  readonly parameters: Readonly<Record<string, Scalar>>
}

export interface TaskMarks {
  /** the highest operation id seen until then, as text; '' when there was none */
  readonly highestOperationID: string
}

/** All operations that Juju remembers, and what the charm's schema adds to parameters. */
export interface TasksSeen extends OperationListing {
  readonly defaults: Readonly<Record<string, unknown>>
  /** what the model's state says beside the operations; for the kinds that want it */
  readonly state?: ModelState | undefined
}

/** What a model's state proves of an effect: nothing of it happened, or that cannot be said. */
export type ModelState = 'Unchanged' | 'Unclear'

/** Reads whether the model is as it was before the intent; for each such action something else tells. */
export type ReadModelState = (
  caller: Caller,
  status: FullStatus | undefined,
  options?: CallOptions,
) => Promise<ModelState>

export type TaskWrite<Target> = Write<Target, TaskMarks, TasksSeen, Enqueued>

/** Juju forgets operations (336 h by default, earlier by size): after a day, not finding ours proves nothing any more. */
const proofExpiresMs = 24 * 3600_000
/** A listing that changed while it was read is read again after this time, ms. */
const readAgainMs = 5_000

/** An action that may run once more when no operation of it is found, as a backup: one too many does no harm to the data. */
export const enqueue: TaskWrite<TaskTarget> = enqueueWrite('enqueue')

/**
 * An action that must not run twice, as a restore or a promotion: that no operation is found does not suffice, the model's
 * state has to prove that nothing happened.
 */
export function enqueueGuarded(readState: ReadModelState): TaskWrite<TaskTarget> {
  return enqueueWrite('enqueue, guarded by the state of the model', readState)
}

/** A command on a unit. It may do anything, so that without `readState` an absent operation proves nothing. */
export function exec(readState: ReadModelState = unclear): TaskWrite<ExecRequest> {
  return defineWrite({
    ...taskWrite('exec', readState, execTask),
    send: async (caller: Caller, request: ExecRequest, options?: CallOptions) =>
      sendExec(caller, toOneUnit(request), options),
  })
}

const unclear: ReadModelState = () => Promise.resolve('Unclear')

function enqueueWrite(name: string, readState?: ReadModelState): TaskWrite<TaskTarget> {
  return defineWrite({
    ...taskWrite(name, readState, (target: TaskTarget) => target),
    send: async (caller: Caller, target: TaskTarget, options?: CallOptions) =>
      sendEnqueue(caller, toOneUnit(target), options),
  })
}

/** @throws RangeError for `application/leader`: whom it reached could not be looked up. Nothing is sent then */
function toOneUnit<Target extends {readonly unit: string}>(target: Target): Target {
  if (target.unit.endsWith('/leader')) throw new RangeError(`name the unit instead of ${target.unit}`)
  return target
}

/**
 * What has to be known before any of these writes; the same for every unit and action. All operations are read for the one id:
 * 4.x sorts ids as text, so that the highest may be on any page, and a mark that is too low could make somebody's earlier task
 * ours.
 */
async function readMarks(caller: Caller, options?: CallOptions): Promise<TaskMarks> {
  return marksOf((await listAllOperations(caller, options)).operations)
}

/** The same, of all operations by rising id. */
export function marksOf(operations: readonly OperationInfo[]): TaskMarks {
  return {highestOperationID: operations.at(-1)?.operationID ?? ''}
}

/** Juju records a command as a task of this action; 3.x notes that it is not for the workload's container. */
function execTask({unit, command, timeoutMs}: ExecRequest): TaskTarget {
  return {unit, action: execTaskName, parameters: {command, timeout: timeoutMs * 1_000_000}}
}

const execTaskName = 'juju-exec'
const execDefaults = {'workload-context': false}

function taskWrite<Target>(
  name: string,
  readState: ReadModelState | undefined,
  taskOf: (target: Target) => TaskTarget,
): Omit<TaskWrite<Target>, 'send'> {
  return {
    name,
    repeat: 'WhenProved',
    application: target => applicationOf(taskOf(target).unit),
    before: (caller, _target, options) => readMarks(caller, options),
    read: async (caller, intent, status, options) => {
      const state = await readState?.(caller, status, options)
      const defaults = await defaultsOf(caller, taskOf(intent.target), status, options)
      return {...(await listAllOperations(caller, options)), defaults, state}
    },
    proves: (intent, seen, readAt) => {
      const wanted = {...intent, target: taskOf(intent.target)}
      const verdict = provedByOperations(wanted, seen, readAt)
      if (verdict.kind !== 'DidNotHappen' || readState === undefined || seen.state === 'Unchanged') return verdict
      return unknown('Juju shows no operation of it, but the state of the model does not prove that nothing happened')
    },
  }
}

/** Of an application that was removed meanwhile the operations are still there; its charm may not be. */
async function defaultsOf(
  caller: Caller,
  {unit, action}: TaskTarget,
  status: FullStatus | undefined,
  options: CallOptions | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  if (action === execTaskName) return execDefaults
  const url = status?.applications.get(applicationOf(unit))?.charmURL
  const spec = url === undefined ? undefined : (await charmInfo(caller, url, options)).actions.get(action)
  return spec === undefined ? {} : parameterDefaults(spec)
}

function provedByOperations(
  intent: WriteIntent<TaskTarget, TaskMarks>,
  {operations, settled, defaults}: TasksSeen,
  readAt: number,
): Verdict<Enqueued> {
  const wanted = wantedOf(intent)
  const match = matchIntent(operations, wanted, defaults)
  if (match.kind === 'several') return {kind: 'Ambiguous', ids: match.ids}
  if (!settled) return {kind: 'NotYet', until: readAt + readAgainMs}
  if (match.kind === 'one') {
    const {operation, task} = match
    return happened({
      operationID: operation.operationID,
      taskID: task.taskID,
      unit: task.receiver,
      enqueued: task.enqueued ?? operation.enqueued,
    })
  }
  const untimely = untimelyMatches(operations, wanted, defaults)
  if (untimely.length > 0)
    return unknown(`operation ${untimely.join(', ')} would be it, but is older than the intent by Juju's clock`)
  return mayBeForgotten(intent, operations, readAt)
    ? unknown('Juju shows no operation of it, but may have forgotten it')
    : didNotHappen
}

function wantedOf({target, before, time, controllerTime}: WriteIntent<TaskTarget, TaskMarks>): Intent {
  const parameters = Object.entries(target.parameters).map(([key, value]) => [key, String(value)])
  return {
    ...target,
    ...before,
    parameters: Object.fromEntries(parameters) as Record<string, string>,
    controllerTime: controllerTime ?? new Date(time).toISOString(),
  }
}

/** The oldest operations are forgotten first: as long as a finished one from before the intent is there, ours would be too. */
function mayBeForgotten(
  {time, before}: WriteIntent<TaskTarget, TaskMarks>,
  operations: readonly OperationInfo[],
  readAt: number,
): boolean {
  if (readAt - time > proofExpiresMs) return true
  const mark = idNumber(before.highestOperationID)
  const isWitness = ({operationID, tasks}: OperationInfo): boolean =>
    idNumber(operationID) <= mark && tasks.length > 0 && tasks.every(task => isFinished(task.status))
  return mark >= 0 && !operations.some(isWitness)
}
