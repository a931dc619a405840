import {completed, failed} from '../machine.ts'
import type {CharmTask} from '../machine.ts'
import {maintenance} from '../statuses.ts'
import {storeOf} from './state.ts'
import type {Dialect, OpensearchAction, OpensearchState} from './state.ts'
import type {SnapshotState} from './snapshot-files.ts'

const words: Readonly<Record<SnapshotState, string>> = {
  SUCCESS: 'success',
  IN_PROGRESS: 'snapshot in progress',
  PARTIAL: 'snapshot partial: at least one shard missing',
  FAILED: 'snapshot failed for unknown reason',
}

/** Any unit of the application that orchestrates; nobody asks who leads. */
async function refusal(
  state: OpensearchState,
  _task: CharmTask,
  action: OpensearchAction,
): Promise<string | undefined> {
  const {engine, conditions} = state
  const configured = engine.repository && (await storeOf(state)) !== undefined
  if (action === 'list-backups') return configured ? undefined : 'Failed: backup service is not configured yet'
  if (conditions.upgrading)
    return `${action === 'restore' ? 'Restore' : 'Backup'} not supported while upgrade in-progress`
  const free = configured && engine.running === undefined
  if (action === 'create-backup') return free ? undefined : 'Failed: backup service is not configured or busy'
  if (!free) return 'Failed: backup service is not configured yet'
  return engine.restoring ? 'Failed: previous restore is still in progress' : undefined
}

/** The charm of 2024. */
export const dialect2024: Dialect = {
  refusal,
  requestFailed: () => 'Failed: error connecting to the cluster',
  badFormat: 'Failed: invalid output format, must be either json or table',
  header: `${' backup-id'.padEnd(20)} | backup-status`,
  stateWords: state => ({table: words[state], json: state}),
  created: id => ({'backup-id': id, status: 'Backup is running.'}),
  unusable: (id, state) => (state === 'SUCCESS' ? undefined : `Failed: no backup-id ${id}`),
  restored: (id, end) => {
    if (end === 'shards') return failed('Failed to restore all the shards')
    const status = end === 'done' ? 'Restore is complete' : 'Restore in progress...'
    return completed({'backup-id': id, status, 'closed-indices': "{'books', 'loans'}"})
  },
  shown: async ({engine}) => (engine.restoring ? maintenance('Restore in progress...') : undefined),
}
