import {completed, failed, UncaughtCharmError} from '../machine.ts'
import type {CharmTask, TaskOutcome} from '../machine.ts'
import {takeBackup} from '../plain/backup.ts'
import {startRestore} from '../plain/restore.ts'
import {backupIdOf, refused, settingsOf} from '../plain/state.ts'
import type {PlainState} from '../plain/state.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import {unitView} from '../statuses.ts'
import {creatingBackup} from './status.ts'
import type {EtcdConditions} from './status.ts'

type State = PlainState<EtcdConditions>

/** The settings of the store, or why none of the actions runs; the order is the charm's. */
async function allowed(state: State, {unit}: CharmTask, busy: string): Promise<S3Parameters | string> {
  const {host, engine} = state
  if (!(await unitView(host, unit)).leader) return 'Action must be performed on the leader unit.'
  const settings = await settingsOf(state)
  if (settings.kind !== 'ready') return 'No credentials for object storage available.'
  if (engine.backups.size > 0) return busy
  return engine.restoring === undefined ? settings.s3 : 'Restore in progress, cannot perform action.'
}

const backupRuns = 'Backup in progress, cannot perform action.'

/** The action `create-backup`; it runs until the snapshot is uploaded. */
export async function createBackup(state: State, task: CharmTask): Promise<TaskOutcome> {
  const s3 = await allowed(state, task, 'There is currently a backup in progress, please wait.')
  if (typeof s3 === 'string') return refused(s3)
  const backup = await takeBackup(state, task, s3, creatingBackup)
  if (backup.ok) return completed({'backup-id': backup.id})
  const message = 'Backup failed. Check the error logs for more details.'
  return {status: 'failed', message, results: {error: backup.words}}
}

/** The action `list-backups`. @throws UncaughtCharmError when the store does not answer */
export async function listBackups(state: State, task: CharmTask): Promise<TaskOutcome> {
  const s3 = await allowed(state, task, backupRuns)
  if (typeof s3 === 'string') return refused(s3)
  const header = `${'backup-id'.padEnd(21)} | backup-status`
  const rows = listed(state, s3).map(id => `${id.padEnd(21)} | finished`)
  return completed({backups: [header, '-'.repeat(header.length), ...rows].join('\n')})
}

/** The action `restore`: it only starts the restore, on all units. */
export async function restore(state: State, task: CharmTask): Promise<TaskOutcome> {
  const {conditions} = state
  const s3 = await allowed(state, task, backupRuns)
  if (typeof s3 === 'string') return refused(s3)
  if (!conditions.adminSecret)
    return refused('Admin secret missing - configure `system-users` secret before restoring a backup.')
  const id = backupIdOf(task)
  if (id === '') return failed('Must provide backup-id to restore.')
  if (!listed(state, s3).includes(id)) return failed('Backup ID not found.')
  await task.log(`Initiating restore process for backup-id ${id}`)
  if (!conditions.downloads) return failed(`Could not download backup-file ${id}.`)
  await startRestore(state, task, id)
  return completed({success: `restore initiated for ${id}`})
}

/** Whatever lies below the path, newest first. */
function listed({engine}: State, s3: S3Parameters): readonly string[] {
  try {
    return [...engine.keys(s3)].reverse()
  } catch (error) {
    throw new UncaughtCharmError(`common.exceptions.EtcdBackupError: ${(error as Error).message}`)
  }
}
