/** A task: one action on one unit. */
export interface Task {
  readonly id: string
  readonly operation: string
  readonly unit: string
  readonly action: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly parallel: boolean
  readonly group: string
  status: TaskStatus
  message: string
  output: Readonly<Record<string, unknown>>
  readonly log: {at: number; message: string}[]
  readonly enqueued: number
  started: number | undefined
  completed: number | undefined
  /** Kills the action when it is cancelled. */
  readonly abort: AbortController
}

export type TaskStatus = 'pending' | 'running' | 'aborting' | 'completed' | 'failed' | 'cancelled' | 'aborted' | 'error'

export interface Operation {
  readonly id: string
  readonly action: string
  readonly enqueued: number
  readonly tasks: Task[]
  /** Why nothing of it could be enqueued. */
  fail?: string
  /** Who asked for it; Juju does not show this. */
  readonly user: string
}

export interface TaskRequest {
  readonly unit: string
  readonly action: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly parallel?: boolean
  readonly group?: string
}

const ended: readonly TaskStatus[] = ['completed', 'failed', 'cancelled', 'aborted', 'error']

export function hasEnded(task: Pick<Task, 'status'>): boolean {
  return ended.includes(task.status)
}

/** The operations of a model. Operations and tasks are numbered in one sequence. */
export class Operations {
  readonly all = new Map<string, Operation>()
  readonly tasks = new Map<string, Task>()
  #next: number

  /** @param first number of the first operation: 0 on 4.x, 1 on 3.x */
  constructor(first: number) {
    this.#next = first
  }

  open(action: string, user: string, now: number): Operation {
    const operation: Operation = {id: this.#id(), action, enqueued: now, tasks: [], user}
    this.all.set(operation.id, operation)
    return operation
  }

  add(operation: Operation, request: TaskRequest, now: number): Task {
    const {unit, action, parameters, parallel = false, group = ''} = request
    const task: Task = {
      id: this.#id(),
      operation: operation.id,
      unit,
      action,
      parameters,
      parallel,
      group,
      status: 'pending',
      message: '',
      output: {},
      log: [],
      enqueued: now,
      started: undefined,
      completed: undefined,
      abort: new AbortController(),
    }
    operation.tasks.push(task)
    this.tasks.set(task.id, task)
    return task
  }

  /** A number was taken for a task that could not be linked to its unit. */
  skipId(): void {
    this.#id()
  }

  /** Forgets operations that have ended, as Juju's pruner does. @param keep which of the ended ones stay */
  prune(keep: (operation: Operation) => boolean = () => false): void {
    for (const operation of this.all.values()) {
      if (!operation.tasks.every(hasEnded) || keep(operation)) continue
      this.all.delete(operation.id)
      for (const task of operation.tasks) this.tasks.delete(task.id)
    }
  }

  #id(): string {
    const id = String(this.#next)
    this.#next += 1
    return id
  }
}

/** Juju's rule: any running task, else any pending one, else the worst end; `error` when nothing could be enqueued. */
export function operationStatus({tasks, fail}: Operation): TaskStatus {
  if (fail !== undefined) return 'error'
  const order: readonly TaskStatus[] = ['running', 'aborting', 'pending', 'error', 'failed', 'aborted', 'cancelled']
  return order.find(status => tasks.some(task => task.status === status)) ?? 'completed'
}

/** When the last task ended; undefined while one has not. */
export function operationCompleted({tasks}: Operation): number | undefined {
  if (tasks.length === 0 || !tasks.every(hasEnded)) return undefined
  return Math.max(...tasks.map(task => task.completed ?? task.enqueued))
}
