import {setImmediate as nextTurn, setTimeout as nextMillisecond} from 'node:timers/promises'
import {
  backupJobResource,
  backupJobSpecSchema,
  type BackupJob,
  type BackupJobReason,
} from '../../../src/api/backup-job.ts'
import {backupStorageResource, backupStorageSpecSchema} from '../../../src/api/backup-storage.ts'
import {jujuModelResource, type JujuModel} from '../../../src/api/juju-model.ts'
import type {OpenTransport} from '../../../src/juju/transport.ts'
import {secrets} from '../../../src/kube/resources.ts'
import type {Transport} from '../../../src/kube/transport.ts'
import {FakeKube} from '../../support/fake-kube.ts'
import type {VirtualClock} from '../../support/virtual-clock.ts'
import type {MemoryStore} from './memory-store.ts'
import {RunningOperator} from './running-operator.ts'

export const namespace = 'databases'

/** What a call takes, in ms: with a clock that stands still, an operator that writes the time again and again looks idle. */
export const costs = {kube: 5, juju: 20}

/** More turns than any story takes: an operator that never rests would keep the time from going on. */
const mostTurns = 50_000

/** So many turns of the event loop without a byte and without a call, and nobody is calling anybody any more. */
const quietTurns = 3

/** The Juju that the operator of a world works with. */
export interface ReachedJuju {
  /** `host:port` */
  readonly endpoint: string
  readonly caCertificate: string
  readonly username: string
  readonly password: string
  /** leads there within this process, so that nothing takes real time; absent: over sockets */
  readonly openTransport?: OpenTransport
  /** for the message of a failure */
  readonly description: string
  /** Grows with whatever is said to it or by it: while it stands still, nobody says anything. */
  activity(): number
}

export interface OperatorWorldParts {
  readonly clock: VirtualClock
  /** name of the database in Juju */
  readonly application: string
  readonly store: MemoryStore
  /** replaces what the operator sends to the API server */
  readonly transport?: ((transport: Transport) => Transport) | undefined
  /** runs BackupSchedules, too */
  readonly schedules?: boolean | undefined
}

/** Kubernetes in memory, and an operator that can be killed; in virtual time, whichever Juju it works with. */
export class OperatorWorld {
  readonly clock: VirtualClock
  readonly kube: FakeKube
  readonly application: string
  /** what the charm writes to, and the operator verifies in */
  readonly store: MemoryStore
  operator: RunningOperator

  readonly #wrap: (transport: Transport) => Transport
  readonly #reached: ReachedJuju
  readonly #schedules: boolean | undefined

  constructor(parts: OperatorWorldParts, reached: ReachedJuju) {
    const {clock, application, store, transport = inner => inner} = parts
    this.#schedules = parts.schedules
    this.clock = clock
    this.kube = new FakeKube(clock)
    this.application = application
    this.store = store
    this.#wrap = transport
    this.#reached = reached
    this.operator = this.#newOperator()
    this.#connect(reached)
  }

  /** The JujuModel `prod` with its Secret. */
  #connect({username, password, endpoint, caCertificate}: ReachedJuju): void {
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
      openTransport: this.#reached.openTransport,
      clock: this.clock,
      pollMs: 30_000,
      open: () => this.store,
      schedules: this.#schedules,
    })
  }

  async stop(): Promise<void> {
    await this.operator.kill()
  }

  /** Waits until nobody calls anybody any more. What goes over sockets takes real time. */
  async #quiet(): Promise<void> {
    for (let still = 0, last = -1; still < quietTurns;) {
      await (this.#reached.openTransport === undefined ? nextMillisecond(1) : nextTurn())
      const calls = this.#reached.activity() + this.kube.server.calls.length
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
    return [...jobs, `prod ${this.modelReason()}`, this.#reached.description, ...log].join('\n')
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
