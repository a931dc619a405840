import {idNumber, type OperationInfo, type TaskInfo} from './tasks.ts'

/** What was written down before an action was enqueued (api.md rule 11). */
export interface Intent {
  readonly action: string
  /** unit name */
  readonly unit: string
  /** the scalar parameters that were to be sent, as text */
  readonly parameters: Readonly<Record<string, string>>
  /** FullStatus' controller-timestamp at that time */
  readonly controllerTime: string
  /** the highest operation id seen until then; '' when there was none */
  readonly highestOperationID: string
}

export type IntentMatch =
  | {readonly kind: 'none'}
  | {readonly kind: 'one'; readonly operation: OperationInfo; readonly task: TaskInfo}
  | {readonly kind: 'several'; readonly ids: readonly string[]}

/**
 * Which operation, if any, is the one that an intent led to.
 *
 * An operation matches with a higher id (as a number), enqueued not before the intent by the controller's clock, holding a
 * task of the same action for the same unit with equal scalar parameters.
 *
 * @param operations every operation of the model, finished ones included
 * @param defaults the action's own defaults by the charm's schema: 3.x fills them in at the enqueue, so they may be present
 */
export function matchIntent(
  operations: readonly OperationInfo[],
  intent: Intent,
  defaults: Readonly<Record<string, unknown>> = {},
): IntentMatch {
  const matches = candidates(operations, intent, defaults).filter(({operation}) => isTimely(operation, intent))
  const [first, ...others] = matches
  if (first === undefined) return {kind: 'none'}
  if (others.length === 0) return {kind: 'one', ...first}
  const ids = matches.map(({operation}) => operation.operationID)
  return {kind: 'several', ids: ids.sort((a, b) => idNumber(a) - idNumber(b))}
}

/**
 * Operations that would match but for their time, though their ids are higher: the controller's clock went back, or another
 * controller of a cluster lags. Whether they are ours cannot be told.
 *
 * @returns their ids, rising
 */
export function untimelyMatches(
  operations: readonly OperationInfo[],
  intent: Intent,
  defaults: Readonly<Record<string, unknown>> = {},
): readonly string[] {
  const untimely = candidates(operations, intent, defaults).filter(({operation}) => !isTimely(operation, intent))
  return untimely.map(({operation}) => operation.operationID).sort((a, b) => idNumber(a) - idNumber(b))
}

/** Newer by their ids, with a task of the same action for the same unit with equal parameters. */
function candidates(
  operations: readonly OperationInfo[],
  intent: Intent,
  defaults: Readonly<Record<string, unknown>>,
): readonly {readonly operation: OperationInfo; readonly task: TaskInfo}[] {
  const newer = operations.filter(({operationID}) => idNumber(operationID) > idNumber(intent.highestOperationID))
  return newer.flatMap(operation => {
    const task = operation.tasks.find(one => isTaskOf(intent, one, defaults))
    return task === undefined ? [] : [{operation, task}]
  })
}

function isTimely({enqueued: at}: OperationInfo, {controllerTime}: Intent): boolean {
  const [enqueued, since] = [wholeSeconds(at), wholeSeconds(controllerTime)]
  return enqueued === undefined || since === undefined || enqueued >= since
}

/** Juju 3 records the time of an enqueue in whole seconds, its timestamps are finer. Undefined: no time, then the id alone decides. */
function wholeSeconds(time: string | undefined): number | undefined {
  const seconds = Math.floor(Date.parse(time ?? '') / 1000)
  return Number.isNaN(seconds) ? undefined : seconds
}

function isTaskOf(intent: Intent, task: TaskInfo, defaults: Readonly<Record<string, unknown>>): boolean {
  if (task.action !== intent.action || task.receiver !== intent.unit) return false
  const sent = Object.entries(intent.parameters)
  const found = scalars(task.parameters)
  const allThere = sent.every(([key, value]) => found.get(key) === value)
  const nothingElse = [...found].every(([key, value]) => key in intent.parameters || value === textOf(defaults[key]))
  return allThere && nothingElse
}

function scalars(parameters: Readonly<Record<string, unknown>>): Map<string, string> {
  const texts = Object.entries(parameters).map(([key, value]) => [key, textOf(value)] as const)
  return new Map(texts.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** A scalar as text: a number or boolean may come back as one although it was written down as text. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}
