import type {Clock} from '../../src/time/clock.ts'
import type {ModelSeed} from '../charms/model-seed.ts'
import type {PostgresqlCharmId} from '../charms/postgresql/dialect.ts'
import {postgresqlCharm} from '../charms/postgresql/machine.ts'
import {MemoryPostgresql} from '../charms/postgresql/memory-engine.ts'
import type {Durations} from '../charms/postgresql/memory-engine.ts'
import {memoryPostgresqlModel} from '../charms/postgresql-model.ts'
import {Chance} from './world/chance.ts'

export interface FleetOptions {
  readonly clock: Clock
  readonly models: number
  /** Databases in each model; an s3-integrator for all of them comes on top. Default 5. */
  readonly applications?: number
  /** Units of each database. Default 3. */
  readonly units?: number
  /** Which charm each database is. Default 1. */
  readonly seed?: number
  readonly durations?: Partial<Durations>
}

/** A model of a fleet with the engines behind its databases, by application. */
export interface FleetModel {
  readonly seed: ModelSeed
  readonly engines: ReadonlyMap<string, MemoryPostgresql>
}

const machineCharms: readonly PostgresqlCharmId[] = ['postgresql-14', 'postgresql-16']

/** Models `fleet-0`, `fleet-1` ... with databases `db0`, `db1` ... of several charms; the same seed gives the same fleet. */
export function fleet({
  clock,
  models,
  applications = 5,
  units = 3,
  seed = 1,
  durations = {},
}: FleetOptions): FleetModel[] {
  const chance = new Chance(seed).branch('fleet')
  return Array.from({length: models}, (_, number) => {
    const integrator = memoryPostgresqlModel({clock, units: 0}).seed.applications.filter(isIntegrator)
    const engines = new Map<string, MemoryPostgresql>()
    const databases = Array.from({length: applications}, (_each, index) => {
      const name = `db${index}`
      const id = chance.pick(machineCharms) ?? 'postgresql-14'
      const engine = new MemoryPostgresql({clock, durations, version: id.slice(-2)})
      engines.set(name, engine)
      return {name, charm: postgresqlCharm({id, engine, tls: false}), units}
    })
    const relations = databases.map(({name}) => [`${name}:s3-parameters`, 's3-integrator:s3-credentials'] as const)
    return {seed: {name: `fleet-${number}`, applications: [...integrator, ...databases], relations}, engines}
  })
}

const isIntegrator = ({name}: {name: string}): boolean => name === 's3-integrator'
