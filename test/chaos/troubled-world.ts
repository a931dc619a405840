import assert from 'node:assert/strict'
import {backupJobResource, type BackupJob} from '../../src/api/backup-job.ts'
import {RESOLVE_ANNOTATION} from '../../src/api/meta.ts'
import {isFinished} from '../../src/controllers/backup-job/rules/state.ts'
import type {Transport} from '../../src/kube/transport.ts'
import type {BackupScript} from '../charms/postgresql/memory-engine.ts'
import type {LoggedCall} from '../juju-simulator/call-log.ts'
import {JobsWorld, namespace} from '../runtime/support/jobs-world.ts'
import {status, type Answer} from '../runtime/support/scripted-transport.ts'
import {Witness} from './witness.ts'

const hour = 3_600_000
/** Longer than all of it together may take, when nothing is wrong any more. */
const patience = 12 * hour

const apiTroubles = {
  conflict: status(409, 'Conflict'),
  error: status(500, 'InternalError'),
  'too many': status(429, 'TooManyRequests'),
}

/** A world in which anything may go wrong, with a witness of what must never happen. */
export class TroubledWorld {
  readonly world: JobsWorld
  readonly witness: Witness
  readonly #api: LossyApi
  #scripted = 0

  private constructor(world: JobsWorld, witness: Witness, api: LossyApi) {
    this.world = world
    this.witness = witness
    this.#api = api
  }

  static async open(profile: '3.6.14' | '4.0.12'): Promise<TroubledWorld> {
    const witness = new Witness()
    const api = new LossyApi()
    const transport = (inner: Transport): Transport => witness.transport(api.transport(inner))
    const world = await JobsWorld.open('postgresql-16', {profile, transport, durations: {full: 90_000, incr: 20_000}})
    witness.watch(world)
    world.storage()
    return new TroubledWorld(world, witness, api)
  }

  get juju(): JobsWorld['juju'] {
    return this.world.juju
  }

  pass(ms: number): Promise<void> {
    return this.world.pass(ms)
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

  scriptFailure(script: BackupScript): void {
    this.#scripted += 1
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

  troubleAPI(how: keyof typeof apiTroubles): void {
    this.#api.trouble = apiTroubles[how]
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
    if (this.world.operator.isKilled) await this.world.restartOperator()
  }

  /** Every job ends, or waits for a person who is told what to do; then the person answers, and it ends. */
  async settle(): Promise<void> {
    const open = () => this.#jobs().filter(job => !isFinished(job.status))
    await this.world.until('every job ends or asks', () => open().every(job => asksAPerson(job)), patience)
    for (const job of open()) this.#edit(job, {}, {[RESOLVE_ANNOTATION]: `${job.status?.intent?.time}=Abandon`})
    await this.world.until('every job ends', () => open().length === 0, patience)
    const held = () => this.#jobs().filter(({metadata}) => (metadata.finalizers ?? []).length > 0)
    await this.world.until('nothing is held', () => held().length === 0, patience)
  }

  /** Nobody holds the application: another backup goes through, once no more of them is scripted to fail. */
  async proveThatItIsFree(): Promise<void> {
    for (let left = this.#scripted; ; left--) {
      const name = `free-${left}`
      this.world.apply(name)
      await this.world.untilFinished(name, patience)
      if (left === 0) assert.equal(this.world.reason(name), 'Succeeded', this.world.message(name))
      if (this.world.reason(name) === 'Succeeded') return
    }
  }

  /** Each success is a backup of its own, which is listed as good, and is in the store where that was asked for. */
  assertSuccessesAreTrue(): void {
    const made = new Map<string, string>()
    for (const {metadata, spec, status} of this.#jobs()) {
      if (status?.conditions?.every(one => one.type !== 'Succeeded' || one.status !== 'True') ?? true) continue
      const label = status?.artefact?.label ?? ''
      assert.equal(made.get(label), undefined, `${metadata.name} and ${made.get(label)} are one backup: ${label}`)
      made.set(label, metadata.name)
      const good = this.world.engine.repository.backups.filter(backup => !backup.error).map(backup => backup.label)
      assert.ok(good.includes(label), `${metadata.name} succeeded with ${label}; there are ${good.join(', ')}`)
      if (spec.storageRef === undefined) continue
      const manifest = [...this.world.store.objects.keys()].some(key => key.endsWith(`${label}/backup.manifest`))
      assert.ok(manifest, `${metadata.name} succeeded with ${label}, which is not in the store`)
    }
  }

  stop(): Promise<void> {
    return this.world.stop()
  }

  #jobs(): readonly BackupJob[] {
    return this.world.kube.list<BackupJob>(backupJobResource)
  }

  #edit({metadata, spec}: BackupJob, change: Partial<BackupJob['spec']> | {cancel: string}, annotations = {}): void {
    const {name} = metadata
    this.world.kube.apply<BackupJob>(backupJobResource, {
      namespace,
      name,
      annotations,
      body: {spec: {...spec, ...change}},
    })
  }
}

const asksAPerson = ({status}: BackupJob): boolean =>
  status?.conditions?.some(({type, status: value}) => type === 'Stalled' && value === 'True') ?? false

/** An API server that refuses what is about jobs, or whose next answer to a write gets lost on its way, as it is told. */
class LossyApi {
  trouble: Answer | undefined
  #losing = false

  loseNext(): void {
    this.#losing = true
  }

  readonly transport = (inner: Transport): Transport => ({
    endpoint: inner.endpoint,
    close: () => inner.close(),
    send: async request => {
      if (this.trouble !== undefined && request.path.includes('/backupjobs')) return this.trouble(request)
      const response = await inner.send(request)
      if (!this.#losing || request.method === 'GET') return response
      this.#losing = false
      throw Object.assign(new Error('the connection was reset'), {code: 'ECONNRESET'})
    },
  })
}
