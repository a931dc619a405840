import type {Clock} from '../../src/time/clock.ts'
import type {Charm} from './machine.ts'
import type {ObjectSink} from './memory-bucket.ts'
import {etcdCharm, memoryEtcd} from './etcd/charm.ts'
import type {EtcdCharm} from './etcd/charm.ts'
import {etcdCharmIds} from './etcd/description.ts'
import type {EtcdCharmId} from './etcd/description.ts'
import {mongodbCharmIds} from './mongodb/dialect.ts'
import type {MongodbCharmId} from './mongodb/dialect.ts'
import {mongodbCharm} from './mongodb/machine.ts'
import type {MongodbCharm} from './mongodb/machine.ts'
import {MemoryMongodb} from './mongodb/memory-engine.ts'
import type {MemoryMongodbOptions} from './mongodb/memory-engine.ts'
import {s3Endpoint as mongodbS3} from './mongodb/state.ts'
import {mysqlCharmIds} from './mysql/description.ts'
import type {MysqlCharmId} from './mysql/description.ts'
import {mysqlCharm} from './mysql/machine.ts'
import type {MysqlCharm} from './mysql/machine.ts'
import {MemoryMysql} from './mysql/memory-engine.ts'
import type {MemoryMysqlOptions} from './mysql/memory-engine.ts'
import {s3Endpoint as mysqlS3} from './mysql/state.ts'
import {dialects, postgresqlCharmIds} from './postgresql/dialect.ts'
import type {PostgresqlCharmId} from './postgresql/dialect.ts'
import {opensearchCharmIds} from './opensearch/description.ts'
import type {OpensearchCharmId} from './opensearch/description.ts'
import {opensearchCharm} from './opensearch/machine.ts'
import type {OpensearchCharm} from './opensearch/machine.ts'
import {MemoryOpensearch} from './opensearch/memory-engine.ts'
import type {MemoryOpensearchOptions} from './opensearch/memory-engine.ts'
import type {MemoryPlainDatabase, MemoryPlainOptions} from './plain/memory-engine.ts'
import {s3Endpoint as plainS3} from './plain/state.ts'
import {postgresqlCharm} from './postgresql/machine.ts'
import type {PostgresqlCharm} from './postgresql/machine.ts'
import {MemoryPostgresql} from './postgresql/memory-engine.ts'
import type {MemoryPostgresqlOptions} from './postgresql/memory-engine.ts'
import {s3Endpoint as postgresqlS3} from './postgresql/s3-parameters.ts'
import type {S3Parameters} from './s3-parameters.ts'
import {memorySomedb, somedbCharm, somedbCharmIds} from './somedb/charm.ts'
import type {SomedbCharm, SomedbCharmId} from './somedb/charm.ts'
import {memoryValkey, valkeyCharm} from './valkey/charm.ts'
import type {ValkeyCharm} from './valkey/charm.ts'
import {valkeyCharmIds} from './valkey/description.ts'
import type {ValkeyCharmId} from './valkey/description.ts'
import {memoryZookeeper, zookeeperCharm} from './zookeeper/charm.ts'
import type {ZookeeperCharm} from './zookeeper/charm.ts'
import {zookeeperCharmIds} from './zookeeper/description.ts'
import type {ZookeeperCharmId} from './zookeeper/description.ts'

interface Family<Id extends string, C extends Charm, Engine, Options> {
  readonly id: Id
  readonly charm: C
  readonly engine: Engine
  readonly options: Options
}

/** TLS between the units; the models of the tests relate no certificates. Default false. */
interface WithTls {
  readonly tls?: boolean
}

/** The kinds of databases that are played, each with its charms and with what stands behind them. */
export interface Families {
  readonly postgresql: Family<
    PostgresqlCharmId,
    PostgresqlCharm,
    MemoryPostgresql,
    Omit<MemoryPostgresqlOptions, 'version'> & WithTls
  >
  readonly mysql: Family<MysqlCharmId, MysqlCharm, MemoryMysql, MemoryMysqlOptions>
  readonly mongodb: Family<MongodbCharmId, MongodbCharm, MemoryMongodb, MemoryMongodbOptions>
  readonly opensearch: Family<OpensearchCharmId, OpensearchCharm, MemoryOpensearch, MemoryOpensearchOptions>
  readonly zookeeper: Family<ZookeeperCharmId, ZookeeperCharm, MemoryPlainDatabase, MemoryPlainOptions>
  readonly etcd: Family<EtcdCharmId, EtcdCharm, MemoryPlainDatabase, MemoryPlainOptions>
  readonly valkey: Family<ValkeyCharmId, ValkeyCharm, MemoryPlainDatabase, MemoryPlainOptions>
  /** A charm that nobody knows. */
  readonly somedb: Family<SomedbCharmId, SomedbCharm, MemoryPlainDatabase, MemoryPlainOptions>
}

export type DatabaseKind = keyof Families
export type DatabaseCharmId = Families[DatabaseKind]['id']
export type KindOf<Id extends DatabaseCharmId> = {
  [K in DatabaseKind]: Id extends Families[K]['id'] ? K : never
}[DatabaseKind]

/** A database's charm with what stands behind it. */
export interface DatabaseOf<K extends DatabaseKind> {
  readonly charm: Families[K]['charm']
  readonly engine: Families[K]['engine']
}

