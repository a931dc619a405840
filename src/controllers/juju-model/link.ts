import type {JujuModelSpec} from '../../api/juju-model.ts'
import {ConnectionLost} from '../../juju/errors.ts'
import {classify} from '../../juju/faults.ts'
import {mustSettle, readOwner, writeOwner} from '../../juju/owner.ts'
import {SharedReading} from '../../juju/shared-reading.ts'
import type {OperationInfo} from '../../juju/tasks.ts'
import type {DescribedSession} from '../../juju/writes/described-session.ts'
import type {WriteGuard} from '../../kube/client.ts'
import type {Logger} from '../../observability/log.ts'
import {Backoff} from '../../time/backoff.ts'
import type {Clock, Random} from '../../time/clock.ts'
import type {JujuGateway, OpenModel} from './gateway.ts'
import {giveBack} from './give-back.ts'
import {type Look, lookUp} from './look.ts'
import type {Fault, LinkView, SessionState, StepName} from './observed.ts'
import type {LinkTarget} from './target.ts'

/**
 * So long a reading of the owner serves all who have an effect, ms. It is a small part of what another operator waits after it has
 * claimed the model, before it has one.
 */
const ownerSharedMs = 500

export interface LinkDeps {
  readonly gateway: JujuGateway
  /** asked right before the owner is written into Juju */
  readonly guard: WriteGuard
  /** who we are in Juju */
  readonly self: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  /** something that `view` shows has changed */
  readonly onChange: () => void
  /** the session came back after it had been lost */
  readonly onReconnect: () => void
}

/** What a step needs to know of the JujuModel. */
export interface StepInput {
  readonly model: JujuModelSpec['model']
  /** undefined only for `Resolve` */
  readonly modelUUID: string | undefined
  readonly generation: number
}

/** A session with what its users share. */
export interface OpenLink extends OpenModel {
  /** the owner in Juju as it is now */
  readonly owner: SharedReading<string>
  /** every operation that Juju remembers, by rising id */
  readonly operations: SharedReading<readonly OperationInfo[]>
}

interface Open extends OpenLink {
  readonly uuid: string
  readonly stop: () => void
  /** monotonic ms of the login; undefined while there is no connection */
  connectedAt: number | undefined
  wasConnected: boolean
  /** a failed reading of an earlier connection, which says nothing of this one */
  oldFault: Fault | undefined
  /** RFC 3339: since when every reading failed; undefined: the latest did not */
  failingSince: string | undefined
}

/** A look at the controller; `since`: when looking began to fail. */
type DatedLook = Look & {readonly at: number; readonly since: string; readonly retryAfterMs: number}
type DatedOwner = (
  {readonly owner: string} | {readonly written: true} | {readonly fault: Fault} | {readonly withheld: true}
) & {readonly at: number}

/**
 * The way of one JujuModel into Juju. It knows what was found on the way and does the steps that `decide` asks for, one at
 * a time and in the background, so that no reconcile ever waits for Juju.
 */
export class ModelLink {
  /** uid of the JujuModel that it belongs to */
  readonly uid: string
  readonly #deps: LinkDeps
  readonly #lookBackoff: Backoff
  #target: LinkTarget | undefined
  #work: {readonly step: StepName; readonly abort: AbortController} | undefined
  #look: DatedLook | undefined
  #open: Open | undefined
  #owner: DatedOwner | undefined
  /** the owner as it was read last, on whatever connection */
  #lastOwner: string | undefined
  #claimedGeneration: number | undefined

  constructor(uid: string, deps: LinkDeps) {
    this.uid = uid
    this.#deps = deps
    this.#lookBackoff = new Backoff({initialMs: 1_000, maxMs: 60_000, random: deps.random})
  }

  /** Session, snapshots and what is read for all, while there are any. */
  get open(): OpenLink | undefined {
    return this.#open
  }

  /** `owner/name` as the controller lists the model, once it did. */
  get fullName(): string | undefined {
    return this.#look?.ok === true ? this.#look.fullName : undefined
  }

  /** The UUID that the controller named for the model, once it did. */
  get foundUUID(): string | undefined {
    return this.#look?.ok === true ? this.#look.uuid : undefined
  }

  get view(): LinkView {
    return {
      busy: this.#work?.step,
      resolution: this.#resolution(),
      session: this.#session(),
      sessionUUID: this.#open?.uuid,
      claim: this.#claim(),
      claimedGeneration: this.#claimedGeneration,
    }
  }

