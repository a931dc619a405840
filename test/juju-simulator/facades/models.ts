import {denied, JujuFault} from '../juju-fault.ts'
import {goTime} from '../go.ts'
import {textOf} from '../rpc/context.ts'
import type {CallContext, Facade, Params} from '../rpc/context.ts'
import {idOfTag} from '../tags.ts'
import type {Model} from '../world/model.ts'
import {tagsOf} from './arguments.ts'
import {item} from './lookup.ts'

export const modelManager: Facade = {
  ListModelSummaries: {need: 'login', goParams: 'ModelSummariesRequest', texts: ['user-tag'], run: listModelSummaries},
  ListModels: {need: 'login', goParams: 'Entity', texts: ['tag'], run: listModels},
  ModelInfo: {need: 'read', run: modelInfo},
}

export const controller: Facade = {
  AllModels: {need: 'superuser', run: allModels},
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
  return {'user-models': byName(visible(context, textOf(params, 'tag'), false)).map(model => userModel(context, model))}
}

function modelInfo(context: CallContext, params: Params): object {
  return {results: tagsOf(params).map(tag => item(() => ({result: infoOf(context, tag)})))}
}

/** A model that the user cannot see is refused as if there were none. @throws JujuFault */
function infoOf(context: CallContext, tag: string): object {
  const {world, user} = context
  const model = world.models.get(idOfTag('model', tag) ?? '')
  const access = model === undefined ? undefined : world.accessOf(user, model)
  if (model === undefined || access === undefined) throw denied()
  return infoShape(context, model, access === 'admin')
}

function allModels(context: CallContext): object {
  const {world, version} = context
  if (world.quirks.allModelsPanics && version === 12)
    throw new JujuFault('runtime error: index out of range [0] with length 0')
  return {'user-models': byName([...world.models.values()]).map(model => userModel(context, model))}
}

function byName(models: readonly Model[]): readonly Model[] {
  return models.toSorted((one, other) => (one.name < other.name ? -1 : 1))
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

/** What summaries and ModelInfo have in common. */
function identity(context: CallContext, model: Model): object {
  const {name, uuid, type, created} = model
  return {
    name,
    uuid,
    type,
    'controller-uuid': context.world.controllerUUID,
    'is-controller': false,
    'cloud-tag': type === 'caas' ? 'cloud-microk8s' : 'cloud-dummy',
    'cloud-region': type === 'caas' ? 'localhost' : 'dummy-region',
    ...owner(context, model),
    life: 'alive',
    status: {status: 'available', info: '', since: goTime(created)},
    'agent-version': context.world.profile.serverVersion,
  }
}

function summary(context: CallContext, model: Model): object {
  const units = [...model.applications.values()].flatMap(application => [...application.units.values()])
  const machines = new Set(units.map(unit => unit.machine).filter(machine => machine !== ''))
  const counts = [
    {entity: 'machines', count: machines.size},
    {entity: 'units', count: units.length},
  ]
  return {
    ...identity(context, model),
    'user-access': model.access.get(context.user.name) ?? '',
    'last-connection': null,
    counts: counts.filter(({count}) => count > 0),
  }
}

/** Administrators see all users of the model, others only themselves. */
function infoShape(context: CallContext, model: Model, isAdmin: boolean): object {
  const {world, user} = context
  const cloud = model.type === 'caas' ? 'microk8s' : 'dummy'
  const known = [...world.users.values()].filter(({superuser, name}) => superuser || model.access.has(name))
  return {
    ...identity(context, model),
    'provider-type': model.type === 'caas' ? 'kubernetes' : 'dummy',
    'cloud-credential-tag': `cloudcred-${cloud}_admin_default`,
    'cloud-credential-validity': true,
    users: known
      .filter(({name}) => isAdmin || name === user.name)
      .map(each => ({
        'model-tag': '',
        user: each.name,
        'display-name': each.name,
        'last-connection': null,
        access: world.accessOf(each, model) ?? '',
      })),
    machines: [...model.machines.values()].map(({id}) => ({
      id,
      'instance-id': `i-${id}`,
      'display-name': `simulated-${id}`,
      status: 'started',
    })),
    'secret-backends': [
      {
        result: {name: 'internal', 'backend-type': 'controller', config: null},
        id: '',
        'num-secrets': model.secrets.all.size,
        status: 'active',
      },
    ],
    'supported-features': [
      {
        name: 'juju',
        description: 'the version of Juju used by the model',
        version: world.profile.serverVersion,
      },
    ],
  }
}

/** Up to version 10 an owner's tag, from 11 a qualifier. */
function owner({version}: CallContext, model: Model): object {
  return version >= 11 ? {qualifier: model.owner} : {'owner-tag': `user-${model.owner}`}
}
