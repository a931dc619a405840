import {JujuFault} from '../juju-fault.ts'
import {textOf} from '../rpc/context.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import {listOf} from './arguments.ts'
import {noOrigin, refreshOrigin, shownUrl} from './charm-shapes.ts'
import type {SentOrigin} from './charm-shapes.ts'
import {downloaded, nameInUrl, resolve} from './charmhub.ts'
import {storeResource} from './resource-shapes.ts'
import {published} from '../world/resources.ts'
import {riskless} from './status-shapes.ts'

/** What Juju asks Charmhub for, on the way to a refresh. */
export const charmDownload: Facade = {
  ResolveCharms: {need: 'read', goParams: 'ResolveCharmsWithChannel', runOnModel: resolveCharms},
  GetDownloadInfos: {need: 'read', goParams: 'CharmURLAndOrigins', runOnModel: getDownloadInfos},
  AddCharm: {need: 'write', writes: true, goParams: 'AddCharmWithOrigin', texts: ['url'], runOnModel: addCharm},
  ListCharmResources: {need: 'read', goParams: 'CharmURLAndOrigins', runOnModel: listCharmResources},
}

interface Reference {
  readonly reference: string
  readonly 'charm-origin': SentOrigin
}

function resolveCharms(context: ModelContext, params: Params): object {
  return {Results: listOf<Reference>(params, 'resolve').map(wanted => resolveOne(context, wanted))}
}

function resolveOne({world}: ModelContext, {reference, 'charm-origin': sent}: Reference): object {
  try {
    const {charm, origin} = resolve(world, nameInUrl(reference), sent)
    const {name, channel} = charm.description.base
    return {
      url: shownUrl(charm, world.quirks, origin.architecture),
      'charm-origin': refreshOrigin(origin, sent),
      'supported-bases': [{name, channel: riskless(channel)}],
    }
  } catch (error) {
    if (!(error instanceof JujuFault)) throw error
    return {url: '', 'charm-origin': noOrigin, 'supported-bases': null, error: error.item}
  }
}

interface UrlAndOrigin {
  readonly 'charm-url': string
  readonly 'charm-origin': SentOrigin
}

function getDownloadInfos({world}: ModelContext, params: Params): object {
  const results = listOf<UrlAndOrigin>(params, 'entities').map(({'charm-url': url, 'charm-origin': sent}) => {
    const resolved = resolve(world, nameInUrl(url), sent)
    const origin = downloaded(resolved)
    return {
      url: `https://api.charmhub.io/api/v1/charms/download/${origin.id}_${origin.revision}.charm`,
      'charm-origin': refreshOrigin(origin, sent, sent.type ?? ''),
    }
  })
  return {results}
}

/** Afterwards the model has the charm: CharmInfo describes it and SetCharm takes it. Again is no error. */
function addCharm({model, world}: ModelContext, params: Params): object {
  const url = textOf(params, 'url')
  const sent = (params['charm-origin'] ?? {}) as SentOrigin
  if (sent.source !== 'charm-hub') throw new JujuFault(`unknown schema for charm URL "${url}"`)
  if ((sent.base?.name ?? '') === '' || (sent.base?.channel ?? '') === '')
    throw new JujuFault('base required for Charmhub charms', 'bad request')
  const resolved = explained(`retrieving essential metadata for charm "${url}"`, () =>
    resolve(world, nameInUrl(url), sent),
  )
  if (world.quirks.actionsComeWithDownload) model.charms.announce(resolved.charm)
  else model.charms.add(resolved.charm)
  return {'charm-origin': refreshOrigin(downloaded(resolved), sent)}
}

function listCharmResources({world}: ModelContext, params: Params): object {
  const results = listOf<UrlAndOrigin>(params, 'entities').map(({'charm-url': url, 'charm-origin': sent}) => {
    const {charm} = resolve(world, nameInUrl(url), sent)
    return Object.entries(charm.description.resources ?? {}).map(([name, spec]) =>
      storeResource(published(name, spec, spec.revision ?? 0, world.now())),
    )
  })
  return {results}
}

function explained<T>(doing: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof JujuFault) throw new JujuFault(`${doing}: ${error.message}`, error.code)
    throw error
  }
}
