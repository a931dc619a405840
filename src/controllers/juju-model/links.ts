import type {JujuModel, JujuModelReason} from '../../api/juju-model.ts'
import type {KubeObject} from '../../api/meta.ts'
import {objectKey, splitKey} from '../../kube/resources.ts'
import type {ModelSnapshot} from '../../juju/snapshot.ts'
import {isTrue} from '../../runtime/conditions.ts'
import type {Store} from '../../runtime/store.ts'
import {modelUUIDOf} from './decide-session.ts'
import type {ModelDirectory, ModelHandle, ModelLookup, ObjectKey} from './directory.ts'
import {handleOf} from './handle.ts'
import {type LinkDeps, ModelLink, secondsOf} from './link.ts'
import {type Outcome, outcomeOf} from './observed.ts'
import {saidToJobs} from './said-to-jobs.ts'

export interface LinksOptions extends Omit<LinkDeps, 'onChange' | 'onReconnect'> {
  readonly store: Store<JujuModel>
  /** a session of this JujuModel came back after it had been lost */
  readonly onReconnect?: (key: ObjectKey) => void
}

/** What job controllers are told of a JujuModel, and nothing that changes while one trouble lasts. */
interface Published {
  readonly reason: JujuModelReason
  readonly message: string
  /** RFC 3339 */
  readonly since: string
}

interface Entry {
  readonly link: ModelLink
  /** the JujuModel as it was reconciled last; it may be gone from the cluster while jobs hold the link */
  model: JujuModel
  outcome: Published | undefined
  /** the UUID that its rivals were told of */
  uuid: string | undefined
}

/** All ways into Juju of this process, and what job controllers may ask about them. */
export class ModelLinks implements ModelDirectory {
  readonly #options: LinksOptions
  readonly #entries = new Map<string, Entry>()
  /** the holds of jobs on a JujuModel, each known by its release, by key */
  readonly #holds = new Map<string, Set<() => void>>()
  /** links of JujuModels that are gone, which still give their models back */
  readonly #leaving = new Set<ModelLink>()
  readonly #listeners = new Set<(key: ObjectKey) => void>()

  constructor(options: LinksOptions) {
    this.#options = options
  }

  lookup(namespace: string, name: string): ModelLookup {
    const key = objectKey({namespace, name})
    const {store, self} = this.#options
    const valid = store.get(key)
    const present: KubeObject | undefined = valid ?? store.invalid(key)?.object
    const entry = this.#entries.get(key)
    // Nobody opens a session for a JujuModel that is gone; one that is open lives on for the jobs that hold it.
    if (present === undefined && entry?.link.open === undefined)
      return {found: false, message: `there is no JujuModel ${name} in namespace ${namespace}`}
    const isOfPresent = present === undefined || present.metadata.uid === entry?.link.uid
    if (entry === undefined || !isOfPresent)
      return untried('the operator has only just seen this JujuModel and is not logged in yet', valid)
    const handle = handleOf(valid ?? entry.model, entry.link, self)
    const leaving = present === undefined || present.metadata.deletionTimestamp !== undefined
    if (leaving) return leavingLookup(name, entry, handle)
    const {outcome} = entry
    if (outcome === undefined) return untried('not logged in yet', valid, handle)
    if (outcome.reason !== 'Connected') return notReady(outcome.reason, outcome.message, handle)
    // The outcome is of the last reconcile; the session may have been lost since.
    if (handle?.session.state.kind === 'connected') return {found: true, ready: true, handle}
    return notReady(...lostJustNow(entry.link), handle)
  }

