import {backupJobResource, type BackupJob} from '../../src/api/backup-job.ts'
import {RESOLVE_ANNOTATION} from '../../src/api/meta.ts'
import {activeCall, openIntentTime} from '../../src/controllers/backup-job/calls.ts'
import {isFinished} from '../../src/controllers/backup-job/rules/state.ts'
import type {Transport} from '../../src/kube/transport.ts'
import {HookActions} from '../charms/hook-actions.ts'
import type {BackupScript} from '../charms/postgresql/memory-engine.ts'
import {idOfLabel} from '../charms/postgresql/pgbackrest-info.ts'
import type {LoggedCall} from '../juju-simulator/call-log.ts'
import type {Unit} from '../juju-simulator/world/application.ts'
import {JobsWorld, namespace} from '../runtime/support/jobs-world.ts'
import {confirmed} from '../runtime/support/restore-spec.ts'
import {LossyApi, type ApiTrouble} from './lossy-api.ts'
import {Witness} from './witness.ts'

const hour = 3_600_000
/** Longer than all of it together may take, when nothing is wrong any more. */
export const patience = 12 * hour
/** What a person answers has been read by then, ms. */
const untilAnswered = 10_000
/** A person who is asked more often than this about one job is not being helped. */
const mostQuestions = 8

/** What the person who is asked about an uncertain effect does: looks into Juju and says what is true, or gives it up. */
export type Person = 'tells the truth' | 'gives up'

/** A confirmed restore as a move describes it. `pointInTime` `now`: this moment. */
interface AskedRestore {
  readonly requestID: string
  readonly validSeconds: number
  readonly replicas: string
  readonly safetyBackup: string
  readonly pointInTime: string | undefined
}

/** A world in which anything may go wrong, with a witness of what must never happen. */
export class TroubledWorld {
  readonly world: JobsWorld
  readonly witness: Witness
  readonly #person: Person
  readonly #api: LossyApi
  readonly #deadAgents = new Set<string>()
  /** Specs of jobs that are made anew as soon as their objects are gone. */
  readonly #anew = new Map<string, BackupJob['spec']>()
  /** Uids of the jobs that a person has given up. */
  readonly abandoned = new Set<string>()
  /** Backups that are told to fail. */
  scripted = 0
  /** Whether somebody else has changed the number of units. */
  scaled = false

  private constructor(parts: {world: JobsWorld; witness: Witness; person: Person; api: LossyApi}) {
    this.world = parts.world
    this.witness = parts.witness
    this.#person = parts.person
    this.#api = parts.api
  }

  /** With one backup, `first`. */
  static async open(profile: '3.6.14' | '4.0.12', person: Person): Promise<TroubledWorld> {
    const witness = new Witness()
    const api = new LossyApi()
    const transport = (inner: Transport): Transport => witness.transport(api.transport(inner))
    const world = await JobsWorld.open('postgresql-16', {
      profile,
      transport,
      hooks: new HookActions(),
      durations: {full: 90_000, incr: 20_000},
    })
    witness.watch(world)
    world.storage()
    const troubled = new TroubledWorld({world, witness, person, api})
    world.apply('first', {storageRef: {name: 'backups'}})
    await world.untilFinished('first')
    await world.engine.write()
    return troubled
  }

  get juju(): JobsWorld['juju'] {
    return this.world.juju
  }

  get jobs(): readonly BackupJob[] {
    return this.world.kube.list<BackupJob>(backupJobResource)
  }

  /** Units that are not on their way out. */
  get units(): readonly Unit[] {
    const {units} = this.juju.control.model().application(this.world.application)
    return [...units.values()].filter(({life}) => life === 'alive')
  }

  pass(ms: number): Promise<void> {
    const end = this.world.clock.now() + ms
    return this.#until('time passes', () => this.world.clock.now() >= end)
  }

  /** A job that exists already is left as it is: its spec cannot be changed. */
  ask(name: string, spec: Record<string, unknown>): void {
    if (this.world.job(name) === undefined) this.world.apply(name, spec)
  }

