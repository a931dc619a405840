import type {CharmDescription} from '../../charms/charm.ts'
import {JujuFault, notFound} from '../juju-fault.ts'
import {textOf} from '../rpc/context.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import {idOfTag, unitTag} from '../tags.ts'
import type {Application} from '../world/application.ts'
import {published, uploaded} from '../world/resources.ts'
import type {Resource} from '../world/resources.ts'
import {listOf, tagsOf} from './arguments.ts'
import type {SentOrigin} from './charm-shapes.ts'
import {channelOf} from './charm-shapes.ts'
import {nameInUrl, resolve} from './charmhub.ts'
import {storeResource, usedResource} from './resource-shapes.ts'

export const resources: Facade = {
  ListResources: {need: 'login', runOnModel: listResources},
  AddPendingResources: {
    need: 'write',
    writes: true,
    goParams: 'AddPendingResourcesArgsV2',
    texts: ['tag', 'url'],
    runOnModel: addPendingResources,
  },
}

function listResources(context: ModelContext, params: Params): object {
  return {results: tagsOf(params).map(tag => resourcesOfTag(context, tag))}
}

function resourcesOfTag(context: ModelContext, tag: string): object {
  const none = {resources: null, 'charm-store-resources': null, 'unit-resources': null}
  const name = idOfTag('application', tag)
  if (name === undefined) return {...none, error: notATag(tag).item}
  const application = context.model.applications.get(name)
  if (application === undefined) return {...none, error: notFound(`application "${name}" not found`).item}
  const used = [...application.resources.values()].map(resource => usedResource(resource, name))
  return {
    resources: orNull(used),
    'charm-store-resources': newest(context, application),
    'unit-resources': [...application.units.values()].map(({name: unit}) => ({
      tag: unitTag(unit),
      resources: null,
      'download-progress': null,
    })),
  }
}

/** What Charmhub publishes now in the channel that the application follows. */
function newest({world}: ModelContext, {charm, origin}: Application): readonly object[] {
  if (origin.source === 'local' || world.charmhub === undefined) return []
  const {name} = charm.description
  const {architecture, base} = origin
  const found = world.charmhub.find({name, revision: undefined, channel: channelOf(origin), architecture, base})
  return Object.entries(found?.charm.description.resources ?? {}).map(([resource, spec]) =>
    storeResource(published(resource, spec, spec.revision ?? 0, world.now())),
  )
}

interface Wanted {
  readonly name: string
  readonly type: string
  readonly origin: string
  readonly revision: number
}

/** What is wrong stands beside the ids, with no id at all. */
function addPendingResources(context: ModelContext, params: Params): object {
  try {
    return {'pending-ids': add(context, params)}
  } catch (error) {
    if (error instanceof JujuFault) return {'pending-ids': null, error: error.item}
    throw error
  }
}

function add(context: ModelContext, params: Params): readonly string[] {
  const {model, world} = context
  const tag = textOf(params, 'tag')
  const name = idOfTag('application', tag)
  if (name === undefined) throw notATag(tag)
  const application = model.applications.get(name)
  const wanted = listOf<Wanted>(params, 'resources')
  const found = wanted.map(each => resourceOf(context, textOf(params, 'url'), originOf(params), each))
  for (const resource of found) {
    if (application !== undefined && world.quirks.pendingResourcesApplyAtOnce) {
      if (!application.resources.has(resource.name))
        throw new JujuFault(`resource "${resource.name}": resource not found`)
      application.resources.set(resource.name, resource)
    } else model.pendingResources.set(resource.id, resource)
  }
  return found.map(({id}) => id)
}

const originOf = (params: Params): SentOrigin => (params['charm-origin'] ?? {}) as SentOrigin

/** From Charmhub, at the wanted revision or (-1) at the one that is published with the charm; or announced for an upload. */
function resourceOf({model, world}: ModelContext, url: string, origin: SentOrigin, wanted: Wanted): Resource {
  const {name, revision} = wanted
  const now = world.now()
  if (wanted.origin === 'upload') {
    const spec = model.charms.get(url)?.description.resources?.[name]
    return uploaded(name, spec ?? {type: wanted.type === 'oci-image' ? 'oci-image' : 'file', description: ''}, now)
  }
  const {charm} = resolve(world, nameInUrl(url), origin)
  const spec = charm.description.resources?.[name]
  if (spec === undefined) throw notFound(`charm resource "${name}" at revision ${revision} not found`)
  if (revision >= 0 && !isPublished(world.charmhub?.revisionsOf(charm.description.name) ?? [], name, revision))
    throw notFound(`charm resource "${name}" at revision ${revision} not found`)
  return published(name, spec, revision < 0 ? (spec.revision ?? 0) : revision, now)
}

/** Whether some revision of the charm was published with that revision of the resource, or a later one. */
function isPublished(charms: readonly CharmDescription[], name: string, revision: number): boolean {
  return charms.some(charm => (charm.resources?.[name]?.revision ?? -1) >= revision)
}

function notATag(tag: string): JujuFault {
  return new JujuFault(`"${tag}" is not a valid application tag`, 'bad request')
}

function orNull<T>(items: readonly T[]): readonly T[] | null {
  return items.length === 0 ? null : items
}
