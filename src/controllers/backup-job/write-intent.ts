import type {BackupJobIntent} from '../../api/backup-job-status.ts'
import type {TaskMarks, TaskTarget} from '../../juju/writes/tasks.ts'
import type {WriteIntent} from '../../juju/writes/write.ts'

/** The intent of a status as the Juju client knows it. */
export function writeIntentOf(
  {unit, action, parameters, time, controllerTime, highestOperationID}: BackupJobIntent,
  callTimeoutMs: number,
): WriteIntent<TaskTarget, TaskMarks> {
  return {
    target: {unit, action, parameters: parameters ?? {}},
    before: {highestOperationID},
    time: Date.parse(time),
    controllerTime: controllerTime ?? time,
    callTimeoutMs,
  }
}

/** Parameters as the status and the look-up know them. */
export function textsOf(parameters: TaskTarget['parameters']): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]))
}
