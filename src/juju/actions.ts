import {concealing, textsIn} from './conceal.ts'
import type {CallOptions, Caller} from './connection.ts'
import {JujuError, UnexpectedReply} from './errors.ts'
import {
  actions as actionsCall,
  cancel as cancelCall,
  enqueueOperation,
  operations as operationsCall,
} from './facades/action.ts'
import {nameOf, type Call, type ResultOf} from './facades/call.ts'
import {isNotFound, itemErrorOf, onlyItem} from './item-errors.ts'
import {nameOfTag, operationTag, receiverOf, taskTag} from './tags.ts'
import {operationOf, taskOf, type OperationInfo, type TaskInfo} from './tasks.ts'
import {timeOf} from './times.ts'

export interface EnqueueRequest {
  /** unit name, or `application/leader` */
  readonly unit: string
  readonly action: string
  readonly parameters: Readonly<Record<string, unknown>>
}

/** What Juju made of an enqueue; the rest of the task is known to `actions` and `operations` only. */
export interface Enqueued {
  readonly operationID: string
  readonly taskID: string
  /** the unit, also when the request named the leader */
  readonly unit: string
  readonly enqueued: string | undefined
}

export interface Found<T> {
  readonly found: ReadonlyMap<string, T>
  /** ids that Juju does not know: never made, or pruned */
  readonly missing: ReadonlySet<string>
}

/** A cancel is accepted (look the task up for what came of it), or Juju refused; 4.1-beta2 refuses every one. */
export type CancelResult =
  {readonly accepted: true; readonly task: TaskInfo | undefined} | {readonly accepted: false; readonly error: JujuError}

/**
 * Enqueues one action, each time it is called: there is no idempotency key (reference: Juju's Action facade, version 7).
 * Record the intent first; when `mayHaveHappened(error)`, look the operation up (match-intent.ts) before calling again.
 *
 * Needs write access. 4.x does not validate parameters and fills in no defaults; 3.x does both.
 *
 * @throws JujuError as the call's or the item's error: nothing was enqueued for the unit; `not found` for an action that the
 *   charm does not have, an empty code for an unknown unit or application, `unauthorized access` without write access; an error
 *   does not quote the parameters' texts
 * @throws ConnectionLost, CallTimeout, UnexpectedReply
 */
export async function enqueue(caller: Caller, request: EnqueueRequest, options?: CallOptions): Promise<Enqueued> {
  const action = {
    tag: '',
    receiver: receiverOf(request.unit),
    name: request.action,
    parameters: {...request.parameters},
    parallel: false,
    'execution-group': '',
  }
  return concealing(textsIn(action.parameters), async () =>
    enqueuedOf(enqueueOperation, await caller.call(enqueueOperation, {actions: [action]}, options)),
  )
}

/** The one task that a call has made. @throws JujuError of the item, UnexpectedReply */
export function enqueuedOf(call: Pick<Call, 'facade' | 'method'>, reply: ResultOf<typeof enqueueOperation>): Enqueued {
  const item = onlyItem(call, reply.actions)
  if (item.action === undefined || item.action.tag === '' || reply.operation === '') {
    throw new UnexpectedReply(nameOf(call), 'neither a task nor an error')
  }
  return {
    operationID: nameOfTag(reply.operation),
    taskID: nameOfTag(item.action.tag),
    unit: nameOfTag(item.action.receiver),
    enqueued: timeOf(item.enqueued),
  }
}

/**
 * Tasks with log and output, by id.
 *
 * @throws JujuError when Juju cannot tell about one of them for another reason than not knowing it
 */
export async function actions(
  caller: Caller,
  taskIDs: readonly string[],
  options?: CallOptions,
): Promise<Found<TaskInfo>> {
  if (taskIDs.length === 0) return {found: new Map(), missing: new Set()}
  const reply = await caller.call(actionsCall, {entities: taskIDs.map(id => ({tag: taskTag(id)}))}, options)
  const tasks = reply.results.map(result => ({error: itemErrorOf(actionsCall, result.error), value: taskOf(result)}))
  return sortOut(taskIDs, tasks, task => task.taskID)
}

/** Operations with their tasks, without output and (3.x) log, by id. @throws as `actions` */
export async function operations(
  caller: Caller,
  operationIDs: readonly string[],
  options?: CallOptions,
): Promise<Found<OperationInfo>> {
  if (operationIDs.length === 0) return {found: new Map(), missing: new Set()}
  const reply = await caller.call(
    operationsCall,
    {entities: operationIDs.map(id => ({tag: operationTag(id)}))},
    options,
  )
  const found = reply.results.map(result => ({
    error: itemErrorOf(operationsCall, result.error),
    value: result.operation === '' ? undefined : operationOf(result),
  }))
  return sortOut(operationIDs, found, operation => operation.operationID)
}

/** What was asked for and not answered is missing; answers are told apart by their own id, not by their place. */
function sortOut<T>(
  asked: readonly string[],
  answers: readonly {readonly error: JujuError | undefined; readonly value: T | undefined}[],
  idOf: (value: T) => string,
): Found<T> {
  const fault = answers.find(({error}) => error !== undefined && !isNotFound(error))?.error
  if (fault !== undefined) throw fault
  const values = answers.flatMap(({error, value}) => (error === undefined && value !== undefined ? [value] : []))
  const found = new Map(values.map(value => [idOf(value), value]))
  return {found, missing: new Set(asked.filter(id => !found.has(id)))}
}

/**
 * Asks Juju to cancel tasks: a pending one is cancelled, a running one gets SIGTERM and is aborted later. One call per task,
 * so that a refusal belongs to its task.
 */
export async function cancel(
  caller: Caller,
  taskIDs: readonly string[],
  options?: CallOptions,
): Promise<ReadonlyMap<string, CancelResult>> {
  const results = new Map<string, CancelResult>()
  for (const id of taskIDs) results.set(id, await cancelOne(caller, id, options))
  return results
}

async function cancelOne(caller: Caller, taskID: string, options: CallOptions | undefined): Promise<CancelResult> {
  try {
    const reply = await caller.call(cancelCall, {entities: [{tag: taskTag(taskID)}]}, options)
    return {accepted: true, task: taskOf(onlyItem(cancelCall, reply.results))}
  } catch (error) {
    if (error instanceof JujuError) return {accepted: false, error}
    throw error
  }
}
