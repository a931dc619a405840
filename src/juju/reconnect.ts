import {isDeepStrictEqual} from 'node:util'
import {Backoff} from '../time/backoff.ts'
import {sleep} from '../time/clock.ts'
import {connect, type JujuConnection} from './connection.ts'
import type {JujuDeps} from './deps.ts'
import type {Controller} from './controllers.ts'
import {ConnectionLost} from './errors.ts'
import {classify, type Fault} from './faults.ts'
import type {LoginInfo} from './login.ts'
import type {JujuTarget} from './target.ts'

/** What the loop tells its owner. */
export interface ConnectionEvents {
  connected(connection: JujuConnection): void
  /** the connection ended, or a login failed, if only that of another session to a controller that does not answer */
  lost(fault: Fault): void
}

const initialDelayMs = 1000
const maxDelayMs = 60_000
/** A connection that held this long was a success; one that breaks at once must not be tried every second. */
const stableMs = 30_000

/**
 * Keeps one connection to a model: makes it anew when it is lost, with a delay that grows from 1 s to 60 s (full jitter), and
 * at once when the credentials change. What only a person can mend is tried about once a minute. While the controller
 * itself does not answer, its circuit says when the next attempt is due, and of which session.
 */
export class ReconnectLoop {
  readonly #modelUUID: string
  readonly #deps: JujuDeps
  readonly #events: ConnectionEvents
  readonly #backoff: Backoff
  readonly #stopped = new AbortController()
  readonly #done: Promise<void>
  #target: JujuTarget
  #known: LoginInfo | undefined
  #connection: JujuConnection | undefined
  /** what the owner was told last, since there is no connection */
  #told: Fault | undefined
  /** aborts the wait, or the attempt, that is under way */
  #current = new AbortController()

  constructor(target: JujuTarget, modelUUID: string, events: ConnectionEvents, deps: JujuDeps) {
    this.#target = target
    this.#modelUUID = modelUUID
    this.#events = events
    this.#deps = deps
    this.#backoff = new Backoff({initialMs: initialDelayMs, maxMs: maxDelayMs, jitter: 'full', random: deps.random})
    this.#done = this.#run()
  }

  get connection(): JujuConnection | undefined {
    return this.#connection
  }

  /** What is known of the controller that it connects to. */
  get controller(): Controller {
    return this.#deps.controllers.of(this.#target)
  }

  /** The next login uses it; it is tried at once unless a connection stands. */
  retarget(target: JujuTarget): void {
    if (isDeepStrictEqual(target, this.#target)) return
    this.#target = target
    this.#backoff.reset()
    if (this.#connection === undefined) this.#current.abort()
  }

  /** Gives the connection up, with whatever it still holds back, and logs in again now. */
  reconnect(): void {
    this.#backoff.reset()
    this.#connection?.terminate('given up for a new connection')
    this.#current.abort()
  }

  /** Ends the connection and the loop. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    this.#current.abort()
    this.#connection?.close()
    await this.#done
  }

  async #run(): Promise<void> {
    // The owner is still under construction.
    await Promise.resolve()
    while (!this.#stopped.signal.aborted) {
      this.#current = new AbortController()
      const error = await this.#connectAndHold(this.#current.signal)
      if (this.#stopped.signal.aborted) return
      if (error === undefined) continue
      const {final} = this.#tell(error)
      if (this.controller.circuit.isOpen) continue
      const delay = final ? maxDelayMs * (0.5 + this.#deps.random()) : this.#backoff.next()
      await sleep(this.#deps.clock, delay, this.#current.signal).catch(() => undefined)
    }
  }

  /** Once for each thing that is wrong, however often it is tried. */
  #tell(error: unknown): Fault {
    const fault = classify(error)
    if (isDeepStrictEqual(fault, this.#told)) return fault
    this.#told = fault
    this.#deps.log.info('not connected to the model', {reason: fault.reason, error: fault.message})
    this.#events.lost(fault)
    return fault
  }

  /** @returns why there is no connection (any more); undefined when it was asked to begin again */
  async #connectAndHold(signal: AbortSignal): Promise<unknown> {
    const patient = (error: unknown): void => void this.#tell(error)
    const request = {target: this.#target, modelUUID: this.#modelUUID, known: this.#known, patient}
    try {
      const connection = await connect(request, this.#deps, signal)
      if (signal.aborted) {
        connection.close()
        return undefined
      }
      const end = await this.#hold(connection)
      return signal.aborted ? undefined : end
    } catch (error) {
      return signal.aborted ? undefined : error
    }
  }

  async #hold(connection: JujuConnection): Promise<ConnectionLost> {
    const since = this.#deps.clock.monotonic()
    this.#known = connection.login
    this.#connection = connection
    this.#told = undefined
    this.#deps.log.info('connected to the model', {
      endpoint: connection.endpoint,
      version: connection.login.serverVersion,
    })
    this.#events.connected(connection)
    const why = await connection.closed
    this.#connection = undefined
    this.controller.circuit.doubt()
    if (this.#deps.clock.monotonic() - since >= stableMs) this.#backoff.reset()
    return new ConnectionLost(why, false)
  }
}
