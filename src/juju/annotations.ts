import type {CallOptions, Caller} from './connection.ts'
import {get, set} from './facades/annotations.ts'
import {itemErrorOf, onlyItem} from './item-errors.ts'
import {applicationTag, modelTag} from './tags.ts'

/** What carries annotations: the model itself, or one of its applications. */
export type Annotated = {readonly modelUUID: string} | {readonly application: string}

/** @throws JujuError for an unknown application: `isNotFound`, 4.x says it without a code */
export async function annotations(
  caller: Caller,
  entity: Annotated,
  options?: CallOptions,
): Promise<Readonly<Record<string, string>>> {
  const reply = await caller.call(get, {entities: [{tag: tagOf(entity)}]}, options)
  return onlyItem(get, reply.results).annotations
}

/**
 * Sets keys, and leaves the others alone; an empty value removes its key. Juju has no compare-and-set: read again later.
 *
 * @param values keys without periods
 * @throws JujuError `unauthorized access` without write access
 */
export async function setAnnotations(
  caller: Caller,
  entity: Annotated,
  values: Readonly<Record<string, string>>,
  options?: CallOptions,
): Promise<void> {
  const reply = await caller.call(set, {annotations: [{entity: tagOf(entity), annotations: {...values}}]}, options)
  // Only errors are listed; a success gives an empty list.
  const fault = reply.results.map(({error}) => itemErrorOf(set, error)).find(error => error !== undefined)
  if (fault !== undefined) throw fault
}

function tagOf(entity: Annotated): string {
  return 'modelUUID' in entity ? modelTag(entity.modelUUID) : applicationTag(entity.application)
}
