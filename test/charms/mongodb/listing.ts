import {formatBackups} from '../backup-ids.ts'
import {UncaughtCharmError} from '../machine.ts'
import type {PbmSnapshot, PbmStatus} from './engine.ts'

const otherTopology =
  "Backup doesn't match current cluster topology - it has different replica set names. Extra shards in the backup will cause this, for a simple example. The extra/unknown replica set names found in the backup are: "
const noReplicaSet = '. Backup has no data for the config server or sole replicaset'

/** PBM's complaint about a backup of replica sets with other names. */
export function otherClusterError(replicaSets: string): string {
  return `${otherTopology}${replicaSets}${noReplicaSet}`
}

/** The names of the replica sets in a backup of another cluster; undefined: the error, if there is one, is another. */
export function otherReplicaSets(error = ''): string | undefined {
  if (!error.startsWith(otherTopology)) return undefined
  const rest = error.slice(otherTopology.length)
  const names = rest.endsWith(noReplicaSet) ? rest.slice(0, -noReplicaSet.length) : rest
  return /^[\w\d\-,\s]+$/.test(names) ? names : undefined
}

/**
 * The text of `list-backups`, byte for byte, oldest first. A running backup that PBM does not report yet is added.
 *
 * @throws UncaughtCharmError while the first backup of all runs unreported: the charm takes the newest of no backups
 */
export function listingOf({backups, running}: PbmStatus): string {
  const rows = (backups.snapshot ?? []).map(snapshot => [snapshot.name, snapshot.type, statusOf(snapshot)] as const)
  return formatBackups([...withRunning(rows, running)].sort((one, other) => (one[0] < other[0] ? -1 : 1)))
}

type Row = readonly [id: string, type: string, status: string]

function withRunning(rows: readonly Row[], {type, name = ''}: PbmStatus['running']): readonly Row[] {
  if (type !== 'backup') return rows
  const [newest, ...others] = rows
  if (newest === undefined) throw new UncaughtCharmError('IndexError: list index out of range')
  return newest[0] === name
    ? [[name, newest[1], 'in progress'], ...others]
    : [...rows, [name, 'logical', 'in progress']]
}

/** Whatever is neither done nor failed is in progress to the charm: also what was cancelled. */
function statusOf({status, error}: PbmSnapshot): string {
  if (status === 'done') return 'finished'
  if (status !== 'error') return 'in progress'
  return otherReplicaSets(error) === undefined ? `failed: ${error ?? 'N/A'}` : 'finished'
}
