import {notFound} from '../juju-fault.ts'
import {textOf} from '../rpc/context.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import {idOfTag, unitOfTag, unitTag} from '../tags.ts'
import type {Unit} from '../world/application.ts'
import type {Model, RelationEnd} from '../world/model.ts'
import {tagsOf} from './arguments.ts'
import {shownUrl} from './charm-shapes.ts'
import {applicationNameOf, applicationToRead, item} from './lookup.ts'
import {podOf} from './status-shapes.ts'

export const unitsInfoCalls: Facade = {
  Leader: {need: 'read', goParams: 'Entity', texts: ['tag'], runOnModel: leader},
  UnitsInfo: {need: 'read', runOnModel: unitsInfo},
}

function leader({model}: ModelContext, params: Params): object {
  const tag = textOf(params, 'tag')
  const result = model.applications.get(idOfTag('application', tag) ?? '')?.leader
  if (result !== undefined) return {result}
  return {error: notFound(`leader for ${tag} not found`).item, result: ''}
}

function unitsInfo(context: ModelContext, params: Params): object {
  return {results: tagsOf(params).flatMap(tag => infoOf(context, tag))}
}

/** Of an application's tag all of its units, of a unit's tag that one. */
function infoOf(context: ModelContext, tag: string): readonly object[] {
  const {model} = context
  const name = unitOfTag(tag)
  if (name !== undefined) return [item(() => ({result: unitInfo(context, unitToRead(model, name))}))]
  const application = model.applications.get(idOfTag('application', tag) ?? tag)
  if (application === undefined) return [item(() => applicationToRead(model, idOfTag('application', tag) ?? tag))]
  return [...application.units.values()].map(each => ({result: unitInfo(context, each)}))
}

/** `charm` is the application's, whatever the unit runs. */
function unitInfo({model, world}: ModelContext, unit: Unit): object {
  const owner = applicationToRead(model, applicationNameOf(unit.name))
  const otherSide = world.quirks.unitsInfoShowsOtherSide
  const {openPorts = []} = owner.charm.description
  return {
    tag: unitTag(unit.name),
    'workload-version': owner.charm.description.workloadVersion,
    ...(unit.machine === '' ? podOf(unit) : {machine: unit.machine}),
    'opened-ports': openPorts.length === 0 ? null : openPorts,
    charm: shownUrl(owner.charm, world.quirks),
    ...(owner.leader === unit.name ? {leader: true} : {}),
    life: unit.life,
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

/** A unit whose agent has not come up is not in the scope of its relations yet. */
function unitData(model: Model, {application: name}: RelationEnd): Record<string, object> {
  const units = [...(model.applications.get(name)?.units.values() ?? [])]
  return Object.fromEntries(
    units.map(({name: unit, started, databag}) => [unit, {InScope: started, UnitData: started ? databag : {}}]),
  )
}

function unitToRead(model: Model, name: string): Unit {
  const found = model.unit(name)
  if (found === undefined) throw notFound(`unit ${name} not found`)
  return found
}
