import type {TestContext} from 'node:test'
import {backupJobResource, type BackupJob, type BackupJobReason} from '../../../src/api/backup-job.ts'
import {backupStorageResource, backupStorageSpecSchema} from '../../../src/api/backup-storage.ts'
import {jujuModelResource, type JujuModel} from '../../../src/api/juju-model.ts'
import {backupJobSpecSchema} from '../../../src/api/backup-job.ts'
import {FakeKube} from '../../support/fake-kube.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import type {MemoryPostgresql, Durations} from '../../charms/postgresql/memory-engine.ts'
import type {PostgresqlCharmId} from '../../charms/postgresql/dialect.ts'
import type {ModelSeed} from '../../charms/model-seed.ts'
import type {MysqlCharmId} from '../../charms/mysql/description.ts'
import type {MemoryMysql, MysqlDurations} from '../../charms/mysql/memory-engine.ts'
import type {MemoryBucket} from '../../charms/memory-bucket.ts'
import {memoryMysqlModel} from '../../charms/mysql-model.ts'
import {tellSeedOnFailure} from '../../juju-simulator/seed-on-failure.ts'
import {startSimulatedJuju, type SimulatedJuju} from '../../juju-simulator/simulator.ts'
import type {ProfileName} from '../../juju-simulator/profiles.ts'
import type {Transport} from '../../../src/kube/transport.ts'
import {secrets} from '../../../src/kube/resources.ts'
import {MemoryStore} from './memory-store.ts'
import {RunningOperator} from './running-operator.ts'

export const namespace = 'databases'

/** What a call takes, in ms: with a clock that stands still, an operator that writes the time again and again looks idle. */
const costs = {kube: 5, juju: 20}

/** So many ms without a byte and without a call, and nobody is calling anybody any more. */
const quietTurns = 2

interface WorldOptions {
  readonly profile?: ProfileName
  readonly units?: number
  readonly related?: boolean
  /** replaces what the operator sends to the API server */
  readonly transport?: (transport: Transport) => Transport
}

export interface JobsWorldOptions extends WorldOptions {
  readonly charm?: PostgresqlCharmId
  readonly durations?: Partial<Durations>
  readonly tls?: boolean
}

export interface MysqlWorldOptions extends WorldOptions {
  readonly charm?: MysqlCharmId
  readonly durations?: Partial<MysqlDurations>
  /** what lies in the store already; default nothing */
  readonly bucket?: MemoryBucket
}

/** Kubernetes in memory, a simulated Juju with a database on three units, and an operator that can be killed; all in virtual time. */
export class JobsWorld<Engine = MemoryPostgresql> {
  readonly clock: VirtualClock
  readonly kube: FakeKube
  readonly juju: SimulatedJuju
  readonly engine: Engine
  /** name of the database in Juju */
  readonly application: string
  /** what the charm writes to, and the operator verifies in */
  readonly store: MemoryStore
  operator: RunningOperator

  readonly #wrap: (transport: Transport) => Transport

  private constructor(
    parts: Pick<JobsWorld<Engine>, 'clock' | 'kube' | 'juju' | 'engine' | 'application' | 'store'>,
    wrap: (transport: Transport) => Transport = transport => transport,
  ) {
    this.clock = parts.clock
    this.kube = parts.kube
    this.juju = parts.juju
    this.engine = parts.engine
    this.application = parts.application
    this.store = parts.store
    this.#wrap = wrap
    this.operator = this.#newOperator()
  }

