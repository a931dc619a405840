import {denied, JujuFault} from '../juju-fault.ts'
import {goTime} from '../go.ts'
import {textOf} from '../rpc/context.ts'
import type {CallContext, Facade, Params} from '../rpc/context.ts'
import type {Model} from '../world/model.ts'

export const modelManager: Facade = {
  ListModelSummaries: {need: 'login', goParams: 'ModelSummariesRequest', run: listModelSummaries},
  ListModels: {need: 'login', goParams: 'Entity', run: listModels},
}

export const controller: Facade = {
  AllModels: {need: 'login', run: allModels},
  ControllerVersion: {
    need: 'login',
    run: ({world}) => ({version: world.profile.serverVersion, 'git-commit': ''}),
  },
}

function listModelSummaries(context: CallContext, params: Params): object {
  const all = params['all'] === true && context.user.superuser
  const models = visible(context, textOf(params, 'user-tag'), all)
  return {results: models.map(model => ({result: summary(context, model)}))}
}

function listModels(context: CallContext, params: Params): object {
  return {'user-models': visible(context, textOf(params, 'tag'), false).map(model => userModel(context, model))}
}

function allModels(context: CallContext): object {
  const {world, user, version} = context
  if (!user.superuser) throw denied()
  if (world.quirks.allModelsPanics && version === 12)
    throw new JujuFault('runtime error: index out of range [0] with length 0')
  return {'user-models': [...world.models.values()].map(model => userModel(context, model))}
}

/** The models that the tagged user can see; only superusers may ask for others. */
function visible({world, user}: CallContext, tag: string, all: boolean): readonly Model[] {
  const name = tag.replace(/^user-/, '')
  if (name !== user.name && !user.superuser) throw denied()
  const asked = world.users.get(name) ?? user
  return [...world.models.values()].filter(model => all || world.accessOf(asked, model) !== undefined)
}

function userModel(context: CallContext, model: Model): object {
  const {name, uuid, type} = model
  return {model: {name, uuid, type, ...owner(context, model)}, 'last-connection': null}
}

function summary(context: CallContext, model: Model): object {
  const {world, user} = context
  const units = [...model.applications.values()].flatMap(application => [...application.units.values()])
  const machines = new Set(units.map(unit => unit.machine).filter(machine => machine !== ''))
  return {
    name: model.name,
    uuid: model.uuid,
    type: model.type,
    'controller-uuid': world.controllerUUID,
    'is-controller': false,
    'cloud-tag': model.type === 'caas' ? 'cloud-microk8s' : 'cloud-dummy',
    'cloud-region': model.type === 'caas' ? 'localhost' : 'dummy-region',
    ...owner(context, model),
    life: 'alive',
    status: {status: 'available', info: '', since: goTime(model.created)},
    'user-access': model.access.get(user.name) ?? (user.superuser ? 'admin' : ''),
    'last-connection': null,
    counts: [
      ...(machines.size === 0 ? [] : [{entity: 'machines', count: machines.size}]),
      {entity: 'units', count: units.length},
    ],
    'agent-version': world.profile.serverVersion,
  }
}

/** Up to version 10 an owner's tag, from 11 a qualifier. */
function owner({version}: CallContext, model: Model): object {
  return version >= 11 ? {qualifier: model.owner} : {'owner-tag': `user-${model.owner}`}
}
