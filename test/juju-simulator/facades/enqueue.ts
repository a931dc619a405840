import {goTime, goText, zeroTime} from '../go.ts'
import {JujuFault, notFound} from '../juju-fault.ts'
import type {ModelContext, Params} from '../rpc/context.ts'
import {isTag, unitOfTag, unitTag} from '../tags.ts'
import type {Model} from '../world/model.ts'
import type {Operation, Task} from '../world/operations.ts'
import {applicationNameOf} from './lookup.ts'
import {checkParameters} from './parameters.ts'

interface Wanted {
  readonly name: string
  readonly receiver: string
  readonly parameters?: Readonly<Record<string, unknown>> | null
  readonly parallel?: boolean
  readonly 'execution-group'?: string
}

/** `Action.EnqueueOperation`: 4.x takes actions of one kind on units of one application, 3.x any mixture. */
export function enqueueOperation(context: ModelContext, params: Params): object {
  const wanted = (params['actions'] ?? []) as readonly Wanted[]
  if (wanted.length === 0) throw new JujuFault('no actions specified')
  return context.world.quirks.enqueueFailsAsAWhole ? enqueueAlike(context, wanted) : enqueueEach(context, wanted)
}

function enqueueAlike(context: ModelContext, wanted: readonly Wanted[]): object {
  const {model, world, user} = context
  const name = wanted[0]?.name ?? ''
  const other = wanted.find(one => one.name !== name)
  if (other !== undefined) throw new JujuFault(`action name mismatch: "${name}" != "${other.name}"`)
  const receivers = wanted.map(one => attempt(() => receiverOf(model, one.receiver, noLease)))
  const units = receivers.filter(receiver => typeof receiver === 'string')
  if (units.length > 0) checkOnce(model, name, units)
  if (units.length === 0) return {operation: '', actions: receivers.map(failedItem)}
  const operation = model.operations.open(name, user.name, world.now())
  const items = wanted.map((one, index) => {
    const receiver = receivers[index]
    return typeof receiver === 'string' ? link(context, operation, receiver, one) : failedItem(receiver)
  })
  return {operation: `operation-${operation.id}`, actions: items}
}

/** What fails the whole call on 4.x. */
function checkOnce(model: Model, action: string, units: readonly string[]): void {
  const names = new Set(units.map(applicationNameOf))
  if (names.size > 1) throw new JujuFault('actions must be run on units from the same application')
  const name = applicationNameOf(units[0] ?? '')
  const application = model.applications.get(name)
  const doing = 'adding action operation: '
  if (application === undefined)
    throw new JujuFault(`${doing}${doing}getting charm UUID for application "${name}": application "${name}" not found`)
  const actions = model.charms.actionsOf(application.charm)
  if (Object.keys(actions).length === 0)
    throw notFound(`no actions defined for charm ${application.charm.description.name}.`)
  if (!(action in actions)) throw notFound(`action "${action}" not defined for unit "${units[0]}".`)
}

function link(context: ModelContext, operation: Operation, unit: string, wanted: Wanted): object {
  const {model, world} = context
  const known = attempt(() => checkLinkable(model, unit))
  if (known instanceof JujuFault) return failedItem(known)
  const spec = model.applications.get(applicationNameOf(unit))?.charm.description.actions[wanted.name]
  const given = wanted.parameters ?? {}
  const checked = attempt(() =>
    spec !== undefined && world.quirks.validatesParameters ? checkParameters(spec, given) : given,
  )
  if (checked instanceof JujuFault) return failedItem(checked)
  return accepted(context, add(context, operation, unit, wanted, checked))
}

/** As 4.x does it: a unit that is unknown costs a task's number all the same. @throws JujuFault */
export function checkLinkable(model: Model, unit: string): void {
  if (model.unit(unit) !== undefined) return
  model.operations.skipId()
  throw new JujuFault(`linking task to unit: getting unit UUID for "${unit}": unit "${unit}" not found`)
}

