import type {Clock} from '../../src/time/clock.ts'
import type {PostgresqlCharmId} from './postgresql/dialect.ts'
import type {PostgresqlEngine} from './postgresql/engine.ts'
import {postgresqlCharm} from './postgresql/machine.ts'
import type {PostgresqlCharm} from './postgresql/machine.ts'
import {MemoryPostgresql} from './postgresql/memory-engine.ts'
import type {MemoryPostgresqlOptions} from './postgresql/memory-engine.ts'
import {s3IntegratorCharm} from './s3-integrator.ts'
import type {S3Credentials} from './s3-integrator.ts'
import type {ModelSeed} from './model-seed.ts'

export interface PostgresqlModelOptions<E extends PostgresqlEngine> {
  /** Default `postgresql-14`. */
  readonly charm?: PostgresqlCharmId
  readonly engine: E
  readonly tls?: boolean
  /** Default 3. */
  readonly units?: number
  /** Name of the application. Default: the charm's name. */
  readonly application?: string
  /** Options of s3-integrator; default: a made-up store. */
  readonly s3?: Readonly<Record<string, unknown>>
  /** Default: made-up keys; null: `sync-s3-credentials` was never run. */
  readonly credentials?: S3Credentials | null
  /** Default true; false: PostgreSQL and s3-integrator are both there without a relation. */
  readonly related?: boolean
  readonly model?: Partial<Pick<ModelSeed, 'name' | 'owner' | 'uuid' | 'access'>>
}

export interface PostgresqlModel<E extends PostgresqlEngine> {
  readonly seed: ModelSeed
  readonly charm: PostgresqlCharm
  readonly engine: E
}

/** What the integrator is told when a test names nothing. */
export const defaultS3: Readonly<Record<string, unknown>> = {
  endpoint: 'https://s3.example.com',
  region: 'us-east-1',
  bucket: 'backups',
  path: '/pg',
  's3-uri-style': 'path',
}

const defaultCredentials: S3Credentials = {accessKey: 'made-up-access-key', secretKey: 'made-up-secret-key'}

/** A model with PostgreSQL on three units, and an s3-integrator that is related to it. */
export function postgresqlModel<E extends PostgresqlEngine>(options: PostgresqlModelOptions<E>): PostgresqlModel<E> {
  const {charm: id = 'postgresql-14', engine, tls, units = 3, s3 = defaultS3, related = true} = options
  const credentials = options.credentials === null ? undefined : (options.credentials ?? defaultCredentials)
  const charm = postgresqlCharm({id, engine, ...(tls === undefined ? {} : {tls})})
  const application = options.application ?? charm.description.name
  const seed: ModelSeed = {
    name: 'databases',
    type: id.startsWith('postgresql-k8s') ? 'caas' : 'iaas',
    ...options.model,
    applications: [
      {name: application, charm, units},
      {name: 's3-integrator', charm: s3IntegratorCharm(credentials), units: 1, config: s3},
    ],
    relations: related ? [[`${application}:s3-parameters`, 's3-integrator:s3-credentials']] : [],
  }
  return {seed, charm, engine}
}

/** The same with PostgreSQL in memory. */
export function memoryPostgresqlModel(
  options: Omit<PostgresqlModelOptions<MemoryPostgresql>, 'engine'> & MemoryPostgresqlOptions & {clock: Clock},
): PostgresqlModel<MemoryPostgresql> {
  const {clock, durations, version, store, ...rest} = options
  const engine = new MemoryPostgresql({
    clock,
    ...(durations === undefined ? {} : {durations}),
    ...(version === undefined ? {} : {version}),
    ...(store === undefined ? {} : {store}),
  })
  return postgresqlModel({...rest, engine})
}
