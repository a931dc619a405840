import type {UnitStatus, UnitView} from '../machine.ts'
import {settingsOf} from '../plain/state.ts'
import type {PlainState} from '../plain/state.ts'
import {blocked, maintenance} from '../statuses.ts'

/** There is nothing that a test sets up about a Valkey application beside what its engine says. */
export type ValkeyConditions = Readonly<Record<never, never>>

export const creatingBackup = 'Creating database backup...'

/** What a unit of Valkey shows beside that all is well. A failed restore is rolled back: the old data is served again. */
export async function shown(state: PlainState<ValkeyConditions>, unit: UnitView): Promise<UnitStatus | undefined> {
  const {engine} = state
  if (engine.backups.has(unit.name)) return maintenance(creatingBackup)
  if (engine.restoring !== undefined) return maintenance('Database restore is in progress')
  if (engine.lastEnd === 'unhealthy') return blocked('Cluster unhealthy after restoring backup - check juju debug-log')
  if (engine.lastEnd !== undefined && engine.lastEnd !== 'done')
    return blocked('Last restore attempt failed - check juju debug-log')
  const settings = unit.leader ? (await settingsOf(state)).kind : 'ready'
  return settings === 'incomplete' ? blocked('Missing or invalid S3 credentials') : undefined
}
