import type {Condition, ConditionStatus} from '../api/meta.ts'

/** The bound of api.md rule 8. */
const longestMessageBytes = 1024
const cutMark = '...'

export interface ConditionInput {
  readonly type: string
  readonly status: ConditionStatus
  /** One CamelCase word of the kind's closed set. */
  readonly reason: string
  /** For people; cut to 1 KiB. */
  readonly message: string
  /** metadata.generation of the object that this was worked out from. */
  readonly observedGeneration?: number | undefined
}

export type Conditions = readonly Condition[] | undefined

export function getCondition(conditions: Conditions, type: string): Condition | undefined {
  return conditions?.find(condition => condition.type === type)
}

export function isTrue(conditions: Conditions, type: string): boolean {
  return getCondition(conditions, type)?.status === 'True'
}

/**
 * The list with this condition in it. `lastTransitionTime` becomes `now` only when the condition is new or its status
 * changed (Kubernetes API conventions). The input is not touched.
 *
 * @param now RFC 3339
 */
export function setCondition(conditions: Conditions, input: ConditionInput, now: string): Condition[] {
  const previous = getCondition(conditions, input.type)
  const {type, status, reason, observedGeneration} = input
  const next: Condition = {
    type,
    status,
    ...(observedGeneration === undefined ? {} : {observedGeneration}),
    lastTransitionTime: previous?.status === status ? previous.lastTransitionTime : now,
    reason,
    message: trimMessage(input.message),
  }
  return inOrder([...removeCondition(conditions, type), next])
}

/** The list without this condition. The input is not touched. */
export function removeCondition(conditions: Conditions, type: string): Condition[] {
  return (conditions ?? []).filter(condition => condition.type !== type)
}

/** The outcome first, kstatus' two abnormal ones last, the others between them by name. */
function inOrder(conditions: Condition[]): Condition[] {
  return conditions.sort((a, b) => rank(a.type) - rank(b.type) || (a.type < b.type ? -1 : 1))
}

const ranks: Readonly<Record<string, number>> = {Ready: 0, Succeeded: 0, Reconciling: 2, Stalled: 3}
const rank = (type: string): number => ranks[type] ?? 1

/**
 * At most so many bytes of UTF-8, 1 KiB unless told, cut between characters. Half a character, which the API server would give back
 * as another one, is replaced.
 */
export function trimMessage(message: string, most: number = longestMessageBytes): string {
  const text = message.toWellFormed()
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length <= most) return text
  let end = most - cutMark.length
  // A byte 10xxxxxx continues a character: step back to where one begins.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end) + cutMark
}

/** What is true about an object that ends (a job), in the rows of the table of api.md rule 5. */
export type BoundedState =
  | 'InProgress'
  /** As planned, for a person or a window. */
  | 'Waiting'
  /** Cannot go on without a person. */
  | 'NeedsPerson'
  | 'Succeeded'
  | 'Failed'

/** What is true about a long-lived object. */
export type ReadyState =
  | 'Ready'
  /** Not ready, and the operator or time will change that. */
  | 'Reconciling'
  /** Not ready until a person changes something. */
  | 'Stalled'

export interface Outcome<State> {
  readonly state: State
  readonly reason: string
  readonly message: string
  readonly observedGeneration?: number | undefined
}

interface Row {
  readonly status: ConditionStatus
  /** Which of kstatus' abnormal conditions is present; they exist only while True. */
  readonly abnormal?: 'Reconciling' | 'Stalled'
}

const boundedRows: Readonly<Record<BoundedState, Row>> = {
  InProgress: {status: 'Unknown', abnormal: 'Reconciling'},
  Waiting: {status: 'Unknown'},
  NeedsPerson: {status: 'Unknown', abnormal: 'Stalled'},
  Succeeded: {status: 'True'},
  Failed: {status: 'False', abnormal: 'Stalled'},
}

const readyRows: Readonly<Record<ReadyState, Row>> = {
  Ready: {status: 'True'},
  Reconciling: {status: 'False', abnormal: 'Reconciling'},
  Stalled: {status: 'False', abnormal: 'Stalled'},
}

/** Sets `Succeeded`, and `Reconciling` or `Stalled` as the table of api.md rule 5 says; other conditions stay. */
export function boundedConditions(conditions: Conditions, outcome: Outcome<BoundedState>, now: string): Condition[] {
  return summarise(conditions, 'Succeeded', boundedRows[outcome.state], outcome, now)
}

/** Sets `Ready`, and `Reconciling` or `Stalled` as api.md rule 5 says; other conditions stay. */
export function readyConditions(conditions: Conditions, outcome: Outcome<ReadyState>, now: string): Condition[] {
  return summarise(conditions, 'Ready', readyRows[outcome.state], outcome, now)
}

function summarise(
  conditions: Conditions,
  type: 'Ready' | 'Succeeded',
  {status, abnormal}: Row,
  {reason, message, observedGeneration}: Outcome<string>,
  now: string,
): Condition[] {
  const said = {reason, message, observedGeneration}
  const summary = setCondition(conditions, {type, status, ...said}, now)
  const others = (['Reconciling', 'Stalled'] as const).filter(other => other !== abnormal)
  const cleared = others.reduce<Condition[]>(removeCondition, summary)
  return abnormal === undefined ? cleared : setCondition(cleared, {type: abnormal, status: 'True', ...said}, now)
}
