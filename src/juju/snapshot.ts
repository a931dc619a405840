import type {Logger} from '../observability/log.ts'
import {abortable} from '../time/abortable.ts'
import type {Clock, Random, Timer} from '../time/clock.ts'
import {agentSkews, type ClockSkew} from './clock-skew.ts'
import {notableSkewMs} from './clock-watch.ts'
import {classify, type Fault} from './faults.ts'
import {unfinishedWords} from './list-operations.ts'
import {Listeners} from './listeners.ts'
import type {ModelSession} from './model-session.ts'
import {sharing, type FullStatus} from './status.ts'
import {isFinished, type OperationInfo, type TaskInfo} from './tasks.ts'
import {TrackedTasks} from './tracked-tasks.ts'

/** The model at one moment, read once for everybody. */
export interface ModelSnapshot {
  /** wall clock when the reading began, ms: all of it is at least as new */
  readonly observedAt: number
  /** the controller's clock, from FullStatus */
  readonly controllerTime?: string | undefined
  readonly status: FullStatus
  /** every operation of the model with a task that is not finished, whoever started it, by rising id */
  readonly unfinished: readonly OperationInfo[]
  /**
   * Tracked tasks by id, with log and output. `completed` of a finished one is what Juju says of the task, else of its
   * operation, else the controller's time when it was first seen finished.
   */
  readonly tasks: ReadonlyMap<string, TaskInfo>
  /** tracked tasks that Juju does not know: never made, or pruned */
  readonly missingTasks: ReadonlySet<string>
}

export interface PollerDeps {
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  /**
   * ms between two readings while somebody demands it (5 s, and seldomer the longer nothing changes), and otherwise (60 s)
   */
  readonly fastMs?: number
  readonly slowMs?: number
}

/** Readings of several models spread out by up to this share of the interval. */
const jitter = 0.1
/** While nothing changes, the next reading comes after this share of the time that it has been so, */
const quietShare = 0.25
/** but never later than this, ms: what runs for an hour may be seen to end half a minute late. */
const quietMs = 30_000

/**
 * Reads a model again and again: one timer, never two readings at once, nothing while the session is down, at once when it
 * comes back. A reading that fails leaves the latest snapshot as it is.
 */
export class SnapshotPoller {
  readonly #session: ModelSession
  readonly #deps: PollerDeps
  readonly #tracked = new TrackedTasks()
  readonly #snapshots: Listeners<ModelSnapshot>
  readonly #faults: Listeners<Fault>
  readonly #stopListening: () => void
  readonly #closed = new AbortController()
  #latest: ModelSnapshot | undefined
  #fault: Fault | undefined
  #agentSkews: ReadonlyMap<string, number> = new Map()
  #fastDemands = 0
  /** what somebody who waits may see in the latest snapshot, and since when it is so, monotonic ms */
  #shown = ''
  #shownSince = 0
  #timer: Timer | undefined
  /** when somebody needs the next reading to begin at the latest, monotonic ms */
  #dueAt = Number.POSITIVE_INFINITY
  #reading = false
  /** who waits for the next reading to begin; undefined: nobody asked for one beyond the timer */
  #next: PromiseWithResolvers<ModelSnapshot> | undefined

