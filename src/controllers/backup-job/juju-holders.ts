import type {ModelSnapshot} from '../../juju/snapshot.ts'
import {isFinished} from '../../juju/tasks.ts'
import type {JujuHolder} from '../arbiter/order.ts'
import {lockingActions} from './gather.ts'

/**
 * Unfinished tasks in Juju that hold their application and are none of `own`: a backup or restore that a person or another tool
 * has started. A task whose unit is gone does not count, as nothing will ever end it (api.md rule 12).
 */
export function foreignTasks(snapshot: ModelSnapshot, own: ReadonlySet<string>): readonly JujuHolder[] {
  const tasks = snapshot.unfinished.flatMap(operation => operation.tasks)
  return tasks
    .filter(task => !isFinished(task.status) && !own.has(task.taskID) && !hasEndedSince(snapshot, task.taskID))
    .map(task => ({...task, application: task.receiver.slice(0, task.receiver.lastIndexOf('/'))}))
    .filter(({application, action, receiver}) => holds(snapshot, application, action, receiver))
    .map(({taskID, application, receiver, action}) => ({taskID, application, unit: receiver, action}))
}

/** Tracked tasks are read last, so they may have ended after the list of unfinished ones was made. */
function hasEndedSince(snapshot: ModelSnapshot, taskID: string): boolean {
  const tracked = snapshot.tasks.get(taskID)
  return tracked !== undefined && isFinished(tracked.status)
}

function holds(snapshot: ModelSnapshot, name: string, action: string, unit: string): boolean {
  const application = snapshot.status.applications.get(name)
  if (!application?.units.some(one => one.name === unit)) return false
  return lockingActions(application).includes(action)
}
