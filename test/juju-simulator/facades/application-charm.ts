import type {Charm} from '../../charms/machine.ts'
import {JujuFault, notFound} from '../juju-fault.ts'
import {textOf} from '../rpc/context.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import type {Application} from '../world/application.ts'
import {archiveHash, storeId} from '../world/charm-origin.ts'
import type {CharmOrigin} from '../world/charm-origin.ts'
import type {Model} from '../world/model.ts'
import {resourcesOf} from '../world/resources.ts'
import {checkedSettings} from './application-settings.ts'
import {checkSentOrigin, deployedOrigin, noOrigin, shownUrl} from './charm-shapes.ts'
import type {SentOrigin} from './charm-shapes.ts'
import {applicationOf} from './lookup.ts'
import {riskless} from './status-shapes.ts'

export const applicationCharm: Facade = {
  GetCharmURLOrigin: {
    need: 'read',
    goParams: 'ApplicationGet',
    texts: ['application', 'branch'],
    runOnModel: getCharmURLOrigin,
  },
  SetCharm: {
    need: 'write',
    writes: true,
    blockedBy: params => (params['force-units'] === true ? [] : ['BlockChange']),
    goParams: 'ApplicationSetCharmV2',
    texts: ['application', 'charm-url', 'channel'],
    runOnModel: setCharm,
  },
}

function getCharmURLOrigin({model, world}: ModelContext, params: Params): object {
  const name = textOf(params, 'application')
  const found = model.applications.get(name)
  if (found === undefined)
    return {url: '', 'charm-origin': noOrigin, error: notFound(`application "${name}" not found`).item}
  return {
    url: shownUrl(found.charm, world.quirks, found.origin.architecture),
    'charm-origin': deployedOrigin(found.origin, world.quirks, {application: name, model: model.uuid}),
  }
}

/** The application has its charm at once; the units take it up in their time. The same charm again changes nothing. */
function setCharm({model, world}: ModelContext, params: Params): object {
  const {quirks} = world
  const sent = checkSentOrigin(params['charm-origin'] as SentOrigin | null | undefined)
  const found = applicationOf(model, textOf(params, 'application'))
  const url = textOf(params, 'charm-url')
  const charm = model.charms.get(url)
  if (charm === undefined) throw notFound(`charm "${url}" not found`)
  if (params['force-base'] !== true) checkBase(found, charm, url)
  const settings = quirks.setCharmIgnoresSettings ? {} : ((params['config-settings'] ?? {}) as Record<string, string>)
  const values = checkedSettings(charm, settings, quirks)
  const chosen = (params['resource-ids'] ?? {}) as Readonly<Record<string, string>>
  if (!quirks.pendingResourcesApplyAtOnce) usePending(model, found, chosen)
  switchTo(found, charm, world.now())
  found.origin = originAfter(charm, sent)
  for (const [option, value] of values) found.config.set(option, value)
  world.agents.rollOuts.start(model, found)
  return {}
}

function checkBase({charm: old, name}: Application, {description}: Charm, url: string): void {
  const [from, to] = [old.description.base, description.base]
  if (from.name === to.name && riskless(from.channel) === riskless(to.channel)) return
  throw new JujuFault(
    `cannot set charm "${url}": application "${name}" runs on ${from.name}@${riskless(from.channel)}, which the charm does not support`,
    'incompatible base',
  )
}

/** Options that the charm does not know vanish with their values; its new resources are what it comes with. */
function switchTo(application: Application, charm: Charm, now: number): void {
  const {options} = charm.description
  for (const name of application.config.keys()) if (!(name in options)) application.config.delete(name)
  const published = resourcesOf(charm.description, now)
  for (const name of application.resources.keys()) if (!published.has(name)) application.resources.delete(name)
  for (const [name, resource] of published)
    if (!application.resources.has(name)) application.resources.set(name, resource)
  application.charm = charm
}

/** @throws JujuFault when a pending id is not known */
function usePending(model: Model, application: Application, chosen: Readonly<Record<string, string>>): void {
  const resources = Object.entries(chosen).map(([name, id]) => {
    const resource = model.pendingResources.get(id)
    if (resource === undefined) throw notFound(`pending resource "${name}" (${id}) not found`)
    return resource
  })
  for (const resource of resources) {
    application.resources.set(resource.name, resource)
    model.pendingResources.delete(resource.id)
  }
}

function originAfter({description}: Charm, sent: SentOrigin): CharmOrigin {
  const local = description.local ?? false
  return {
    source: local ? 'local' : 'charm-hub',
    id: local ? '' : storeId(description.name),
    hash: archiveHash(description),
    track: sent.track ?? '',
    risk: sent.risk ?? '',
    revision: description.revision,
    architecture: sent.architecture === undefined || sent.architecture === '' ? 'amd64' : sent.architecture,
    base: description.base,
  }
}
