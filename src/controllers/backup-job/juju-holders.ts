import {refreshEvidence} from '../../charms/refreshing.ts'
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
    .map(({taskID, application, receiver, action}) => {
      const who = `Juju task ${taskID}`
      return {taskID, application, who, doing: `${who} (${action} on ${receiver}) is working on ${application}`}
    })
}

/** What a person writes into the annotation `ignore-task` to go on beside a refresh. */
const REFRESH = 'refresh'

/** All that holds applications in Juju beside our own tasks: those of others, and refreshes of charms (api.md rule 12). */
export function jujuHolders(snapshot: ModelSnapshot, own: ReadonlySet<string>): readonly JujuHolder[] {
  const refreshes = [...snapshot.status.applications.values()].flatMap(application => {
    const evidence = refreshEvidence(application)
    if (evidence === undefined) return []
    const {name} = application
    return [
      {taskID: REFRESH, application: name, who: `refresh of ${name}`, doing: `${name} is being refreshed: ${evidence}`},
    ]
  })
  return [...foreignTasks(snapshot, own), ...refreshes]
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
