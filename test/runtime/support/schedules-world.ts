import type {TestContext} from 'node:test'
import {backupJobResource, type BackupJob} from '../../../src/api/backup-job.ts'
import {
  backupScheduleResource,
  backupScheduleSpecSchema,
  backupScheduleStatusSchema,
  type BackupSchedule,
  type BackupScheduleStatus,
} from '../../../src/api/backup-schedule.ts'
import {RUN_NOW_ANNOTATION} from '../../../src/api/meta.ts'
import {parseBackupSchedule} from '../../../src/api/parse.ts'
import {jobIndexes, trimming, type CachedBackupJob} from '../../../src/controllers/backup-job/cache.ts'
import {scheduleIndexes} from '../../../src/controllers/backup-schedule/cache.ts'
import {backupScheduleController} from '../../../src/controllers/backup-schedule/controller.ts'
import {noScheduleMetrics} from '../../../src/controllers/backup-schedule/metrics.ts'
import type {ModelDirectory, ModelHandle, ObjectKey} from '../../../src/controllers/juju-model/directory.ts'
import {KubeClient} from '../../../src/kube/client.ts'
import type {Transport} from '../../../src/kube/transport.ts'
import {ConsistencyGate} from '../../../src/runtime/consistency.ts'
import {EventRecorder} from '../../../src/runtime/event-recorder.ts'
import {Informer} from '../../../src/runtime/informer.ts'
import {noRuntimeMetrics} from '../../../src/runtime/metrics.ts'
import {Urgency} from '../../../src/runtime/urgency.ts'
import {FakeKube} from '../../support/fake-kube.ts'
import type {JsonObject} from '../../support/fake-kube-patch.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {recordLog, type LogLine} from './recorders.ts'

export const namespace = 'databases'
const model: ObjectKey = {namespace, name: 'prod'}

/** One JujuModel whose readiness the test decides. */
class OneModel implements ModelDirectory {
  readonly #listeners = new Set<(key: ObjectKey) => void>()
  #ready = true

