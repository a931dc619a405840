import {completed, failed} from '../machine.ts'
import type {CharmTask, TaskOutcome, UnitStatus} from '../machine.ts'
import {takeBackup} from '../plain/backup.ts'
import {waitForRestore} from '../plain/restore.ts'
import {backupIdOf, settingsOf} from '../plain/state.ts'
import type {PlainState} from '../plain/state.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import {maintenance, unitView} from '../statuses.ts'
import type {SomedbConditions} from './charm.ts'

type State = PlainState<SomedbConditions>

async function allowed(state: State, {unit}: CharmTask): Promise<S3Parameters | string> {
  if (!(await unitView(state.host, unit)).leader) return 'run this on the leader'
  const settings = await settingsOf(state)
  return settings.kind === 'ready' ? settings.s3 : 'no object storage'
}

/** The action `create-backup`; it blocks, and tells the id. */
export async function createBackup(state: State, task: CharmTask): Promise<TaskOutcome> {
  const s3 = await allowed(state, task)
  if (typeof s3 === 'string') return failed(s3)
  const backup = await takeBackup(state, task, s3, 'dumping')
  return backup.ok ? completed({'backup-id': backup.id}) : failed(`dump failed: ${backup.words}`)
}

/** The action `list-backups`: the table that most charms print. */
export async function listBackups(state: State, task: CharmTask): Promise<TaskOutcome> {
  const s3 = await allowed(state, task)
  if (typeof s3 === 'string') return failed(s3)
  const ids = state.engine.keys(s3).map(key => key.slice('dumps/'.length, -'.tar'.length))
  const header = 'backup-id             | backup-status'
  const rows = ids.map(id => `${id}  | finished`)
  return completed({backups: [header, '-'.repeat(header.length), ...rows].join('\n')})
}

/** The action `restore`; it blocks until all units have the data. */
export async function restore(state: State, task: CharmTask): Promise<TaskOutcome> {
  const {engine, host} = state
  const s3 = await allowed(state, task)
  if (typeof s3 === 'string') return failed(s3)
  const id = backupIdOf(task)
  if (!engine.keys(s3).includes(`dumps/${id}.tar`)) return failed(`there is no backup ${id}`)
  await host.setUnitStatus(task.unit, maintenance('loading a dump'))
  await waitForRestore(state, task, id)
  await host.setUnitStatus(task.unit, (await shown(state)) ?? {status: 'active', message: ''})
  return engine.lastEnd === 'done' ? completed({restored: id}) : failed(`the dump ${id} could not be loaded`)
}

/** What a unit shows beside that all is well. */
export async function shown({engine}: State): Promise<UnitStatus | undefined> {
  return engine.restoring === undefined ? undefined : maintenance('loading a dump')
}
