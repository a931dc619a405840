import type {KubeObject, ResourceType} from '../api/meta.ts'
import {ApiError, isConflict, NotLeader} from '../kube/errors.ts'
import {type Logger, silentLogger} from '../observability/log.ts'
import type {Clock, Random} from '../time/clock.ts'
import {Deadline} from '../time/deadline.ts'
import type {ConsistencyGate} from './consistency.ts'
import type {KeySink} from './event-handlers.ts'
import {noRuntimeMetrics, type ReconcileOutcome, type RuntimeMetrics} from './metrics.ts'
import {type ReconcileContext, type Reconciler, ReconcileTimeout, type Result, TerminalError} from './reconciler.ts'
import type {Store} from './store.ts'
import {Turns} from './turns.ts'
import type {Urgency} from './urgency.ts'
import {type Priority, Workqueue, type WorkqueueOptions} from './workqueue.ts'

export * from './reconciler.ts'

export interface ControllerOptions {
  readonly name: string
  readonly reconciler: Reconciler
  /** How many keys are worked on at once; 1 unless told. */
  readonly workers?: number
  /** After this time a reconcile's signal aborts, in ms; 2 min unless told. */
  readonly timeoutMs?: number
  readonly queue?: Pick<WorkqueueOptions, 'retryInitialMs' | 'retryMaxMs' | 'retryRate'>
  /** The informer of the controller's own kind. */
  readonly primary?: {readonly resource: ResourceType; readonly store: Store<KubeObject>}
  /** Puts reconciles off until the cache of the own kind shows our own writes. */
  readonly gate?: ConsistencyGate
  /** Every object of the own kind that is not at rest is looked at again after about this time, in ms, whatever happens or does not. */
  readonly resyncMs?: number
  /** Work that goes before every reconcile of this controller, for a bounded time. */
  readonly yieldsTo?: Urgency
  readonly clock: Clock
  readonly random: Random
  readonly log?: Logger
  readonly metrics?: RuntimeMetrics
}

/** A worker that is busy for this many time-outs ignores its signal; only a restart helps. */
const stuckAfterTimeouts = 2
const never = new AbortController().signal

/** Works on keys: one reconcile per key at a time, retries with growing pauses, time-outs, metrics. */
export class Controller implements KeySink {
  readonly name: string
  readonly #options: ControllerOptions
  readonly #queue: Workqueue
  readonly #clock: Clock
  readonly #log: Logger
  readonly #metrics: RuntimeMetrics
  readonly #timeoutMs: number
  readonly #turns = new Turns()
  readonly #runId: string
  readonly #wake = (key: string): void => this.#queue.add(key)
  #reconciles = 0
  #active = 0

  constructor(options: ControllerOptions) {
    const {name, clock, random, log = silentLogger, metrics = noRuntimeMetrics, timeoutMs = 120_000} = options
    this.name = name
    this.#options = options
    this.#clock = clock
    this.#log = log.child({controller: name})
    this.#metrics = metrics
    this.#timeoutMs = timeoutMs
    this.#queue = new Workqueue({...options.queue, name, clock, metrics})
    this.#runId = Math.floor(random() * 0x1_0000_0000).toString(16)
  }

  /** Queues the key unless it is queued already. */
  enqueue(key: string, priority: Priority = 'normal'): void {
    this.#queue.add(key, priority)
  }

  /** Queues the key after `ms`, or at the earlier time for which it is planned already. */
  enqueueAfter(key: string, ms: number): void {
    this.#queue.addAfter(key, ms)
  }

  /** Keys that wait for a worker. */
  get backlog(): number {
    return this.#queue.length
  }

  /**
   * Works until `signal` aborts, then takes no new key and resolves when the reconciles in progress are over.
   *
   * @param abort ends those too, through their signals
   */
  async run(signal: AbortSignal, abort: AbortSignal = never): Promise<void> {
    const workers = this.#options.workers ?? 1
    this.#metrics.maxConcurrentReconciles(this.name, workers)
    this.#metrics.activeWorkers(this.name, 0)
    const drain = (): void => void this.#queue.drain()
    if (signal.aborted) drain()
    else signal.addEventListener('abort', drain, {once: true})
    await Promise.all(Array.from({length: workers}, () => this.#work(signal, abort)))
    signal.removeEventListener('abort', drain)
  }

  /** For the liveness check: what hangs, if a reconcile ignores its time-out; undefined when all is well. */
  healthProblem(): string | undefined {
    const limit = stuckAfterTimeouts * this.#timeoutMs
    const now = this.#clock.monotonic()
    for (const [key, since] of this.#queue.inWork)
      if (now - since > limit) return `${this.name}: the reconcile of ${key} has been running for ${now - since} ms`
    return undefined
  }

  async #work(signal: AbortSignal, abort: AbortSignal): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      await this.#itsTurn()
      // Told to stop while it waited: nothing new is begun.
      if (!signal.aborted) {
        this.#metrics.activeWorkers(this.name, ++this.#active)
        await this.#process(key, abort)
        this.#metrics.activeWorkers(this.name, --this.#active)
      }
      this.#queue.done(key)
    }
  }

  /** Others go first: what is urgent, and, after much work in one turn of the event loop, timers and answers. */
  async #itsTurn(): Promise<void> {
    const urgent = this.#options.yieldsTo?.over()
    if (urgent !== undefined) await urgent
    const turn = this.#turns.begin()
    if (turn !== undefined) await turn
  }

