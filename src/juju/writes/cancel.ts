import {actions, cancel as sendCancel} from '../actions.ts'
import {isFinished, type TaskInfo} from '../tasks.ts'
import {defineWrite, didNotHappen, happened, unknown} from './write.ts'

export interface CancelTarget {
  readonly taskID: string
}

/**
 * Asks for the cancellation of one task; a second request changes nothing. The result is the task as Juju has it then. That
 * of a task which ended by itself counts as well: a cancel can do no more to it.
 */
export const cancel = defineWrite({
  name: 'cancel',
  repeat: 'Harmless',
  application: () => undefined,
  before: () => Promise.resolve({}),
  send: async (caller, {taskID}: CancelTarget, options): Promise<TaskInfo | undefined> => {
    const result = (await sendCancel(caller, [taskID], options)).get(taskID)
    if (result?.accepted === false) throw result.error
    return result?.task
  },
  read: async (caller, {target}, _status, options): Promise<TaskInfo | undefined> =>
    (await actions(caller, [target.taskID], options)).found.get(target.taskID),
  proves: ({target}, task) => {
    if (task === undefined) return unknown(`Juju does not know task ${target.taskID} any more`)
    return task.status === 'aborting' || isFinished(task.status) ? happened(task) : didNotHappen
  },
})
