import {integratedSeed} from './integrated-model.ts'
import type {IntegratedModelOptions} from './integrated-model.ts'
import type {ModelSeed} from './model-seed.ts'
import type {MysqlCharmId} from './mysql/description.ts'
import {mysqlCharm} from './mysql/machine.ts'
import type {MysqlCharm} from './mysql/machine.ts'
import {MemoryMysql} from './mysql/memory-engine.ts'
import type {MemoryMysqlOptions} from './mysql/memory-engine.ts'
import {s3Endpoint} from './mysql/state.ts'

export interface MysqlModelOptions extends IntegratedModelOptions, MemoryMysqlOptions {
  /** Default `mysql-8.0`. */
  readonly charm?: MysqlCharmId
}

export interface MysqlModel {
  readonly seed: ModelSeed
  readonly charm: MysqlCharm
  readonly engine: MemoryMysql
}

/** A model with MySQL in memory on three units, and an s3-integrator that is related to it. */
export function memoryMysqlModel(options: MysqlModelOptions): MysqlModel {
  const engine = new MemoryMysql(options)
  const charm = mysqlCharm({id: options.charm ?? 'mysql-8.0', engine})
  return {seed: integratedSeed(charm, s3Endpoint, options), charm, engine}
}
