import {join} from 'node:path'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {integratedSeed} from '../../charms/integrated-model.ts'
import type {MemoryPostgresql} from '../../charms/postgresql/memory-engine.ts'
import {databaseOf, s3EndpointOf} from '../../charms/memory-database.ts'
import {driveRealJuju} from '../../charms/real-juju/drive.ts'
import {startRealJuju, type RealJuju} from '../../env/juju/real-juju.ts'
import {makeWorkDirectory} from '../../env/work-directory.ts'
import {CallFaults} from '../../juju-simulator/faults.ts'
import {MemoryStore} from '../../runtime/support/memory-store.ts'
import {costs, OperatorWorld} from '../../runtime/support/operator-world.ts'
import type {Transport} from '../../../src/kube/transport.ts'
import {Bustle} from './bustle.ts'
import {Moments} from './moments.ts'
import {JujuProxy} from './proxy.ts'

const id = 'postgresql-16'
/** Agents look so often, ms of virtual time: each look is a call to the server. */
const pace = {tasksEvery: 3000, changesEvery: 5000, updateStatusEvery: 60_000}

/** What is told of the operator when a story went wrong. */
const mostLines = 40

interface TaskLine {
  readonly task: string
  readonly action: string
}

export interface RealDatabase {
  readonly clock: VirtualClock
  readonly faults: CallFaults
  readonly bustle: Bustle
  readonly store: MemoryStore
  readonly engine: MemoryPostgresql
  readonly application: string
  readonly juju: RealJuju
  readonly proxy: JujuProxy
  /** what went wrong in machines so far */
  readonly problems: readonly unknown[]
  readonly stop: () => Promise<void>
}

/**
 * Juju's own API server with PostgreSQL on two units, in the time of a virtual clock: it goes on when nobody owes anybody an
 * answer. One story after the other may be told of it.
 */
export async function startRealDatabase(): Promise<RealDatabase> {
  // Far from the machine's own time, see Moments.
  const clock = new VirtualClock(Date.UTC(2040, 0, 1))
  const store = new MemoryStore(clock)
  const {charm, engine} = databaseOf(id, {clock, store: () => store})
  const seed = integratedSeed(charm, s3EndpointOf(id), {units: 2})
  await using ending = new AsyncDisposableStack()
  const work = await makeWorkDirectory()
  ending.defer(() => work.remove())
  const juju = await startRealJuju({dir: join(work.path, 'juju'), models: [seed], drive: false})
  ending.defer(() => juju.stop())
  const faults = new CallFaults()
  const bustle = new Bustle()
  const onCall = () => clock.spend(costs.juju)
  const proxy = await JujuProxy.start(juju, {clock, moments: new Moments(clock), bustle, faults, onCall})
  ending.defer(() => proxy.stop())
  const {control} = proxy
  const models = [{seed, uuid: juju.modelUUID}]
  const machines = await driveRealJuju({...pace, control, jujuVersion: juju.serverVersion, models, clock})
  ending.defer(() => machines.stop())
  const all = ending.move()
  const application = seed.applications[0]?.name ?? ''
  const {problems} = machines
  return {clock, faults, bustle, store, engine, application, juju, proxy, problems, stop: () => all.disposeAsync()}
}

/** An operator and an API server of its own beside such a database. */
export class RealJujuWorld extends OperatorWorld {
  readonly juju: {readonly modelUUID: string; readonly faults: {readonly calls: CallFaults}}
  readonly #control: RealJuju
  readonly #problems: readonly unknown[]
  readonly #before: ReadonlySet<string>
  #tasks: readonly TaskLine[] = []

  private constructor(parts: RealDatabase, transport: (inner: Transport) => Transport, before: readonly TaskLine[]) {
    const {bustle, juju, faults} = parts
    const {endpoint, caCertificate} = parts.proxy
    const {username, password, modelUUID} = juju
    const reached = {endpoint, caCertificate, username, password, description: "Juju's own API server"}
    super({...parts, transport}, {...reached, activity: () => bustle.activity})
    this.#control = juju
    this.#problems = parts.problems
    this.juju = {modelUUID, faults: {calls: faults}}
    this.#before = new Set(before.map(({task}) => task))
  }

  static async open(parts: RealDatabase, transport: (inner: Transport) => Transport): Promise<RealJujuWorld> {
    parts.faults.clear()
    return new RealJujuWorld(parts, transport, await tasksOf(parts.juju))
  }

  /** Asks Juju for what `tasks` tells. @returns how many units the application has */
  async look(): Promise<number> {
    this.#tasks = await tasksOf(this.#control)
    return ((await this.#control.command({op: 'units', app: this.application})) as readonly unknown[]).length
  }

  /** For whoever has to find out why a story went wrong: Juju's units and tasks, and what the last operator said. */
  async situation(): Promise<string> {
    const units = await this.#control.command({op: 'units', app: this.application})
    const tasks = (await tasksOf(this.#control)).filter(({task}) => !this.#before.has(task))
    const said = this.operator.lines.filter(({level}) => level !== 'debug').slice(-mostLines)
    const lines = said.map(({message, fields}) => `${message} ${JSON.stringify(fields)}`)
    const machines = this.#problems.map(problem => `machines: ${String(problem)}`)
    return [`units ${JSON.stringify(units)}`, `tasks ${JSON.stringify(tasks)}`, ...machines, ...lines].join('\n')
  }

  /** Tasks of an action that Juju has taken since this world was opened, as of the last look. */
  tasks(action: string): readonly TaskLine[] {
    return this.#tasks.filter(line => line.action === action && !this.#before.has(line.task))
  }
}

const tasksOf = async (juju: RealJuju): Promise<readonly TaskLine[]> =>
  (await juju.command({op: 'tasks'})) as readonly TaskLine[]
