import type {CharmHost, CharmTask, TaskOutcome, UnitStatus, UnitView} from '../machine.ts'
import {settingsOf} from '../plain/state.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import type {MemoryOpensearch, OpensearchRestoreEnd} from './memory-engine.ts'
import type {SnapshotState} from './snapshot-files.ts'

/** What a test sets up about an OpenSearch application; the charm only reads it. */
export interface OpensearchConditions {
  /** A refresh of the charm is on its way. */
  upgrading: boolean
  /** Another integrator of a store is related too. */
  conflict: boolean
}

/** What the parts of the charm's code share. */
export interface OpensearchState {
  readonly host: CharmHost
  readonly engine: MemoryOpensearch
  readonly dialect: Dialect
  readonly conditions: OpensearchConditions
}

export type OpensearchAction = 'create-backup' | 'list-backups' | 'restore'

/** In what the charm of 2024 and the newer ones differ, text for text. All of it was read, nothing of it executed. */
export interface Dialect {
  /** Why an action is refused on the unit. */
  readonly refusal: (state: OpensearchState, task: CharmTask, action: OpensearchAction) => Promise<string | undefined>
  /** A request to OpenSearch failed. */
  readonly requestFailed: (words: string) => string
  readonly badFormat: string
  readonly header: string
  /** The word of the table for a state, and that of JSON. */
  readonly stateWords: (state: SnapshotState) => {readonly table: string; readonly json: string}
  readonly created: (id: string, state: SnapshotState) => Readonly<Record<string, string>>
  /** undefined: it can be restored. */
  readonly unusable: (id: string, state: SnapshotState | undefined) => string | undefined
  readonly restored: (id: string, end: OpensearchRestoreEnd) => TaskOutcome
  /** What a unit shows beside that all is well. */
  readonly shown: (state: OpensearchState, unit: UnitView) => Promise<UnitStatus | undefined>
}

export async function storeOf(state: OpensearchState): Promise<S3Parameters | undefined> {
  const settings = await settingsOf(state)
  return settings.kind === 'ready' ? settings.s3 : undefined
}
