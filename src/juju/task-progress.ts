import type {Caller} from './connection.ts'
import {progressLine, watchActionsProgress} from './facades/action.ts'
import {onlyItem} from './item-errors.ts'
import {taskTag} from './tags.ts'
import type {TaskLogLine} from './tasks.ts'
import {timeOf} from './times.ts'
import {watchStrings} from './watchers.ts'

/**
 * Log lines of a task as they are written: those so far first. The same lines are in every `actions` reply.
 *
 * @param caller one connection; of a session, take `watchActionsProgress`
 * @throws as `watchStrings`
 */
export async function* taskProgress(
  caller: Caller,
  taskID: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly TaskLogLine[]> {
  const reply = await caller.call(watchActionsProgress, {entities: [{tag: taskTag(taskID)}]}, {signal})
  const watcher = onlyItem(watchActionsProgress, reply.results)
  for await (const changes of watchStrings(caller, watcher, signal)) yield changes.map(lineOf)
}

/** Each change is JSON of time and message; anything else is passed on as the message. */
function lineOf(change: string): TaskLogLine {
  try {
    const {timestamp, message} = progressLine.parse(JSON.parse(change))
    return {time: timeOf(timestamp), message}
  } catch {
    return {time: undefined, message: change}
  }
}
