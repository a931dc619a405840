import type {
  BackupOrder,
  CommandResult,
  PostgresqlEngine,
  RepositoryState,
  RestoreState,
  RestoreStep,
  SwitchoverEnd,
} from '../../charms/postgresql/engine.ts'
import {repository} from './recordings.ts'
import type {RecordedInput} from './recordings.ts'

/** Answers as the world of a recorded case did. */
export class RecordedEngine implements PostgresqlEngine {
  readonly backups: BackupOrder[] = []
  readonly #input: RecordedInput
  readonly #primary: string | undefined
  readonly #answers: {info: CommandResult; ls: CommandResult}
  readonly #uploads: boolean[]

  constructor(charm: string, input: RecordedInput, unit: string) {
    this.#input = input
    const {pgbackrest_info: info, repo_ls: ls} = input
    const known = info !== undefined && ls !== undefined
    this.#answers = known ? {info, ls} : repository(charm, input.repository ?? '02-one-full')
    this.#primary = input.is_primary === true ? unit : undefined
    this.#uploads = [...(input.upload ?? [])]
  }

  async initialise(): Promise<RepositoryState> {
    return 'ready'
  }

  async info(): Promise<CommandResult> {
    const after = this.backups.length > 0 ? this.#input.info_after : undefined
    return after === undefined ? this.#answers.info : command(after)
  }

  async archiveHistories(): Promise<CommandResult> {
    return this.#answers.ls
  }

  async backup(order: BackupOrder): Promise<CommandResult> {
    this.backups.push(order)
    return command(this.#input.backup ?? [0, '', ''])
  }

  async upload(): Promise<boolean> {
    return this.#uploads.shift() ?? true
  }

  async primary(): Promise<string | undefined> {
    return this.#primary
  }

  async member(): Promise<{online: boolean; started: boolean}> {
    return {online: this.#input.offline !== true, started: this.#input.member_started ?? true}
  }

  async restore(): Promise<{step: RestoreStep; detail: string} | undefined> {
    const {stop_ok, override_ok, empty_ok, patronictl, k8s_endpoints_ok} = this.#input
    if (stop_ok === false) return {step: 'stop', detail: 'demo stop failure'}
    if (override_ok === false) return {step: 'override', detail: ''}
    if (empty_ok === false)
      return {step: 'empty', detail: "non-zero exit code 1 executing 'find', stdout='', stderr='demo error'"}
    if (k8s_endpoints_ok === false) return {step: 'remove', detail: 'demo conflict'}
    return patronictl === undefined ? undefined : {step: 'remove', detail: patronictl[2]}
  }

  async restoreState(): Promise<RestoreState> {
    return 'none'
  }

  async unitsChanged(): Promise<void> {}

  async switchover(): Promise<SwitchoverEnd> {
    return 'failed'
  }

  async crash(): Promise<void> {}

  async recover(): Promise<void> {}

  watch(): void {}
}

function command([rc, stdout, stderr]: readonly [number, string, string]): CommandResult {
  return {rc, stdout, stderr}
}
