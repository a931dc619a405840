import type {JujuModelSpec} from '../../api/juju-model.ts'
import {classify} from '../../juju/faults.ts'
import type {ModelSession} from '../../juju/model-session.ts'
import type {SnapshotPoller} from '../../juju/snapshot.ts'
import type {JujuTarget} from '../../juju/target.ts'
import type {Logger} from '../../observability/log.ts'
import {Backoff} from '../../time/backoff.ts'
import type {Clock, Random} from '../../time/clock.ts'
import {readOwner, writeOwner} from './claim.ts'
import {findModel, type ListedModel} from './find-model.ts'
import type {Fault, LinkView, SessionState, StepName} from './observed.ts'
import type {LinkTarget} from './target.ts'

/** A session to a model with the one poller that all share. */
export interface OpenModel {
  readonly session: ModelSession
  readonly snapshots: SnapshotPoller
}

/** How this process reaches Juju. */
export interface JujuGateway {
  /** Begins to connect; the session comes back by itself until it is closed. */
  open(target: JujuTarget, modelUUID: string): OpenModel
  /** The models that the user can see. @throws what `juju/faults.ts` classifies */
  listModels(target: JujuTarget, signal: AbortSignal): Promise<readonly ListedModel[]>
}

export interface LinkDeps {
  readonly gateway: JujuGateway
  /** who we are in Juju */
  readonly self: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  /** something that `view` shows has changed */
  readonly onChange: () => void
  readonly onReconnect: () => void
}

/** What a step needs to know of the JujuModel. */
export interface StepInput {
  readonly model: JujuModelSpec['model']
  /** undefined only for `Resolve` */
  readonly modelUUID: string | undefined
  readonly generation: number
}

interface Found {
  readonly uuid: string
  readonly fullName: string
  readonly access: string
}

interface Dated<T> {
  readonly value: T
  /** monotonic ms */
  readonly at: number
}

interface Open extends OpenModel {
  readonly uuid: string
  readonly stop: () => void
}

type Look =
  | {readonly ok: true; readonly found: Found}
  | {readonly ok: false; readonly fault: Fault; readonly since: string; readonly retryAfterMs: number}
type Owner = {readonly owner: string} | {readonly written: true} | {readonly fault: Fault}

/**
 * The way of one JujuModel into Juju. It knows what was found on the way and does the steps that `decide` asks for, one at
 * a time and in the background, so that no reconcile ever waits for Juju.
 */
export class ModelLink {
  /** uid of the JujuModel that it belongs to */
  readonly uid: string
  readonly #deps: LinkDeps
  readonly #resolveBackoff: Backoff
  #target: LinkTarget | undefined
  #work: {readonly step: StepName; readonly abort: AbortController} | undefined
  #look: Dated<Look> | undefined
  #open: Open | undefined
  #connectedAt: number | undefined
  #wasConnected = false
  #owner: Dated<Owner> | undefined
  #claimedGeneration: number | undefined

  constructor(uid: string, deps: LinkDeps) {
    this.uid = uid
    this.#deps = deps
    this.#resolveBackoff = new Backoff({initialMs: 1_000, maxMs: 60_000, random: deps.random})
  }

  /** Session and snapshots, while there are any. */
  get open(): OpenModel | undefined {
    return this.#open
  }

  /** `owner/name` as the controller lists the model, once it did. */
  get fullName(): string | undefined {
    return this.#look?.value.ok === true ? this.#look.value.found.fullName : undefined
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
    if (old !== undefined && old.place !== target.place) {
      this.close()
      this.#look = undefined
    } else if (old !== undefined && old.login !== target.login) {
      this.#open?.session.updateCredentials(target.juju)
      this.#look = undefined
    }
    if (old?.place !== target.place || old.login !== target.login) this.#resolveBackoff.reset()
  }

  /** Does one step; what came of it is in `view` when `onChange` is called. */
  start(step: StepName, input: StepInput): void {
    if (step === 'Close') this.close()
    else if (step === 'Open') this.#openSession(input)
    else if (step === 'Reconnect') this.#open?.session.reconnect()
    else if (step === 'Resolve') this.#run(step, signal => this.#resolve(input, signal))
    else if (step === 'ReadOwner') this.#run(step, signal => this.#readOwner(input, signal))
    else this.#run(step, signal => this.#writeOwner(signal))
    this.#deps.onChange()
  }

  /** Ends what is under way, and the session. */
  close(): void {
    this.#work?.abort.abort()
    this.#work = undefined
    this.#open?.stop()
    this.#open = undefined
    this.#connectedAt = undefined
    this.#wasConnected = false
    this.#owner = undefined
  }

