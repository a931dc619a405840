import {JujuFault} from '../juju-fault.ts'
import {textOf} from '../rpc/context.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import {execAction} from '../world/exec.ts'
import type {Model} from '../world/model.ts'
import {listOf} from './arguments.ts'
import {accepted, checkLinkable, failedItem, noLease} from './enqueue.ts'
import {applicationOf, unitOf} from './lookup.ts'

/** `juju exec`: commands on units, for administrators of the model. */
export const execCalls: Facade = {
  Run: {
    need: 'admin',
    writes: true,
    blockedBy: ['BlockChange'],
    goParams: 'RunParams',
    texts: ['commands', 'execution-group'],
    runOnModel: run,
  },
  RunOnAllMachines: {
    need: 'admin',
    writes: true,
    blockedBy: ['BlockChange'],
    goParams: 'RunParams',
    texts: ['commands'],
    runOnModel: runOnAllMachines,
  },
}

function run(context: ModelContext, params: Params): object {
  const {model, world, user} = context
  const command = checkedCommand(params)
  const wanted = receivers(context, params)
  const operation = model.operations.open(execAction, user.name, world.now())
  const parameters = {
    command,
    timeout: Number(params['timeout'] ?? 0),
    ...(world.quirks.execHasWorkloadContext ? {'workload-context': params['workload-context'] === true} : {}),
  }
  const [parallel, group] = [params['parallel'] === true, textOf(params, 'execution-group')]
  const items = wanted.map(receiver => {
    try {
      const unit = receiver()
      if (world.quirks.absenceLacksCode) checkLinkable(model, unit)
      else unitOf(model, unit)
      const task = model.operations.add(operation, {unit, action: execAction, parameters, parallel, group}, world.now())
      world.agents.accept(model, task)
      return accepted(context, task, {ofExec: true})
    } catch (error) {
      if (error instanceof JujuFault) return failedItem(error)
      throw error
    }
  })
  return {operation: `operation-${operation.id}`, actions: items}
}

/** Machines run no commands in here: only their refusals are played. */
function runOnAllMachines({model}: ModelContext, params: Params): object {
  checkedCommand(params)
  if (model.type === 'caas') throw new JujuFault('cannot run on all machines with a caas model')
  throw new JujuFault('commands on machines are not simulated')
}

function checkedCommand(params: Params): string {
  const command = textOf(params, 'commands')
  if (!/juju-exec|juju-run/.test(command)) return command
  throw new JujuFault(`cannot use "${command}" as an action command`, 'not supported')
}

/** Units by name, `application/leader`, and every unit of an application. */
function receivers({model, world}: ModelContext, params: Params): readonly (() => string)[] {
  const units = listOf<string>(params, 'units')
  if (world.quirks.enqueueFailsAsAWhole) checkLeaders(model, units)
  const named = units.map(name => (): string => {
    if (!name.endsWith('/leader')) return name
    const application = applicationOf(model, name.replace(/\/leader$/, ''))
    if (application.leader === undefined) throw new JujuFault(`could not determine leader for "${application.name}"`)
    return application.leader
  })
  const whole = listOf<string>(params, 'applications').flatMap(name =>
    [...(model.applications.get(name)?.units.keys() ?? [])].map(unit => (): string => unit),
  )
  return [...named, ...whole]
}

/** @throws JujuFault when nobody leads an application whose leader is wanted */
function checkLeaders(model: Model, units: readonly string[]): void {
  const wanted = units.filter(name => name.endsWith('/leader')).map(name => name.replace(/\/leader$/, ''))
  const leaderless = wanted.find(name => model.applications.get(name)?.leader === undefined)
  if (leaderless !== undefined) throw noLease(leaderless)
}
