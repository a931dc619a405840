import type {Clock} from '../../src/time/clock.ts'
import {memoryDatabase, s3EndpointOf} from './memory-database.ts'
import type {Database, DatabaseCharmId} from './memory-database.ts'
import type {ApplicationSeed, ModelSeed} from './model-seed.ts'
import {poolerOf} from './pooler.ts'
import {defaultS3} from './postgresql-model.ts'
import {s3IntegratorCharm} from './s3-integrator.ts'

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
    .map(wish => place(wish, memoryDatabase(wish.charm, {clock})))
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
  const {charm} = database
  const pooler = wish.pooler === true ? poolerOf({name, charm, units}) : {applications: [], relations: []}
  return {
    name,
    database,
    applications: [
      {name, charm, units},
      {name: integrator, charm: s3IntegratorCharm(keys), units: 1, config},
      ...pooler.applications,
    ],
    relations: [[`${name}:${s3EndpointOf(wish.charm)}`, `${integrator}:s3-credentials`], ...pooler.relations],
  }
}
