import type {Clock} from '../../src/time/clock.ts'
import type {Charm} from './machine.ts'
import type {ApplicationSeed, ModelSeed} from './model-seed.ts'
import type {MongodbCharmId} from './mongodb/dialect.ts'
import {mongodbCharm} from './mongodb/machine.ts'
import type {MongodbCharm} from './mongodb/machine.ts'
import {MemoryMongodb} from './mongodb/memory-engine.ts'
import {s3Endpoint as mongodbS3} from './mongodb/state.ts'
import type {MysqlCharmId} from './mysql/description.ts'
import {mysqlCharm} from './mysql/machine.ts'
import type {MysqlCharm} from './mysql/machine.ts'
import {MemoryMysql} from './mysql/memory-engine.ts'
import {s3Endpoint as mysqlS3} from './mysql/state.ts'
import {pgbouncerCharm} from './pgbouncer.ts'
import {defaultS3} from './postgresql-model.ts'
import {postgresqlCharmIds} from './postgresql/dialect.ts'
import type {PostgresqlCharmId} from './postgresql/dialect.ts'
import {postgresqlCharm} from './postgresql/machine.ts'
import type {PostgresqlCharm} from './postgresql/machine.ts'
import {MemoryPostgresql} from './postgresql/memory-engine.ts'
import {s3Endpoint as postgresqlS3} from './postgresql/s3-parameters.ts'
import {s3IntegratorCharm} from './s3-integrator.ts'

export type DatabaseCharmId = PostgresqlCharmId | MysqlCharmId | MongodbCharmId

/** A database's charm with what stands behind it, by kind. */
export type Database =
  | {readonly kind: 'postgresql'; readonly charm: PostgresqlCharm; readonly engine: MemoryPostgresql}
  | {readonly kind: 'mysql'; readonly charm: MysqlCharm; readonly engine: MemoryMysql}
  | {readonly kind: 'mongodb'; readonly charm: MongodbCharm; readonly engine: MemoryMongodb}

export interface DatabaseWish {
  readonly charm: DatabaseCharmId
  /** Name of the application. Default: the charm's name. */
  readonly name?: string
  /** Default 3. */
  readonly units?: number
  /** PgBouncer in front of a PostgreSQL, as the application `<name>-pooler`; on machines it sits beside its units. */
  readonly pooler?: boolean
}

export interface DatabasesModelOptions {
  readonly clock: Clock
  readonly model?: Partial<Omit<ModelSeed, 'applications' | 'relations' | 'type'>>
}

export interface DatabasesModel {
  readonly seed: ModelSeed
  /** By application. */
  readonly databases: ReadonlyMap<string, Database>
}

/**
 * A model of several databases in memory, for example `databasesModel(['postgresql-14', 'mysql-8.0'], {clock})`. Each has
 * an s3-integrator of its own, `<name>-s3`, since two clusters must not share a path.
 *
 * @throws Error when charms for machines and for Kubernetes are mixed, or two applications have one name
 */
export function databasesModel(
  wishes: readonly (DatabaseCharmId | DatabaseWish)[],
  {clock, model}: DatabasesModelOptions,
): DatabasesModel {
  const placed = wishes
    .map(wish => (typeof wish === 'string' ? {charm: wish} : wish))
    .map(wish => place(wish, databaseOf(wish.charm, clock)))
  const names = placed.flatMap(({applications}) => applications.map(({name}) => name))
  if (new Set(names).size < names.length) throw new Error(`two applications have one name: ${names.join(', ')}`)
  const platforms = new Set(wishes.map(wish => (typeof wish === 'string' ? wish : wish.charm).includes('-k8s-')))
  if (platforms.size > 1) throw new Error('charms for machines and for Kubernetes cannot be in one model')
  const seed: ModelSeed = {
    name: 'databases',
    ...model,
    type: platforms.has(true) ? 'caas' : 'iaas',
    applications: placed.flatMap(({applications}) => applications),
    relations: placed.flatMap(({relations}) => relations),
  }
  return {seed, databases: new Map(placed.map(({name, database}) => [name, database]))}
}

function databaseOf(id: DatabaseCharmId, clock: Clock): Database {
  if (isPostgresql(id)) {
    const engine = new MemoryPostgresql({clock, version: id.includes('14') ? '14' : '16'})
    return {kind: 'postgresql', charm: postgresqlCharm({id, engine}), engine}
  }
  if (isMysql(id)) {
    const engine = new MemoryMysql({clock})
    return {kind: 'mysql', charm: mysqlCharm({id, engine}), engine}
  }
  const engine = new MemoryMongodb({clock})
  return {kind: 'mongodb', charm: mongodbCharm({id, engine}), engine}
}

function isPostgresql(id: DatabaseCharmId): id is PostgresqlCharmId {
  return postgresqlCharmIds.some(each => each === id)
}

function isMysql(id: DatabaseCharmId): id is MysqlCharmId {
  return id.startsWith('mysql')
}

const s3Endpoints: Readonly<Record<Database['kind'], string>> = {
  postgresql: postgresqlS3,
  mysql: mysqlS3,
  mongodb: mongodbS3,
}

interface Placed {
  readonly name: string
  readonly database: Database
  readonly applications: readonly ApplicationSeed[]
  readonly relations: NonNullable<ModelSeed['relations']>
}

function place(wish: DatabaseWish, database: Database): Placed {
  const {name = database.charm.description.name, units = 3} = wish
  const integrator = `${name}-s3`
  const keys = {accessKey: `made-up-access-key-of-${name}`, secretKey: `made-up-secret-key-of-${name}`}
  const config = {...defaultS3, path: `/${name}`}
  const pooler = wish.pooler === true ? poolerOf(name, units, database.charm) : {applications: [], relations: []}
  return {
    name,
    database,
    applications: [
      {name, charm: database.charm, units},
      {name: integrator, charm: s3IntegratorCharm(keys), units: 1, config},
      ...pooler.applications,
    ],
    relations: [[`${name}:${s3Endpoints[database.kind]}`, `${integrator}:s3-credentials`], ...pooler.relations],
  }
}

function poolerOf(name: string, units: number, {description}: Charm): Pick<Placed, 'applications' | 'relations'> {
  if (!('database' in description.provides)) throw new Error(`PgBouncer does not go with ${description.name}`)
  const onKubernetes = description.containers !== undefined
  const pooler = `${name}-pooler`
  const charm = pgbouncerCharm(onKubernetes ? 'pgbouncer-k8s' : 'pgbouncer')
  return {
    applications: [{name: pooler, charm, units: onKubernetes ? 1 : units}],
    relations: [
      [`${name}:database`, `${pooler}:backend-database`],
      ...(onKubernetes ? [] : ([[`${name}:juju-info`, `${pooler}:juju-info`]] as const)),
    ],
  }
}
