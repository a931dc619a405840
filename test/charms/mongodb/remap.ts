import {UncaughtCharmError} from '../machine.ts'
import type {CharmTask} from '../machine.ts'
import {otherReplicaSets} from './listing.ts'
import {parseStatus} from './pbm-state.ts'
import type {MongodbState} from './state.ts'

export const remapMissing = "Cannot restore backup, 'remap-pattern' must be set."

/** The replica sets of a backup of another cluster; undefined: it is of this one, or unknown. */
async function foreignReplicaSets(
  {engine, dialect}: MongodbState,
  unit: string,
  backupId: string,
): Promise<string | undefined> {
  const status = parseStatus((await engine.status(unit)).output)
  const snapshot = status?.backups.snapshot ?? undefined
  if (snapshot === undefined && dialect.stumblesOverNoBackups)
    throw new UncaughtCharmError("TypeError: 'NoneType' object is not iterable")
  return otherReplicaSets(snapshot?.find(({name}) => name === backupId)?.error)
}

/** A config-server cannot work out by itself which of its replica sets is which. */
export async function needsRemapPattern(state: MongodbState, {unit, parameters}: CharmTask): Promise<boolean> {
  const foreign = await foreignReplicaSets(state, unit, String(parameters['backup-id'] as string))
  return foreign !== undefined && (await state.host.config())['role'] === 'config-server'
}

/** `new=old` for a backup of a replica set with another name; a single replica set has its application's name. */
export async function ownRemap(state: MongodbState, unit: string, backupId: string): Promise<string | undefined> {
  const foreign = await foreignReplicaSets(state, unit, backupId)
  return foreign === undefined ? undefined : `${state.host.application}=${foreign}`
}
