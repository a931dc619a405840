import {completed, failed} from '../machine.ts'
import type {CharmTask, UnitStatus, UnitView} from '../machine.ts'
import {settingsOf} from '../plain/state.ts'
import {blocked, maintenance, unitView} from '../statuses.ts'
import type {Dialect, OpensearchAction, OpensearchState} from './state.ts'

async function refusal(state: OpensearchState, task: CharmTask, action: OpensearchAction): Promise<string | undefined> {
  const {host, engine, conditions} = state
  const settings = await settingsOf(state)
  if (settings.kind === 'no relation') return 'Missing relation with an object storage integrator.'
  if (!(await unitView(host, task.unit)).leader)
    return 'Backup/Restore related actions must be run on the juju leader unit.'
  if (conditions.upgrading) return 'Backup/Restore operations not supported while upgrade in-progress.'
  if (conditions.conflict) return 'Conflict: more than one object storage integrators integrated.'
  if (settings.kind === 'incomplete') return 'Object storage configuration not ready.'
  if (!engine.repository) return 'The opensearch repository could not be created yet.'
  if (action === 'list-backups') return undefined
  if (engine.health === 'red') return 'Cluster health red, current state must be resolved before.'
  const busy = engine.running !== undefined || engine.restoring
  return busy ? 'Backup / Restore operation in progress.' : undefined
}

async function shown(state: OpensearchState, unit: UnitView): Promise<UnitStatus | undefined> {
  const {engine, conditions} = state
  if (engine.restoring) return maintenance('Restore in progress...')
  if (engine.running !== undefined) return maintenance('Backup in progress...')
  if (!unit.leader) return undefined
  if (conditions.conflict) return blocked('Too many object storage relations. Only one is supported.')
  const {kind} = await settingsOf(state)
  if (kind === 'incomplete') return blocked('Backup relation data missing or incomplete.')
  return kind === 'ready' && !engine.repository
    ? blocked('OpenSearch s3 repository setup failed. Check the s3 integrator config.')
    : undefined
}

/** The charms that stand on the library which both platforms share. */
export const dialectNext: Dialect = {
  refusal,
  requestFailed: words => `Backup request failed with: ${words}`,
  badFormat: "Failed: invalid output format, must be either 'json' or 'table'.",
  header: `${'backup-id'.padEnd(20)} | backup-status`,
  stateWords: state => ({table: state.toLowerCase(), json: state.toLowerCase()}),
  created: (id, state) => ({'backup-id': id, status: state.toLowerCase()}),
  unusable: (id, state) => (state === undefined ? `Backup ${id} not found.` : undefined),
  restored: (id, end) => {
    if (end === 'shards') return failed(`Restore of backup ${id} failed: not all shards were restored.`)
    if (end === 'done') return completed({'restored-backup-id': id, status: 'success'})
    const note = "restore completed; cluster didn't reach GREEN within 30s"
    return completed({'restored-backup-id': id, status: 'success_with_warning', note})
  },
  shown,
}
