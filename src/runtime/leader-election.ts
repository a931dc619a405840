import type {CallOptions, KubeClient, WriteGuard} from '../kube/client.ts'
import {isAlreadyExists, isConflict, isNotFound, NotLeader} from '../kube/errors.ts'
import {leases} from '../kube/resources.ts'
import {type Logger, silentLogger} from '../observability/log.ts'
import {type Clock, type Random, sleep} from '../time/clock.ts'
import {heldBy, isFree, type Lease, newLease, released} from './lease.ts'
import {noRuntimeMetrics, type RuntimeMetrics} from './metrics.ts'

export interface LeaderElectorOptions {
  readonly client: KubeClient
  readonly namespace: string
  /** Of the Lease object. */
  readonly name: string
  /** Who we are; unique per process, or two of them would both think that they lead. */
  readonly identity: string
  readonly clock: Clock
  readonly random: Random
  readonly log?: Logger
  readonly metrics?: RuntimeMetrics
  /** How long others wait for a holder that is silent; 15 s unless told. */
  readonly leaseDurationMs?: number
  /** How long the holder may act without having renewed; 10 s unless told. Shorter than the lease by what a request may take. */
  readonly renewDeadlineMs?: number
  /** Between two tries; 2 s unless told. */
  readonly retryPeriodMs?: number
}

/** This process held the lease and lost it; it must stop at once. */
export class LeadershipLost extends Error {
  override readonly name = 'LeadershipLost'
}

/** What we last saw in the Lease, and when, on our own clock: clocks of others are never trusted. */
interface Observation {
  readonly lease: Lease
  readonly at: number
}

/**
 * Holds a Lease so that one process of several works (client-go `leaderelection`, same numbers).
 *
 * A Lease is no fence: a request that is under way when the lease is lost may still arrive. So validity is checked, in
 * monotonic time, before every request that changes something (this is a WriteGuard), and the holder stops five seconds
 * before others may begin.
 */
export class LeaderElector implements WriteGuard {
  readonly #options: LeaderElectorOptions
  readonly #clock: Clock
  readonly #log: Logger
  readonly #metrics: RuntimeMetrics
  readonly #leaseDurationMs: number
  readonly #renewDeadlineMs: number
  readonly #retryPeriodMs: number
  readonly #whenElected = Promise.withResolvers<void>()
  #observed: Observation | undefined
  /** Somebody else wrote the Lease: writing onto what we know would only conflict again. */
  #mustRead = true
  #settled = false
  /** Until when we may act, in monotonic ms. */
  #validUntil = Number.NEGATIVE_INFINITY
  #leading = false

  constructor(options: LeaderElectorOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#log = (options.log ?? silentLogger).child({lease: `${options.namespace}/${options.name}`})
    this.#metrics = options.metrics ?? noRuntimeMetrics
    this.#leaseDurationMs = options.leaseDurationMs ?? 15_000
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000
    this.#retryPeriodMs = options.retryPeriodMs ?? 2_000
  }

  /** We hold the lease, and have renewed it recently enough to act on it. */
  get isLeader(): boolean {
    return this.#leading && this.#clock.monotonic() < this.#validUntil
  }

  /** The Lease could be read once: this process leads, or follows one that does. */
  get isSettled(): boolean {
    return this.#settled
  }

  /** Who holds the lease, as last seen. */
  get holder(): string | undefined {
    return this.#observed?.lease.spec.holderIdentity
  }

  /** Resolves when this process leads. */
  get elected(): Promise<void> {
    return this.#whenElected.promise
  }

  /** @throws NotLeader */
  assertMayWrite(): void {
    if (!this.isLeader) throw new NotLeader(`${this.#options.namespace}/${this.#options.name}`)
  }

  /**
   * Follows, leads, and renews until `signal` aborts; does not release the lease then (see `release`).
   *
   * @throws LeadershipLost when the lease was held and is lost; an elector that lost cannot be run again
   */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#round(signal)
      await sleep(this.#clock, this.#pause(), signal).catch(() => undefined)
      if (this.#leading && !this.isLeader) this.#lose('it could not be renewed in time')
    }
  }

