import type {CharmHost} from '../machine.ts'
import type {Dialect} from './dialect.ts'
import type {PostgresqlEngine} from './engine.ts'

/** What a test sets up about a PostgreSQL application; the charm only reads it. */
export interface Conditions {
  /** TLS between the units; matters to where track 14 backs up. */
  tls: boolean
  /** The cluster replicates from another one. */
  standbyCluster: boolean
  /** An async replication relation exists. */
  asyncReplication: boolean
  /** A logical replication relation exists. */
  logicalReplication: boolean
  /** Raft has lost its majority; Kubernetes keeps its majority elsewhere. */
  raftStuck: boolean
  /** The stanza exists, so that backups can run. Set by the charm when S3 settings arrive; a test may take it away. */
  stanza: boolean
  /** Set when the S3 repository could not be taken into use: the unit's status message until S3 settings change. */
  s3Problem: string | undefined
}

/** What the parts of the charm's code share. */
export interface CharmState {
  readonly host: CharmHost
  readonly engine: PostgresqlEngine
  readonly dialect: Dialect
  readonly conditions: Conditions
  readonly progress: Progress
}

/** What the application remembers while its charm may be replaced by another revision. */
export interface Progress {
  /** A restore was started and its end was not seen yet. */
  restoring: boolean
  /** Units that died and ran no hook since. */
  readonly crashed: Set<string>
  /** Units that run an action now. */
  readonly acting: Set<string>
}

export const awaitingMember = 'awaiting for member to start'
export const anotherCluster = 'the S3 repository has backups from another cluster'
export const pitrImpossible = 'cannot restore PITR, juju debug-log for details'

/** `<model>.<cluster>` */
export function stanzaOf({host, dialect}: CharmState): string {
  return `${host.model.name}.${dialect.clusterName(host.application)}`
}
