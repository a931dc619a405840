import {JujuFault} from '../juju-fault.ts'
import {textOf} from '../rpc/context.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import {idOfTag, unitOfTag} from '../tags.ts'
import type {Unit} from '../world/application.ts'
import {listOf, tagsOf} from './arguments.ts'
import {applicationNameOf, applicationOf, applicationToRead, item, unitOf} from './lookup.ts'

/** Writes that change which units there are. They change the database at once; agents and pods follow in their time. */
export const applicationUnits: Facade = {
  AddUnits: {
    need: 'write',
    writes: true,
    blockedBy: ['BlockChange'],
    goParams: 'AddApplicationUnits',
    runOnModel: addUnits,
  },
  DestroyUnit: {
    need: 'write',
    writes: true,
    blockedBy: ['BlockRemove', 'BlockChange'],
    goParams: 'DestroyUnitsParams',
    runOnModel: destroyUnit,
  },
  ScaleApplications: {
    need: 'write',
    writes: true,
    blockedBy: ['BlockChange'],
    goParams: 'ScaleApplicationsParamsV2',
    runOnModel: scaleApplications,
  },
  ResolveUnitErrors: {
    need: 'write',
    writes: true,
    blockedBy: ['BlockChange'],
    goParams: 'UnitsResolved',
    runOnModel: resolveUnitErrors,
  },
}

function addUnits({model, world}: ModelContext, params: Params): object {
  if (model.type === 'caas')
    throw new JujuFault('adding units to a container-based model is not supported', 'not supported')
  const application = applicationOf(model, textOf(params, 'application'))
  const count = Number(params['num-units'] ?? 0)
  if (count < 1)
    throw new JujuFault(
      `must add at least one unit${world.quirks.noUnitsSaysNotValid ? ' not valid' : ''}`,
      'not valid',
    )
  const units = Array.from({length: count}, () => {
    const unit = model.addUnit(application, world.now())
    world.agents.life.start(model, application, unit)
    return unit.name
  })
  return {units}
}

interface Destroyed {
  readonly 'unit-tag': string
  readonly 'dry-run'?: boolean
}

function destroyUnit(context: ModelContext, params: Params): object {
  if (context.model.type === 'caas')
    throw new JujuFault('removing units on a non-container model not supported', 'not supported')
  return {results: listOf<Destroyed>(params, 'units').map(wanted => item(() => destroyOne(context, wanted)))}
}

function destroyOne({model, world}: ModelContext, {'unit-tag': tag, 'dry-run': dry = false}: Destroyed): object {
  const name = unitOfTag(tag)
  if (name === undefined) throw new JujuFault(`"${tag}" is not a valid unit tag`)
  const application = applicationToRead(model, applicationNameOf(name))
  const unit = unitOf(model, name)
  if (dry) return {info: {}}
  world.agents.life.remove(model, application, unit)
  return {info: {}}
}

interface Scaled {
  readonly 'application-tag': string
  readonly scale?: number
  readonly 'scale-change'?: number | null
}

function scaleApplications(context: ModelContext, params: Params): object {
  if (context.model.type !== 'caas')
    throw new JujuFault('scaling applications on a non-container model not supported', 'not supported')
  return {results: listOf<Scaled>(params, 'applications').map(wanted => item(() => scaleOne(context, wanted)))}
}

/** An unknown application comes without a code. */
function scaleOne({model, world}: ModelContext, wanted: Scaled): object {
  const change = wanted['scale-change'] ?? 0
  const given = wanted.scale ?? 0
  if (given < 0 && change === 0) throw new JujuFault('scale < 0 not valid', 'not valid')
  if (given !== 0 && change !== 0) throw new JujuFault('requesting both scale and scale-change not valid', 'not valid')
  const tag = wanted['application-tag']
  const name = idOfTag('application', tag)
  if (name === undefined) throw new JujuFault(`"${tag}" is not a valid application tag`)
  const application = model.applications.get(name)
  if (application === undefined) throw new JujuFault(`getting application "${name}" not found`)
  const scale = change === 0 ? given : (application.scale ?? application.units.size) + change
  if (scale < 0) throw new JujuFault(`cannot remove more units than currently exist not valid`, 'not valid')
  world.agents.life.scale(model, application, scale)
  return {info: {'num-units': scale}}
}

/** `juju resolve`: the hook that failed runs again. */
function resolveUnitErrors(context: ModelContext, params: Params): object {
  const {model} = context
  const tags = tagsOf((params['tags'] ?? {}) as Params)
  const units = [...model.applications.values()].flatMap(({units: all}) => [...all.values()])
  if (params['all'] !== true)
    return {results: tags.map(tag => item(() => resolveOne(context, unitOf(model, unitOfTag(tag) ?? tag))))}
  if (tags.length > 0) throw new JujuFault('cannot resolve all units and specific units', 'bad request')
  for (const unit of units) if (unit.workload.status === 'error') resolveOne(context, unit)
  return {results: null}
}

function resolveOne({model, world}: ModelContext, unit: Unit): object {
  if (unit.workload.status !== 'error') {
    const id = unit.name.replace('/', '-')
    throw new JujuFault(`resolving unit: checking unit "${id}" status: unit is not in error state`)
  }
  const application = applicationOf(model, applicationNameOf(unit.name))
  void world.agents.life.resolve(model, application, unit)
  return {}
}
