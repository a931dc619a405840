import type {CommandResult} from '../../charms/postgresql/engine.ts'
import {casesOf} from './replay.ts'

/** One case: what a real charm was given, and what it answered. Outputs were made by the charm's own code. */
export interface RecordedCase {
  readonly name: string
  readonly input: RecordedInput
  readonly output: {
    readonly task: 'completed' | 'failed' | 'uncaught exception'
    readonly message?: string
    readonly exception?: string
    readonly results?: Readonly<Record<string, unknown>>
    readonly unit_statuses_set?: readonly {readonly status: string; readonly message: string}[]
    readonly unit_status_after?: {readonly status: string; readonly message: string}
    readonly commands?: readonly (readonly string[])[]
  }
}

export interface RecordedInput {
  readonly params?: Readonly<Record<string, string>>
  /** Name of a case of list-backups with the repository's answers. */
  readonly repository?: string
  readonly state?: {
    readonly units?: number
    readonly leader?: boolean
    readonly status?: string
    readonly stanza?: boolean
    readonly repl?: boolean
    readonly s3?: Readonly<Record<string, string>> | null
  }
  readonly pgbackrest_info?: CommandResult
  readonly repo_ls?: CommandResult
  readonly tls?: boolean
  readonly is_primary?: boolean
  readonly standby_cluster?: boolean
  readonly offline?: boolean
  readonly member_started?: boolean
  readonly backup?: readonly [number, string, string]
  readonly info_after?: readonly [number, string, string]
  readonly upload?: readonly boolean[]
  readonly stop_ok?: boolean
  readonly override_ok?: boolean
  readonly empty_ok?: boolean
  readonly patronictl?: readonly [number, string, string]
  readonly k8s_endpoints_ok?: boolean
}

export interface CompletionCase {
  readonly name: string
  readonly input: {
    readonly app_peer_data: Readonly<Record<string, string>>
    readonly member_status: string
    readonly member_started: boolean
    readonly unit_status_before: string
    readonly 'model-uuid.txt': string | null
    readonly leader: boolean
    readonly primary: boolean
    readonly 'running members': number
    readonly 'planned units': number
  }
  readonly output: {
    readonly unit_status_after: {readonly status: string; readonly message: string}
    readonly unit_statuses_set: readonly {readonly status: string; readonly message: string}[]
  }
}

/** The answers of pgBackRest that a repository's name stands for; not every charm's recording repeats each. */
export function repository(charm: string, name: string): {info: CommandResult; ls: CommandResult} {
  for (const source of [charm.replace(/-next$/, ''), 'postgresql-14', 'postgresql-16']) {
    const {pgbackrest_info: info, repo_ls: ls} =
      casesOf<RecordedCase>(`${source}/list-backups`).find(each => each.name === name)?.input ?? {}
    if (info !== undefined && ls !== undefined) return {info, ls}
  }
  throw new Error(`no recording has the repository ${name}`)
}
