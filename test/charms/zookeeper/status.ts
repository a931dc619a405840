import type {UnitStatus, UnitView} from '../machine.ts'
import type {PlainState} from '../plain/state.ts'
import {maintenance} from '../statuses.ts'

/** What a test sets up about a ZooKeeper application; the charm only reads it. */
export interface ZookeeperConditions {
  /** All members are in the quorum, and none restarts. */
  stable: boolean
}

/**
 * What a unit of ZooKeeper shows beside that all is well. The flow of a restore knows no failure: what goes wrong on the
 * way is a failed hook, and the other units wait for ever. (The words are ours: nobody has recorded the charm's.)
 */
export async function shown(
  {engine}: PlainState<ZookeeperConditions>,
  unit: UnitView,
): Promise<UnitStatus | undefined> {
  const ongoing = maintenance('restoring backup')
  if (engine.restoring !== undefined) return ongoing
  if (engine.lastEnd === undefined || engine.lastEnd === 'done') return undefined
  return unit.leader ? {status: 'error', message: 'hook failed: "restore-relation-changed"'} : ongoing
}
