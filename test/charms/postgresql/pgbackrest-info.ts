/** One backup in `pgbackrest info --output=json`. */
export interface InfoBackup {
  readonly archive: {readonly start: string | null; readonly stop: string | null}
  readonly error: boolean | null
  readonly label: string
  readonly lsn: {readonly start: string; readonly stop: string}
  readonly prior: string | null
  readonly reference: readonly string[] | null
  /** Seconds since the epoch. */
  readonly timestamp: {readonly start: number; readonly stop: number}
  readonly type: 'full' | 'diff' | 'incr'
  readonly info?: {
    readonly delta: number
    readonly size: number
    readonly repository: {readonly delta: number; readonly size: number}
  }
}

export interface InfoStanza {
  readonly name: string
  readonly backup: readonly InfoBackup[]
  readonly db: readonly {readonly id: number; readonly 'system-id': number; readonly version: string}[]
}

/** A timeline that a restore opened, from the archive's history files. */
export interface TimelineStart {
  /** Backup-like id: the time at which the history file was written. */
  readonly id: string
  /** Hexadecimal without leading zeros. */
  readonly timeline: string
}

const idPattern = /(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)[FDI]$/

/** The charm's id of a backup: the time in the last part of pgBackRest's label. */
export function idOfLabel(label: string): string {
  const parts = idPattern.exec(label)
  if (parts === null) throw new RangeError(`${label} is not a pgBackRest label`)
  const [, year, month, day, hour, minute, second] = parts
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
}

/** Seconds since the epoch as the charm writes times. */
export function idOfSeconds(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}

/** The timeline in the name of a WAL file, hexadecimal without leading zeros; '' when there is none. */
export function timelineOfWal(wal: string | null): string {
  return wal === null ? '' : wal.slice(0, 8).replace(/^0+/, '')
}

/** The timelines in the output of `repo-ls archive --recurse --output=json`, oldest first. */
export function timelineStarts(repoLs: string): readonly TimelineStart[] {
  const files = JSON.parse(repoLs) as Record<string, {type: string; time?: number}>
  const starts: TimelineStart[] = []
  for (const [name, file] of Object.entries(files)) {
    const match = /\/([0-9A-F]{8})\.history$/.exec(name)
    const timeline = match?.[1]
    if (timeline === undefined || file.time === undefined) continue
    starts.push({id: idOfSeconds(file.time), timeline: timeline.replace(/^0+/, '')})
  }
  return starts.sort((one, other) => compareText(one.id, other.id))
}

/** Order by code units, as Python sorts ASCII strings. */
export function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}
