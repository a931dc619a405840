import type {OperationInfo, TaskInfo} from '../../../../src/juju/tasks.ts'
import type {TaskMarks, TasksSeen, TaskTarget} from '../../../../src/juju/writes/tasks.ts'
import type {Verdict, WriteIntent} from '../../../../src/juju/writes/write.ts'

export const time = Date.parse('2026-11-22T12:00:00Z')
export const at = (seconds: number): string => new Date(time + seconds * 1000).toISOString()
export const callTimeoutMs = 30_000
/** a reading that is late enough to prove something */
export const later = time + 60_000

export const backup: TaskTarget = {unit: 'postgresql/1', action: 'create-backup', parameters: {type: 'full'}}

/** An intent that was written at `time`. */
export function intentOf<Target, Before>(target: Target, before: Before): WriteIntent<Target, Before> {
  return {target, before, time, controllerTime: at(0), callTimeoutMs}
}

export const backupIntent = intentOf<TaskTarget, TaskMarks>(backup, {highestOperationID: '9'})

export const task = (changes: Partial<TaskInfo> = {}): TaskInfo => ({
  taskID: '11',
  receiver: 'postgresql/1',
  action: 'create-backup',
  parameters: {type: 'full'},
  status: 'completed',
  message: '',
  output: {},
  log: [],
  ...changes,
})

export const operation = (changes: Partial<OperationInfo> = {}): OperationInfo => ({
  operationID: '10',
  summary: '',
  status: 'completed',
  enqueued: at(1),
  tasks: [task()],
  ...changes,
})

/** A finished operation from before the intent: Juju has forgotten nothing since. */
export const witness = operation({operationID: '9', enqueued: at(-60), tasks: [task({action: 'list-backups'})]})

export const seen = (operations: readonly OperationInfo[], changes: Partial<TasksSeen> = {}): TasksSeen => ({
  operations,
  settled: true,
  defaults: {},
  ...changes,
})

/** A verdict in a few words. */
export function words(verdict: Verdict<unknown>): string {
  switch (verdict.kind) {
    case 'Happened':
      return `Happened ${JSON.stringify(verdict.result) ?? ''}`.trim()
    case 'DidNotHappen':
      return verdict.kind
    case 'Unknown':
      return `Unknown: ${verdict.why}`
    case 'Ambiguous':
      return `Ambiguous ${verdict.ids.join(' ')}`
    case 'NotYet':
      return `NotYet ${(verdict.until - time) / 1000}`
  }
}
