import {z} from 'zod'

const types = {full: 'Full', diff: 'Differential', incr: 'Incremental'} as const

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
  /** By label. A line that cannot be read is `undefined`, so that it is not taken for a missing one. */
  readonly backups: ReadonlyMap<string, BackupEntry | undefined>
  readonly databases: readonly DatabaseEntry[]
}

/** `backup.info`: an INI file whose values are JSON. Undefined: it is none. */
export function parseBackupInfo(text: string): BackupInfo | undefined {
  const sections = parseIni(text)
  if (!sections?.has('backrest')) return undefined
  const backups = [...(sections.get('backup:current') ?? [])].map(
    ([label, json]) => [label, parseEntry(label, json)] as const,
  )
  return {backups: new Map(backups), databases: parseHistory(sections.get('db:history'), 'db-system-id')}
}

/** The databases of `archive.info`, whose ids name the directories of the archive. Undefined: it is no such file. */
export function parseArchiveInfo(text: string): readonly DatabaseEntry[] | undefined {
  const sections = parseIni(text)
  return sections?.has('backrest') ? parseHistory(sections.get('db:history'), 'db-id') : undefined
}

function parseEntry(label: string, json: string): BackupEntry | undefined {
  const parsed = entrySchema.safeParse(parseJson(json))
  if (!parsed.success) return undefined
  const entry = parsed.data
  return {
    label,
    type: types[entry['backup-type']],
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

function parseHistory(lines: ReadonlyMap<string, string> | undefined, systemKey: string): DatabaseEntry[] {
  return [...(lines ?? [])].flatMap(([id, json]) => {
    const systemID = new RegExp(`"${systemKey}":(\\d+)`).exec(json)?.[1]
    const version = /"db-version":"([\d.]+)"/.exec(json)?.[1]
    return systemID !== undefined && version !== undefined ? [{id: Number(id), systemID, version}] : []
  })
}

/** Undefined when a line is neither a section nor an assignment in one. */
function parseIni(text: string): Map<string, Map<string, string>> | undefined {
  const sections = new Map<string, Map<string, string>>()
  let current: Map<string, string> | undefined
  for (const line of text.split('\n').filter(each => each.trim() !== '')) {
    const section = /^\[(.+)\]$/.exec(line)?.[1]
    const at = line.indexOf('=')
    if (section !== undefined) sections.set(section, (current = new Map()))
    else if (current !== undefined && at > 0) current.set(line.slice(0, at), line.slice(at + 1))
    else return undefined
  }
  return sections
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // the schema refuses it
  }
}
