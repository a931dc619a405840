import type {Clock} from '../../src/time/clock.ts'
import type {ObjectSink} from './memory-bucket.ts'
import {mongodbCharmIds} from './mongodb/dialect.ts'
import type {MongodbCharmId} from './mongodb/dialect.ts'
import {mongodbCharm} from './mongodb/machine.ts'
import type {MongodbCharm} from './mongodb/machine.ts'
import {MemoryMongodb} from './mongodb/memory-engine.ts'
import {s3Endpoint as mongodbS3} from './mongodb/state.ts'
import {mysqlCharmIds} from './mysql/description.ts'
import type {MysqlCharmId} from './mysql/description.ts'
import {mysqlCharm} from './mysql/machine.ts'
import type {MysqlCharm} from './mysql/machine.ts'
import {MemoryMysql} from './mysql/memory-engine.ts'
import {s3Endpoint as mysqlS3} from './mysql/state.ts'
import {postgresqlCharmIds} from './postgresql/dialect.ts'
import type {PostgresqlCharmId} from './postgresql/dialect.ts'
import {postgresqlCharm} from './postgresql/machine.ts'
import type {PostgresqlCharm} from './postgresql/machine.ts'
import {MemoryPostgresql} from './postgresql/memory-engine.ts'
import {s3Endpoint as postgresqlS3} from './postgresql/s3-parameters.ts'
import type {S3Parameters} from './s3-parameters.ts'

/** Every database charm that is played. */
export const databaseCharmIds = [...postgresqlCharmIds, ...mysqlCharmIds, ...mongodbCharmIds] as const
export type DatabaseCharmId = (typeof databaseCharmIds)[number]

/** The same as a help text lists them: a line for each kind. */
export const databaseCharmLines: readonly string[] = [postgresqlCharmIds, mysqlCharmIds, mongodbCharmIds].map(ids =>
  ids.join(', '),
)

/** A database's charm with what stands behind it, by kind. */
export type Database =
  | {readonly kind: 'postgresql'; readonly charm: PostgresqlCharm; readonly engine: MemoryPostgresql}
  | {readonly kind: 'mysql'; readonly charm: MysqlCharm; readonly engine: MemoryMysql}
  | {readonly kind: 'mongodb'; readonly charm: MongodbCharm; readonly engine: MemoryMongodb}

export interface MemoryDatabaseOptions {
  readonly clock: Clock
  /** How long a backup takes, in ms. Default: the engine's. */
  readonly backup?: number
  /** Mirrors the objects of backups into the store that the S3 settings name. */
  readonly store?: (s3: S3Parameters) => ObjectSink
  /** TLS between the units, where the charm asks for it. Default true. */
  readonly tls?: boolean
}

/** The charm with a database in memory, whichever it is. */
export function memoryDatabase(id: DatabaseCharmId, {backup, tls = true, ...rest}: MemoryDatabaseOptions): Database {
  if (isPostgresql(id)) {
    const durations = backup === undefined ? {} : {durations: {full: backup, diff: backup, incr: backup}}
    const engine = new MemoryPostgresql({...rest, ...durations, version: id.includes('14') ? '14' : '16'})
    return {kind: 'postgresql', charm: postgresqlCharm({id, engine, tls}), engine}
  }
  const durations = backup === undefined ? {} : {durations: {backup}}
  if (isMysql(id)) {
    const engine = new MemoryMysql({...rest, ...durations})
    return {kind: 'mysql', charm: mysqlCharm({id, engine}), engine}
  }
  const engine = new MemoryMongodb({...rest, ...durations})
  return {kind: 'mongodb', charm: mongodbCharm({id, engine}), engine}
}

export function isPostgresql(id: DatabaseCharmId): id is PostgresqlCharmId {
  return postgresqlCharmIds.some(each => each === id)
}

function isMysql(id: MysqlCharmId | MongodbCharmId): id is MysqlCharmId {
  return mysqlCharmIds.some(each => each === id)
}

/** The endpoint at which the charms of a kind take S3 settings. */
export const s3Endpoints: Readonly<Record<Database['kind'], string>> = {
  postgresql: postgresqlS3,
  mysql: mysqlS3,
  mongodb: mongodbS3,
}