  static async start(options: JobsWorldOptions = {}): Promise<JobsWorld> {
    const {profile, charm = 'postgresql-16', transport, ...rest} = options
    return JobsWorld.#with({profile, transport}, (clock, store) =>
      memoryPostgresqlModel({clock, charm, version: charm.slice(-2), store: () => store, ...rest}),
    )
  }

  /** A world that ends with the test. */
  static async startFor(t: TestContext, options: JobsWorldOptions = {}): Promise<JobsWorld> {
    const world = await JobsWorld.start(options)
    world.endWith(t)
    return world
  }

  /** The same with MySQL. */
  static async startMysql(options: MysqlWorldOptions = {}): Promise<JobsWorld<MemoryMysql>> {
    const {profile, transport, ...rest} = options
    return JobsWorld.#with({profile, transport}, (clock, store) =>
      memoryMysqlModel({clock, store: () => store, ...rest}),
    )
  }

  static async #with<E>(
    {profile = '3.6.14', transport}: {profile: ProfileName | undefined; transport: WorldOptions['transport']},
    model: (clock: VirtualClock, store: MemoryStore) => {seed: ModelSeed; engine: E},
  ): Promise<JobsWorld<E>> {
    const clock = new VirtualClock()
    const store = new MemoryStore()
    const {seed, engine} = model(clock, store)
    const application = seed.applications[0]?.name ?? ''
    const juju = await startSimulatedJuju({profile, clock, models: [seed]})
    juju.calls.onCall(() => clock.spend(costs.juju))
    const world = new JobsWorld({clock, kube: new FakeKube(clock), juju, engine, application, store}, transport)
    world.#connect()
    return world
  }

  /** The JujuModel `prod` with its Secret. */
  #connect(): void {
    const {username, password, endpoint, caCertificate} = this.juju
    const data = {username: btoa(username), password: btoa(password)}
    this.kube.apply(secrets, {namespace, name: 'juju-operator', body: {data}})
    const controller = {endpoints: [endpoint], caCertificate, credentialsRef: {name: 'juju-operator'}}
    const spec = {controller, model: {name: 'admin/databases'}}
    this.kube.apply<JujuModel>(jujuModelResource, {namespace, name: 'prod', body: {spec}})
  }

  /** The BackupStorage `backups`; unless told as the integrator has it. */
  storage(s3: Record<string, unknown> = {}): void {
    const data = {'access-key': btoa('an-access-key'), 'secret-key': btoa('a-secret-key')}
    this.kube.apply(secrets, {namespace, name: 's3-backups', body: {data}})
    const location = {
      bucket: 'backups',
      endpoint: 'https://s3.example.com',
      region: 'us-east-1',
      path: '/pg',
      uriStyle: 'Path',
    }
    const spec = backupStorageSpecSchema.parse({s3: {...location, credentialsRef: {name: 's3-backups'}, ...s3}})
    this.kube.apply(backupStorageResource, {namespace, name: 'backups', body: {spec}})
  }

  /** As `kubectl apply`, with the defaults that the API server would fill in. */
  apply(name: string, spec: Record<string, unknown> = {}, annotations: Record<string, string> = {}): void {
    const whole = backupJobSpecSchema.parse({modelRef: {name: 'prod'}, application: this.application, ...spec})
    this.kube.apply<BackupJob>(backupJobResource, {namespace, name, annotations, body: {spec: whole}})
  }

  delete(name: string): void {
    this.kube.delete(backupJobResource, name, namespace)
  }

  job(name: string): BackupJob | undefined {
    return this.kube.get<BackupJob>(backupJobResource, name, namespace)
  }

  /** The reason of Ready of the JujuModel. */
  modelReason(): string {
    const model = this.kube.get<JujuModel>(jujuModelResource, 'prod', namespace)
    return model?.status?.conditions?.find(({type}) => type === 'Ready')?.reason ?? ''
  }

  condition(name: string, type: string) {
    return this.job(name)?.status?.conditions?.find(condition => condition.type === type)
  }

  reason(name: string): string {
    return this.condition(name, 'Succeeded')?.reason ?? ''
  }

  message(name: string): string {
    return this.condition(name, 'Succeeded')?.message ?? ''
  }

  finished(name: string): boolean {
    const status = this.condition(name, 'Succeeded')?.status
    return status === 'True' || status === 'False'
  }

  /** Tasks of an action that Juju has ever taken from the operator. */
  tasks(action: string) {
    return this.juju.control
      .model()
      .tasks()
      .filter(task => task.action === action)
  }

  /** How many backups Juju was made to run. */
  get enqueued(): number {
    return this.tasks('create-backup').length
  }

  events(name: string): string[] {
    return this.kube.events().flatMap(event => (event.regarding.name === name ? [event.reason] : []))
  }

  /** Lets everything happen that can, moving time from one timer to the next, until the condition holds. */
  async until(what: string, condition: () => boolean, limitMs = 3_600_000): Promise<void> {
    const end = this.clock.now() + limitMs
    while (!condition()) {
      if (this.clock.now() > end)
        throw new Error(`not within ${limitMs / 1000} s of virtual time: ${what}; ${this.#state()}`)
      await this.#quiet()
      if (condition()) return
      await this.clock.advance(Math.min(this.clock.untilNextTimer() ?? 1000, 60_000))
    }
  }

  async untilFinished(name: string, limitMs?: number): Promise<void> {
    await this.until(`BackupJob ${name} finished`, () => this.finished(name), limitMs)
    await this.#quiet()
  }

  async untilReason(name: string, ...reasons: readonly BackupJobReason[]): Promise<void> {
    await this.until(`BackupJob ${name} is ${reasons.join(' or ')}`, () =>
      (reasons as readonly string[]).includes(this.reason(name)),
    )
  }

  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms
    await this.until('time passes', () => this.clock.now() >= end, ms + 60_000)
  }

  /** The process is gone between two instructions, as by kill -9; another one starts. */
  async restartOperator(): Promise<void> {
    await this.operator.kill()
    this.operator = this.#newOperator()
  }

  #newOperator(): RunningOperator {
    return new RunningOperator({
      transport: this.#wrap(takingTime(this.kube.transport, this.clock)),
      clock: this.clock,
      pollMs: 30_000,
      open: () => this.store,
    })
  }

  /** Stops with the test, which says the seed of this Juju if it fails. */
  endWith(t: TestContext): void {
    tellSeedOnFailure(t, this.juju)
    t.after(() => this.stop())
  }

  async stop(): Promise<void> {
    await this.operator.kill()
    await this.juju.stop()
  }

  /** Real sockets need real turns of the event loop: waits until nobody calls anybody any more. */
  async #quiet(): Promise<void> {
    for (let still = 0, last = -1; still < quietTurns;) {
      await new Promise(resolve => setTimeout(resolve, 1))
      const calls = this.juju.server.activity + this.kube.server.calls.length
      still = calls === last ? still + 1 : 0
      last = calls
    }
  }

  #state(): string {
    const jobs = this.kube
      .list<BackupJob>(backupJobResource)
      .map(job => `${job.metadata.name} ${this.reason(job.metadata.name)}: ${this.message(job.metadata.name)}`)
    const log = this.operator.lines
      .slice(-5)
      .map(line => `${line.level} ${line.message} ${JSON.stringify(line.fields)}`)
    return [...jobs, `prod ${this.modelReason()}`, `simulated Juju with seed ${this.juju.seed}`, ...log].join('\n')
  }
}

function takingTime(transport: Transport, clock: VirtualClock): Transport {
  return {
    ...transport,
    send: request => {
      clock.spend(costs.kube)
      return transport.send(request)
    },
  }
}
