import {textOf} from '../rpc/context.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import {idOfTag} from '../tags.ts'
import type {Application} from '../world/application.ts'
import {applicationCharm} from './application-charm.ts'
import {applicationSettings} from './application-settings.ts'
import {applicationUnits} from './application-units.ts'
import {tagsOf} from './arguments.ts'
import {applicationOf, applicationToRead, item} from './lookup.ts'
import {bindings, riskless} from './status-shapes.ts'
import {unitsInfoCalls} from './units-info.ts'

export const application: Facade = {
  ...applicationSettings,
  ...applicationCharm,
  ...applicationUnits,
  ...unitsInfoCalls,
  ApplicationsInfo: {need: 'read', runOnModel: applicationsInfo},
  CharmRelations: {
    need: 'read',
    goParams: 'ApplicationCharmRelations',
    texts: ['application'],
    runOnModel: charmRelations,
  },
}

function applicationsInfo({model}: ModelContext, params: Params): object {
  const results = tagsOf(params).map(tag =>
    item(() => ({result: info(applicationToRead(model, idOfTag('application', tag) ?? tag))})),
  )
  return {results}
}

function info(found: Application): object {
  const {name, charm, origin, life} = found
  const {base} = charm.description
  return {
    tag: `application-${name}`,
    charm: charm.description.name,
    base: {name: base.name, channel: riskless(base.channel)},
    ...(origin.risk === '' ? {} : {channel: `${origin.track}/${origin.risk}`}),
    constraints: {arch: origin.architecture},
    principal: true,
    exposed: false,
    remote: false,
    life,
    'endpoint-bindings': bindings(found),
  }
}

/** Names of the charm's endpoints, not of what it is related with. */
function charmRelations({model}: ModelContext, params: Params): object {
  const {provides, requires, peers} = applicationOf(model, textOf(params, 'application')).charm.description
  const names = [provides, requires, peers].flatMap(endpoints => Object.keys(endpoints))
  return {'charm-relations': [...names, 'juju-info']}
}
