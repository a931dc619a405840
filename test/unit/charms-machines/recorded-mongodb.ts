import type {MongodbEngine, MongodMember, PbmRun, RestoreOrder} from '../../charms/mongodb/engine.ts'

/** What PBM answered when a case was recorded. */
export interface RecordedPbm {
  /** `pbm status`: JSON, or the words with which it failed. */
  readonly status: string
  readonly agentActive: boolean
  /** With what `pbm backup` and `pbm restore` fail. */
  readonly fails: string | undefined
  /** Name of the backup that `pbm backup` begins. */
  readonly begins: string
}

/** Answers as PBM did in a recorded case, and notes the commands that change something. */
export class RecordedMongodb implements MongodbEngine {
  readonly commands: (readonly string[])[] = []
  readonly #recorded: RecordedPbm

  constructor(recorded: RecordedPbm) {
    this.#recorded = recorded
  }

  async agentActive(): Promise<boolean> {
    return this.#recorded.agentActive
  }

  async status(): Promise<PbmRun> {
    const {status} = this.#recorded
    return {ok: status.startsWith('{'), output: status}
  }

  async backup(): Promise<PbmRun> {
    this.commands.push(['backup'])
    return this.#end(this.#recorded.begins)
  }

  async restore({backupId, remap}: RestoreOrder): Promise<PbmRun> {
    this.commands.push(['restore', backupId, ...(remap === undefined ? [] : ['--replset-remapping', remap])])
    return this.#end('')
  }

  async configure(): Promise<PbmRun> {
    return {ok: true, output: ''}
  }

  async openBucket(): Promise<'ready'> {
    return 'ready'
  }

  address(): string {
    return '10.0.0.1'
  }

  async member(): Promise<MongodMember> {
    return {ready: true, state: 'PRIMARY'}
  }

  async primary(): Promise<string> {
    return 'mongodb/0'
  }

  async unitsChanged(): Promise<void> {}

  crashed(): void {}

  started(): void {}

  #end(output: string): PbmRun {
    const {fails} = this.#recorded
    return fails === undefined ? {ok: true, output} : {ok: false, output: fails}
  }
}
