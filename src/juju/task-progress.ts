import type {CallOptions, Caller} from './connection.ts'
import {JujuError} from './errors.ts'
import {progressLine, watchActionsProgress} from './facades/action.ts'
import {next, stop} from './facades/strings-watcher.ts'
import {onlyItem} from './item-errors.ts'
import {taskTag} from './tags.ts'
import type {TaskLogLine} from './tasks.ts'
import {timeOf} from './times.ts'

/**
 * Log lines of a task as they are written: those so far first. Ends when Juju ends the watch; otherwise it goes on until the
 * caller stops iterating, the signal aborts or the connection is lost. The same lines are in every `actions` reply.
 *
 * @throws JujuError, ConnectionLost, CallAborted
 */
export async function* taskProgress(
  caller: Caller,
  taskID: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly TaskLogLine[]> {
  const reply = await caller.call(watchActionsProgress, {entities: [{tag: taskTag(taskID)}]}, {signal})
  const watcher = onlyItem(watchActionsProgress, reply.results)
  const id = watcher['watcher-id']
  try {
    if (watcher.changes.length > 0) yield watcher.changes.map(lineOf)
    for (;;) {
      const {changes} = await caller.call(next, {}, {id, signal, timeoutMs: Infinity})
      if (changes.length > 0) yield changes.map(lineOf)
    }
  } catch (error) {
    if (!(error instanceof JujuError && error.code === 'stopped')) throw error
  } finally {
    await stopQuietly(caller, {id})
  }
}

/** A watcher that cannot be stopped ends with its connection. */
async function stopQuietly(caller: Caller, options: CallOptions): Promise<void> {
  await caller.call(stop, {}, options).catch(() => undefined)
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
