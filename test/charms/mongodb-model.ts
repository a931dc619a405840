import {integratedSeed} from './integrated-model.ts'
import type {IntegratedModelOptions} from './integrated-model.ts'
import type {ModelSeed} from './model-seed.ts'
import type {MongodbCharmId} from './mongodb/dialect.ts'
import {mongodbCharm} from './mongodb/machine.ts'
import type {MongodbCharm} from './mongodb/machine.ts'
import {MemoryMongodb} from './mongodb/memory-engine.ts'
import type {MemoryMongodbOptions} from './mongodb/memory-engine.ts'
import {s3Endpoint} from './mongodb/state.ts'

export interface MongodbModelOptions extends IntegratedModelOptions, MemoryMongodbOptions {
  /** Default `mongodb-6`. */
  readonly charm?: MongodbCharmId
}

export interface MongodbModel {
  readonly seed: ModelSeed
  readonly charm: MongodbCharm
  readonly engine: MemoryMongodb
}

/** A model with MongoDB in memory on three units, and an s3-integrator that is related to it. */
export function memoryMongodbModel(options: MongodbModelOptions): MongodbModel {
  const engine = new MemoryMongodb(options)
  const charm = mongodbCharm({id: options.charm ?? 'mongodb-6', engine})
  return {seed: integratedSeed(charm, s3Endpoint, options), charm, engine}
}
