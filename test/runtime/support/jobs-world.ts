import type {TestContext} from 'node:test'
import {backupJobResource, type BackupJob, type BackupJobReason} from '../../../src/api/backup-job.ts'
import {backupStorageResource, backupStorageSpecSchema} from '../../../src/api/backup-storage.ts'
import {jujuModelResource, type JujuModel} from '../../../src/api/juju-model.ts'
import {backupJobSpecSchema} from '../../../src/api/backup-job.ts'
import {FakeKube} from '../../support/fake-kube.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {withHookActions} from '../../charms/hook-actions.ts'
import type {HookActions} from '../../charms/hook-actions.ts'
import {integratedSeed} from '../../charms/integrated-model.ts'
import type {Charm} from '../../charms/machine.ts'
import {databaseOf, s3EndpointOf} from '../../charms/memory-database.ts'
import type {DatabaseCharmId, Families, KindOf} from '../../charms/memory-database.ts'
import type {MemoryPostgresql} from '../../charms/postgresql/memory-engine.ts'
import type {PostgresqlCharmId} from '../../charms/postgresql/dialect.ts'
import type {MysqlCharmId} from '../../charms/mysql/description.ts'
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

/** More turns than any story takes: an operator that never rests would keep the time from going on. */
const mostTurns = 50_000

/** So many ms without a byte and without a call, and nobody is calling anybody any more. */
const quietTurns = 2

interface WorldOptions {
  readonly profile?: ProfileName
  readonly units?: number
  readonly related?: boolean
  /** gives the charm the actions `pause`, `resume` and `quiesce` too, which go as it says */
  readonly hooks?: HookActions
  /** replaces what the operator sends to the API server */
  readonly transport?: (transport: Transport) => Transport
}

/** What a database of the charm's kind can be told, beside what the world decides. */
export type DatabaseWorldOptions<Id extends DatabaseCharmId> = WorldOptions &
  Partial<Omit<Families[KindOf<Id>]['options'], 'clock' | 'store'>>

/** `charm`: default `postgresql-16` */
export type JobsWorldOptions = DatabaseWorldOptions<PostgresqlCharmId> & {readonly charm?: PostgresqlCharmId}

/** `charm`: default `mysql-8.0` */
export type MysqlWorldOptions = DatabaseWorldOptions<MysqlCharmId> & {readonly charm?: MysqlCharmId}

/** A world with the database of a charm. */
export type WorldOf<Id extends DatabaseCharmId> = JobsWorld<
  Families[KindOf<Id>]['engine'],
  Families[KindOf<Id>]['charm']
>

/** Kubernetes in memory, a simulated Juju with a database on three units, and an operator that can be killed; all in virtual time. */
export class JobsWorld<Engine = MemoryPostgresql, Deployed extends Charm = Charm> {
  readonly clock: VirtualClock
  readonly kube: FakeKube
  readonly juju: SimulatedJuju
  readonly engine: Engine
  /** the charm of the database, with its conditions */
  readonly charm: Deployed
  /** name of the database in Juju */
  readonly application: string
  /** what the charm writes to, and the operator verifies in */
  readonly store: MemoryStore
  operator: RunningOperator

  readonly #wrap: (transport: Transport) => Transport

  private constructor(
    parts: Pick<JobsWorld<Engine, Deployed>, 'clock' | 'kube' | 'juju' | 'engine' | 'charm' | 'application' | 'store'>,
    wrap: (transport: Transport) => Transport = transport => transport,
  ) {
    this.clock = parts.clock
    this.kube = parts.kube
    this.juju = parts.juju
    this.engine = parts.engine
    this.charm = parts.charm
    this.application = parts.application
    this.store = parts.store
    this.#wrap = wrap
    this.operator = this.#newOperator()
  }

  /** With PostgreSQL; ends when it is told to. */
  static start({charm = 'postgresql-16', ...rest}: JobsWorldOptions = {}): Promise<WorldOf<PostgresqlCharmId>> {
    return JobsWorld.open(charm, rest)
  }

  /** A world that ends with the test. */
  static startFor(
    t: TestContext,
    {charm = 'postgresql-16', ...rest}: JobsWorldOptions = {},
  ): Promise<WorldOf<PostgresqlCharmId>> {
    return JobsWorld.startDatabase(t, charm, rest)
  }

  /** The same with MySQL; ends when it is told to. */
  static startMysql({charm = 'mysql-8.0', ...rest}: MysqlWorldOptions = {}): Promise<WorldOf<MysqlCharmId>> {
    return JobsWorld.open(charm, rest)
  }

  /** A world with the database of any charm, that ends with the test. */
  static async startDatabase<Id extends DatabaseCharmId>(
    t: TestContext,
    charm: Id,
    options?: DatabaseWorldOptions<Id>,
  ): Promise<WorldOf<Id>> {
    const world = await JobsWorld.open(charm, options)
    world.endWith(t)
    return world
  }

  /** The same; ends when it is told to. */
  static async open<Id extends DatabaseCharmId>(id: Id, options?: DatabaseWorldOptions<Id>): Promise<WorldOf<Id>> {
    const {profile = '3.6.14', transport, units = 3, related = true, hooks, ...rest} = options ?? {}
    const clock = new VirtualClock()
    const store = new MemoryStore(clock)
    // What the world does not take for itself is the database's.
    const own = {...rest, clock, store: () => store} as unknown as Families[KindOf<Id>]['options']
    const {charm: bare, engine} = databaseOf(id, own)
    const charm = hooks === undefined ? bare : withHookActions(bare, hooks)
    const seed = integratedSeed(charm, s3EndpointOf(id), {units, related})
    const application = seed.applications[0]?.name ?? ''
    const juju = await startSimulatedJuju({profile, clock, models: [seed]})
    juju.calls.onCall(() => clock.spend(costs.juju))
    const world = new JobsWorld({clock, kube: new FakeKube(clock), juju, engine, charm, application, store}, transport)
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
    for (let turn = 0; !condition(); turn++) {
      if (turn > mostTurns) throw new Error(`time stands still after ${mostTurns} turns: ${what}; ${this.#state()}`)
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
