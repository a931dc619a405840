import type {Clock} from '../../src/time/clock.ts'
import {integratedSeed} from './integrated-model.ts'
import type {IntegratedModelOptions} from './integrated-model.ts'
import type {ModelSeed} from './model-seed.ts'
import {dialects} from './postgresql/dialect.ts'
import type {PostgresqlCharmId} from './postgresql/dialect.ts'
import type {PostgresqlEngine} from './postgresql/engine.ts'
import {postgresqlCharm} from './postgresql/machine.ts'
import type {PostgresqlCharm} from './postgresql/machine.ts'
import {MemoryPostgresql} from './postgresql/memory-engine.ts'
import type {MemoryPostgresqlOptions} from './postgresql/memory-engine.ts'
import {s3Endpoint} from './postgresql/s3-parameters.ts'

export {defaultS3} from './integrated-model.ts'

export interface PostgresqlModelOptions<E extends PostgresqlEngine> extends IntegratedModelOptions {
  /** Default `postgresql-14`. */
  readonly charm?: PostgresqlCharmId
  readonly engine: E
  readonly tls?: boolean
}

export interface PostgresqlModel<E extends PostgresqlEngine> {
  readonly seed: ModelSeed
  readonly charm: PostgresqlCharm
  readonly engine: E
}

/** A model with PostgreSQL on three units, and an s3-integrator that is related to it. */
function postgresqlModel<E extends PostgresqlEngine>(options: PostgresqlModelOptions<E>): PostgresqlModel<E> {
  const {charm: id = 'postgresql-14', engine, tls} = options
  const charm = postgresqlCharm({id, engine, ...(tls === undefined ? {} : {tls})})
  return {seed: integratedSeed(charm, s3Endpoint, options), charm, engine}
}

/** The same with PostgreSQL in memory. */
export function memoryPostgresqlModel(
  options: Omit<PostgresqlModelOptions<MemoryPostgresql>, 'engine'> & MemoryPostgresqlOptions & {clock: Clock},
): PostgresqlModel<MemoryPostgresql> {
  const {clock, durations, version = dialects[options.charm ?? 'postgresql-14'].track, store, ...rest} = options
  const engine = new MemoryPostgresql({
    clock,
    version,
    ...(durations === undefined ? {} : {durations}),
    ...(store === undefined ? {} : {store}),
  })
  return postgresqlModel({...rest, engine})
}
