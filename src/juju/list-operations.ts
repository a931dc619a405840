import type {CallOptions, Caller} from './connection.ts'
import {itemErrorOf} from './item-errors.ts'
import {listOperations as listCall} from './facades/action.ts'
import {idNumber, operationOf, type OperationInfo} from './tasks.ts'

/** Names, not tags; an absent or empty list filters nothing. */
export interface OperationFilter {
  readonly units?: readonly string[]
  readonly applications?: readonly string[]
  readonly actions?: readonly string[]
  /** status words of tasks */
  readonly status?: readonly string[]
}

/** Status words of what still holds, or will hold, its unit. */
export const unfinishedWords = ['pending', 'running', 'aborting'] as const

/** 4.x gives 50 at most. */
const pageSize = 50

/** A listing of several pages is read again until nothing new appears, at most this often. */
const maxPasses = 4

/**
 * Operations that match, page after page, in Juju's order: 4.x sorts ids as text.
 *
 * The end is a page that is not truncated, or empty: 3.x calls every page of a long listing truncated, the last one too.
 */
export async function* operationPages(
  caller: Caller,
  filter: OperationFilter = {},
  options?: CallOptions,
): AsyncGenerator<readonly OperationInfo[]> {
  for (let offset = 0; ;) {
    const reply = await caller.call(listCall, {...paramsOf(filter), offset, limit: pageSize}, options)
    const fault = reply.results.map(({error}) => itemErrorOf(listCall, error)).find(error => error !== undefined)
    if (fault !== undefined) throw fault
    if (reply.results.length > 0) yield reply.results.map(operationOf)
    if (!reply.truncated || reply.results.length === 0) return
    offset += reply.results.length
  }
}

/**
 * Every operation that matches, each once, by rising id.
 *
 * Pages are cut by offset, so an operation that leaves the listing between two pages moves another one past the reader. Such
 * a listing is therefore read again until a pass finds nothing that the passes before did not.
 */
export async function listOperations(
  caller: Caller,
  filter: OperationFilter = {},
  options?: CallOptions,
): Promise<readonly OperationInfo[]> {
  const byID = new Map<string, OperationInfo>()
  for (let pass = 0; pass < maxPasses; pass++) {
    const before = byID.size
    let pages = 0
    for await (const page of operationPages(caller, filter, options)) {
      pages++
      for (const operation of page) byID.set(operation.operationID, operation)
    }
    if (pages <= 1 || (pass > 0 && byID.size === before)) break
  }
  return [...byID.values()].sort((a, b) => idNumber(a.operationID) - idNumber(b.operationID))
}

function paramsOf({units = [], applications = [], actions = [], status = []}: OperationFilter) {
  return {units: [...units], applications: [...applications], machines: [], actions: [...actions], status: [...status]}
}
