import {backupIdOfNow} from '../backup-ids.ts'
import type {CharmTask} from '../machine.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import {maintenance} from '../statuses.ts'
import type {PlainBackupRun} from './memory-engine.ts'
import type {PlainState} from './state.ts'
import {showUnit} from './status.ts'

export type PlainBackup = PlainBackupRun & {readonly id: string}

/** Backs up on the task's unit, which shows it. @throws the signal's reason when the action was killed */
export async function takeBackup<C>(
  state: PlainState<C>,
  {unit, signal}: CharmTask,
  s3: S3Parameters,
  text: string | undefined,
): Promise<PlainBackup> {
  const id = backupIdOfNow(state.host.clock)
  if (text !== undefined) await state.host.setUnitStatus(unit, maintenance(text))
  const run = await state.engine.backup({unit, id, s3, signal})
  await showUnit(state, unit)
  return {...run, id}
}