  constructor(session: ModelSession, deps: PollerDeps) {
    this.#session = session
    this.#deps = deps
    this.#snapshots = new Listeners(deps.log)
    this.#faults = new Listeners(deps.log)
    this.#stopListening = session.onState(state => {
      if (state.kind === 'connected') this.#readSoon()
    })
    if (session.state.kind === 'connected') this.#readSoon()
  }

  get latest(): ModelSnapshot | undefined {
    return this.#latest
  }

  /** Why the latest reading failed; undefined after a good one. Of interest while the session is connected. */
  get fault(): Fault | undefined {
    return this.#fault
  }

  /** How far the controller's clock is from ours; undefined before the first reading. */
  get clockSkew(): ClockSkew | undefined {
    return this.#session.clockSkew
  }

  /**
   * Units whose agents' clocks are certainly off from the controller's, by the times of the tasks in the latest snapshot: at
   * least so many ms, above zero when the agent's is ahead.
   */
  get agentSkews(): ReadonlyMap<string, number> {
    return this.#agentSkews
  }

  /** @returns stops the listening */
  onSnapshot(listener: (snapshot: ModelSnapshot) => void): () => void {
    return this.#snapshots.add(listener)
  }

  /** Called after each reading that failed. @returns stops the listening */
  onFault(listener: (fault: Fault) => void): () => void {
    return this.#faults.add(listener)
  }

  /** Puts a task into every snapshot from the next reading on. @returns the release */
  track(taskID: string, operationID?: string): () => void {
    return this.#tracked.track(taskID, operationID)
  }

  /** Reads at the fast interval until every demand is released. @returns the release */
  demandFast(): () => void {
    this.#fastDemands++
    this.#shownSince = this.#deps.clock.monotonic()
    if (this.#fastDemands === 1 && this.#timer !== undefined) this.#schedule()
    let released = false
    return () => {
      if (!released) this.#fastDemands--
      released = true
    }
  }

  /**
   * A snapshot whose reading begins after this call.
   *
   * @throws what the reading throws; the signal's reason when it aborts (the reading goes on)
   */
  async refreshNow(signal?: AbortSignal): Promise<ModelSnapshot> {
    signal?.throwIfAborted()
    this.#closed.signal.throwIfAborted()
    const {promise} = (this.#next ??= quietly(Promise.withResolvers<ModelSnapshot>()))
    this.#readSoon()
    return abortable(promise, signal)
  }

  /** The next reading begins within so many ms: for those who can wait that long, so that they share it. */
  readWithin(ms: number): void {
    this.#dueAt = Math.min(this.#dueAt, this.#deps.clock.monotonic() + ms)
    if (this.#timer !== undefined) this.#schedule()
  }

  /** Ends the readings; the session is left alone. */
  close(): void {
    this.#closed.abort(new Error('the snapshots of this model were closed'))
    this.#stopListening()
    this.#timer?.cancel()
  }

  #readSoon(): void {
    if (this.#closed.signal.aborted) return
    if (this.#reading) this.#next ??= quietly(Promise.withResolvers<ModelSnapshot>())
    else void this.#read()
  }

  async #read(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#dueAt = Number.POSITIVE_INFINITY
    this.#reading = true
    const waiting = this.#next
    this.#next = undefined
    try {
      const snapshot = await this.#take(this.#closed.signal)
      this.#latest = snapshot
      this.#fault = undefined
      this.#noteChanges(snapshot)
      waiting?.resolve(snapshot)
      this.#snapshots.emit(snapshot)
    } catch (error) {
      waiting?.reject(error)
      this.#failed(error)
    }
    this.#reading = false
    this.#afterReading()
  }

  #afterReading(): void {
    if (this.#closed.signal.aborted) this.#next?.reject(this.#closed.signal.reason)
    else if (this.#next !== undefined) this.#readSoon()
    else if (this.#session.state.kind === 'connected') this.#schedule()
  }

  #failed(error: unknown): void {
    if (this.#closed.signal.aborted) return
    this.#fault = classify(error)
    this.#deps.log.warn('reading the model failed', {reason: this.#fault.reason, error: this.#fault.message})
    this.#faults.emit(this.#fault)
  }

  #schedule(): void {
    this.#timer?.cancel()
    const {clock, random, fastMs = 5000, slowMs = 60_000} = this.#deps
    const now = clock.monotonic()
    const quiet = Math.min((now - this.#shownSince) * quietShare, quietMs)
    const interval = (this.#fastDemands > 0 ? Math.max(fastMs, quiet) : slowMs) * (1 - jitter + 2 * jitter * random())
    this.#timer = clock.setTimer(Math.max(0, Math.min(interval, this.#dueAt - now)), () => void this.#read())
  }

  #noteChanges(snapshot: ModelSnapshot): void {
    const shown = shownBy(snapshot)
    if (shown === this.#shown) return
    this.#shownSince = this.#deps.clock.monotonic()
    this.#shown = shown
  }

  async #take(signal: AbortSignal): Promise<ModelSnapshot> {
    const observedAt = this.#deps.clock.now()
    const status = sharing(this.#latest?.status, await this.#session.fullStatus([], {signal}))
    const operations = await this.#session.listOperations({status: unfinishedWords}, {signal})
    const unfinished = operations.filter(({tasks}) => tasks.some(task => !isFinished(task.status)))
    const {controllerTime} = status
    const now = controllerTime ?? new Date(observedAt).toISOString()
    const {tasks, missing} = await this.#tracked.read(this.#session, unfinished, now, {signal})
    this.#readAgentClocks([...unfinished.flatMap(operation => operation.tasks), ...tasks.values()], Date.parse(now))
    return {observedAt, controllerTime, status, unfinished, tasks, missingTasks: missing}
  }

  #readAgentClocks(tasks: readonly TaskInfo[], readAt: number): void {
    const before = this.#agentSkews
    this.#agentSkews = agentSkews(tasks, readAt)
    for (const [unit, skewMs] of this.#agentSkews) {
      if (Math.abs(skewMs) <= notableSkewMs || before.has(unit)) continue
      const seconds = Math.round(skewMs / 1000)
      this.#deps.log.warn("the clock of a unit's machine differs from the controller's", {unit, seconds})
    }
  }
}

/** Tasks as far as they got, and what the units say of their work. What agents do besides, such as `update-status`, is no news. */
function shownBy({unfinished, tasks, missingTasks, status}: ModelSnapshot): string {
  const operations = unfinished.flatMap(operation => operation.tasks.map(task => `${task.taskID} ${task.status}`))
  const tracked = [...tasks.values()].map(task => `${task.taskID} ${task.status} ${task.log.length}`)
  const units = [...status.applications.values()].flatMap(application =>
    application.units.map(({name, life, workload}) => `${name} ${life} ${workload.status} ${workload.message}`),
  )
  return [...operations, ...tracked, ...missingTasks, ...units].join('\n')
}

/** A promise that may be rejected although nobody waits for it. */
function quietly<T>(deferred: PromiseWithResolvers<T>): PromiseWithResolvers<T> {
  deferred.promise.catch(() => undefined)
  return deferred
}
