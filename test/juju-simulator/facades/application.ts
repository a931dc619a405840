import {JujuFault, notFound} from '../juju-fault.ts'
import {textOf} from '../rpc/context.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import {idOfTag, unitOfTag, unitTag} from '../tags.ts'
import type {Application, Unit} from '../world/application.ts'
import type {Model, RelationEnd} from '../world/model.ts'
import {bindings, podOf, riskless} from './status-shapes.ts'

export const application: Facade = {
  Get: {need: 'read', goParams: 'ApplicationGet', runOnModel: get},
  Leader: {need: 'read', goParams: 'Entity', runOnModel: leader},
  UnitsInfo: {need: 'read', runOnModel: unitsInfo},
}

function get({model}: ModelContext, params: Params): object {
  const name = textOf(params, 'application')
  const found = find(model, name)
  const {description} = found.charm
  return {
    application: name,
    charm: description.name,
    config: options(found),
    'application-config': {
      trust: {
        default: false,
        description: 'Does this application have access to trusted credentials',
        source: found.trust ? 'user' : 'default',
        type: 'bool',
        value: found.trust,
      },
    },
    constraints: {arch: 'amd64'},
    base: {name: description.base.name, channel: riskless(description.base.channel)},
    channel: description.channel,
    'endpoint-bindings': bindings(found),
  }
}

function options({charm, config}: Application): Record<string, object> {
  const shown = Object.entries(charm.description.options).map(([name, {type, description, default: preset}]) => {
    const set = config.get(name)
    const value = set ?? preset
    return [
      name,
      {
        description,
        source: set === undefined ? (preset === undefined ? 'unset' : 'default') : 'user',
        type,
        ...(preset === undefined ? {} : {default: preset}),
        ...(value === undefined ? {} : {value}),
      },
    ]
  })
  return Object.fromEntries(shown) as Record<string, object>
}

function leader({model}: ModelContext, params: Params): object {
  const tag = textOf(params, 'tag')
  const result = model.applications.get(idOfTag('application', tag) ?? '')?.leader
  if (result !== undefined) return {result}
  return {error: notFound(`leader for ${tag} not found`).item, result: ''}
}

function unitsInfo(context: ModelContext, params: Params): object {
  const entities = (params['entities'] ?? []) as readonly {tag: string}[]
  return {results: entities.flatMap(({tag}) => infoOf(context, tag))}
}

function infoOf(context: ModelContext, tag: string): readonly object[] {
  try {
    const {model} = context
    const name = unitOfTag(tag)
    if (name !== undefined) return [{result: unitInfo(context, unit(model, name))}]
    const found = find(model, idOfTag('application', tag) ?? tag)
    return [...found.units.values()].map(each => ({result: unitInfo(context, each)}))
  } catch (error) {
    if (error instanceof JujuFault) return [{error: error.item}]
    throw error
  }
}

function unitInfo({model, world}: ModelContext, unitOf: Unit): object {
  const owner = find(model, unitOf.name.replace(/\/\d+$/, ''))
  const otherSide = world.quirks.unitsInfoShowsOtherSide
  return {
    tag: unitTag(unitOf.name),
    'workload-version': owner.charm.description.workloadVersion,
    ...(unitOf.machine === '' ? podOf(unitOf) : {machine: unitOf.machine}),
    'opened-ports': null,
    charm: owner.charmUrl,
    ...(owner.leader === unitOf.name ? {leader: true} : {}),
    life: unitOf.life,
    'relation-data': model.relationsOf(owner.name).map(({relation, own, other}) => ({
      'relation-id': relation.id,
      endpoint: own.endpoint,
      'cross-model': false,
      'related-endpoint': other.endpoint,
      ApplicationData: (otherSide ? other : own).data,
      'unit-relation-data': unitData(model, other),
    })),
  }
}

function unitData(model: Model, {application: name}: RelationEnd): Record<string, object> {
  const units = [...(model.applications.get(name)?.units.values() ?? [])]
  return Object.fromEntries(units.map(unitOf => [unitOf.name, {InScope: true, UnitData: unitOf.databag}]))
}

function find(model: Model, name: string): Application {
  const found = model.applications.get(name)
  if (found === undefined) throw notFound(`application ${name} not found`)
  return found
}

function unit(model: Model, name: string): Unit {
  const found = model.unit(name)
  if (found === undefined) throw notFound(`unit ${name} not found`)
  return found
}