  /** Never throws: whatever goes wrong concerns one key only. */
  async #process(key: string, abort: AbortSignal): Promise<void> {
    const started = this.#clock.monotonic()
    const deadline = new Deadline(this.#clock, this.#timeoutMs, abort, () => new ReconcileTimeout(this.#timeoutMs))
    const run = new Run(this.#log, key, `${this.#runId}-${++this.#reconciles}`, deadline.signal)
    try {
      if (await this.#cacheIsStale(key, deadline.signal)) return
      const result = await this.#options.reconciler.reconcile(key, run)
      this.#succeeded(key, result, run, started)
    } catch (error) {
      if (!abort.aborted) this.#failed(key, error, run, started)
    } finally {
      if (deadline.expired) this.#metrics.reconcileTimedOut(this.name)
      deadline.clear()
    }
  }

  async #cacheIsStale(key: string, signal: AbortSignal): Promise<boolean> {
    const {gate, primary} = this.#options
    if (gate === undefined || primary === undefined) return false
    const waitMs = await gate.admit(primary.resource, key, this.#wake, signal)
    if (waitMs === undefined) return false
    this.#metrics.staleCacheWaited(this.name)
    this.#queue.addAfter(key, waitMs)
    return true
  }

  #succeeded(key: string, {requeueAfterMs, atRest}: Result, run: Run, started: number): void {
    this.#queue.forget(key)
    const afterMs = requeueAfterMs ?? (atRest === true ? undefined : this.#resyncAfter(key))
    if (afterMs !== undefined) this.#queue.addAfter(key, afterMs)
    this.#finished(requeueAfterMs === undefined ? 'success' : 'requeue_after', run, started)
  }

  /** Spread out, so that objects which came together do not come together for ever. Deleted objects leave. */
  #resyncAfter(key: string): number | undefined {
    const {resyncMs, primary, random} = this.#options
    if (resyncMs === undefined || primary === undefined) return undefined
    const {store} = primary
    if (store.get(key) === undefined && store.invalid(key) === undefined) return undefined
    return resyncMs * (0.9 + 0.2 * random())
  }

  /** What to do about each kind of error. */
  #failed(key: string, error: unknown, run: Run, started: number): void {
    this.#finished('error', run, started)
    if (error instanceof NotLeader) {
      // Whoever leads now works on it.
      this.#queue.forget(key)
      run.log.debug('not the leader; left to the one who is')
    } else if (error instanceof TerminalError) {
      this.#queue.forget(key)
      this.#metrics.reconcileFailedForGood(this.name)
      run.log.error('the reconcile failed for good', {error})
    } else this.#retry(key, error, run)
  }

  #retry(key: string, error: unknown, run: Run): void {
    const panicked = isMistake(error)
    if (panicked) this.#metrics.reconcilePanicked(this.name)
    this.#metrics.reconcileFailed(this.name)
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0
    const retryInMs = Math.round(this.#queue.addRateLimited(key, asked))
    const fields = {error, attempt: this.#queue.failures(key), retryInMs}
    if (panicked) run.log.error('the reconcile failed by a mistake in the program', {...fields, file: placeOf(error)})
    else if (isConflict(error)) run.log.debug('the object changed meanwhile; trying again', fields)
    else run.log.warn('the reconcile failed; trying again', fields)
  }

  #finished(outcome: ReconcileOutcome, run: Run, started: number): void {
    const seconds = (this.#clock.monotonic() - started) / 1000
    this.#metrics.reconcileFinished(this.name, outcome, seconds)
    this.#log.debug('reconciled', {key: run.key, reconcileID: run.id, outcome, seconds})
  }
}

/** The context of one reconcile; its logger is made when it is first used, for most reconciles say nothing. */
class Run implements ReconcileContext {
  readonly key: string
  readonly id: string
  readonly signal: AbortSignal
  readonly #parent: Logger
  #log: Logger | undefined

  constructor(parent: Logger, key: string, id: string, signal: AbortSignal) {
    this.#parent = parent
    this.key = key
    this.id = id
    this.signal = signal
  }

  get log(): Logger {
    return (this.#log ??= this.#parent.child({key: this.key, reconcileID: this.id}))
  }
}

/** What only a mistake in a program throws; Go would have panicked. */
function isMistake(error: unknown): boolean {
  return (
    !(error instanceof Error) ||
    error instanceof TypeError ||
    error instanceof ReferenceError ||
    error instanceof RangeError ||
    error.name === 'AssertionError'
  )
}

/** Where the program went wrong: the first frame of the stack. */
function placeOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack?.split('\n')[1]?.trim() : undefined
}
