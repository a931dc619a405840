import {mkdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {systemClock} from '../../src/time/clock.ts'
import {ClusterPostgresql} from '../charms/postgresql/cluster-engine.ts'
import {integratedSeed} from '../charms/integrated-model.ts'
import type {Charm} from '../charms/machine.ts'
import {isPostgresql, memoryDatabase, s3EndpointOf, type DatabaseCharmId} from '../charms/memory-database.ts'
import type {ModelSeed} from '../charms/model-seed.ts'
import {withPooler} from '../charms/pooler.ts'
import {dialects, type PostgresqlCharmId} from '../charms/postgresql/dialect.ts'
import {postgresqlCharm} from '../charms/postgresql/machine.ts'
import type {Pace} from '../juju-simulator/world/pace.ts'
import {startJuju, type JujuKind, type JujuPorts, type RunningJuju} from './juju/running-juju.ts'
import {startControlPlane, type ControlPlane, type ControlPlaneOptions} from './kubernetes/control-plane.ts'
import {PostgresCluster} from './postgres/cluster.ts'
import {bucketSink} from './s3/bucket-sink.ts'
import {startS3, type S3Server} from './s3/server.ts'
import {ensurePostgres, type PartsOptions} from './toolchain/parts.ts'

export interface EnvironmentOptions extends PartsOptions {
  /** Made by start, removed by stop; short, see makeWorkDirectory. */
  readonly dir: string
  /** Default 3.6.14. */
  readonly juju?: JujuKind
  /** Default postgresql-14. */
  readonly charm?: DatabaseCharmId
  /** PgBouncer in front of PostgreSQL. Default false. */
  readonly pooler?: boolean
  /**
   * What a PostgreSQL charm runs: a real PostgreSQL 15 with pgBackRest (default), or one in memory that writes the same
   * files. MySQL and MongoDB are always in memory.
   */
  readonly database?: 'postgresql' | 'memory'
  /** Units of the database's application; default 3. */
  readonly units?: number
  /** false: there is a cluster already. Default: one with the controller manager. */
  readonly controlPlane?: false | Pick<ControlPlaneOptions, 'controllerManager' | 'identities'>
  /** Default: any free ones. */
  readonly ports?: JujuPorts & {readonly s3?: number}
  /** How often `update-status` runs in Juju, in ms; default five minutes, as in Juju. */
  readonly updateStatusEvery?: number
  /** How long units of a simulated Juju take to come and go, in ms; default as in a small cloud: minutes. */
  readonly pace?: Partial<Pace>
}

/** The names of what every environment holds. */
export const names = {
  model: 'prod',
  owner: 'admin',
  bucket: 'backups',
  /** Path of the repository in the bucket, as the integrator is told. */
  path: '/pg',
} as const

/** A whole world on loopback: Kubernetes, an object store, and a Juju with a database on three units beside s3-integrator. */
export interface Environment {
  /** @throws Error when it was started without one */
  readonly controlPlane: ControlPlane
  readonly s3: S3Server
  readonly juju: RunningJuju
  readonly model: ModelSeed
  /** The real PostgreSQL behind the charm, if there is one. */
  readonly cluster: PostgresCluster | undefined
  /** Names and process ids of all parts. */
  readonly processes: Readonly<Record<string, number>>
  /** Ends every part, removes the folder. @throws AggregateError of what went wrong in charm machines */
  stop(): Promise<void>
}

/** Starts all parts; resolves when they are ready and the charms have settled. */
export async function startEnvironment(options: EnvironmentOptions): Promise<Environment> {
  await mkdir(options.dir, {recursive: true, mode: 0o711})
  const ending = new AsyncDisposableStack()
  ending.defer(() => rm(options.dir, {recursive: true, force: true, maxRetries: 3}))
  try {
    const [controlPlane, s3, database] = await allOrNothing(ending, [
      () => kubernetes(options),
      () => objectStore(options),
      () => startDatabase(options),
    ])
    const model = describeModel(options, s3, database)
    const juju = await startJuju({...options, dir: join(options.dir, 'juju'), seed: model})
    ending.defer(() => database.close())
    ending.defer(() => juju.stop())
    return {
      get controlPlane() {
        if (controlPlane === undefined) throw new Error('this environment has no control plane of its own')
        return controlPlane
      },
      s3,
      juju,
      model,
      cluster: database.cluster,
      get processes() {
        return {...controlPlane?.processes, ...s3.processes, ...database.cluster?.processes, ...juju.processes}
      },
      stop: () => ending.disposeAsync(),
    }
  } catch (error) {
    await ending.disposeAsync()
    throw error
  }
}

interface Part {
  stop(): Promise<void>
}

/** Starts parts side by side. When one fails, the others are still waited for, so that all of them can be stopped. */
async function allOrNothing<A extends Part | undefined, B extends Part, C extends Part>(
  ending: AsyncDisposableStack,
  starts: readonly [() => Promise<A>, () => Promise<B>, () => Promise<C>],
): Promise<[A, B, C]> {
  const settled = await Promise.allSettled([starts[0](), starts[1](), starts[2]()])
  for (const result of settled) {
    if (result.status === 'fulfilled') ending.defer(async () => await result.value?.stop())
  }
  const failed = settled.find(result => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return settled.map(result => (result.status === 'fulfilled' ? result.value : undefined)) as [A, B, C]
}

async function kubernetes({controlPlane = {}, dir, ...rest}: EnvironmentOptions): Promise<ControlPlane | undefined> {
  if (controlPlane === false) return undefined
  return await startControlPlane({controllerManager: true, ...controlPlane, ...rest, dir: join(dir, 'kubernetes')})
}

function objectStore({dir, ports, ...rest}: EnvironmentOptions): Promise<S3Server> {
  const port = ports?.s3 === undefined ? {} : {port: ports.s3}
  return startS3({...rest, ...port, dir: join(dir, 's3'), bucket: names.bucket})
}

interface Database extends Part {
  readonly charm: Charm
  /** Where it takes S3 settings. */
  readonly endpoint: string
  readonly cluster: PostgresCluster | undefined
  /** What has to happen before the object store goes. */
  close(): Promise<void>
}

async function startDatabase(options: EnvironmentOptions): Promise<Database> {
  const {charm: id = 'postgresql-14', database = 'postgresql'} = options
  if (database === 'postgresql' && isPostgresql(id)) return await realPostgresql(id, options)
  const sinks = bucketSink()
  const {charm} = memoryDatabase(id, {clock: systemClock, store: s3 => sinks.for(s3), tls})
  const nothing = () => Promise.resolve()
  return {charm, endpoint: s3EndpointOf(id), cluster: undefined, stop: nothing, close: async () => sinks.close()}
}

/** Nothing is related to a provider of certificates, so the charms have no TLS. */
const tls = false

async function realPostgresql(id: PostgresqlCharmId, options: EnvironmentOptions): Promise<Database> {
  const cluster = await PostgresCluster.create({
    dir: join(options.dir, 'postgresql'),
    stanza: `${names.model}.${dialects[id].clusterName(application(id))}`,
    binaries: await ensurePostgres(options),
  })
  const engine = new ClusterPostgresql(cluster)
  const charm = postgresqlCharm({id, engine, tls, workloadVersion: await cluster.version()})
  const endpoint = s3EndpointOf(id)
  return {charm, endpoint, cluster, stop: () => cluster.destroy(), close: () => engine.close()}
}

const application = (charm: PostgresqlCharmId) => (charm.startsWith('postgresql-k8s') ? 'postgresql-k8s' : 'postgresql')

function describeModel(options: EnvironmentOptions, s3: S3Server, {charm, endpoint}: Database): ModelSeed {
  const seed = integratedSeed(charm, endpoint, {
    ...(options.units === undefined ? {} : {units: options.units}),
    credentials: {accessKey: s3.accessKey, secretKey: s3.secretKey},
    s3: {
      endpoint: s3.endpoint,
      region: s3.region,
      bucket: names.bucket,
      path: names.path,
      's3-uri-style': 'path',
      'tls-ca-chain': Buffer.from(s3.caCertificate).toString('base64'),
    },
    model: {name: names.model, owner: names.owner},
  })
  return options.pooler === true ? withPooler(seed) : seed
}
