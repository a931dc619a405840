import type {Clock} from '../../src/time/clock.ts'

/** The id that charms give to what begins now: the time in seconds, with a Z. */
export function backupIdOfNow(clock: Clock): string {
  return `${new Date(clock.now()).toISOString().slice(0, 19)}Z`
}

/** The table of `list-backups` of the charms that know an id, a type and a status. */
export function formatBackups(rows: readonly (readonly [id: string, type: string, status: string])[]): string {
  const line = ([id, type, status]: readonly [string, string, string]): string =>
    `${id.padEnd(21)} | ${type.padEnd(12)} | ${status}`
  const header = line(['backup-id', 'backup-type', 'backup-status'])
  return [header, '-'.repeat(header.length), ...rows.map(line)].join('\n')
}
