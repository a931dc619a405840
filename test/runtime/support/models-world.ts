import {jujuModelResource, type JujuModel, type JujuModelSpec} from '../../../src/api/juju-model.ts'
import {parseJujuModel} from '../../../src/api/parse.ts'
import {jujuModelController} from '../../../src/controllers/juju-model/controller.ts'
import type {ModelDirectory, ObjectKey} from '../../../src/controllers/juju-model/directory.ts'
import {noInventory} from '../../../src/controllers/juju-model/inventory.ts'
import {jujuGateway} from '../../../src/controllers/juju-model/gateway.ts'
import type {JobOfModel} from '../../../src/controllers/juju-model/granted-jobs.ts'
import type {JujuModelMetrics} from '../../../src/controllers/juju-model/metrics.ts'
import {SourceReader} from '../../../src/controllers/credentials/source-reader.ts'
import {backupJobResource} from '../../../src/api/backup-job.ts'
import {KubeClient, type WriteGuard} from '../../../src/kube/client.ts'
import {configMaps, secrets} from '../../../src/kube/resources.ts'
import {EndpointPolicy} from '../../../src/net/endpoint-policy.ts'
import {ConsistencyGate} from '../../../src/runtime/consistency.ts'
import {EventRecorder} from '../../../src/runtime/event-recorder.ts'
import {Informer} from '../../../src/runtime/informer.ts'
import {noRuntimeMetrics} from '../../../src/runtime/metrics.ts'
import {FakeKube} from '../../support/fake-kube.ts'
import type {TestContext} from 'node:test'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import type {ProfileName} from '../../juju-simulator/profiles.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {startTestedJuju} from '../../juju-simulator/seed-on-failure.ts'
import type {SimulatedJuju, SimulatedJujuOptions} from '../../juju-simulator/simulator.ts'
import {recordLog, type LogLine} from './recorders.ts'

export const self = 'cluster-a/charmkeeper/charmkeeper'
export const namespace = 'team-a'

/** Real sockets need real turns of the event loop while virtual time passes. */
const realPauseMs = 1

/** Passes virtual time in steps until `condition` holds, and lets the network do its work in between. */
export async function until(
  clock: VirtualClock,
  condition: () => boolean,
  {stepMs = 50, limitMs = 120_000}: {stepMs?: number; limitMs?: number} = {},
): Promise<void> {
  for (let passed = 0; !condition(); passed += stepMs) {
    if (passed > limitMs) throw new Error(`the condition did not hold within ${limitMs} ms of virtual time`)
    await clock.advance(stepMs)
    await new Promise(resolve => setTimeout(resolve, realPauseMs))
  }
}

/** Passes virtual time. Steps longer than a time-out would make calls in flight time out. */
export async function pass(clock: VirtualClock, ms: number, stepMs = 1_000): Promise<void> {
  const end = clock.monotonic() + ms
  await until(clock, () => clock.monotonic() >= end, {stepMs, limitMs: ms + stepMs})
}

export interface OperatorOptions {
  readonly kube: FakeKube
  readonly clock: VirtualClock
  readonly self?: string
  readonly allowedEndpoints?: readonly string[]
  /** absent: it may always write */
  readonly guard?: WriteGuard
}

/** Numbers that repeat from run to run but not within one: names of events are made of time and chance. */
function numbers(): () => number {
  let state = 1
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

/** The JujuModel controller of one operator, on the real client and runtime. */
export class Operator {
  readonly directory: ModelDirectory
  readonly counted: string[] = []
  readonly lines: LogLine[]
  readonly #stop = new AbortController()
  readonly #runs: Promise<unknown>[] = []
  readonly #close: () => void

  constructor({kube, clock, ...options}: OperatorOptions) {
    const common = {clock, random: numbers()}
    const log = recordLog()
    this.lines = log.lines
    const gate = new ConsistencyGate({clock})
    const client = new KubeClient({...common, transport: kube.transport, onWrite: gate.wrote})
    const models = new Informer<JujuModel>({...common, client, resource: jujuModelResource, validate: parseJujuModel})
    const jobs = new Informer<JobOfModel>({...common, client, resource: backupJobResource, indexers: {openByModel}})
    gate.track(models)
    const policy = EndpointPolicy.parse(options.allowedEndpoints ?? ['127.0.0.1/32'])
    const reporter = {controller: 'charmkeeper.dev/operator', instance: 'test'}
    const {controller, directory, close} = jujuModelController({
      ...common,
      client,
      guard: options.guard ?? {assertMayWrite: () => undefined},
      models,
      jobs: [jobs],
      gateway: jujuGateway({...common, log, policy}),
      inventory: noInventory,
      sources: new SourceReader({client, clock, secretReaderRole: 'charmkeeper-secrets-reader'}),
      recorder: new EventRecorder({...common, client, reporter}),
      gate,
      self: options.self ?? self,
      workers: 4,
      log,
      metrics: this.#metrics(),
      runtimeMetrics: noRuntimeMetrics,
    })
    this.directory = directory
    this.#close = close
    const {signal} = this.#stop
    this.#runs.push(models.start(signal), jobs.start(signal), this.#work(controller, [models, jobs], signal))
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#runs)
    this.#close()
  }

  async #work(
    controller: {run(signal: AbortSignal): Promise<void>},
    caches: readonly {synced(signal: AbortSignal): Promise<void>}[],
    signal: AbortSignal,
  ): Promise<void> {
    await Promise.all(caches.map(cache => cache.synced(signal)))
    await controller.run(signal)
  }

  #metrics(): JujuModelMetrics {
    const count =
      (what: string) =>
      ({name}: ObjectKey): void =>
        void this.counted.push(`${what} ${name}`)
    return {sessionReconnected: count('reconnected'), finalizerReleased: count('released')}
  }
}

