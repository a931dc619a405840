import * as actionCalls from './actions.ts'
import * as annotationCalls from './annotations.ts'
import * as applicationCalls from './applications.ts'
import {charmInfo, type CharmInfo} from './charms.ts'
import type {ClockSkew} from './clock-skew.ts'
import type {CallOptions, Caller, JujuConnection} from './connection.ts'
import type {JujuDeps} from './deps.ts'
import {ConnectionLost, JujuError} from './errors.ts'
import {nameOf, type Call, type ParamsOf, type ResultOf} from './facades/call.ts'
import type {Fault} from './faults.ts'
import {listOperations, type OperationFilter} from './list-operations.ts'
import {Listeners} from './listeners.ts'
import type {ModelAccess} from './login.ts'
import {ReconnectLoop} from './reconnect.ts'
import {fullStatus, type FullStatus} from './status.ts'
import type {JujuTarget} from './target.ts'
import {taskProgress} from './task-progress.ts'
import type {OperationInfo, TaskInfo, TaskLogLine} from './tasks.ts'

/** Times are milliseconds of the wall clock. */
export type SessionState =
  | {
      readonly kind: 'connected'
      readonly since: number
      readonly serverVersion: string
      readonly controllerUUID: string
      readonly user: string
      /** as of the login: more is seen after `reconnect` only */
      readonly modelAccess: ModelAccess
      /** the address that answered */
      readonly endpoint: string
    }
  /** no attempt has ended yet, or a new login was asked for */
  | {readonly kind: 'connecting'; readonly since: number}
  /** `since`: when the connection ended, or the first attempt failed; `fault`: why the latest attempt failed */
  | {readonly kind: 'lost'; readonly since: number; readonly fault: Fault}
  | {readonly kind: 'closed'; readonly since: number}

/** What carries annotations. */
export type AnnotatedEntity = 'model' | {readonly application: string}

/** How Juju says that a login has to be made anew (JAAS). */
const expiredCodes: ReadonlySet<string> = new Set(['login expired', 'session token invalid', 'no credentials provided'])

/**
 * The way into one model, shared by all of its users. It connects by itself and comes back after a loss; calls never wait for
 * that: without a connection they fail at once, as ConnectionLost that was never sent.
 *
 * Every call throws JujuError when Juju refuses, ConnectionLost (CallTimeout, CallAborted) when no reply came,
 * UnexpectedReply when it makes no sense, Unsupported when the controller does not offer it. After a call with an effect,
 * ask `mayHaveHappened(error)`.
 */
export class ModelSession implements Caller {
  readonly modelUUID: string
  readonly #deps: JujuDeps
  readonly #listeners: Listeners<SessionState>
  readonly #loop: ReconnectLoop
  #state: SessionState
  /** UUID of the controller whose clock the metrics were told of */
  #measured: string | undefined

  /** Begins to connect; a session that is not needed any more must be closed. */
  constructor(target: JujuTarget, modelUUID: string, deps: JujuDeps) {
    this.modelUUID = modelUUID
    this.#deps = {...deps, log: deps.log.child({modelUUID})}
    this.#listeners = new Listeners(this.#deps.log)
    this.#state = {kind: 'connecting', since: deps.clock.now()}
    const events = {
      connected: (connection: JujuConnection) => this.#connected(connection),
      lost: (fault: Fault) => this.#lost(fault),
    }
    this.#loop = new ReconnectLoop(target, modelUUID, events, this.#deps)
  }

  get state(): SessionState {
    return this.#state
  }

