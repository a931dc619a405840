import type {CommandResult} from '../process/command.ts'

export type BackupType = 'full' | 'diff' | 'incr'

export interface CommandControl {
  /** Kills pgBackRest in the middle (SIGKILL to its process group), as a dying machine does. */
  readonly abort?: AbortSignal
}

/** Which backup to restore, and up to where to replay; pgBackRest's own options. */
export interface RestoreTarget {
  /** Stanza of the repository, where it is not the cluster's own. */
  readonly stanza?: string
  /** Label of the base backup; without it pgBackRest chooses. */
  readonly set?: string
  /** immediate: to consistency. time: up to `target`. default: to the end of the archive. */
  readonly type: 'immediate' | 'time' | 'default'
  /** For type time, for example `2026-11-22 10:00:00.123+00`. */
  readonly target?: string
  /** Timeline number, `current` or `latest` (pgBackRest's and PostgreSQL's default). */
  readonly targetTimeline?: string
}

/** How a restore ended. Only `restored` has a running cluster that takes writes. */
export type RestoreResult =
  | {readonly outcome: 'restored'}
  | {readonly outcome: 'pgbackrest-failed'; readonly result: CommandResult}
  | {readonly outcome: 'recovery-failed'; readonly serverLog: string}

/** What `pgbackrest info --output=json` says of one backup; more fields than these are in it. */
export interface BackupInfo {
  readonly label: string
  readonly type: BackupType
  readonly prior: string | null
  readonly reference: readonly string[] | null
  readonly error: boolean | null
  readonly archive: {readonly start: string | null; readonly stop: string | null}
  readonly lsn: {readonly start: string; readonly stop: string}
  readonly timestamp: {readonly start: number; readonly stop: number}
  readonly info: {readonly size: number; readonly repository: {readonly size?: number; readonly delta: number}}
}
export interface StanzaInfo {
  readonly name: string
  readonly status: {readonly code: number; readonly message: string}
  readonly backup: readonly BackupInfo[]
  /** `system-id` is 64 bits wide, so it is text here. */
  readonly db: readonly {readonly id: number; readonly 'system-id': string; readonly version: string}[]
}

/** The stanzas in what `pgbackrest info --output=json` prints. */
export function stanzasOf(info: string): readonly StanzaInfo[] {
  return JSON.parse(info.replaceAll(/"system-id":(\d+)/g, '"system-id":"$1"')) as readonly StanzaInfo[]
}

/** The words of `pgbackrest restore`. */
export function restoreArguments({set, type, target, targetTimeline}: RestoreTarget): string[] {
  return [
    `--type=${type}`,
    ...(set === undefined ? [] : [`--set=${set}`]),
    ...(target === undefined ? [] : [`--target=${target}`]),
    ...(targetTimeline === undefined ? [] : [`--target-timeline=${targetTimeline}`]),
    ...(type === 'default' ? [] : ['--target-action=promote']),
  ]
}