const openByModel = (job: JobOfModel): string[] => [`${job.metadata.namespace}/${job.spec.modelRef.name}`]

/** A person with kubectl in the namespace `team-a`. */
export class Person {
  readonly #kube: FakeKube

  constructor(kube: FakeKube) {
    this.#kube = kube
  }

  secret(name: string, values: Readonly<Record<string, string>>): void {
    const data = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')])
    this.#kube.apply(secrets, {namespace, name, body: {data: Object.fromEntries(data)}})
  }

  configMap(name: string, data: Readonly<Record<string, string>>): void {
    this.#kube.apply(configMaps, {namespace, name, body: {data}})
  }

  model(name: string, juju: SimulatedJuju, changes: Partial<JujuModelSpec> = {}): JujuModel {
    const controller = {
      endpoints: [juju.endpoint],
      caCertificate: juju.caCertificate,
      credentialsRef: {name: 'juju-operator'},
    }
    const spec = {controller, model: {name: 'admin/databases'}, ...changes}
    return this.#kube.apply<JujuModel>(jujuModelResource, {namespace, name, body: {spec}})
  }

  get(name: string): JujuModel | undefined {
    return this.#kube.get<JujuModel>(jujuModelResource, name, namespace)
  }

  /** The reason of Ready, '' before there is one. */
  reason(name: string): string {
    return this.ready(name)?.reason ?? ''
  }

  ready(name: string): NonNullable<NonNullable<JujuModel['status']>['conditions']>[number] | undefined {
    return this.get(name)?.status?.conditions?.find(({type}) => type === 'Ready')
  }

  deleteModel(name: string): void {
    this.#kube.delete(jujuModelResource, name, namespace)
  }

  /** Reasons of the events about a JujuModel, in their order. */
  events(name: string): string[] {
    return this.#kube.events().flatMap(event => (event.regarding.name === name ? [event.reason] : []))
  }

  /** How often the status of a JujuModel was written. */
  statusWrites(name: string): number {
    return this.#kube.server.calls.filter(({path}) => path.endsWith(`/jujumodels/${name}/status`)).length
  }
}

export const credentials = {username: 'operator', password: 'operator-secret'}

export interface World {
  readonly clock: VirtualClock
  readonly juju: SimulatedJuju
  readonly kube: FakeKube
  readonly person: Person
  readonly start: (options?: Partial<OperatorOptions>) => Operator
  /** Passes time until a JujuModel (`prod`) has this reason of Ready. */
  readonly becomes: (reason: string, name?: string) => Promise<void>
}

/** A simulated Juju, an API server in memory, the Secret of the user `operator`, and no operator yet. */
export async function startWorld(
  t: TestContext,
  profile: ProfileName = '3.6.14',
  options: Partial<SimulatedJujuOptions> = {},
): Promise<World> {
  const clock = new VirtualClock()
  const juju = await startTestedJuju(t, {
    profile,
    clock,
    models: [memoryPostgresqlModel({clock}).seed],
    updateStatusEvery: 0,
    ...options,
  })
  const kube = new FakeKube(clock)
  const person = new Person(kube)
  const operators: Operator[] = []
  t.after(async () => {
    for (const operator of operators) await operator.stop()
    await juju.stop()
  })
  person.secret('juju-operator', credentials)
  const start = (options: Partial<OperatorOptions> = {}): Operator => {
    const operator = new Operator({kube, clock, ...options})
    operators.push(operator)
    return operator
  }
  const becomes = (reason: string, name = 'prod'): Promise<void> =>
    until(clock, () => person.reason(name) === reason, {stepMs: 200, limitMs: 400_000})
  return {clock, juju, kube, person, start, becomes}
}

/** Who the annotation in Juju says owns the model. */
export const ownerOf = (juju: SimulatedJuju, uuid = juju.modelUUID): string | undefined =>
  juju.world.model(uuid).annotations.get(`model-${uuid}`)?.get('charmkeeper-owner')

/** Lets virtual time pass until the promise is settled. */
export async function answer<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let settled = false
  const mark = (): void => void (settled = true)
  promise.then(mark, mark)
  await until(clock, () => settled)
  return promise
}
