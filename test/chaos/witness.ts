import assert from 'node:assert/strict'
import {backupJobResource, type BackupJob} from '../../src/api/backup-job.ts'
import {RESTORE_ANNOTATION} from '../../src/api/meta.ts'
import {openHook} from '../../src/controllers/backup-job/calls.ts'
import {holdsGrant} from '../../src/controllers/backup-job/rules/state.ts'
import type {Transport} from '../../src/kube/transport.ts'
import {hookActionSpecs} from '../charms/hook-actions.ts'
import {hasEnded} from '../juju-simulator/world/operations.ts'
import type {Operation} from '../juju-simulator/world/operations.ts'
import type {AnyWorld} from './story.ts'

/** Actions that work on the data, and those around them: one at a time of ours on one application, and once for each intent. */
const onData: ReadonlySet<string> = new Set(['create-backup', 'restore'])
const effects: ReadonlySet<string> = new Set([...onData, ...Object.keys(hookActionSpecs)])

/** The intent of a job that an operation belongs to. */
interface Owner {
  readonly job: BackupJob
  readonly kind: 'Main' | 'Hook'
  readonly time: string
  readonly unit: string
  readonly highestOperationID: string
  /** Each of these may become one operation. */
  readonly once: string
}

/**
 * Watches a world for what must never be, at each request of the operator to either side. What it finds is kept for `assertClean`:
 * an exception in the middle would only be another fault to the operator.
 */
export class Witness {
  readonly #found = new Set<string>()
  /** by operation: whose it is; undefined: nobody's */
  readonly #owners = new Map<string, Owner | undefined>()
  readonly #excused = new Set<string>()
  #world: AnyWorld | undefined

  watch(world: AnyWorld): void {
    this.#world = world
    world.juju.calls.onCall(() => this.look())
  }

  /** Goes around the transport to the API server. */
  readonly transport = (inner: Transport): Transport => ({
    endpoint: inner.endpoint,
    close: () => inner.close(),
    send: async request => {
      // What Juju was made to do meanwhile belongs to the intent that is open until this write.
      if (request.method !== 'GET') this.look()
      const response = await inner.send(request)
      if (request.method !== 'GET') this.look()
      return response
    },
  })

