import type {CharmDescription} from '../../charms/charm.ts'
import {JujuFault, notFound} from '../juju-fault.ts'
import type {Quirks} from '../quirks.ts'
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
    need: ({readersAddPendingResources}) => (readersAddPendingResources ? 'read' : 'write'),
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
  if (application === undefined) return {...none, error: noSuchApplication(context, name).item}
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

function noSuchApplication({world}: ModelContext, name: string): JujuFault {
  if (world.quirks.absenceLacksCode) return new JujuFault(`application ${name} not found`)
  return notFound(`application "${name}" not found`)
}

/** What Charmhub publishes now in the channel that the application follows. */
function newest({world}: ModelContext, {charm, origin}: Application): readonly object[] {
  if (origin.source === 'local' || world.charmhub === undefined || world.quirks.hidesStoreResources) return []
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
  const inForce = world.quirks.pendingResourcesApplyAtOnce ? application : undefined
  const found = wanted.map(each => resourceOf(context, textOf(params, 'url'), originOf(params), each))
  for (const resource of found) {
    if (inForce === undefined) model.pendingResources.set(resource.id, resource)
    else if (inForce.resources.has(resource.name)) inForce.resources.set(resource.name, resource)
    else throw undeclared(resource.name)
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
  if (spec === undefined && revision < 0 && world.quirks.pendingResourcesApplyAtOnce) throw undeclared(name)
  const revisions = world.charmhub?.revisionsOf(charm.description.name) ?? []
  if (spec === undefined || (revision >= 0 && !isPublished(revisions, name, revision)))
    throw notPublished(charm.description.name, wanted, world.quirks)
  return published(name, spec, revision < 0 ? (spec.revision ?? 0) : revision, now)
}

/** The words of 4.x for a resource that the application's charm does not have. */
function undeclared(name: string): JujuFault {
  return new JujuFault(`resource "${name}": resource not found`)
}

function notPublished(charm: string, {name, revision}: Wanted, {pendingResourcesApplyAtOnce}: Quirks): JujuFault {
  if (pendingResourcesApplyAtOnce) return notFound(`"${charm}" for "${name}" not found`)
  return notFound(`charm resource "${name}" at revision ${revision} not found`)
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
