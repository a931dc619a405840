import type {UnitStatus, UnitView} from '../machine.ts'
import type {PlainRestoreEnd} from '../plain/memory-engine.ts'
import {settingsOf} from '../plain/state.ts'
import type {PlainState} from '../plain/state.ts'
import {blocked, maintenance} from '../statuses.ts'

/** What a test sets up about an etcd application; the charm only reads it. */
export interface EtcdConditions {
  /** The secret with the passwords of system users is configured. */
  adminSecret: boolean
  /** Backups can be downloaded. */
  downloads: boolean
}

export const creatingBackup = 'Creating database backup...'

const ends: Readonly<Record<Exclude<PlainRestoreEnd, 'done'>, string>> = {
  failed: 'failed to restore backup',
  unhealthy: 'cluster unhealthy after restoring backup - check debug-log',
  cancelled: 'Restore verification failed - etcd cluster still running, restore cancelled, check debug-log',
}

/** What a unit of etcd shows beside that all is well. */
export async function shown(state: PlainState<EtcdConditions>, unit: UnitView): Promise<UnitStatus | undefined> {
  const {engine} = state
  if (engine.backups.has(unit.name)) return maintenance(creatingBackup)
  if (engine.restoring !== undefined) return maintenance('Database restore is in progress')
  const end = engine.lastEnd ?? 'done'
  if (end !== 'done') return blocked(ends[end])
  const settings = unit.leader ? (await settingsOf(state)).kind : 'ready'
  return settings === 'incomplete' ? blocked('Missing or invalid s3 credentials') : undefined
}
