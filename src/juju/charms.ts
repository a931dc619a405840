import {originOf, sentOriginOf, type Base, type CharmOrigin, type CharmSource} from './charm-origin.ts'
import type {CallOptions, Caller} from './connection.ts'
import {nameOf} from './facades/call.ts'
import {
  addCharm as addCharmCall,
  charmInfo as charmInfoCall,
  getDownloadInfos,
  resolveCharms,
} from './facades/charms.ts'
import {UnexpectedReply} from './errors.ts'
import {itemErrorOf, onlyItem} from './item-errors.ts'

export interface ActionSpec {
  readonly description: string
  /** JSON schema of the parameters */
  readonly parameters: Readonly<Record<string, unknown>>
}

/** A resource that a charm declares. */
export interface CharmResource {
  /** `oci-image` or `file` */
  readonly type: string
  readonly path: string
  readonly description: string
}

export interface CharmInfo {
  readonly url: string
  readonly name: string
  readonly revision: number
  readonly actions: ReadonlyMap<string, ActionSpec>
  /** option -> type and default */
  readonly options: ReadonlyMap<string, {readonly type: string; readonly default: unknown}>
  /** endpoint -> interface, of provides, requires and peers */
  readonly endpoints: ReadonlyMap<string, {readonly role: string; readonly interface: string}>
  /** by name */
  readonly resources: ReadonlyMap<string, CharmResource>
  /** what the charm says it runs on */
  readonly bases: readonly Base[]
}

/**
 * A charm of the model. With read access it is the way to an application's action schema: the other one needs write.
 * On 4.x a charm that was just added may show no actions yet.
 *
 * @param url as `ApplicationStatus.charmURL` has it
 * @throws JujuError `not found` for a charm that is not in the model
 */
export async function charmInfo(caller: Caller, url: string, options?: CallOptions): Promise<CharmInfo> {
  const reply = await caller.call(charmInfoCall, {url}, options)
  const {provides, requires, peers, resources} = reply.meta ?? {}
  return {
    url: reply.url,
    name: reply.meta?.name ?? '',
    revision: reply.revision,
    actions: mapOf(reply.actions?.specs, ({description, params}) => ({description, parameters: params})),
    options: mapOf(reply.config, option => ({type: option.type, default: option.default})),
    endpoints: mapOf({...provides, ...requires, ...peers}, endpoint => ({
      role: endpoint.role,
      interface: endpoint.interface,
    })),
    resources: mapOf(resources, ({type, path, description}) => ({type, path, description})),
    bases: reply.manifest?.bases.map(({name, channel}) => ({name, channel})) ?? [],
  }
}

function mapOf<T, U>(wire: Readonly<Record<string, T>> | undefined, make: (value: T) => U): ReadonlyMap<string, U> {
  return new Map(Object.entries(wire ?? {}).map(([key, value]) => [key, make(value)]))
}

/** The defaults that a JSON schema of action parameters names, for `matchIntent` and for showing what will run. */
export function parameterDefaults(spec: ActionSpec): Readonly<Record<string, unknown>> {
  const properties = Object.entries(asRecord(spec.parameters['properties']))
  const withDefault = properties.filter(([, property]) => 'default' in asRecord(property))
  return Object.fromEntries(withDefault.map(([name, property]) => [name, asRecord(property)['default']]))
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

export interface ResolveRequest extends CharmSource {
  /** true: `url` names a revision, or another charm; false: the newest of the origin's channel is wanted */
  readonly switchCharm: boolean
}

/** What Charmhub has for a reference. */
export interface ResolvedCharm extends CharmSource {
  /** 3.1 and 3.2 tell series instead, so that the list is empty there */
  readonly supportedBases: readonly Base[]
}

/**
 * Asks Charmhub through the controller, as `juju refresh` does: the revision that a channel publishes now, or one by number.
 *
 * @throws JujuError mostly with an empty code and Charmhub's own text, when Charmhub does not know it or cannot be reached; for
 *   a local charm, too
 */
export async function resolveCharm(
  caller: Caller,
  {url, origin, switchCharm}: ResolveRequest,
  options?: CallOptions,
): Promise<ResolvedCharm> {
  const resolve = [{reference: url, 'charm-origin': sentOriginOf(origin), 'switch-charm': switchCharm}]
  const reply = await caller.call(resolveCharms, {resolve}, options)
  const found = onlyItem(resolveCharms, reply.Results)
  return {url: found.url, origin: originOf(found['charm-origin']), supportedBases: found['supported-bases']}
}

export interface AddCharmRequest extends CharmSource {
  /** although the charm does not support the base */
  readonly force?: boolean
}

/**
 * Puts a charm of Charmhub into the model, by URL with revision; one that is there already is left alone. A local charm is
 * refused: it came by upload.
 *
 * @returns the origin with id and hash, as SetCharm wants it
 * @throws JujuError `unauthorized access` without write access; mostly an empty code for what Charmhub refuses
 */
export async function addCharm(
  caller: Caller,
  {url, origin, force = false}: AddCharmRequest,
  options?: CallOptions,
): Promise<CharmOrigin> {
  const reply = await caller.call(addCharmCall, {url, 'charm-origin': sentOriginOf(origin), force}, options)
  const fault = itemErrorOf(addCharmCall, reply.error)
  if (fault !== undefined) throw fault
  return originOf(reply['charm-origin'])
}

/** Where the file of a charm of Charmhub can be fetched, with the origin that this is. @throws as `resolveCharm` */
export async function downloadInfo(
  caller: Caller,
  {url, origin}: CharmSource,
  options?: CallOptions,
): Promise<CharmSource> {
  const entities = [{'charm-url': url, 'charm-origin': sentOriginOf(origin)}]
  const {results} = await caller.call(getDownloadInfos, {entities}, options)
  const [found] = results
  if (found === undefined) throw new UnexpectedReply(nameOf(getDownloadInfos), 'no result')
  return {url: found.url, origin: originOf(found['charm-origin'])}
}
