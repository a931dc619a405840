import {completed, failed} from '../machine.ts'
import type {CharmTask, TaskOutcome} from '../machine.ts'
import {pastResync} from './retries.ts'
import type {MongodbState} from './state.ts'
import {show} from './status.ts'

/** The action `create-backup`: it only starts the backup, which goes on in the agents whatever becomes of the action. */
export async function createBackup(state: MongodbState, task: CharmTask): Promise<TaskOutcome> {
  const {engine, dialect} = state
  const refusal = await dialect.refusal(state, task, 'create-backup')
  if (refusal !== undefined) return failed(refusal)
  const run = await pastResync(state, task, () => engine.backup({unit: task.unit, signal: task.signal}))
  if (run === undefined) return failed('')
  if (!run.ok) return failed(`Backup failed: ${dialect.commandError(run.output)}`)
  await show(state, task.unit, {kind: 'backup', id: run.output})
  return completed({'backup-status': `backup started. backup id: ${run.output}`})
}