/** The same, whichever it is, by kind. */
export type Database = {[K in DatabaseKind]: {readonly kind: K} & DatabaseOf<K>}[DatabaseKind]

interface Maker<K extends DatabaseKind> {
  readonly ids: readonly Families[K]['id'][]
  /** The endpoint at which these charms take S3 settings. */
  readonly s3Endpoint: string
  /** With backups that take so long, in ms. */
  readonly lasting: (backup: number) => Pick<Families[K]['options'], 'durations'>
  readonly make: (id: Families[K]['id'], options: Families[K]['options']) => DatabaseOf<K>
}

const allLasting = (backup: number) => ({durations: {backup}})

const makers: {readonly [K in DatabaseKind]: Maker<K>} = {
  postgresql: {
    ids: postgresqlCharmIds,
    s3Endpoint: postgresqlS3,
    lasting: backup => ({durations: {full: backup, diff: backup, incr: backup}}),
    make: (id, {tls = false, ...options}) => {
      const engine = new MemoryPostgresql({...options, version: dialects[id].track})
      return {charm: postgresqlCharm({id, engine, tls}), engine}
    },
  },
  mysql: {
    ids: mysqlCharmIds,
    s3Endpoint: mysqlS3,
    lasting: allLasting,
    make: (id, options) => {
      const engine = new MemoryMysql(options)
      return {charm: mysqlCharm({id, engine}), engine}
    },
  },
  mongodb: {
    ids: mongodbCharmIds,
    s3Endpoint: mongodbS3,
    lasting: allLasting,
    make: (id, options) => {
      const engine = new MemoryMongodb(options)
      return {charm: mongodbCharm({id, engine}), engine}
    },
  },
  opensearch: {
    ids: opensearchCharmIds,
    s3Endpoint: plainS3,
    lasting: allLasting,
    make: (id, options) => {
      const engine = new MemoryOpensearch(options)
      return {charm: opensearchCharm(id, engine), engine}
    },
  },
  zookeeper: {
    ids: zookeeperCharmIds,
    s3Endpoint: plainS3,
    lasting: allLasting,
    make: (_id, options) => {
      const engine = memoryZookeeper(options)
      return {charm: zookeeperCharm(engine), engine}
    },
  },
  etcd: {
    ids: etcdCharmIds,
    s3Endpoint: plainS3,
    lasting: allLasting,
    make: (_id, options) => {
      const engine = memoryEtcd(options)
      return {charm: etcdCharm(engine), engine}
    },
  },
  valkey: {
    ids: valkeyCharmIds,
    s3Endpoint: plainS3,
    lasting: allLasting,
    make: (id, options) => {
      const engine = memoryValkey(options)
      return {charm: valkeyCharm(id, engine), engine}
    },
  },
  somedb: {
    ids: somedbCharmIds,
    s3Endpoint: plainS3,
    lasting: allLasting,
    make: (id, options) => {
      const engine = memorySomedb(options)
      return {charm: somedbCharm(id, engine), engine}
    },
  },
}

const kinds = Object.keys(makers) as readonly DatabaseKind[]

/** Every database charm that is played. */
export const databaseCharmIds: readonly DatabaseCharmId[] = kinds.flatMap(kind => idsOf(kind))

/** The same as a help text lists them: a line for each kind. */
export const databaseCharmLines: readonly string[] = kinds.map(kind => idsOf(kind).join(', '))

export interface MemoryDatabaseOptions extends WithTls {
  readonly clock: Clock
  /** How long a backup takes, in ms. Default: the engine's. */
  readonly backup?: number
  /** Mirrors the objects of backups into the store that the S3 settings name. */
  readonly store?: (s3: S3Parameters) => ObjectSink
}

/** The charm with a database in memory, whichever it is. */
export function memoryDatabase(id: DatabaseCharmId, {backup, ...options}: MemoryDatabaseOptions): Database {
  const kind = kindOf(id)
  const made = make(kind, id, {...options, ...(backup === undefined ? {} : makers[kind].lasting(backup))})
  return {kind, ...made} as Database
}

/** A charm with a database in memory, and all that its kind can be told. */
export function databaseOf<Id extends DatabaseCharmId>(
  id: Id,
  options: Families[KindOf<Id>]['options'],
): DatabaseOf<KindOf<Id>> {
  return make<KindOf<Id>>(kindOf(id), id as Families[KindOf<Id>]['id'], options)
}

function make<K extends DatabaseKind>(kind: K, id: Families[K]['id'], options: Families[K]['options']): DatabaseOf<K> {
  return makers[kind].make(id, options)
}

/** The endpoint at which a charm takes S3 settings. */
export function s3EndpointOf(id: DatabaseCharmId): string {
  return makers[kindOf(id)].s3Endpoint
}

export function isPostgresql(id: DatabaseCharmId): id is PostgresqlCharmId {
  return kindOf(id) === 'postgresql'
}

function idsOf(kind: DatabaseKind): readonly DatabaseCharmId[] {
  return makers[kind].ids
}

function kindOf<Id extends DatabaseCharmId>(id: Id): KindOf<Id> {
  // The table of makers has every id, in the list of its kind.
  return kinds.find(kind => idsOf(kind).includes(id)) as KindOf<Id>
}
