import type {CharmHost, CharmTask, TaskOutcome, UnitStatus, UnitView} from '../machine.ts'
import {readS3Parameters} from '../s3-parameters.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import type {MemoryPlainDatabase} from './memory-engine.ts'

/** The endpoint at which these charms take S3 settings. */
export const s3Endpoint = 's3-credentials'

/** What the parts of a plain charm's code share. `conditions`: what a test sets up, which the charm only reads. */
export interface PlainState<Conditions> {
  readonly host: CharmHost
  readonly engine: MemoryPlainDatabase
  readonly conditions: Conditions
  readonly dialect: PlainDialect<Conditions>
}

/** In what the charms differ whose backups are a few objects each. */
export interface PlainDialect<Conditions> {
  readonly actions: Readonly<Record<string, (state: PlainState<Conditions>, task: CharmTask) => Promise<TaskOutcome>>>
  /** What a unit shows when nothing of the store or of a restore is to be told; undefined: active. */
  readonly shown: (state: PlainState<Conditions>, unit: UnitView) => Promise<UnitStatus | undefined>
}

export type PlainSettings =
  {readonly kind: 'no relation'} | {readonly kind: 'incomplete'} | {readonly kind: 'ready'; readonly s3: S3Parameters}

/** What the S3 relation gives. */
export async function settingsOf({host}: Pick<PlainState<unknown>, 'host'>): Promise<PlainSettings> {
  const [relation] = await host.relations(s3Endpoint)
  if (relation === undefined) return {kind: 'no relation'}
  const reading = readS3Parameters(relation.data)
  return reading.ok ? {kind: 'ready', s3: reading.s3} : {kind: 'incomplete'}
}

/** A refusal in the charm's words, which it puts into the result too. */
export function refused(message: string): TaskOutcome {
  return {status: 'failed', message, results: {error: message}}
}

export function backupIdOf({parameters}: CharmTask): string {
  const value = parameters['backup-id']
  return value === undefined ? '' : String(value as string)
}
