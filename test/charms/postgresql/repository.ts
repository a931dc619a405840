import {UncaughtCharmError} from '../machine.ts'
import type {CommandResult, PostgresqlEngine} from './engine.ts'
import {timelineStarts} from './pgbackrest-info.ts'
import type {InfoBackup, InfoStanza, TimelineStart} from './pgbackrest-info.ts'

export type ReadFailure = {readonly ok: false; readonly step: 'backups' | 'repository'; readonly run: CommandResult}

export type BackupsRead =
  {readonly ok: true; readonly stanzas: number; readonly backups: readonly InfoBackup[]} | ReadFailure

export type TimelinesRead = {readonly ok: true; readonly timelines: readonly TimelineStart[]} | ReadFailure

/** The backups that `pgbackrest info` knows, of its first stanza only: so do the charms. */
export async function readBackups(engine: PostgresqlEngine): Promise<BackupsRead> {
  const run = await engine.info()
  if (run.rc !== 0) return {ok: false, step: 'backups', run}
  const stanzas = JSON.parse(run.stdout) as readonly InfoStanza[]
  return {ok: true, stanzas: stanzas.length, backups: stanzas[0]?.backup ?? []}
}

/** The timelines that restores opened. */
export async function readTimelines(engine: PostgresqlEngine): Promise<TimelinesRead> {
  const run = await engine.archiveHistories()
  if (run.rc !== 0) return {ok: false, step: 'repository', run}
  return {ok: true, timelines: timelineStarts(run.stdout)}
}

/** Backups without errors: what a charm restores from and refers to. */
export function finished(backups: readonly InfoBackup[]): readonly InfoBackup[] {
  return backups.filter(backup => backup.error !== true)
}

/** What Python raises when the charm takes the first of no stanzas, or the newest of no backups. */
export function outOfRange(): UncaughtCharmError {
  return new UncaughtCharmError('IndexError: list index out of range')
}
