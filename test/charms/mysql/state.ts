import type {CharmHost} from '../machine.ts'
import type {MysqlEngine} from './engine.ts'

/** The endpoint at which MySQL charms take S3 settings. */
export const s3Endpoint = 's3-parameters'

/** What a test sets up about a MySQL application, and what the charm keeps in its peer data. */
export interface MysqlConditions {
  /** The cluster replicates from another one. */
  standbyCluster: boolean
  /** Units that wait to start or to restart. */
  readonly waiting: Set<string>
  /** Why the repository must not be written to; set by the charm. */
  s3Block: string | undefined
  /** S3 settings came while MySQL was not running; the charm looks again at the next `update-status`. */
  s3Deferred: boolean
}

/** What the parts of the charm's code share. */
export interface MysqlState {
  readonly host: CharmHost
  readonly engine: MysqlEngine
  readonly conditions: MysqlConditions
  /** Passwords of the system users. */
  readonly passwords: Map<string, string>
}

export const claimedByAnother = 'S3 repository claimed by another cluster'
export const moveRestored = 'Move restored cluster to another S3 repository'