  cancel(name: string, how: string): void {
    const job = this.world.job(name)
    if (job !== undefined) this.#edit(job, {cancel: how})
  }

  remove(name: string): void {
    if (this.world.job(name) !== undefined) this.world.delete(name)
  }

  /** As a GitOps tool does it. */
  makeAnew(name: string): void {
    const job = this.world.job(name)
    if (job === undefined) return
    this.#anew.set(name, job.spec)
    this.world.delete(name)
    this.#makeAnew()
  }

  confirmed({requestID, validSeconds, pointInTime, ...restore}: AskedRestore): Record<string, unknown> {
    const now = new Date(this.world.clock.now()).toISOString()
    const moment = pointInTime === 'now' ? `${now.slice(0, 19)}Z` : pointInTime
    const whole = confirmed(this.world, requestID, {...restore, ...(moment === undefined ? {} : {pointInTime: moment})})
    const validUntil = new Date(this.world.clock.now() + validSeconds * 1000).toISOString()
    return {...whole, confirmation: {...(whole['confirmation'] as object), validUntil}}
  }

  /** The charm's id of a good backup, or one that it never gave. */
  idOf(which: 'newest' | 'oldest' | 'unknown'): string {
    const good = this.world.engine.repository.backups.filter(({error}) => !error)
    const label = good.at(which === 'oldest' ? 0 : -1)?.label
    return which === 'unknown' || label === undefined ? '2001-01-01T00:00:00Z' : idOfLabel(label)
  }

  /** @param unit which of those that there are */
  stranger(unit: number, action: string): void {
    const {name} = this.units[unit % this.units.length] ?? {}
    const parameters = action === 'restore' ? {'backup-id': this.idOf('oldest')} : {}
    if (name !== undefined) this.juju.control.model().enqueue(name, action, parameters)
  }

  addUnit(): void {
    this.scaled = true
    this.juju.control.model().life.startUnit(this.world.application)
  }

  /** The one that came last. */
  removeUnit(): void {
    const [last] = this.units.toSorted((one, other) => other.number - one.number)
    if (last === undefined || this.units.length === 1) return
    this.scaled = true
    this.juju.control.model().life.startRemoval(last.name)
  }

