import {completed, failed, UncaughtCharmError} from '../machine.ts'
import type {CharmTask, TaskOutcome} from '../machine.ts'
import {ownRemap} from './remap.ts'
import {pastResync} from './retries.ts'
import type {MongodbState} from './state.ts'
import {show} from './status.ts'

/**
 * The action `restore`: it only starts the restore, on however many units there are.
 *
 * @throws UncaughtCharmError when PBM reads its store for too long
 */
export async function restore(state: MongodbState, task: CharmTask): Promise<TaskOutcome> {
  const {engine, dialect} = state
  const refusal = await dialect.refusal(state, task, 'restore')
  if (refusal !== undefined) return failed(refusal)
  const backupId = String(task.parameters['backup-id'] as string)
  const given = task.parameters['remap-pattern']
  const run = await pastResync(state, task, async () => {
    const remap = typeof given === 'string' && given !== '' ? given : await ownRemap(state, task.unit, backupId)
    return engine.restore({unit: task.unit, backupId, remap, signal: task.signal})
  })
  if (run === undefined) throw new UncaughtCharmError('ResyncError: ')
  if (!run.ok) return failed(`Restore failed: ${problem(state, backupId, run.output)}`)
  await show(state, task.unit, {kind: 'restore', id: backupId})
  return completed({'restore-status': 'restore started'})
}

function problem({dialect}: MongodbState, id: string, output: string): string {
  return output.includes(`backup '${id}' not found`)
    ? `Backup id '${id}' does not exist in list of backups, please check list-backups for the available backup_ids.`
    : dialect.commandError(output)
}