  /** To be called before what Juju remembers is taken away. */
  look(): void {
    const world = this.#world
    if (world === undefined) return
    const jobs = world.kube.list<BackupJob>(backupJobResource)
    const holding = jobs.filter(holdsGrant)
    // A safety backup works under the grant of its restore.
    const lenders = new Set(holding.map(({metadata}) => metadata.uid))
    const holders = holding.filter(({metadata}) => !lenders.has(metadata.annotations?.[RESTORE_ANNOTATION]))
    if (holders.length > 1)
      this.#found.add(`${holders.map(job => job.metadata.name).join(' and ')} hold the application together`)
    for (const operation of this.#operations) this.#note(operation, jobs)
  }

  /** What runs now is nobody's business any more: a person has given it up. */
  excuseWhatRuns(): void {
    for (const {id, tasks} of this.#operations) if (!tasks.every(hasEnded)) this.#excused.add(id)
  }

  /** Whether Juju was made to do what the job was about to ask for then. */
  happened({metadata}: BackupJob, time: string): boolean {
    return this.#owned().some(([, owner]) => owner.job.metadata.uid === metadata.uid && owner.time === time)
  }

  /** Whether anything of the job was ever run in Juju. */
  ranAnythingOf({metadata}: BackupJob): boolean {
    return this.#owned().some(([, {job}]) => job.metadata.uid === metadata.uid)
  }

  /** Operations of restores that were asked for with this id, by whichever object. Absent: any id. */
  restores(requestID?: string): readonly string[] {
    const own = this.#owned().filter(([, {job, kind}]) => kind === 'Main' && job.spec.type === 'Restore')
    return own.filter(([, {job}]) => (requestID ?? requestOf(job)) === requestOf(job)).map(([id]) => id)
  }

  /** @throws AssertionError that names everything that was seen */
  assertClean(): void {
    this.look()
    const once = Map.groupBy(this.#owned(), ([, owner]) => owner.once)
    for (const [intent, operations] of once)
      if (operations.length > 1)
        this.#found.add(`${intent} was enqueued as ${operations.map(([id]) => id).join(' and ')}`)
    for (const requestID of new Set(this.#owned().map(([, {job}]) => requestOf(job))))
      if (requestID !== undefined && this.restores(requestID).length > 1)
        this.#found.add(`request ${requestID} was run as ${this.restores(requestID).join(' and ')}`)
    assert.deepEqual([...this.#found], [])
  }

  /** An operation that the operator asked for belongs to the one job that has its intent open at that moment. */
  #note(operation: Operation, jobs: readonly BackupJob[]): void {
    const {id, action, user, tasks} = operation
    if (user !== this.#world?.juju.username || !effects.has(action) || this.#owners.has(id)) return
    const owners = jobs.flatMap(openIntents).filter(owner => actionOf(owner) === action)
    const fitting = owners.filter(owner => tasks.some(task => task.unit === owner.unit))
    const [owner] = fitting
    this.#owners.set(id, owner)
    if (owner === undefined || fitting.length > 1)
      this.#found.add(`operation ${id} (${action}) belongs to ${fitting.length} jobs: no intent was written for it`)
    else this.#mayBegin(operation, owner, jobs)
  }

  #mayBegin({id, action}: Operation, owner: Owner, jobs: readonly BackupJob[]): void {
    const running = this.#operations.filter(
      other => other.id !== id && effects.has(other.action) && !other.tasks.every(hasEnded) && this.#counts(other),
    )
    for (const other of running) {
      const theirs = this.#owners.get(other.id)
      const isOwn = theirs?.job.metadata.uid === owner.job.metadata.uid && owner.kind === 'Hook'
      // Of a stranger's task only that can be known which Juju had when the intent was made.
      const isKnown = theirs !== undefined || Number(other.id) <= Number(owner.highestOperationID)
      if (!isOwn && isKnown && (theirs !== undefined || onData.has(action)))
        this.#found.add(`operation ${id} of ${owner.once} began while ${other.id} (${other.action}) ran`)
    }
    const {restore} = owner.job.spec
    const safety = jobs.find(({metadata}) => metadata.name === owner.job.status?.restore?.safetyBackupJob)
    if (restore?.safetyBackup === 'Required' && action === 'restore' && !hasSucceeded(safety))
      this.#found.add(`operation ${id} of ${owner.once} began without the safety backup that it requires`)
  }

  /** A task of a unit that is gone never ends. */
  #counts({id, tasks}: Operation): boolean {
    const model = this.#world?.juju.control.model().model
    return !this.#excused.has(id) && tasks.some(task => model?.unit(task.unit) !== undefined)
  }

  get #operations(): readonly Operation[] {
    return [...(this.#world?.juju.control.model().model.operations.all.values() ?? [])]
  }

  #owned(): readonly (readonly [id: string, owner: Owner])[] {
    return [...this.#owners].flatMap(([id, owner]) => (owner === undefined ? [] : [[id, owner] as const]))
  }
}

/** What the status says is about to be asked of Juju, or was, without an answer yet. */
function openIntents(job: BackupJob): readonly Owner[] {
  const {status, metadata} = job
  if (status === undefined) return []
  const whose = `${metadata.name} (${metadata.uid})`
  const hook = openHook(status)
  if (hook !== undefined && hook.operationID === undefined) {
    const {phase, index, unit, time, highestOperationID} = hook
    const once = `${phase} hook ${index} on ${unit} of ${whose}`
    return [{job, kind: 'Hook', time, unit, highestOperationID, once}]
  }
  const {intent, operationID, attempt} = status
  if (intent === undefined || operationID !== undefined) return []
  const {unit, time, highestOperationID} = intent
  return [{job, kind: 'Main', time, unit, highestOperationID, once: `attempt ${attempt} of ${whose}`}]
}

const actionOf = ({job: {status}, kind}: Owner): string | undefined =>
  kind === 'Hook' ? status?.hooks?.at(-1)?.action : status?.intent?.action

const requestOf = ({spec}: BackupJob): string | undefined => spec.restore?.requestID

export const hasSucceeded = (job: BackupJob | undefined): boolean =>
  job?.status?.conditions?.some(({type, status}) => type === 'Succeeded' && status === 'True') ?? false