  /** Gives the lease up, so that another process can take it at once. Call it when all work has stopped. */
  async release(): Promise<void> {
    if (!this.isLeader || this.#observed === undefined) return
    this.#stopLeading()
    const {lease} = this.#observed
    const next = {...lease, spec: released(lease.spec, this.#clock.now())}
    try {
      await this.#options.client.replace<Lease>(leases, next, {timeoutMs: this.#retryPeriodMs, attempts: 1})
      this.#log.info('released the lease')
    } catch (error) {
      this.#log.warn('could not release the lease; it runs out by itself', {error})
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    try {
      await this.#acquireOrRenew(this.#callOptions(signal))
    } catch (error) {
      if (error instanceof LeadershipLost) throw error
      if (signal.aborted) return
      this.#mustRead = true
      if (isConflict(error) || isAlreadyExists(error)) this.#log.debug('somebody else wrote the lease first')
      else this.#log.warn('could not read or write the lease', {error})
    }
  }

  async #acquireOrRenew(options: CallOptions): Promise<void> {
    const {client, namespace, name} = this.#options
    // While we lead we write onto what we wrote last: one request instead of two.
    const lease = this.#leading && !this.#mustRead ? this.#observed?.lease : await this.#read(options)
    if (lease !== undefined && !this.#mayTake(lease)) {
      if (this.#leading) this.#lose(`${lease.spec.holderIdentity} took it`)
      return
    }
    const started = this.#clock.monotonic()
    const spec = this.#heldByUs(lease)
    const written =
      lease === undefined
        ? await client.create<Lease>(leases, namespace, newLease(namespace, name, spec), options)
        : await client.replace<Lease>(leases, {...lease, spec}, options)
    this.#wrote(written, started)
  }

  async #read(options: CallOptions): Promise<Lease | undefined> {
    const {client, namespace, name} = this.#options
    try {
      const lease = await client.get<Lease>(leases, {namespace, name}, options)
      this.#observe(lease)
      return lease
    } catch (error) {
      if (!isNotFound(error)) throw error
      this.#settled = true
      return undefined
    }
  }

  /** Only a change that we saw ourselves starts the clock, and only our own clock counts. */
  #observe(lease: Lease): void {
    this.#settled = true
    const before = this.#observed?.lease
    if (before?.metadata.resourceVersion === lease.metadata.resourceVersion) return
    if (before?.spec.holderIdentity !== lease.spec.holderIdentity)
      this.#log.info('the lease changed hands', {holder: lease.spec.holderIdentity ?? ''})
    this.#observed = {lease, at: this.#clock.monotonic()}
  }

  #mayTake({spec}: Lease): boolean {
    if (isFree(spec) || spec.holderIdentity === this.#options.identity) return true
    const durationMs = (spec.leaseDurationSeconds ?? this.#leaseDurationMs / 1000) * 1000
    return this.#observed !== undefined && this.#clock.monotonic() >= this.#observed.at + durationMs
  }

  #heldByUs(lease: Lease | undefined): Lease['spec'] {
    return heldBy(this.#options.identity, this.#leaseDurationMs, lease?.spec, this.#clock.now())
  }

  /** @param started before the request was sent: others begin to count at some moment after it */
  #wrote(lease: Lease, started: number): void {
    this.#observe(lease)
    this.#mustRead = false
    this.#validUntil = started + this.#renewDeadlineMs
    if (this.#leading) return
    this.#leading = true
    this.#metrics.leading(this.#options.name, true)
    this.#log.info('leading', {identity: this.#options.identity})
    this.#whenElected.resolve()
  }

  #stopLeading(): void {
    this.#leading = false
    this.#validUntil = Number.NEGATIVE_INFINITY
    this.#metrics.leading(this.#options.name, false)
  }

  #lose(why: string): never {
    this.#stopLeading()
    throw new LeadershipLost(`the lease ${this.#options.namespace}/${this.#options.name} is lost: ${why}`)
  }

  /** A try that hangs must leave time for another one, and must not outlive our right to act. */
  #callOptions(signal: AbortSignal): CallOptions {
    const half = this.#renewDeadlineMs / 2
    return {signal, attempts: 1, timeoutMs: this.#leading ? Math.max(1, Math.min(half, this.#validFor())) : half}
  }

  /** Until the next round; a leader wakes when its right to act ends. Followers spread out. */
  #pause(): number {
    if (this.#leading) return Math.max(0, Math.min(this.#retryPeriodMs, this.#validFor()))
    return this.#retryPeriodMs * (1 + 0.2 * this.#options.random())
  }

  #validFor(): number {
    return this.#validUntil - this.#clock.monotonic()
  }
}
