import {z} from 'zod'
import type {InfoLine} from './pgbackrest-file.ts'

export const backupTypes = {full: 'Full', diff: 'Differential', incr: 'Incremental'} as const

/** What we read of one line in `[backup:current]`; a page checksum error is the only meaning of `backup-error`. */
const entrySchema = z.object({
  'backup-type': z.enum(['full', 'diff', 'incr']),
  'backup-prior': z.string().nullish(),
  'backup-reference': z.array(z.string()).nullish(),
  'backup-error': z.boolean().nullish(),
  'backup-timestamp-start': z.number(),
  'backup-timestamp-stop': z.number(),
  'backup-lsn-start': z.string().nullish(),
  'backup-lsn-stop': z.string().nullish(),
  'backup-archive-start': z.string().nullish(),
  'backup-archive-stop': z.string().nullish(),
  'backup-info-size': z.number().nullish(),
  'backup-info-repo-size': z.number().nullish(),
  'backup-info-repo-size-delta': z.number().nullish(),
  'db-id': z.number(),
})

/** One backup in the index of a repository. Sizes in bytes, times in seconds since the epoch. */
export interface BackupEntry {
  readonly label: string
  readonly type: 'Full' | 'Differential' | 'Incremental'
  readonly prior: string | undefined
  readonly references: readonly string[]
  /** Pages with wrong checksums were found. */
  readonly error: boolean
  readonly start: number
  readonly stop: number
  readonly lsnStart: string | undefined
  readonly lsnStop: string | undefined
  readonly walStart: string | undefined
  readonly walStop: string | undefined
  readonly size: number | undefined
  /** With what it builds on, where pgBackRest knows it; else what it added. */
  readonly repositorySize: number | undefined
  readonly databaseID: number
}

/** The database that a repository belongs to; one line per stanza-upgrade. */
export interface DatabaseEntry {
  readonly id: number
  /** Text: the number does not fit into a JavaScript number. */
  readonly systemID: string
  readonly version: string
}

export interface BackupInfo {
  /** By label. A line that cannot be understood is `undefined`, so that it is not taken for a missing one. */
  readonly backups: ReadonlyMap<string, BackupEntry | undefined>
  readonly databases: readonly DatabaseEntry[]
}

/** What the lines of `backup.info` say. */
export function backupInfoOf(lines: readonly InfoLine[]): BackupInfo {
  const current = lines.filter(({section}) => section === 'backup:current')
  return {
    backups: new Map(current.map(({key, value}) => [key, parseEntry(key, value)])),
    databases: parseHistory(lines, 'db-system-id'),
  }
}

/** The databases that the lines of `archive.info` name; their ids name the directories of the archive. */
export function archiveInfoOf(lines: readonly InfoLine[]): readonly DatabaseEntry[] {
  return parseHistory(lines, 'db-id')
}

function parseEntry(label: string, value: unknown): BackupEntry | undefined {
  const parsed = entrySchema.safeParse(value)
  if (!parsed.success) return undefined
  const entry = parsed.data
  return {
    label,
    type: backupTypes[entry['backup-type']],
    prior: entry['backup-prior'] ?? undefined,
    references: entry['backup-reference'] ?? [],
    error: entry['backup-error'] ?? false,
    start: entry['backup-timestamp-start'],
    stop: entry['backup-timestamp-stop'],
    lsnStart: entry['backup-lsn-start'] ?? undefined,
    lsnStop: entry['backup-lsn-stop'] ?? undefined,
    walStart: entry['backup-archive-start'] ?? undefined,
    walStop: entry['backup-archive-stop'] ?? undefined,
    size: entry['backup-info-size'] ?? undefined,
    repositorySize: entry['backup-info-repo-size'] ?? entry['backup-info-repo-size-delta'] ?? undefined,
    databaseID: entry['db-id'],
  }
}

function parseHistory(lines: readonly InfoLine[], systemKey: string): DatabaseEntry[] {
  return lines.flatMap(({section, key, json}) => {
    if (section !== 'db:history') return []
    const systemID = new RegExp(`"${systemKey}":(\\d+)`).exec(json)?.[1]
    const version = /"db-version":"([\d.]+)"/.exec(json)?.[1]
    return systemID !== undefined && version !== undefined ? [{id: Number(key), systemID, version}] : []
  })
}
