import type {CallOptions, Caller} from './connection.ts'
import {itemErrorOf} from './item-errors.ts'
import {listOperations as listCall} from './facades/action.ts'
import {idNumber, operationOf, type OperationInfo} from './tasks.ts'

/** Names, not tags; an absent or empty list filters nothing. An operation matches with a task of one of these receivers and actions. */
export interface OperationFilter {
  readonly units?: readonly string[]
  readonly applications?: readonly string[]
  readonly actions?: readonly string[]
  /** status words of operations and tasks; the one filter that Juju is asked to apply itself */
  readonly status?: readonly string[]
}

/** Status words of what still holds, or will hold, its unit. */
export const unfinishedWords = ['pending', 'running', 'aborting'] as const

/** 4.x gives 50 at most. */
const pageSize = 50

/** A listing of several pages is read again until nothing new appears, at most this often. */
const maxPasses = 4

/**
 * Operations that match, page after page, in Juju's order: 4.x sorts ids as text. Each page is of another moment, so that only
 * a listing of one page, empty ones included, shows all operations at once.
 *
 * The end is a page that is not truncated, or empty: 3.x calls every page of a long listing truncated, the last one too. A
 * filtered page that is truncated and yet not full may come from a release that cuts before it filters: then what is
 * asked for may lie behind any number of empty pages, and all operations are read and filtered here.
 */
export async function* operationPages(
  caller: Caller,
  filter: OperationFilter = {},
  options?: CallOptions,
): AsyncGenerator<readonly OperationInfo[]> {
  for await (const {operations, truncated} of pages(caller, filter.status ?? [], options)) {
    if (truncated && operations.length < pageSize && filter.status !== undefined) {
      for await (const page of pages(caller, [], options)) yield page.operations.filter(one => matches(one, filter))
      return
    }
    yield operations.filter(operation => matches(operation, filter))
  }
}

interface Page {
  readonly operations: readonly OperationInfo[]
  readonly truncated: boolean
}

async function* pages(
  caller: Caller,
  status: readonly string[],
  options: CallOptions | undefined,
): AsyncGenerator<Page> {
  for (let offset = 0; ;) {
    const reply = await caller.call(listCall, {status: [...status], offset, limit: pageSize}, options)
    const fault = reply.results.map(({error}) => itemErrorOf(listCall, error)).find(error => error !== undefined)
    if (fault !== undefined) throw fault
    yield {operations: reply.results.map(operationOf), truncated: reply.truncated}
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
  return (await readListing(caller, filter, options)).operations
}

/** All operations that Juju remembers, by rising id. */
export interface OperationListing {
  readonly operations: readonly OperationInfo[]
  /** false: operations kept leaving the listing while it was read, so that one may be missing; new ones do no harm */
  readonly settled: boolean
}

/** Every operation of the model, for who concludes something from one that is not there. */
export function listAllOperations(caller: Caller, options?: CallOptions): Promise<OperationListing> {
  return readListing(caller, {}, options)
}

async function readListing(
  caller: Caller,
  filter: OperationFilter,
  options: CallOptions | undefined,
): Promise<OperationListing> {
  const byID = new Map<string, OperationInfo>()
  let before: ReadonlySet<string> = new Set()
  let settled = false
  for (let pass = 0; pass < maxPasses; pass++) {
    const pages: (readonly OperationInfo[])[] = []
    for await (const page of operationPages(caller, filter, options)) pages.push(page)
    const found = new Map(pages.flat().map(operation => [operation.operationID, operation]))
    const late = [...found.keys()].filter(id => !byID.has(id))
    settled = pages.length <= 1 || (pass > 0 && isAddition(before, found, late))
    for (const [id, operation] of found) byID.set(id, operation)
    if (pages.length <= 1 || (pass > 0 && late.length === 0)) break
    before = new Set(found.keys())
  }
  return {operations: [...byID.values()].sort((a, b) => idNumber(a.operationID) - idNumber(b.operationID)), settled}
}

/** Whether nothing has left the listing since the pass before, and what is there for the first time is new: then nothing was missed. */
function isAddition(
  before: ReadonlySet<string>,
  found: ReadonlyMap<string, OperationInfo>,
  late: readonly string[],
): boolean {
  const newest = [...before].reduce((highest, id) => Math.max(highest, idNumber(id)), -1)
  return [...before].every(id => found.has(id)) && late.every(id => idNumber(id) > newest)
}

/** Receivers and actions are never left to Juju, the status only while its pages show that it filters before it cuts. */
function matches(
  {tasks, status}: OperationInfo,
  {units = [], applications = [], actions = [], status: words = []}: OperationFilter,
): boolean {
  const isInStatus =
    words.length === 0 || [status, ...tasks.map(task => task.status)].some(word => words.includes(word))
  if (!isInStatus) return false
  const anyReceiver = units.length === 0 && applications.length === 0
  if (anyReceiver && actions.length === 0) return true
  return tasks.some(({receiver, action}) => {
    const isReceiver = anyReceiver || units.includes(receiver) || applications.includes(applicationOf(receiver))
    return isReceiver && (actions.length === 0 || actions.includes(action))
  })
}

/** `postgresql/0` -> `postgresql`; '' for what is no unit's name. */
export function applicationOf(unit: string): string {
  return unit.slice(0, Math.max(0, unit.lastIndexOf('/')))
}
