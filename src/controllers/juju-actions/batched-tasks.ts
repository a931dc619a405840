import type {ReadOnlyActions} from '../../juju/writes/described-session.ts'
import type {TaskInfo} from '../../juju/tasks.ts'
import {abortable} from '../../time/abortable.ts'

type Tasks = ReadonlyMap<string, TaskInfo>

interface Batch {
  readonly taskIDs: Set<string>
  readonly tasks: Promise<Tasks>
}

/** Tasks by id, as many in one call as are asked for while the call before is under way. Keys are UUIDs of models. */
export class BatchedTasks {
  readonly #running = new Map<string, Promise<unknown>>()
  readonly #next = new Map<string, Batch>()

  /** The task as Juju shows it after this call; undefined when Juju does not know it (any more). @throws as the session's call does */
  async read(
    session: Pick<ReadOnlyActions, 'actions'>,
    model: string,
    taskID: string,
    signal: AbortSignal,
  ): Promise<TaskInfo | undefined> {
    const batch = this.#next.get(model) ?? this.#open(session, model)
    batch.taskIDs.add(taskID)
    return (await abortable(batch.tasks, signal)).get(taskID)
  }

  #open(session: Pick<ReadOnlyActions, 'actions'>, model: string): Batch {
    const taskIDs = new Set<string>()
    const batch = {taskIDs, tasks: this.#call(session, model, taskIDs)}
    batch.tasks.catch(() => undefined)
    this.#next.set(model, batch)
    return batch
  }

  async #call(session: Pick<ReadOnlyActions, 'actions'>, model: string, taskIDs: ReadonlySet<string>): Promise<Tasks> {
    await this.#running.get(model)
    this.#next.delete(model)
    const reading = session.actions([...taskIDs])
    const running = reading.then(
      () => undefined,
      () => undefined,
    )
    this.#running.set(model, running)
    const tasks = await reading.finally(() => {
      if (this.#running.get(model) === running) this.#running.delete(model)
    })
    return new Map(tasks.map(task => [task.taskID, task]))
  }
}
