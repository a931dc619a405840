import {notFound} from '../juju-fault.ts'
import {goTime, zeroTime} from '../go.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import {idOfTag, isTag} from '../tags.ts'
import {hasEnded, operationStatus} from '../world/operations.ts'
import type {Operation, Task} from '../world/operations.ts'
import {operationShape, taskShape} from './action-shapes.ts'
import {listOf, tagsOf} from './arguments.ts'
import {actionSchema} from './charms.ts'
import {enqueueOperation} from './enqueue.ts'
import {execCalls} from './exec.ts'
import {applicationNameOf} from './lookup.ts'

export const action: Facade = {
  ...execCalls,
  EnqueueOperation: {need: 'write', writes: true, goParams: 'Actions', runOnModel: enqueueOperation},
  ListOperations: {need: 'read', goParams: 'OperationQueryArgs', runOnModel: listOperations},
  Operations: {need: 'read', runOnModel: operations},
  Actions: {need: 'read', runOnModel: actions},
  ApplicationsCharmsActions: {need: 'write', runOnModel: applicationsCharmsActions},
  Cancel: {need: 'write', writes: true, runOnModel: cancel},
  WatchActionsProgress: {need: 'login', runOnModel: watchActionsProgress},
}

const zeroTimes = {enqueued: zeroTime, started: zeroTime, completed: zeroTime}
/** What Juju takes for no limit. */
const defaultLimit = 50

function listOperations({model, world}: ModelContext, params: Params): object {
  const {quirks} = world
  const all = [...model.operations.all.values()]
  if (quirks.sortsOperationsAsText) all.sort((one, other) => (one.id < other.id ? -1 : 1))
  const offset = Number(params['offset'] ?? 0)
  const limit = Number(params['limit'] ?? 0) || defaultLimit
  const selected = (operations: readonly Operation[]): readonly Operation[] =>
    operations.filter(operation => selects(params, operation))
  const cut = (operations: readonly Operation[]): readonly Operation[] => operations.slice(offset, offset + limit)
  const page = quirks.cutsPagesBeforeFilter ? selected(cut(all)) : cut(selected(all))
  const total = quirks.cutsPagesBeforeFilter ? all.length : selected(all).length
  return {
    ...(page.length === 0 ? {} : {results: page.map(operation => operationShape(operation, quirks))}),
    ...(total > offset + limit ? {truncated: true} : {}),
  }
}

function selects(params: Params, operation: Operation): boolean {
  const wanted = (key: string): readonly string[] => listOf<string>(params, key)
  const [applications, units, names, status] = ['applications', 'units', 'actions', 'status'].map(wanted)
  const {tasks} = operation
  const receives = (task: Task): boolean =>
    (applications?.includes(applicationNameOf(task.unit)) ?? false) || (units?.includes(task.unit) ?? false)
  const anyReceiver = applications?.length === 0 && units?.length === 0
  return (
    (anyReceiver || tasks.some(receives)) &&
    wanted('machines').length === 0 &&
    (names?.length === 0 || names?.includes(operation.action) === true) &&
    (status?.length === 0 || status?.includes(operationStatus(operation)) === true)
  )
}

function operations({model, world}: ModelContext, params: Params): object {
  const results = tagsOf(params).map(tag => {
    const id = idOfTag('operation', tag)
    const operation = model.operations.all.get(id ?? '')
    if (operation !== undefined) return operationShape(operation, world.quirks)
    const code = world.quirks.unknownOperationHasCode ? 'not found' : ''
    const message = isTag(tag) ? `operation "${id ?? tag}" not found` : `"${tag}" is not a valid tag`
    return {operation: '', summary: '', ...zeroTimes, error: {message, code}}
  })
  return {results}
}

function actions({model, world}: ModelContext, params: Params): object {
  const results = tagsOf(params).map(tag => {
    const task = model.operations.tasks.get(idOfTag('action', tag) ?? '')
    if (task === undefined) return {...zeroTimes, error: notFound('id not found').item}
    return taskShape(task, world.quirks, {output: true})
  })
  return {results}
}

function applicationsCharmsActions({model}: ModelContext, params: Params): object {
  const results = tagsOf(params).map(tag => {
    const name = idOfTag('application', tag) ?? tag
    const application = model.applications.get(name)
    if (application === undefined)
      return {'application-tag': tag, error: notFound(`application "${name}" not found`).item}
    const specs = Object.entries(model.charms.actionsOf(application.charm))
    const actions = specs.map(([action, spec]) => [
      action,
      {description: spec.description, params: actionSchema(action, spec)},
    ])
    return {'application-tag': tag, actions: Object.fromEntries(actions) as Record<string, object>}
  })
  return {results}
}

function cancel(context: ModelContext, params: Params): object {
  return {results: tagsOf(params).map(tag => cancelOne(context, idOfTag('action', tag) ?? tag))}
}

function cancelOne({model, world}: ModelContext, id: string): object {
  const task = model.operations.tasks.get(id)
  if (task === undefined) return {...zeroTimes, error: notFound(`action ${id} not found`).item}
  if (world.quirks.cancelFails) return {...zeroTimes, error: {message: brokenCancel(id), code: ''}}
  if (task.status === 'pending') {
    task.status = 'cancelled'
    task.completed = world.now()
    task.message = 'action cancelled via the API'
  } else if (!hasEnded(task)) {
    task.status = 'aborting'
    task.abort.abort(new Error('the task was cancelled'))
  }
  return taskShape(task, world.quirks, {output: true})
}

/** The words of a statement that cannot work, which every Cancel of an existing task meets on 4.x. */
function brokenCancel(id: string): string {
  const prefix = `cancelling task "${id}": `
  return `${prefix}${prefix}preparing update status statement for task ID "${id}": preparing:: cannot prepare statement: input expression: type "taskStatus" has no "status_id" db tag: $taskStatus.status_id`
}

function watchActionsProgress({model, peer}: ModelContext, params: Params): object {
  const results = tagsOf(params).map(tag => {
    const task = model.operations.tasks.get(idOfTag('action', tag) ?? '')
    if (task === undefined) return {'watcher-id': '', error: notFound('id not found').item}
    let seen = 0
    const poll = (): readonly string[] => {
      const fresh = task.log.slice(seen)
      seen = task.log.length
      return fresh.map(({at, message}) => JSON.stringify({message, timestamp: goTime(at)}))
    }
    const changes = poll()
    return {'watcher-id': peer.watchers.add(poll), ...(changes.length === 0 ? {} : {changes})}
  })
  return {results}
}