  /** Calls `listener` with every new state. @returns stops the listening */
  onState(listener: (state: SessionState) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Resolves when connected. @throws ConnectionLost when the session is closed, the signal's reason when it aborts */
  whenConnected(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        stop()
        signal?.removeEventListener('abort', abort)
        act()
      }
      const abort = (): void => settle(() => reject(signal?.reason as Error))
      const look = (state: SessionState): void => {
        if (state.kind === 'connected') settle(resolve)
        else if (state.kind === 'closed') settle(() => reject(new ConnectionLost('the session is closed', false)))
      }
      const stop = this.onState(look)
      if (signal?.aborted === true) return abort()
      signal?.addEventListener('abort', abort, {once: true})
      look(this.#state)
    })
  }

  /**
   * The Secret or the spec changed: the next login uses this. A connection that stands is kept, a failing one is tried again
   * at once. The same target again changes nothing.
   */
  updateCredentials(target: JujuTarget): void {
    this.#loop.retarget(target)
  }

  /** Logs in again now, for example to see rights that were granted since. */
  reconnect(): void {
    if (this.#state.kind === 'connected') this.#enter({kind: 'connecting', since: this.#deps.clock.now()})
    this.#loop.reconnect()
  }

  /** Ends the session; calls that are pending are lost. */
  async close(): Promise<void> {
    if (this.#state.kind !== 'closed') this.#enter({kind: 'closed', since: this.#deps.clock.now()})
    // Sessions to other models of the controller say it again with their next status.
    if (this.#measured !== undefined) this.#deps.metrics?.clockSkew(this.#measured, undefined)
    this.#measured = undefined
    await this.#loop.stop()
  }

  async call<C extends Call>(call: C, params: ParamsOf<C>, options?: CallOptions): Promise<ResultOf<C>> {
    const {connection} = this.#loop
    if (connection === undefined) throw new ConnectionLost(`${nameOf(call)}: ${this.#whyNot()}`, false)
    try {
      return await connection.call(call, params, options)
    } catch (error) {
      if (error instanceof JujuError && expiredCodes.has(error.code)) connection.close(error.message)
      throw error
    }
  }

  /** @param patterns names of applications or units; none = all */
  async fullStatus(patterns?: readonly string[], options?: CallOptions): Promise<FullStatus> {
    const sentAt = this.#deps.clock.monotonic()
    const status = await fullStatus(this, patterns, options)
    if (status.controllerTime !== undefined) this.#readClock(Date.parse(status.controllerTime), sentAt)
    return status
  }

  /** How far the controller's clock is ahead of ours (below zero: behind), ms, while a person should know; see `ClockWatch`. */
  get notableSkewMs(): number | undefined {
    return this.#loop.controller.clock.notableMs
  }

  /** How far the controller's clock is from ours, from what every status says of it; undefined before the first one. */
  get clockSkew(): ClockSkew | undefined {
    return this.#loop.controller.clock.skew
  }

  applicationGet(application: string, options?: CallOptions): Promise<applicationCalls.ApplicationSettings> {
    return applicationCalls.applicationGet(this, application, options)
  }

  /** Units that Juju does not know are left out. */
  unitsInfo(units: readonly string[], options?: CallOptions): Promise<readonly applicationCalls.UnitInfo[]> {
    return applicationCalls.unitsInfo(this, units, options)
  }

  /** @param url as `ApplicationStatus.charmURL` has it */
  charmInfo(url: string, options?: CallOptions): Promise<CharmInfo> {
    return charmInfo(this, url, options)
  }

  annotations(of: AnnotatedEntity, options?: CallOptions): Promise<Readonly<Record<string, string>>> {
    return annotationCalls.annotations(this, this.#annotated(of), options)
  }

  /** Leaves other keys alone; an empty value removes its key; keys must not hold a period. */
  setAnnotations(of: AnnotatedEntity, values: Readonly<Record<string, string>>, options?: CallOptions): Promise<void> {
    return annotationCalls.setAnnotations(this, this.#annotated(of), values, options)
  }

  /** Not idempotent: see `actions.ts`. */
  enqueue(request: actionCalls.EnqueueRequest, options?: CallOptions): Promise<actionCalls.Enqueued> {
    return actionCalls.enqueue(this, request, options)
  }

  /** Every operation that matches, by rising id; without a filter all that Juju remembers. */
  listOperations(filter?: OperationFilter, options?: CallOptions): Promise<readonly OperationInfo[]> {
    return listOperations(this, filter, options)
  }

  /** Operations that Juju does not know (any more) are left out. */
  async operations(operationIDs: readonly string[], options?: CallOptions): Promise<readonly OperationInfo[]> {
    const {found} = await actionCalls.operations(this, operationIDs, options)
    return [...found.values()]
  }

  /** Tasks with log and output; those that Juju does not know (any more) are left out. */
  async actions(taskIDs: readonly string[], options?: CallOptions): Promise<readonly TaskInfo[]> {
    const {found} = await actionCalls.actions(this, taskIDs, options)
    return [...found.values()]
  }

  /** Per task: accepted, or Juju's refusal. Look the task up for what came of it. */
  cancel(taskIDs: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, actionCalls.CancelResult>> {
    return actionCalls.cancel(this, taskIDs, options)
  }

  /**
   * Log lines of a task as they are written (Action.WatchActionsProgress); an accelerator, snapshots have them too. It is made on
   * the connection of now and ends with that: on another one, the watcher's id may be that of somebody else's watcher.
   */
  watchActionsProgress(taskID: string, signal?: AbortSignal): AsyncGenerator<readonly TaskLogLine[]> {
    return taskProgress(this.#loop.connection ?? this, taskID, signal)
  }

  /** @param sentAt monotonic ms */
  #readClock(theirs: number, sentAt: number): void {
    const {clock, metrics} = this.#deps
    const reading = {theirs, receivedAt: clock.now(), roundTripMs: clock.monotonic() - sentAt}
    const {skewMs} = this.#loop.controller.clock.observe(reading)
    if (this.#state.kind !== 'connected') return
    this.#measured = this.#state.controllerUUID
    metrics?.clockSkew(this.#measured, skewMs / 1000)
  }

  #annotated(of: AnnotatedEntity): annotationCalls.Annotated {
    return of === 'model' ? {modelUUID: this.modelUUID} : of
  }

  #connected({login, endpoint}: JujuConnection): void {
    this.#enter({
      kind: 'connected',
      since: this.#deps.clock.now(),
      serverVersion: login.serverVersion,
      controllerUUID: login.controllerUUID,
      user: login.user,
      modelAccess: login.modelAccess ?? 'read',
      endpoint,
    })
  }

  #lost(fault: Fault): void {
    const since = this.#state.kind === 'lost' ? this.#state.since : this.#deps.clock.now()
    this.#enter({kind: 'lost', since, fault})
  }

  #enter(state: SessionState): void {
    if (this.#state.kind === 'closed') return
    this.#state = state
    this.#listeners.emit(state)
  }

  #whyNot(): string {
    if (this.#state.kind === 'lost') return this.#state.fault.message
    return this.#state.kind === 'closed' ? 'the session is closed' : 'not connected yet'
  }
}
