import {goTime} from '../go.ts'
import {JujuFault} from '../juju-fault.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import type {Application, Unit} from '../world/application.ts'
import type {Model} from '../world/model.ts'
import {applicationStatus, detailed, machineStatus, relationStatus} from './status-shapes.ts'

export const client: Facade = {
  FullStatus: {need: 'read', goParams: 'StatusParams', runOnModel: fullStatus},
  WatchAll: {need: 'read', runOnModel: watchAll},
}

/** The simulator has no AllWatcher on any profile, and says so as 4.x does. */
function watchAll(): never {
  throw new JujuFault('WatchAll not implemented', 'not implemented')
}

interface Selected {
  readonly application: Application
  readonly units: readonly Unit[]
}

function fullStatus({world, model}: ModelContext, params: Params): object {
  const now = world.now()
  const selected = select(model.applications.values(), (params['patterns'] ?? []) as readonly string[])
  const names = new Set(selected.map(({application}) => application.name))
  const relations = model.relations.filter(({ends}) => ends.every(({application}) => names.has(application)))
  const machines = machinesOf(model, selected, (params['patterns'] ?? []) as readonly string[])
  return {
    model: {
      name: model.name,
      type: model.type,
      'cloud-tag': model.type === 'caas' ? 'cloud-microk8s' : 'cloud-dummy',
      region: model.type === 'caas' ? 'localhost' : 'dummy-region',
      version: world.profile.serverVersion,
      'available-version': '',
      'model-status': detailed({status: 'available', message: '', since: now}, '', null),
    },
    machines: Object.fromEntries(machines),
    applications: Object.fromEntries(
      selected.map(({application, units}) => [
        application.name,
        applicationStatus({model, names, quirks: world.quirks, charmhub: world.charmhub, now}, application, units),
      ]),
    ),
    'remote-applications': {},
    offers: {},
    relations: relations.length === 0 ? null : relations.map(relation => relationStatus(model, relation)),
    'controller-timestamp': goTime(now),
    branches: null,
  }
}

/** Without patterns every machine of the model, also those that no unit is on any more; else those of the units. */
function machinesOf(
  {machines}: Model,
  selected: readonly Selected[],
  patterns: readonly string[],
): readonly [string, object][] {
  const chosen = new Set(selected.flatMap(({units}) => units.map(({machine}) => machine)))
  const shown = [...machines.values()].filter(({id}) => patterns.length === 0 || chosen.has(id))
  return shown.map(machine => [machine.id, machineStatus(machine)])
}

/** Patterns are names or globs of applications or units; none selects all. */
function select(applications: Iterable<Application>, patterns: readonly string[]): readonly Selected[] {
  const wanted = patterns.map(glob)
  const matches = (name: string): boolean => wanted.length === 0 || wanted.some(pattern => pattern.test(name))
  return [...applications].flatMap(application => {
    const all = [...application.units.values()]
    const units = matches(application.name) ? all : all.filter(unit => matches(unit.name))
    return units.length === 0 && !matches(application.name) ? [] : [{application, units}]
  })
}

function glob(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
}
