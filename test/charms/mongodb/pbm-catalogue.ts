import type {PbmSnapshot} from './engine.ts'
import {otherClusterError} from './listing.ts'
import {backupOf} from './pbm-files.ts'
import type {PbmBackup} from './pbm-files.ts'

/** Agents whose last sign of life is older than this are taken for dead, ms. */
const staleMs = 30_000

/** The agents of the backup died, and PBM has noticed. @param now ms since the epoch */
export function isStuck({died}: PbmBackup, now: number): boolean {
  return died !== undefined && died + staleMs < now
}

/** What PBM knows of backups, which it keeps in the database itself. */
export class PbmCatalogue {
  readonly #backups: PbmBackup[] = []

  add(backup: PbmBackup): void {
    this.#backups.push(backup)
  }

  finished(name: string): PbmBackup | undefined {
    return this.#backups.find(backup => backup.name === name && backup.status === 'done')
  }

  /** Forgets all but the running backup and takes up the metadata that lies in the store: failed backups are gone then. */
  readAnew(metadata: readonly string[], running: PbmBackup | undefined): void {
    const found = metadata.map(backupOf)
    this.#backups.splice(0, this.#backups.length, ...found, ...(running === undefined ? [] : [running]))
  }

  /** The list in `pbm status`, newest first; a backup that only begins is not in it. @param now ms since the epoch */
  report(replicaSet: string, now: number): readonly PbmSnapshot[] {
    return this.#backups
      .filter(backup => backup.status !== 'starting' || isStuck(backup, now))
      .map(backup => snapshotOf(backup, replicaSet, now))
      .toSorted((one, other) => (one.name < other.name ? 1 : -1))
  }
}

function snapshotOf(backup: PbmBackup, replicaSet: string, now: number): PbmSnapshot {
  const {name, status, type, error, died} = backup
  if (status === 'done' && backup.replicaSet !== replicaSet)
    return {name, status: 'error', type, error: otherClusterError(backup.replicaSet)}
  if (isStuck(backup, now)) {
    const beat = Math.floor((died ?? 0) / 1000)
    return {name, status: 'error', type, error: `Backup stuck at \`${status}\` stage, last beat ts: ${beat}`}
  }
  return {name, status, type, ...(error === undefined ? {} : {error})}
}
