import type {ResourceType} from '../api/meta.ts'
import {resourceName} from '../kube/resources.ts'
import {type Logger, silentLogger} from '../observability/log.ts'
import {abortable} from '../time/abortable.ts'
import {type Clock, sleep} from '../time/clock.ts'
import {HealthRegistry} from './health.ts'
import {StopSignals} from './stop-signals.ts'

/** The part of an informer that the manager needs. */
export interface ManagedInformer {
  readonly resource: ResourceType
  readonly hasSynced: boolean
  start(signal: AbortSignal): Promise<void>
  synced(signal?: AbortSignal): Promise<void>
}

/** The part of a controller that the manager needs. */
export interface ManagedController {
  readonly name: string
  run(signal: AbortSignal, abort?: AbortSignal): Promise<void>
  healthProblem(): string | undefined
}

/** Work beside the controllers that only a leader may do; it has to end when `signal` aborts. */
export interface Runnable {
  readonly name: string
  run(signal: AbortSignal): Promise<void>
}

/** The part of an elector that the manager needs. */
export interface ManagedElector {
  readonly isSettled: boolean
  readonly elected: Promise<void>
  run(signal: AbortSignal): Promise<void>
  release(): Promise<void>
}

export interface ManagerOptions {
  readonly clock: Clock
  readonly log?: Logger
  /** Absent: this process is the only one and works at once. */
  readonly elector?: ManagedElector | undefined
  readonly recorder?: {flush(): Promise<void>}
  /** Closes the connections, at the very end. */
  readonly close?: () => Promise<void>
  /** How long reconciles in progress may take to end by themselves when the process stops, in ms; 20 s unless told. */
  readonly drainMs?: number
}

const defaultDrainMs = 20_000
/** After their signals were aborted, reconciles get this long to return. */
const abortGraceMs = 2_000
const flushMs = 3_000
const closeMs = 2_000

/**
 * Runs everything, in order. Start: caches fill (followers' too, so that a take-over is quick), the election settles, the
 * controllers work. Stop: no new keys, reconciles in progress end, events are flushed, the lease is released, connections
 * are closed.
 */
export class Manager {
  readonly health = new HealthRegistry()
  readonly #options: ManagerOptions
  readonly #clock: Clock
  readonly #log: Logger
  readonly #informers: ManagedInformer[] = []
  readonly #controllers: ManagedController[] = []
  readonly #runnables: Runnable[] = []

  constructor(options: ManagerOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#log = options.log ?? silentLogger
    const {elector} = options
    if (elector !== undefined)
      this.health.addReadiness('election', () => (elector.isSettled ? undefined : 'the lease could not be read yet'))
  }

  addInformer(informer: ManagedInformer): void {
    this.#informers.push(informer)
    const name = resourceName(informer.resource)
    this.health.addReadiness(`cache:${name}`, () => (informer.hasSynced ? undefined : 'the first list is not complete'))
  }

  addController(controller: ManagedController): void {
    this.#controllers.push(controller)
    this.health.addLiveness(`controller:${controller.name}`, () => controller.healthProblem())
  }

  addRunnable(runnable: Runnable): void {
    this.#runnables.push(runnable)
  }

  /**
   * Runs until `signal` aborts, and resolves after an orderly stop.
   *
   * @throws LeadershipLost, or what a runnable or controller threw: the process should exit with an error
   */
  async run(signal: AbortSignal): Promise<void> {
    const stop = new StopSignals(signal)
    const following = this.#startInformers(stop.informers)
    const electing = this.#options.elector?.run(stop.election) ?? stop.requested
    const working = this.#workWhenElected(stop)
    const background = [following, electing, working]
    try {
      // Whatever ends with a fault ends all.
      await Promise.race([stop.requested, ...background.map(failure)])
      await Promise.race([this.#stopOrderly(stop, working), failure(electing)])
    } catch (error) {
      stop.everything(error)
      throw error
    } finally {
      stop.everything(new Error('the process stops'))
      await this.#atMost(abortGraceMs, 'ending what is left', Promise.allSettled(background))
      await this.#atMost(closeMs, 'closing connections', this.#options.close?.() ?? Promise.resolve())
      stop.dispose()
    }
  }

  async #startInformers(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#informers.map(informer => informer.start(signal)))
  }

  async #workWhenElected(stop: StopSignals): Promise<void> {
    try {
      await Promise.all(this.#informers.map(informer => informer.synced(stop.intake)))
      this.#log.info('the caches are complete')
      await abortable(this.#options.elector?.elected ?? Promise.resolve(), stop.intake)
    } catch (error) {
      if (stop.intake.aborted) return
      throw error
    }
    const controllers = this.#controllers.map(controller => controller.run(stop.intake, stop.work))
    const runnables = this.#runnables.map(runnable => runnable.run(stop.intake))
    await Promise.all([...controllers, ...runnables])
  }

  async #stopOrderly(stop: StopSignals, working: Promise<void>): Promise<void> {
    this.#log.info('stopping')
    const {drainMs = defaultDrainMs, recorder, elector} = this.#options
    const drained = await this.#atMost(drainMs, 'draining', working)
    if (!drained) {
      stop.abortWork()
      await this.#atMost(abortGraceMs, 'ending reconciles', working)
    }
    await this.#atMost(flushMs, 'flushing events', recorder?.flush() ?? Promise.resolve())
    // Only now may another process begin.
    stop.endElection()
    await elector?.release()
    this.#log.info('stopped')
  }

  /** @returns whether `work` ended in time; throws what it threw in time */
  async #atMost(ms: number, what: string, work: Promise<unknown>): Promise<boolean> {
    const over = new AbortController()
    const late = sleep(this.#clock, ms, over.signal).then(
      () => false,
      () => false,
    )
    try {
      const inTime = await Promise.race([work.then(() => true), late])
      if (!inTime) this.#log.warn('took too long and is left behind', {step: what, ms})
      return inTime
    } finally {
      over.abort(new Error('in time'))
    }
  }
}

/** Never resolves; rejects when `work` does. */
function failure(work: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => void work.catch(reject))
}
