import type {ActionSpec, CharmDescription, EndpointSpec} from '../../charms/charm.ts'
import {JujuFault, notFound} from '../juju-fault.ts'
import {textOf} from '../rpc/context.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import {architecturesOf} from '../world/charm-store.ts'
import {listOf} from './arguments.ts'
import {charmDownload} from './charm-download.ts'
import {charmName, shownUrl} from './charm-shapes.ts'

export const charms: Facade = {
  ...charmDownload,
  CharmInfo: {need: 'read', goParams: 'CharmURL', texts: ['url'], runOnModel: charmInfo},
  List: {need: 'read', goParams: 'CharmsList', runOnModel: list},
  CheckCharmPlacement: {
    need: 'read',
    goParams: 'ApplicationCharmPlacements',
    runOnModel: (_context, params) => ({results: listOf<unknown>(params, 'placements').map(() => ({}))}),
  },
}

function charmInfo({model, world}: ModelContext, params: Params): object {
  const url = checkedUrl(textOf(params, 'url'))
  const found = model.charms.get(url)
  if (found === undefined) throw notFound(`charm "${url}" not found`)
  const {description} = found
  const actions = model.charms.isDownloaded(found) ? present('actions', actionSpecs(description)) : {actions: {}}
  return {...describe(description, shownUrl(found, world.quirks)), ...actions}
}

/** @throws JujuFault when there is no name in it, as in `ch:` or `nonsense:` */
function checkedUrl(url: string): string {
  const name = url.replace(/^.*[:/]/, '').replace(/-\d+$/, '')
  if (charmName.test(name)) return url
  throw new JujuFault(`cannot parse name and/or revision in URL "${url}": name "${name}" not valid`, 'not valid')
}

/** The charms that the model holds; names select. */
function list({model, world}: ModelContext, params: Params): object {
  const names = listOf<string>(params, 'names')
  const found = model.charms.all.filter(({description: {name}}) => names.length === 0 || names.includes(name))
  return {'charm-urls': found.map(charm => shownUrl(charm, world.quirks)).sort()}
}

function describe(charm: CharmDescription, url: string): object {
  const {name, channel} = charm.base
  return {
    revision: charm.revision,
    url: url.replace(/^local:(?!amd64\/)/, 'local:amd64/'),
    config: charm.options,
    meta: {
      name: charm.name,
      summary: charm.summary,
      description: charm.description,
      subordinate: charm.subordinate ?? false,
      provides: {...endpoints(charm.provides, 'provider'), 'juju-info': endpoint('juju-info', 'provider', jujuInfo)},
      ...present('requires', endpoints(charm.requires, 'requirer')),
      ...present('peers', endpoints(charm.peers, 'peer')),
      ...present('resources', resources(charm)),
      'min-juju-version': '0.0.0',
      ...present('containers', charm.containers ?? {}),
    },
    manifest: {bases: [{name, channel, architectures: architecturesOf(charm)}]},
  }
}

function resources({resources: specs = {}}: CharmDescription): Record<string, object> {
  const entries = Object.entries(specs).map(([name, {type, path = '', description}]) => [
    name,
    {name, type, path, description},
  ])
  return Object.fromEntries(entries) as Record<string, object>
}

const jujuInfo: EndpointSpec = {interface: 'juju-info'}

function actionSpecs({actions}: CharmDescription): Record<string, object> {
  const specs = Object.entries(actions).map(([name, spec]) => [
    name,
    {description: spec.description, ...flags(spec), params: actionSchema(name, spec)},
  ])
  return specs.length === 0 ? {} : {specs: Object.fromEntries(specs) as Record<string, object>}
}

function flags({parallel = false, group}: ActionSpec): object {
  return {...(parallel ? {parallel} : {}), ...(group === undefined ? {} : {'execution-group': group})}
}

/** The JSON schema that Juju makes of an action's declaration. */
export function actionSchema(name: string, spec: ActionSpec): Record<string, unknown> {
  const {description, parameters, required, additionalProperties = false} = spec
  return {
    additionalProperties,
    description,
    properties: parameters,
    ...(required === undefined ? {} : {required}),
    title: name,
    type: 'object',
  }
}

function endpoints(specs: Readonly<Record<string, EndpointSpec>>, role: string): Record<string, object> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, endpoint(name, role, spec)]))
}

function endpoint(name: string, role: string, spec: EndpointSpec): object {
  return {
    name,
    role,
    interface: spec.interface,
    optional: spec.optional ?? false,
    limit: spec.limit ?? 0,
    scope: spec.scope ?? 'global',
  }
}

/** Go leaves empty maps out. */
function present(key: string, value: object): object {
  return Object.keys(value).length === 0 ? {} : {[key]: value}
}
