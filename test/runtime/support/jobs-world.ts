import type {TestContext} from 'node:test'
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
import {inProcess} from '../../juju-simulator/in-process.ts'
import {startSimulatedJuju, type SimulatedJuju} from '../../juju-simulator/simulator.ts'
import type {ProfileName} from '../../juju-simulator/profiles.ts'
import type {Transport} from '../../../src/kube/transport.ts'
import {MemoryStore} from './memory-store.ts'
import {costs, OperatorWorld, type OperatorWorldParts} from './operator-world.ts'

export {namespace} from './operator-world.ts'

interface WorldOptions {
  readonly profile?: ProfileName
  readonly units?: number
  readonly related?: boolean
  /** gives the charm the actions `pause`, `resume` and `quiesce` too, which go as it says */
  readonly hooks?: HookActions
  /** replaces what the operator sends to the API server */
  readonly transport?: (transport: Transport) => Transport
  /** runs BackupSchedules, too */
  readonly schedules?: boolean
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
export class JobsWorld<Engine = MemoryPostgresql, Deployed extends Charm = Charm> extends OperatorWorld {
  readonly juju: SimulatedJuju
  readonly engine: Engine
  /** the charm of the database, with its conditions */
  readonly charm: Deployed

  private constructor(parts: OperatorWorldParts & {juju: SimulatedJuju; engine: Engine; charm: Deployed}) {
    const {juju} = parts
    const {endpoint, caCertificate, username, password} = juju
    super(parts, {
      endpoint,
      caCertificate,
      username,
      password,
      description: `simulated Juju with seed ${juju.seed}`,
      openTransport: inProcess(juju),
      activity: () => juju.server.activity,
    })
    this.juju = juju
    this.engine = parts.engine
    this.charm = parts.charm
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
    const {profile = '3.6.14', transport, schedules, units = 3, related = true, hooks, ...rest} = options ?? {}
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
    return new JobsWorld({clock, juju, engine, charm, application, store, transport, schedules})
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

  /** Stops with the test, which says the seed of this Juju if it fails. */
  endWith(t: TestContext): void {
    tellSeedOnFailure(t, this.juju)
    t.after(() => this.stop())
  }

  override async stop(): Promise<void> {
    await super.stop()
    await this.juju.stop()
  }
}
