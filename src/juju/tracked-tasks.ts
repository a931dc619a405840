import {actions, operations} from './actions.ts'
import type {CallOptions, Caller} from './connection.ts'
import {isFinished, type OperationInfo, type TaskInfo} from './tasks.ts'

interface Tracked {
  users: number
  operationID: string | undefined
  /** when it was first seen finished, or when its operation says that it was; once known it stays */
  completed: string | undefined
}

/** Finished tasks that somebody follows, with what Juju 4 leaves out: when they ended. */
export class TrackedTasks {
  readonly #tasks = new Map<string, Tracked>()

  /** @returns the release; a task is followed until everybody who tracks it has released it */
  track(taskID: string, operationID?: string): () => void {
    const tracked = this.#tasks.get(taskID) ?? {users: 0, operationID: undefined, completed: undefined}
    tracked.users++
    tracked.operationID ??= operationID
    this.#tasks.set(taskID, tracked)
    let released = false
    return () => {
      if (released) return
      released = true
      if (--tracked.users === 0) this.#tasks.delete(taskID)
    }
  }

  /**
   * Reads every tracked task with log and output.
   *
   * @param unfinished tells which operation a task belongs to, as long as it is unfinished
   * @param now the controller's time, for a task that is seen finished for the first time
   */
  async read(
    caller: Caller,
    unfinished: readonly OperationInfo[],
    now: string,
    options?: CallOptions,
  ): Promise<{readonly tasks: ReadonlyMap<string, TaskInfo>; readonly missing: ReadonlySet<string>}> {
    this.#learnOperations(unfinished)
    const {found, missing} = await actions(caller, [...this.#tasks.keys()], options)
    await this.#learnEnds(caller, [...found.values()], now, options)
    const tasks = [...found].map(([id, task]) => {
      const completed = isFinished(task.status) ? (task.completed ?? this.#tasks.get(id)?.completed) : undefined
      return [id, {...task, completed}] as const
    })
    return {tasks: new Map(tasks), missing}
  }

  #learnOperations(unfinished: readonly OperationInfo[]): void {
    for (const {operationID, tasks} of unfinished) {
      for (const {taskID} of tasks) {
        const tracked = this.#tasks.get(taskID)
        if (tracked !== undefined) tracked.operationID = operationID
      }
    }
  }

  /** 4.x never says when a task ended, only when its operation did. */
  async #learnEnds(
    caller: Caller,
    tasks: readonly TaskInfo[],
    now: string,
    options: CallOptions | undefined,
  ): Promise<void> {
    const ended = tasks.flatMap(({taskID, status, completed}) => {
      const tracked = this.#tasks.get(taskID)
      const isNew = isFinished(status) && completed === undefined && tracked?.completed === undefined
      return isNew && tracked !== undefined ? [tracked] : []
    })
    if (ended.length === 0) return
    const ids = new Set(ended.flatMap(({operationID}) => operationID ?? []))
    const {found} = await operations(caller, [...ids], options)
    for (const tracked of ended) tracked.completed = found.get(tracked.operationID ?? '')?.completed ?? now
  }
}