  killAgent(unit: number): void {
    const {name} = this.units[unit % this.units.length] ?? {}
    if (name === undefined || this.#deadAgents.has(name)) return
    this.#deadAgents.add(name)
    this.juju.control.model().life.killAgent(name)
  }

  scriptFailure(script: BackupScript): void {
    this.scripted += 1
    this.world.engine.scriptBackup(script)
  }

  forgetOperations(): void {
    this.witness.look()
    this.juju.control.model().pruneOperations()
  }

  /** @param call `Facade.Method`, an action that is enqueued, or '' for any call but a login */
  matching(call: string): (met: LoggedCall) => boolean {
    return ({facade, method, params}) => {
      if (call === '') return facade !== 'Admin'
      if (call.includes('.')) return `${facade}.${method}` === call
      return method === 'EnqueueOperation' && JSON.stringify(params).includes(`"${call}"`)
    }
  }

  /** kill -9 around the next such call: before it is carried out, or when only its reply is missing. */
  dieAt(call: string, when: 'before' | 'after'): void {
    const {calls} = this.juju.faults
    const met = this.matching(call)
    const dies = (one: LoggedCall): boolean => {
      if (!met(one) || this.world.operator.isKilled) return false
      this.world.operator.killNow()
      return true
    }
    if (when === 'before') calls.resetBefore(dies)
    else calls.dropReply(dies)
  }

  troubleAPI(how: ApiTrouble): void {
    this.#api.trouble = how
  }

  loseAnswer(): void {
    this.#api.loseNext()
  }

  /** Everything is well from now on; only what has happened stays. */
  async mend(): Promise<void> {
    const {faults} = this.juju
    faults.calls.clear()
    faults.freeze(false)
    await faults.refuse(false)
    faults.abortMigration(this.juju.modelUUID)
    faults.upgrade(false)
    faults.clockWrongBy(0)
    this.#api.trouble = undefined
    this.world.engine.restoreFails = undefined
    await this.#reviveAgents()
    if (this.world.operator.isKilled) await this.world.restartOperator()
  }

  /** Their first hooks may take a while: a charm that restores sees the end of it there. */
  async #reviveAgents(): Promise<void> {
    const {model, life} = this.juju.control.model()
    const there = [...this.#deadAgents].filter(name => model.unit(name) !== undefined)
    let areBack = false
    const coming = Promise.allSettled(there.map(name => life.reviveAgent(name))).then(outcomes => {
      areBack = true
      return outcomes
    })
    await this.#until('the agents are back', () => areBack)
    for (const outcome of await coming) if (outcome.status === 'rejected') throw outcome.reason
  }

  /** Every job ends, or waits for a person who is told what to do; then the person answers, and it ends. */
  async settle(): Promise<void> {
    const open = () => this.jobs.filter(job => !isFinished(job.status))
    const asking = () => open().filter(job => asksAPerson(job))
    const waitsForAnother = (job: BackupJob) =>
      asking().some(one => reasonOf(job) === 'Queued' || one.metadata.name === job.status?.restore?.safetyBackupJob)
    for (let round = 0; round < mostQuestions && open().length > 0; round++) {
      await this.#until('every job ends or asks', () => open().every(job => asksAPerson(job) || waitsForAnother(job)))
      const asked = asking()
      for (const job of asked) this.#answer(job)
      if (asked.length > 0) await this.pass(untilAnswered)
    }
    await this.#until('every job ends', () => open().length === 0)
    const held = () => this.jobs.filter(({metadata}) => (metadata.finalizers ?? []).length > 0)
    await this.#until('nothing is held', () => held().length === 0)
    const leaving = () =>
      this.juju.control
        .model()
        .units(this.world.application)
        .some(({life}) => life !== 'alive')
    await this.#until('no unit is on its way out', () => !leaving())
  }

  stop(): Promise<void> {
    return this.world.stop()
  }

  /** A job that asks before it has asked Juju for anything is cancelled. */
  #answer(job: BackupJob): void {
    const {status, metadata} = job
    const time = openIntentTime(status)
    if (time === undefined) return this.cancel(metadata.name, 'IfSafe')
    const isUncertain = status !== undefined && activeCall(status)?.operationID === undefined
    const truth = this.witness.happened(job, time) ? 'Happened' : 'DidNotHappen'
    const answer = this.#person === 'tells the truth' && isUncertain ? truth : 'Abandon'
    if (answer === 'Abandon') this.#giveUp(job)
    this.#edit(job, {}, {[RESOLVE_ANNOTATION]: `${time}=${answer}`})
  }

  /** What runs of it in Juju runs on, and holds nothing any more. */
  #giveUp({metadata}: BackupJob): void {
    this.abandoned.add(metadata.uid ?? '')
    this.witness.excuseWhatRuns()
  }

  #makeAnew(): void {
    for (const [name, spec] of this.#anew) {
      if (this.world.job(name) !== undefined) continue
      this.#anew.delete(name)
      this.world.apply(name, spec)
    }
  }

  #until(what: string, condition: () => boolean): Promise<void> {
    const met = (): boolean => {
      this.#makeAnew()
      return condition()
    }
    return this.world.until(what, met, patience)
  }

  #edit({metadata, spec}: BackupJob, change: Partial<BackupJob['spec']> | {cancel: string}, annotations = {}): void {
    const {name} = metadata
    this.world.kube.apply<BackupJob>(backupJobResource, {
      namespace,
      name,
      annotations: {...metadata.annotations, ...annotations},
      body: {spec: {...spec, ...change}},
    })
  }
}

/** The reason of Succeeded. */
export const reasonOf = ({status}: BackupJob): string =>
  status?.conditions?.find(({type}) => type === 'Succeeded')?.reason ?? ''

const asksAPerson = ({status}: BackupJob): boolean =>
  status?.conditions?.some(({type, status: value}) => type === 'Stalled' && value === 'True') ?? false
