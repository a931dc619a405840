import {backupIdOfNow} from '../backup-ids.ts'
import {completed, failed} from '../machine.ts'
import type {CharmTask, TaskOutcome} from '../machine.ts'
import {backupIdOf} from '../plain/state.ts'
import {showAll} from '../plain/status.ts'
import {maintenance} from '../statuses.ts'
import {storeOf} from './state.ts'
import type {OpensearchState} from './state.ts'

/** The action `create-backup`: it only starts the snapshot. */
export async function createBackup(state: OpensearchState, task: CharmTask): Promise<TaskOutcome> {
  const {host, engine, dialect} = state
  const refusal = await dialect.refusal(state, task, 'create-backup')
  if (refusal !== undefined) return failed(refusal)
  const s3 = await storeOf(state)
  if (s3 === undefined) return failed('')
  const id = backupIdOfNow(host.clock)
  const words = await engine.snapshot(id, s3)
  if (words !== undefined) return failed(dialect.requestFailed(words))
  await showAll(state)
  return completed(dialect.created(id, engine.snapshots.at(-1)?.state ?? 'IN_PROGRESS'))
}

/** The action `list-backups`: a table, or JSON by id. */
export async function listBackups(state: OpensearchState, task: CharmTask): Promise<TaskOutcome> {
  const {engine, dialect} = state
  const refusal = await dialect.refusal(state, task, 'list-backups')
  if (refusal !== undefined) return failed(refusal)
  const output = String((task.parameters['output'] ?? 'table') as string).toLowerCase()
  if (!['json', 'table'].includes(output)) return failed(dialect.badFormat)
  if (engine.requestsFail !== undefined) return failed(dialect.requestFailed(engine.requestsFail))
  if (output === 'table') {
    const rows = engine.snapshots.map(({id, state: of}) => `${id.padEnd(20)} | ${dialect.stateWords(of).table}`)
    return completed({backups: [dialect.header, '-'.repeat(dialect.header.length), ...rows].join('\n')})
  }
  const entries = engine.snapshots.map(({id, state: of, indices}) => [
    id,
    {state: dialect.stateWords(of).json, indices},
  ])
  return completed({backups: JSON.stringify(Object.fromEntries(entries))})
}

/** The action `restore`; it runs until OpenSearch has answered, on however many units there are. */
export async function restore(state: OpensearchState, task: CharmTask): Promise<TaskOutcome> {
  const {host, engine, dialect} = state
  const refusal = await dialect.refusal(state, task, 'restore')
  if (refusal !== undefined) return failed(refusal)
  if (engine.requestsFail !== undefined) return failed(dialect.requestFailed(engine.requestsFail))
  const id = backupIdOf(task)
  const unusable = dialect.unusable(id, engine.snapshots.find(snapshot => snapshot.id === id)?.state)
  if (unusable !== undefined) return failed(unusable)
  await host.setUnitStatus(task.unit, maintenance('Restore in progress...'))
  const end = await engine.restore(id, task.signal)
  await showAll(state)
  return typeof end === 'object' ? failed(`Failed: ${end.words}`) : dialect.restored(id, end)
}