  byUUID(modelUUID: string): ModelHandle | undefined {
    for (const {model, link, outcome} of this.#entries.values()) {
      if (link.open?.session.modelUUID !== modelUUID || outcome?.reason === 'DuplicateModel') continue
      return handleOf(model, link, this.#options.self)
    }
    return undefined
  }

  onChange(listener: (key: ObjectKey) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  hold(namespace: string, name: string): () => void {
    const key = objectKey({namespace, name})
    const holds = this.#holds.get(key) ?? new Set()
    this.#holds.set(key, holds)
    if (holds.size === 0) this.changed(key)
    const release = (): void => this.#release(key, release)
    holds.add(release)
    return release
  }

  /** Whether a granted job holds the JujuModel. */
  isHeld(key: string): boolean {
    return (this.#holds.get(key)?.size ?? 0) > 0
  }

  /**
   * The link of this very JujuModel; that of a predecessor of the same name is closed. While the spec breaks a rule, the
   * link goes on with the one before.
   */
  linkOf(key: string, model: JujuModel, valid: boolean): ModelLink {
    const old = this.#entries.get(key)
    if (old !== undefined && old.link.uid === model.metadata.uid) {
      if (valid) old.model = model
      return old.link
    }
    old?.link.close()
    const {onReconnect} = this.#options
    const link = new ModelLink(model.metadata.uid ?? '', {
      ...this.#options,
      onChange: () => this.changed(key),
      onReconnect: () => onReconnect?.(asObjectKey(key)),
    })
    this.#entries.set(key, {link, model, outcome: undefined, uuid: undefined})
    return link
  }

  /** What job controllers are told from now on. */
  publish(key: string, outcome: Outcome): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    const {outcome: old} = entry
    const now = secondsOf(this.#options.clock.now())
    const since = old?.reason === outcome.reason ? old.since : (outcome.since ?? now)
    const message = saidToJobs(outcome, since)
    entry.outcome = {reason: outcome.reason, message, since}
    if (old?.reason !== outcome.reason || old.message !== message) this.changed(key)
  }

  /**
   * The JujuModel is gone, and a rival may be the oldest now. Jobs that hold it keep the session; without any, the model in Juju
   * is given back, in the background.
   */
  forget(key: string, hasJobs: boolean): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    if (!this.isHeld(key)) {
      this.#entries.delete(key)
      if (hasJobs) entry.link.close()
      else void this.#giveBack(key, entry)
    }
    if (entry.uuid !== undefined) this.#tellRivals(key, entry.uuid)
    entry.uuid = undefined
  }

  /** Closes all sessions. */
  close(): void {
    for (const {link} of this.#entries.values()) link.close()
    for (const link of this.#leaving) link.close()
    this.#entries.clear()
  }

  /** The oldest of the other JujuModels for the same model, if it is older than this one: `namespace/name`. */
  elderOf(key: string, model: JujuModel): string | undefined {
    const uuid = this.uuidOf(model)
    const entry = this.#entries.get(key)
    if (uuid === undefined || entry === undefined) return undefined
    if (entry.uuid !== uuid) {
      entry.uuid = uuid
      this.#tellRivals(key, uuid)
    }
    const [oldest] = [model, ...this.#rivals(key, uuid)].sort(byAge)
    return oldest === undefined || oldest === model ? undefined : objectKey(oldest.metadata)
  }

  /** What was read of the model last. */
  snapshotOf(key: string): ModelSnapshot | undefined {
    return this.#entries.get(key)?.link.open?.snapshots.latest
  }

  /** The UUID that a JujuModel stands for, also when it is not pinned in its status yet. */
  uuidOf(model: JujuModel): string | undefined {
    return modelUUIDOf(model) ?? this.#entries.get(objectKey(model.metadata))?.link.foundUUID
  }

  /** Tells the listeners that something about this JujuModel is new. */
  changed(key: string): void {
    for (const listener of this.#listeners) listener(asObjectKey(key))
  }

  #rivals(key: string, uuid: string): readonly JujuModel[] {
    const {store} = this.#options
    return store.list().filter(other => this.uuidOf(other) === uuid && objectKey(other.metadata) !== key)
  }

  #tellRivals(key: string, uuid: string): void {
    for (const rival of this.#rivals(key, uuid)) this.changed(objectKey(rival.metadata))
  }

  /** A JujuModel of this cluster for the same model goes on owning it. */
  async #giveBack(key: string, {link, model, uuid}: Entry): Promise<void> {
    const modelUUID = modelUUIDOf(model, uuid ?? link.view.sessionUUID)
    if (modelUUID === undefined) return link.close()
    const isLast = (): boolean => !this.#entries.has(key) && this.#rivals(key, modelUUID).length === 0
    if (!isLast()) return link.close()
    this.#leaving.add(link)
    await link.giveBack(modelUUID, isLast)
    this.#leaving.delete(link)
  }

  #release(key: string, hold: () => void): void {
    const holds = this.#holds.get(key)
    if (holds?.delete(hold) !== true || holds.size > 0) return
    this.#holds.delete(key)
    this.changed(key)
  }
}

/** Creation times have seconds only; the uid decides between those of one second. */
function byAge({metadata: a}: JujuModel, {metadata: b}: JujuModel): number {
  const [older, younger] = [ageKey(a), ageKey(b)]
  return older < younger ? -1 : 1
}

function ageKey({creationTimestamp = '', uid = ''}: JujuModel['metadata']): string {
  return `${creationTimestamp} ${uid}`
}

/**
 * A JujuModel that is being deleted takes no new work. A granted job still follows its task through it, and gives up when this
 * says that the rights are gone: so that is said only while it is true (the rule of in-use.ts), never for a lost connection.
 */
function leavingLookup(name: string, {link, outcome}: Entry, handle: ModelHandle | undefined): ModelLookup {
  const leaving = `the JujuModel ${name} is being deleted`
  const {session} = link.view
  if (session.kind === 'connected') return notReady('ModelNotFound', leaving, handle)
  // The last credentials stay in memory: as long as there is a session its own fault counts, not a Secret that is gone.
  if (session.kind === 'lost')
    return notReady(session.fault.reason, `${leaving}; ${saidToJobs(session.fault, session.since)}`, handle)
  if (session.kind === 'connecting' || outcome === undefined || outcome.reason === 'Connected')
    return notReady('Unreachable', `${leaving}; not logged in at the moment`, handle)
  return notReady(outcome.reason, `${leaving}; ${outcome.message}`, handle)
}

/** In the words that the next reconcile will have for it, unless it has to look more closely first. */
function lostJustNow({view: {session}}: ModelLink): [reason: string, message: string] {
  if (session.kind !== 'lost' || outcomeOf(session.fault).state !== 'Reconciling')
    return ['Unreachable', 'the connection was lost a moment ago']
  return [session.fault.reason, saidToJobs(session.fault, session.since)]
}

/** No login has been tried by this process; what was written by the one before is the best that is known. */
function untried(message: string, model: JujuModel | undefined, handle?: ModelHandle): ModelLookup {
  const wasReady = isTrue(model?.status?.conditions, 'Ready')
  return {...notReady('Unreachable', message, handle), ...(wasReady ? {expected: true} : {})}
}

function notReady(reason: string, message: string, handle?: ModelHandle): ModelLookup {
  return {found: true, ready: false, reason, message, ...(handle && {handle})}
}

function asObjectKey(key: string): ObjectKey {
  const {namespace = '', name} = splitKey(key)
  return {namespace, name}
}