  #openSession({modelUUID}: StepInput): void {
    if (this.#target === undefined || this.#open !== undefined || modelUUID === undefined) return
    const {session, snapshots} = this.#deps.gateway.open(this.#target.juju, modelUUID)
    const quiet = [
      session.onState(() => this.#stateChanged()),
      snapshots.onSnapshot(() => this.#deps.onChange()),
      snapshots.onFault(() => this.#deps.onChange()),
    ]
    const stop = (): void => {
      for (const unsubscribe of quiet) unsubscribe()
      snapshots.close()
      session.close().catch((error: unknown) => this.#deps.log.warn('the session did not close well', {error}))
    }
    this.#open = {uuid: modelUUID, session, snapshots, stop}
  }

  /** While the session was lost another operator may have come: who owns the model is asked again. */
  #stateChanged(): void {
    const connected = this.#open?.session.state.kind === 'connected'
    if (connected && this.#connectedAt === undefined) {
      if (this.#wasConnected) this.#deps.onReconnect()
      this.#wasConnected = true
      this.#owner = undefined
      this.#connectedAt = this.#deps.clock.monotonic()
    } else if (!connected) this.#connectedAt = undefined
    this.#deps.onChange()
  }

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
    const look = await this.#lookUp(model, signal)
    if (!signal.aborted) this.#look = this.#dated(look)
  }

  async #lookUp(model: JujuModelSpec['model'], signal: AbortSignal): Promise<Look> {
    if (this.#target === undefined) throw new Error('a model cannot be looked up before its target is known')
    const failed = (fault: Fault): Look => {
      const before = this.#look?.value
      const since = before?.ok === false ? before.since : secondsOf(this.#deps.clock.now())
      return {ok: false, fault, since, retryAfterMs: this.#resolveBackoff.next()}
    }
    try {
      const found = findModel(await this.#deps.gateway.listModels(this.#target.juju, signal), model)
      if (!found.ok) return failed(found.fault)
      this.#resolveBackoff.reset()
      return {ok: true, found}
    } catch (error) {
      return failed(classify(error))
    }
  }

  async #readOwner({generation}: StepInput, signal: AbortSignal): Promise<void> {
    const result = await this.#ask(async session => ({owner: await readOwner(session, signal)}))
    if (signal.aborted) return
    this.#owner = this.#dated(result)
    if ('owner' in result && result.owner === this.#deps.self) this.#claimedGeneration = generation
  }

  async #writeOwner(signal: AbortSignal): Promise<void> {
    const result = await this.#ask(async session => {
      await writeOwner(session, this.#deps.self, signal)
      return {written: true}
    })
    if (!signal.aborted) this.#owner = this.#dated(result)
  }

  /** A session that is lost meanwhile says so itself. */
  async #ask(question: (session: ModelSession) => Promise<Owner>): Promise<Owner> {
    if (this.#open === undefined) throw new Error('the owner cannot be asked for without a session')
    try {
      return await question(this.#open.session)
    } catch (error) {
      return {fault: classify(error)}
    }
  }

  #resolution(): LinkView['resolution'] {
    if (this.#look === undefined) return {kind: 'none'}
    const {value, at} = this.#look
    const ageMs = this.#age(at)
    if (!value.ok) {
      const {fault, since, retryAfterMs} = value
      return {kind: 'failed', fault, since, ageMs, retryAfterMs}
    }
    return {kind: 'found', uuid: value.found.uuid, access: value.found.access, ageMs}
  }

  #session(): SessionState {
    if (this.#open === undefined) return {kind: 'none'}
    const {state} = this.#open.session
    if (state.kind === 'connected') {
      const {modelAccess: access, serverVersion, controllerUUID} = state
      const readingFault = this.#open.snapshots.fault
      const ageMs = this.#age(this.#connectedAt ?? Infinity)
      return {kind: 'connected', access, serverVersion, controllerUUID, readingFault, ageMs}
    }
    if (state.kind !== 'lost') return {kind: 'connecting'}
    return {kind: 'lost', fault: state.fault, since: secondsOf(state.since)}
  }

  #claim(): LinkView['claim'] {
    if (this.#owner === undefined) return {kind: 'unknown'}
    const {value, at} = this.#owner
    const ageMs = this.#age(at)
    if ('fault' in value) return {kind: 'failed', fault: value.fault, ageMs}
    return 'owner' in value ? {kind: 'read', owner: value.owner, ageMs} : {kind: 'written', ageMs}
  }

  #age(at: number): number {
    return Math.max(0, this.#deps.clock.monotonic() - at)
  }

  #dated<T>(value: T): Dated<T> {
    return {value, at: this.#deps.clock.monotonic()}
  }
}

/** RFC 3339 without fractions: enough for people. */
function secondsOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
