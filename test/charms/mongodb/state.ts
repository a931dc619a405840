import type {CharmHost, RelationView, UnitStatus} from '../machine.ts'
import type {MongodbEngine} from './engine.ts'
import type {Dialect} from './dialect.ts'

/** The endpoint at which MongoDB charms take S3 settings. */
export const s3Endpoint = 's3-credentials'

/** What a test sets up about a MongoDB application; the charm only reads it. */
export interface MongodbConditions {
  /** A refresh of the charm is on its way. */
  upgrading: boolean
}

/** What the parts of the charm's code share. */
export interface MongodbState {
  readonly host: CharmHost
  readonly engine: MongodbEngine
  readonly dialect: Dialect
  readonly conditions: MongodbConditions
  /** Passwords of the system users. */
  readonly passwords: Map<string, string>
}

/** A status with what track 8 knows beside the text that it shows. */
export interface ShownStatus extends UnitStatus {
  /** Shown instead when the unit has more to tell. */
  readonly short?: string
  readonly check?: string
  readonly action?: string
  readonly running?: 'async'
}

export async function s3Relation({host}: MongodbState): Promise<RelationView | undefined> {
  return (await host.relations(s3Endpoint))[0]
}

/** Shards are backed up through their config-server. */
export async function isShard({host}: MongodbState): Promise<boolean> {
  return (await host.config())['role'] === 'shard'
}

export const shardRefusal = 'Shards do not support backup operations, please run action on config-server.'
