import {goTime, zeroTime} from '../go.ts'
import type {Quirks} from '../quirks.ts'
import {unitTag} from '../tags.ts'
import {operationCompleted, operationStatus} from '../world/operations.ts'
import type {Operation, Task} from '../world/operations.ts'

/** Juju's ActionResult. Go leaves empty texts, lists and maps out. */
export function taskShape(task: Task, quirks: Quirks, {output}: {output: boolean}): object {
  return {
    action: {
      tag: `action-${task.id}`,
      receiver: unitTag(task.unit),
      name: task.action,
      ...present('parameters', task.parameters),
      parallel: task.parallel,
      'execution-group': task.group,
    },
    enqueued: goTime(task.enqueued),
    started: goTime(task.started),
    completed: quirks.losesTimes ? zeroTime : goTime(task.completed),
    status: task.status,
    ...(task.message === '' ? {} : {message: task.message}),
    ...(task.log.length === 0 ? {} : {log: task.log.map(({at, message}) => ({timestamp: goTime(at), message}))}),
    ...(output ? present('output', task.output) : {}),
  }
}

/** Juju's OperationResult. */
export function operationShape(operation: Operation, quirks: Quirks): object {
  const {id, action, tasks, enqueued} = operation
  const starts = tasks.map(task => task.started).filter(time => time !== undefined)
  const started = starts.length === 0 ? undefined : Math.min(...starts)
  const units = tasks.map(task => unitTag(task.unit)).join(',')
  const shapes = tasks.map(task => taskShape(task, quirks, {output: !quirks.outputOnlyInActions}))
  return {
    operation: `operation-${id}`,
    summary: quirks.summaryNamesUnit ? `${action} run on ${units}` : `action "${action}"`,
    enqueued: goTime(enqueued),
    started: quirks.losesTimes ? zeroTime : goTime(started),
    completed: goTime(operationCompleted(operation)),
    status: operationStatus(operation),
    ...(operation.fail === undefined ? {} : {fail: operation.fail}),
    ...(shapes.length === 0 ? {} : {actions: shapes}),
  }
}

function present(key: string, value: Readonly<Record<string, unknown>>): object {
  return Object.keys(value).length === 0 ? {} : {[key]: value}
}