  /** A new place means a new session; new credentials wait for the next login, and end the pause before it. */
  use(target: LinkTarget): void {
    const old = this.#target
    this.#target = target
    if (old === undefined || (old.place === target.place && old.login === target.login)) return
    this.#look = undefined
    this.#lookBackoff.reset()
    if (old.place !== target.place) this.close()
    else this.#open?.session.updateCredentials(target.juju)
  }

  /** Does one step; `onChange` tells when `view` shows what came of it. */
  start(step: Exclude<StepName, 'Close'>, input: StepInput): void {
    switch (step) {
      case 'Open':
        return this.#openSession(input)
      case 'Reconnect':
        return this.#open?.session.reconnect()
      case 'Resolve':
        return this.#run(step, signal => this.#resolve(input, signal))
      case 'ReadOwner':
        return this.#run(step, signal => this.#readOwner(input, signal))
      case 'WriteOwner':
        return this.#run(step, signal => this.#writeOwner(signal))
    }
  }

  /** Ends what is under way, and the session. */
  close(): void {
    this.#work?.abort.abort()
    this.#work = undefined
    this.#open?.stop()
    this.#open = undefined
    this.#owner = undefined
    this.#lastOwner = undefined
  }

  /**
   * The last that is done for a deleted JujuModel: nobody owns the model in Juju any more, if we did, and the link is closed.
   *
   * @param mayRelease asked right before the write: somebody may have begun to use the model anew
   */
  async giveBack(modelUUID: string, mayRelease: () => boolean): Promise<void> {
    this.#work?.abort.abort()
    this.#openSession({modelUUID})
    const abort = new AbortController()
    this.#work = {step: 'Close', abort}
    await giveBack(this.#open?.session, mayRelease, {...this.#deps, signal: abort.signal})
    this.close()
  }

  #openSession({modelUUID}: Pick<StepInput, 'modelUUID'>): void {
    if (this.#target === undefined || this.#open !== undefined || modelUUID === undefined) return
    const {clock, gateway} = this.#deps
    const {session, snapshots} = gateway.open(this.#target.juju, modelUUID)
    const quiet = [
      session.onState(() => this.#stateChanged()),
      snapshots.onSnapshot(() => this.#wasRead(undefined)),
      snapshots.onFault(() => this.#wasRead(secondsOf(this.#deps.clock.now()))),
    ]
    const stop = (): void => {
      for (const unsubscribe of quiet) unsubscribe()
      snapshots.close()
      session.close().catch((error: unknown) => this.#deps.log.warn('the session did not close well', {error}))
    }
    this.#open = {
      uuid: modelUUID,
      session,
      snapshots,
      owner: new SharedReading(() => readOwner(session), {clock, maxAgeMs: ownerSharedMs}),
      operations: new SharedReading(() => session.listOperations(), {clock}),
      stop,
      connectedAt: undefined,
      wasConnected: false,
      oldFault: undefined,
      failingSince: undefined,
    }
  }

  /** While the session was lost another operator may have come: who owns the model is asked again. */
  #stateChanged(): void {
    const open = this.#open
    if (open === undefined) return
    if (open.session.state.kind !== 'connected') open.connectedAt = undefined
    else if (open.connectedAt === undefined) {
      open.connectedAt = this.#deps.clock.monotonic()
      this.#owner = undefined
      if (open.wasConnected) this.#deps.onReconnect()
      open.wasConnected = true
      open.oldFault = open.snapshots.fault
    }
    this.#deps.onChange()
  }

  /** @param failedAt RFC 3339; undefined: the reading succeeded */
  #wasRead(failedAt: string | undefined): void {
    if (this.#open !== undefined) this.#open.failingSince = failedAt && (this.#open.failingSince ?? failedAt)
    this.#deps.onChange()
  }

  /** The signal aborts when the link is closed: what comes then is of no interest any more. */
  #run(step: StepName, work: (signal: AbortSignal) => Promise<void>): void {
    const abort = new AbortController()
    this.#work = {step, abort}
    void work(abort.signal)
      .catch((error: unknown) => this.#deps.log.error('a step into Juju failed', {step, error}))
      .finally(() => {
        if (abort.signal.aborted) return
        this.#work = undefined
        this.#deps.onChange()
      })
  }

  async #resolve({model}: StepInput, signal: AbortSignal): Promise<void> {
    if (this.#target === undefined) throw new Error('a model cannot be looked up before its target is known')
    const look = await lookUp(this.#deps.gateway, this.#target.juju, model, signal)
    if (signal.aborted) return
    const before = this.#look
    const since = before?.ok === false ? before.since : secondsOf(this.#deps.clock.now())
    if (look.ok) this.#lookBackoff.reset()
    const retryAfterMs = look.ok ? 0 : this.#lookBackoff.next()
    this.#look = {...look, at: this.#deps.clock.monotonic(), since, retryAfterMs}
  }

  async #readOwner({generation}: StepInput, signal: AbortSignal): Promise<void> {
    await this.#ask(signal, async session => this.#judged(await readOwner(session, {signal})))
    const owner = this.#owner
    if (owner !== undefined && 'owner' in owner && owner.owner === this.#deps.self) this.#claimedGeneration = generation
  }

  /** Called with every owner that is read. */
  #judged(owner: string): {owner: string} | {written: true} {
    const claim = this.#claim()
    const writtenMs = claim.kind === 'written' ? claim.ageMs : undefined
    const settles = mustSettle({owner, last: this.#lastOwner, writtenMs}, this.#deps.self)
    this.#lastOwner = owner
    return settles ? {written: true} : {owner}
  }

  async #writeOwner(signal: AbortSignal): Promise<void> {
    const {self, clock} = this.#deps
    const before = this.#owner !== undefined && 'owner' in this.#owner ? this.#owner.owner : ''
    if (!this.#mayWrite()) {
      this.#owner = {withheld: true, at: clock.monotonic()}
      return
    }
    await this.#ask(signal, async session => {
      const sent = await writeOwner(session, {before, owner: self}, {clock, signal})
      if (sent.kind === 'Done') return {written: true}
      throw sent.kind === 'NotSent' ? new ConnectionLost(sent.why, false) : sent.error
    })
  }

  /** Who may not write is no fault of Juju's. */
  #mayWrite(): boolean {
    const {guard, log} = this.#deps
    try {
      guard.assertMayWrite()
      return true
    } catch (error) {
      log.warn('the owner of the model is not written', {error})
      return false
    }
  }

  /** An answer that comes after the link was closed, or for a connection before this one, is dropped. */
  async #ask(
    signal: AbortSignal,
    question: (session: DescribedSession) => Promise<{owner: string} | {written: true}>,
  ): Promise<void> {
    const open = this.#open
    if (open === undefined) throw new Error('the owner cannot be asked for without a session')
    const {connectedAt} = open
    const answer = await question(open.session).catch((error: unknown) => ({fault: classify(error)}))
    if (signal.aborted || open.connectedAt !== connectedAt) return
    this.#owner = {...answer, at: this.#deps.clock.monotonic()}
  }

  #resolution(): LinkView['resolution'] {
    const look = this.#look
    if (look === undefined) return {kind: 'none'}
    const ageMs = this.#age(look.at)
    if (look.ok) return {kind: 'found', uuid: look.uuid, access: look.access, ageMs}
    const {fault, since, retryAfterMs} = look
    return {kind: 'failed', fault, since, ageMs, retryAfterMs}
  }

  #session(): SessionState {
    if (this.#open === undefined) return {kind: 'none'}
    const {session, snapshots, connectedAt, oldFault, failingSince} = this.#open
    const {state} = session
    if (state.kind === 'lost') return {kind: 'lost', fault: state.fault, since: secondsOf(state.since)}
    if (state.kind !== 'connected') return {kind: 'connecting'}
    const {modelAccess: access, serverVersion, controllerUUID} = state
    const ageMs = this.#age(connectedAt ?? Infinity)
    const fault = snapshots.fault === oldFault ? undefined : snapshots.fault
    const readingFault = fault && {...fault, since: failingSince ?? secondsOf(this.#deps.clock.now())}
    const clockAheadMs = session.notableSkewMs
    return {kind: 'connected', access, serverVersion, controllerUUID, readingFault, clockAheadMs, ageMs}
  }

  #claim(): LinkView['claim'] {
    const owner = this.#owner
    if (owner === undefined) return {kind: 'unknown'}
    const ageMs = this.#age(owner.at)
    if ('fault' in owner) return {kind: 'failed', fault: owner.fault, ageMs}
    if ('withheld' in owner) return {kind: 'withheld', ageMs}
    return 'owner' in owner ? {kind: 'read', owner: owner.owner, ageMs} : {kind: 'written', ageMs}
  }

  #age(at: number): number {
    return Math.max(0, this.#deps.clock.monotonic() - at)
  }
}

/** RFC 3339 without fractions, as Kubernetes writes its times. */
export function secondsOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