  lookup(): ReturnType<ModelDirectory['lookup']> {
    if (!this.#ready) return {found: true, ready: false, reason: 'Unreachable', message: 'no endpoint answers'}
    const handle = {...model, access: 'admin', snapshots: {latest: undefined}} as unknown as ModelHandle
    return {found: true, ready: true, handle}
  }

  set ready(ready: boolean) {
    this.#ready = ready
    for (const listener of this.#listeners) listener(model)
  }

  onChange(listener: (key: ObjectKey) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  byUUID(): undefined {
    return undefined
  }

  hold(): () => void {
    return () => undefined
  }
}

/** The scheduler alone, on the real client and runtime, that can be killed at any moment. */
export class RunningScheduler {
  readonly lines: LogLine[]
  readonly #stop = new AbortController()
  readonly #close: () => void

  constructor(transport: Transport, clock: VirtualClock, models: ModelDirectory) {
    const common = {clock, random: () => 0.5}
    const log = recordLog()
    this.lines = log.lines
    const gate = new ConsistencyGate({clock})
    const {signal} = this.#stop
    const guard = {assertMayWrite: () => signal.throwIfAborted()}
    const client = new KubeClient({...common, transport: mortal(transport, signal), onWrite: gate.wrote}).guarded(guard)
    const schedules = new Informer<BackupSchedule>({
      ...common,
      client,
      resource: backupScheduleResource,
      validate: parseBackupSchedule,
      indexers: scheduleIndexes,
    })
    const jobs = new Informer<BackupJob, CachedBackupJob>({
      ...common,
      client,
      resource: backupJobResource,
      indexers: jobIndexes,
      transform: trimming(),
    })
    gate.track(schedules)
    gate.track(jobs)
    const reporter = {controller: 'charmkeeper.dev/operator', instance: 'test'}
    const {controller, close} = backupScheduleController({
      ...common,
      client,
      schedules,
      jobs,
      models,
      storages: {lookup: () => ({found: false, message: 'there is none'}), onChange: () => () => undefined},
      urgency: new Urgency({clock}),
      recorder: new EventRecorder({...common, client, reporter}),
      gate,
      workers: 4,
      log,
      metrics: noScheduleMetrics,
      runtimeMetrics: noRuntimeMetrics,
    })
    this.#close = close
    const synced = Promise.all([schedules.synced(signal), jobs.synced(signal)])
    const work = synced.then(() => controller.run(signal, signal))
    for (const run of [schedules.start(signal), jobs.start(signal), work]) run.catch(() => undefined)
  }

  /** As by kill -9: from this moment on nothing of it has an effect. */
  kill(): void {
    if (this.#stop.signal.aborted) return
    this.#stop.abort(new Error('killed'))
    this.#close()
  }
}

/** What a dead process still holds in its hands reaches nobody. */
function mortal(transport: Transport, dead: AbortSignal): Transport {
  const send: Transport['send'] = async request => {
    dead.throwIfAborted()
    const answer = await transport.send(request)
    dead.throwIfAborted()
    return answer
  }
  return {endpoint: transport.endpoint, close: () => transport.close(), send}
}

/** Short gaps, so that little time has to pass. */
export const everyFive = {schedule: '*/5 * * * *'}

/** A world with a schedule that has been seen, and a scheduler at work; it ends with the test. */
export async function scheduledWorld(t: TestContext, spec: Record<string, unknown> = {}): Promise<SchedulesWorld> {
  const world = new SchedulesWorld('2026-11-20T12:00:01Z')
  t.after(() => world.stop())
  world.apply({...everyFive, ...spec})
  world.startScheduler()
  await world.pass(1000)
  return world
}

/** Kubernetes in memory and schedulers over it, in virtual time; jobs go as the test says. */
export class SchedulesWorld {
  readonly clock: VirtualClock
  readonly kube: FakeKube
  readonly model = new OneModel()
  /** every status that a schedule ever had, oldest first */
  readonly history: BackupScheduleStatus[] = []
  /** names of all children that were ever stored for slots, one that was stored twice included twice */
  readonly stored: string[] = []
  #schedulers: RunningScheduler[] = []
  readonly #transport: Transport
  readonly #following: (() => void)[]
  /** statuses that the API server would have refused */
  readonly #refused: unknown[] = []

  /** @param start wall clock, RFC 3339 */
  constructor(start = '2026-11-20T12:00:00Z', wrap: (transport: Transport) => Transport = transport => transport) {
    this.clock = new VirtualClock(Date.parse(start))
    this.kube = new FakeKube(this.clock)
    this.#transport = wrap(this.kube.transport)
    this.#following = [
      this.#follow<BackupSchedule>('backupschedules', (_, {status}) => {
        if (status === undefined) return
        // The API server of this world has no schema.
        const checked = backupScheduleStatusSchema.safeParse(status)
        if (!checked.success) this.#refused.push(checked.error)
        this.history.push(status)
      }),
      this.#follow<BackupJob>('backupjobs', (type, {metadata}) => {
        if (type === 'ADDED' && metadata.annotations?.[RUN_NOW_ANNOTATION] === undefined)
          this.stored.push(metadata.name)
      }),
    ]
  }

  #follow<T>(plural: string, told: (type: string, object: T) => void): () => void {
    const path = `/apis/charmkeeper.dev/v1alpha1/${plural}`
    return this.kube.server.watch(path, new URLSearchParams(), ({type, object}) => told(type, object as unknown as T))
  }

  /** Another process; several at once are more than leader election would let work. */
  startScheduler(): RunningScheduler {
    const scheduler = new RunningScheduler(this.#transport, this.clock, this.model)
    this.#schedulers.push(scheduler)
    return scheduler
  }

  killSchedulers(): void {
    for (const scheduler of this.#schedulers) scheduler.kill()
    this.#schedulers = []
  }

  get running(): number {
    return this.#schedulers.length
  }

  /** For the end of a test. @throws ZodError when a status was written that a real API server refuses */
  stop(): void {
    this.killSchedulers()
    for (const stop of this.#following) stop()
    const [refused] = this.#refused
    if (refused !== undefined) throw refused
  }

  /** As `kubectl apply`, with the defaults that the API server would fill in. */
  apply(spec: Record<string, unknown> = {}, name = 'nightly'): void {
    const jobTemplate = {spec: {modelRef: {name: model.name}, application: 'postgresql'}}
    const whole = backupScheduleSpecSchema.parse({schedule: '0 2 * * *', jobTemplate, ...spec})
    const stored = this.kube.get<BackupSchedule>(backupScheduleResource, name, namespace)
    const body = {spec: whole, ...(stored === undefined ? {} : {status: stored.status})}
    this.kube.apply<BackupSchedule>(backupScheduleResource, {namespace, name, body})
  }

  /** As `kubectl delete backupschedule`. */
  remove(name = 'nightly'): void {
    this.kube.delete(backupScheduleResource, name, namespace)
  }

  get(name = 'nightly'): BackupSchedule {
    const schedule = this.kube.get<BackupSchedule>(backupScheduleResource, name, namespace)
    if (schedule === undefined) throw new Error(`there is no BackupSchedule ${name}`)
    return schedule
  }

  status(name?: string): BackupScheduleStatus {
    return this.get(name).status ?? {observedGeneration: -1}
  }

  reason(name?: string, type = 'Ready'): string {
    return this.status(name).conditions?.find(condition => condition.type === type)?.reason ?? ''
  }

  message(name?: string, type = 'Ready'): string {
    return this.status(name).conditions?.find(condition => condition.type === type)?.message ?? ''
  }

  /** Oldest first. */
  jobs(): BackupJob[] {
    return this.kube
      .list<BackupJob>(backupJobResource)
      .toSorted((a, b) => (a.metadata.uid ?? '').localeCompare(b.metadata.uid ?? '', 'en', {numeric: true}))
  }

  /** As the controller of BackupJobs does when it has the application. */
  grant(name: string): void {
    this.#setStatus(name, {observedGeneration: 1, grantedAt: this.#now()}, 'Unknown', 'Running')
  }

  /** The end of a job, with its finalizer gone. */
  finish(name: string, reason = 'Succeeded'): void {
    const good = reason === 'Succeeded'
    const status = {observedGeneration: 1, grantedAt: this.#now(), completionTime: this.#now()}
    this.#setStatus(name, {...status, ...(good ? {backupID: this.#now()} : {})}, good ? 'True' : 'False', reason)
    this.kube.server.handle({
      method: 'PATCH',
      path: `/apis/charmkeeper.dev/v1alpha1/namespaces/${namespace}/backupjobs/${name}`,
      query: new URLSearchParams(),
      contentType: 'application/json-patch+json',
      body: [{op: 'remove', path: '/metadata/finalizers'}],
    })
  }

  #now(): string {
    return new Date(this.clock.now()).toISOString()
  }

  #setStatus(name: string, status: object, succeeded: string, reason: string): void {
    const lastTransitionTime = this.#now()
    const verified = succeeded === 'True' ? [{type: 'Verified', status: 'True', reason: 'FoundInListing'}] : []
    const conditions = [{type: 'Succeeded', status: succeeded, reason}, ...verified].map(condition => ({
      ...condition,
      message: '',
      lastTransitionTime,
    }))
    const job = this.kube.get<BackupJob>(backupJobResource, name, namespace)
    const {status: code} = this.kube.server.handle({
      method: 'PUT',
      path: `/apis/charmkeeper.dev/v1alpha1/namespaces/${namespace}/backupjobs/${name}/status`,
      query: new URLSearchParams(),
      body: {...job, status: {...job?.status, ...status, conditions}} as unknown as JsonObject,
    })
    if (code >= 300) throw new Error(`the status of ${name} was refused with ${code}`)
  }

  /** As `kubectl annotate --overwrite`, of a BackupJob. */
  annotate(name: string, annotations: Record<string, string>): void {
    const job = this.kube.get<BackupJob>(backupJobResource, name, namespace)
    const body = {...job, metadata: undefined}
    const all = {...job?.metadata.annotations, ...annotations}
    this.kube.apply<BackupJob>(backupJobResource, {namespace, name, annotations: all, body})
  }

  /** `12:05 Skipped Overlap`, newest first. */
  outcomes(): string[] {
    return (this.status().recentRuns ?? []).map(({slot, outcome, reason}) =>
      [slot.slice(11, 16), outcome, reason].join(' ').trim(),
    )
  }

  delete(name: string): void {
    this.kube.delete(backupJobResource, name, namespace)
  }

  events(): readonly string[] {
    return this.kube.events().map(({reason, note}) => `${reason}: ${note}`)
  }

  /** How often the API server was asked to create each child. */
  creates(): ReadonlyMap<string, number> {
    const names = this.kube.server.calls
      .filter(({method, path, query}) => method === 'POST' && path.endsWith('/backupjobs') && !query.has('dryRun'))
      .map(({body}) => (body as unknown as BackupJob).metadata.name)
    return names.reduce((counts, name) => counts.set(name, (counts.get(name) ?? 0) + 1), new Map<string, number>())
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms)
  }

  /** Moves time to a moment of the wall clock. */
  async to(time: string): Promise<void> {
    await this.pass(Date.parse(time) - this.clock.now())
  }
}
