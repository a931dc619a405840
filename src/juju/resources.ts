import {sentOriginOf, type CharmSource} from './charm-origin.ts'
import type {CallOptions, Caller} from './connection.ts'
import {UnexpectedReply} from './errors.ts'
import {nameOf, type ResultOf} from './facades/call.ts'
import {addPendingResources as addPendingCall, listResources as listCall} from './facades/resources.ts'
import {itemErrorOf, onlyItem} from './item-errors.ts'
import {applicationTag, nameOfTag} from './tags.ts'

/** A resource of an application, of one of its units, or in the charm store. */
export interface Resource {
  readonly name: string
  /** `oci-image` or `file` */
  readonly type: string
  readonly path: string
  readonly description: string
  /** who provided it: Charmhub, or a person */
  readonly origin: 'store' | 'upload'
  readonly revision: number
}

export interface ApplicationResources {
  readonly application: readonly Resource[]
  /** the newest that Charmhub is known to have */
  readonly store: readonly Resource[]
  /** unit name -> what it runs with */
  readonly units: ReadonlyMap<string, readonly Resource[]>
}

type WireResource = ResultOf<typeof listCall>['results'][number]['charm-store-resources'][number]

/** @throws JujuError for an unknown application: `isNotFound`, 4.x says it without a code */
export async function listResources(
  caller: Caller,
  application: string,
  options?: CallOptions,
): Promise<ApplicationResources> {
  const reply = await caller.call(listCall, {entities: [{tag: applicationTag(application)}]}, options)
  const found = onlyItem(listCall, reply.results)
  return {
    application: found.resources.map(resourceOf),
    store: found['charm-store-resources'].map(resourceOf),
    units: new Map(found['unit-resources'].map(({tag, resources}) => [nameOfTag(tag), resources.map(resourceOf)])),
  }
}

function resourceOf({name, type, path, description, origin, revision}: WireResource): Resource {
  return {name, type, path, description, origin: origin === 'upload' ? 'upload' : 'store', revision}
}

/** What an application is to run with. `revision` -1: what the charm's channel publishes. */
export type WantedResource = Pick<Resource, 'name' | 'type' | 'path' | 'origin' | 'revision'>

/**
 * Announces resources for a charm; call `setCharm` right after it. 3.x takes them over with SetCharm and its `resourceIDs`,
 * 4.x gives them to the application at once.
 *
 * @returns pending ids, in the order of `resources`
 * @throws JujuError mostly with an empty code and Charmhub's own text; `unauthorized access` without write access
 */
export async function addPendingResources(
  caller: Caller,
  {application, url, origin, resources}: CharmSource & {application: string; resources: readonly WantedResource[]},
  options?: CallOptions,
): Promise<readonly string[]> {
  const params = {
    tag: applicationTag(application),
    url,
    'charm-origin': sentOriginOf(origin),
    macaroon: null,
    resources: resources.map(resource => ({...wireOf(resource), fingerprint: '', size: 0})),
  }
  const reply = await caller.call(addPendingCall, params, options)
  const fault = itemErrorOf(addPendingCall, reply.error)
  if (fault !== undefined) throw fault
  const ids = reply['pending-ids']
  if (ids.length !== resources.length) {
    throw new UnexpectedReply(nameOf(addPendingCall), `${ids.length} pending ids for ${resources.length} resources`)
  }
  return ids
}

function wireOf({name, type, path, origin, revision}: WantedResource): WantedResource {
  return {name, type, path, origin, revision}
}
