import type {BackupJob} from '../../api/backup-job.ts'
import {applicationOf} from '../../juju/list-operations.ts'
import {enqueue, enqueueGuarded, type TaskMarks, type TaskTarget, type TaskWrite} from '../../juju/writes/tasks.ts'
import type {WriteIntent} from '../../juju/writes/write.ts'
import type {Call} from './calls.ts'

/** The intent of a status as the Juju client knows it. */
export function writeIntentOf(
  {unit, action, parameters, time, controllerTime, highestOperationID}: Call['intent'],
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

/**
 * How the call is sent and looked up. A restore must not run twice: that no operation of it is found does not suffice, the units
 * have to stand as they did before the intent.
 */
export function writeOf(
  {spec}: Pick<BackupJob, 'spec'>,
  {kind, intent}: Pick<Call, 'kind' | 'intent'>,
): TaskWrite<TaskTarget> {
  if (spec.type !== 'Restore' || kind === 'Hook') return enqueue
  const before = Date.parse(intent.controllerTime ?? intent.time)
  return enqueueGuarded((_caller, status) => {
    const units = status?.applications.get(applicationOf(intent.unit))?.units ?? []
    const stand = units.map(({workload}) => Date.parse(workload.since ?? '')).every(since => since <= before)
    return Promise.resolve(units.length > 0 && stand ? 'Unchanged' : 'Unclear')
  })
}

/** Parameters as the status and the look-up know them. */
export function textsOf(parameters: TaskTarget['parameters']): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]))
}
