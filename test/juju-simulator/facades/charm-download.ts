import {JujuFault} from '../juju-fault.ts'
import {textOf} from '../rpc/context.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import {listOf} from './arguments.ts'
import {noOrigin, originShape, shownUrl} from './charm-shapes.ts'
import type {SentOrigin} from './charm-shapes.ts'
import {downloaded, nameInUrl, resolve} from './charmhub.ts'
import {storeResource} from './resource-shapes.ts'
import {published} from '../world/resources.ts'

/** What Juju asks Charmhub for, on the way to a refresh. */
export const charmDownload: Facade = {
  ResolveCharms: {need: 'read', goParams: 'ResolveCharmsWithChannel', runOnModel: resolveCharms},
  GetDownloadInfos: {need: 'read', goParams: 'CharmURLAndOrigins', runOnModel: getDownloadInfos},
  AddCharm: {need: 'write', writes: true, goParams: 'AddCharmWithOrigin', texts: ['url'], runOnModel: addCharm},
  ListCharmResources: {need: 'read', goParams: 'CharmURLAndOrigins', runOnModel: listCharmResources},
}

/** Origins on their way to a refresh carry their type and the base with its risk, on every release. */
const whole = {originsAreBare: false}

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
    const {base} = charm.description
    return {
      url: shownUrl(charm, world.quirks, origin.architecture),
      'charm-origin': originShape(origin, {...world.quirks, ...whole}),
      'supported-bases': [base],
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
      'charm-origin': originShape(origin, {...world.quirks, ...whole}),
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
  model.charms.add(resolved.charm)
  return {'charm-origin': originShape(downloaded(resolved), {...world.quirks, ...whole})}
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