function enqueueEach(context: ModelContext, wanted: readonly Wanted[]): object {
  const {model, world, user} = context
  const operation = model.operations.open(wanted[0]?.name ?? '', user.name, world.now())
  const items = wanted.map(one => {
    const task = attempt(() => enqueueOne(context, operation, one))
    return task instanceof JujuFault ? failedItem(task) : accepted(context, task)
  })
  if (operation.tasks.length === 0) operation.fail = 'error(s) enqueueing action(s)'
  return {operation: `operation-${operation.id}`, actions: items}
}

function enqueueOne(context: ModelContext, operation: Operation, wanted: Wanted): Task {
  const {model, world} = context
  const unit = receiverOf(model, wanted.receiver, leaderOn3)
  const application = model.applications.get(applicationNameOf(unit))
  if (application?.units.has(unit) !== true) throw notFound(`unit "${unit}" not found`)
  const actions = model.charms.actionsOf(application.charm)
  if (Object.keys(actions).length === 0) throw new JujuFault(`no actions defined on charm "${application.charmUrl}"`)
  const spec = actions[wanted.name]
  if (spec === undefined) throw new JujuFault(`action "${wanted.name}" not defined on unit "${unit}"`)
  const given = wanted.parameters ?? {}
  const parameters = world.quirks.validatesParameters ? checkParameters(spec, given) : given
  return add(context, operation, unit, wanted, parameters)
}

function add(
  {model, world}: ModelContext,
  operation: Operation,
  unit: string,
  {name, parallel = false, 'execution-group': group = ''}: Wanted,
  parameters: Wanted['parameters'],
): Task {
  const stored = world.quirks.parametersAsGoText ? flattened(parameters ?? {}) : (parameters ?? {})
  const task = model.operations.add(operation, {unit, action: name, parameters: stored, parallel, group}, world.now())
  world.agents.accept(model, task)
  return task
}

/** @param ofExec 4.x tells how a command runs beside others, but not how an action does */
export function accepted({world}: ModelContext, task: Task, {ofExec = false} = {}): object {
  const {action, parameters, parallel, group} = task
  const told = {parallel, 'execution-group': group}
  const bare = {name: '', ...(ofExec ? told : {parallel: false})}
  const echo = world.quirks.enqueueEchoesAction ? {name: action, parameters, ...told} : bare
  return {
    action: {tag: `action-${task.id}`, receiver: unitTag(task.unit), ...echo},
    enqueued: goTime(task.enqueued),
    started: zeroTime,
    completed: zeroTime,
    status: 'pending',
  }
}

/** Texts, numbers and booleans survive; lists and objects become what Go prints. */
function flattened(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [key, typeof value === 'object' ? goText(value) : value]),
  )
}

type LeaderWords = (application: string) => JujuFault

/** What 4.x says of an application that nobody leads. */
export const noLease: LeaderWords = name =>
  notFound(`getting leader unit for ${name}: application "${name}" not found in leases`)
const leaderOn3: LeaderWords = name => new JujuFault(`could not determine leader for "${name}"`)

/** The unit's name: of a unit's tag, or the leader of `application/leader`. */
function receiverOf(model: Model, receiver: string, noLeader: LeaderWords): string {
  if (receiver.endsWith('/leader')) {
    const name = receiver.slice(0, -'/leader'.length)
    const leader = model.applications.get(name)?.leader
    if (leader === undefined) throw noLeader(name)
    return leader
  }
  if (!isTag(receiver)) throw new JujuFault(`"${receiver}" is not a valid tag`)
  const unit = unitOfTag(receiver)
  if (unit === undefined) throw new JujuFault(`"${receiver}" is not a valid unit tag`)
  return unit
}

/** A fault of one item. A missing leader fails the call on 4.x, so it is thrown on. */
function attempt<T>(work: () => T): T | JujuFault {
  try {
    return work()
  } catch (error) {
    if (error instanceof JujuFault && !error.message.startsWith('getting leader')) return error
    throw error
  }
}

/** An item of a reply for what could not be enqueued. */
export function failedItem(fault: unknown): object {
  const times = {enqueued: zeroTime, started: zeroTime, completed: zeroTime}
  return {...times, ...(fault instanceof JujuFault ? {error: fault.item} : {})}
}
