import {completed, failed} from '../machine.ts'
import type {CharmTask, TaskOutcome} from '../machine.ts'
import {takeBackup} from '../plain/backup.ts'
import {startRestore} from '../plain/restore.ts'
import {backupIdOf, refused, settingsOf} from '../plain/state.ts'
import type {PlainState} from '../plain/state.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import {unitView} from '../statuses.ts'
import {creatingBackup} from './status.ts'
import type {ValkeyConditions} from './status.ts'

type State = PlainState<ValkeyConditions>

const idPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/
const storeFailed = 'Backup operation failed. See juju debug-log on this unit for details.'

async function settings(state: State): Promise<S3Parameters | string> {
  const found = await settingsOf(state)
  if (found.kind === 'no relation') return 'No S3 relation. Integrate with s3-integrator first.'
  return found.kind === 'ready' ? found.s3 : 'S3 credentials unavailable. Check s3-integrator config.'
}

/** The action `create-backup`, on any unit; it runs until the stream is uploaded. */
export async function createBackup(state: State, task: CharmTask): Promise<TaskOutcome> {
  const {engine} = state
  const s3 = await settings(state)
  if (typeof s3 === 'string') return refused(s3)
  if (engine.down.has(task.unit)) return refused('Valkey is not running on this unit.')
  if (engine.backups.has(task.unit)) return refused('A backup is already in progress on this unit.')
  if (engine.restoring !== undefined) return refused('A restore is in progress; backups are paused.')
  await task.log('Streaming backup to S3 ...')
  const backup = await takeBackup(state, task, s3, creatingBackup)
  if (backup.ok) return completed({'backup-id': backup.id})
  return {
    status: 'failed',
    message: 'Backup failed. Check juju debug-log for details.',
    results: {error: backup.words},
  }
}

/** The action `list-backups`, on any unit, during a backup too. */
export async function listBackups(state: State, task: CharmTask): Promise<TaskOutcome> {
  const output = String((task.parameters['output'] ?? 'table') as string).toLowerCase()
  if (!['json', 'table'].includes(output))
    return failed("Failed: invalid output format, must be either 'json' or 'table'.")
  const s3 = await settings(state)
  if (typeof s3 === 'string') return refused(s3)
  if (state.engine.down.has(task.unit)) return refused('Valkey is not running on this unit.')
  const ids = listed(state, s3)
  if (ids === undefined)
    return {
      status: 'failed',
      message: 'List backups failed. Check juju debug-log for details.',
      results: {error: storeFailed},
    }
  return completed({backups: output === 'json' ? json(ids) : table(ids)})
}

function json(ids: readonly string[]): string {
  return `[${ids.map(id => `{"backup-id": "${id}", "backup-status": "finished"}`).join(', ')}]`
}

function table(ids: readonly string[]): string {
  if (ids.length === 0) return 'No backups found.'
  const header = `${'backup-id'.padEnd(20)} | backup-status`
  return [header, '-'.repeat(header.length), ...ids.map(id => `${id} | finished`)].join('\n')
}

/** The action `restore-backup`: it only starts the restore, on all units. */
export async function restore(state: State, task: CharmTask): Promise<TaskOutcome> {
  const refusal = await notNow(state, task.unit)
  if (refusal !== undefined) return refused(refusal)
  const s3 = await settings(state)
  if (typeof s3 === 'string') return refused(s3)
  const id = backupIdOf(task)
  if (id === '') return refused('Must provide backup-id to restore.')
  const ids = listed(state, s3)
  if (ids === undefined)
    return {status: 'failed', message: 'Could not list backups. Check juju debug-log.', results: {error: storeFailed}}
  if (!ids.includes(id)) return failed(`backup-id ${id} not found.`)
  await startRestore(state, task, id)
  return completed({restore: `initiated for ${id}`})
}

async function notNow(state: State, unit: string): Promise<string | undefined> {
  const {host, engine} = state
  if (!(await unitView(host, unit)).leader) return 'Restore must be run on the leader unit.'
  const s3 = await settings(state)
  if (typeof s3 === 'string') return s3
  if (engine.backups.size > 0) return 'A backup is in progress; cannot restore.'
  if (engine.restoring !== undefined) return 'A restore is already in progress.'
  return engine.down.size > 0 ? 'Not all units are active; wait for the cluster to settle.' : undefined
}

/** What has the form of an id, newest first; undefined: the store does not answer. */
function listed({engine}: State, s3: S3Parameters): readonly string[] | undefined {
  if (engine.storeFails !== undefined) return undefined
  return [...engine.keys(s3)].filter(key => idPattern.test(key)).reverse()
}
