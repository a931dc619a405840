/**
 * Who may work on what, and who comes next: the pure part of the arbiter.
 *
 * One arbiter per model hands out three things together: the application's lock, one of the model's slots and one of
 * the object store's slots. Granting them one by one would let two jobs each hold half of what both need.
 */

/** What a claim is for. Order of precedence: Restore, Refresh, Operation, Backup. */
export type Purpose = 'Restore' | 'Refresh' | 'Operation' | 'Backup'

/** One object's wish to work on one application. */
export interface Claim {
  readonly uid: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly application: string
  readonly purpose: Purpose
  /** -100..100; higher goes first among claims of one purpose */
  readonly priority: number
  /** creation of the object, ms since the epoch; older goes first among equals */
  readonly createdAt: number
  /** namespace/name of the BackupStorage whose slots count, if any */
  readonly storage?: string | undefined
  /** ids of Juju tasks that a person told this claim to ignore */
  readonly ignoredTasks?: readonly string[]
}

/** What works on an application in Juju and belongs to no claim: it holds the application, too. */
export interface JujuHolder {
  /** of a task, or `refresh`: what a person may tell a claim to ignore */
  readonly taskID: string
  readonly application: string
  /** who it is, and what it does, in words */
  readonly who: string
  readonly doing: string
}

/** Slots: of the model, and of each object store (`used` counts the grants of other models). */
export interface Capacity {
  readonly modelSlots: number
  readonly storage: ReadonlyMap<string, {readonly limit: number; readonly used: number}>
}

/** What the arbiter knows about one model. */
export interface Field {
  readonly granted: readonly Claim[]
  readonly waiting: readonly Claim[]
  readonly juju: readonly JujuHolder[]
  readonly capacity: Capacity
}

/** `position` counts from 1 among those who wait for the same thing; `holder` names who has it. */
export type Verdict =
  | {readonly granted: true}
  | {readonly granted: false; readonly position: number; readonly holder: string; readonly message: string}

const precedence: Record<Purpose, number> = {Restore: 0, Refresh: 1, Operation: 2, Backup: 3}

/** Restore before refresh before operation before backup, then priority, then age; uid last, so that the order is total. */
export function compareClaims(a: Claim, b: Claim): number {
  return (
    precedence[a.purpose] - precedence[b.purpose] ||
    b.priority - a.priority ||
    a.createdAt - b.createdAt ||
    (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0)
  )
}

/**
 * Whether `claim` may have its grant now.
 *
 * The waiting claims are walked in order, each taking what it needs if that is free, until `claim` is reached. So a claim
 * that only waits for its application does not keep a slot from others, and nobody overtakes within one resource.
 */
export function judge(claim: Claim, field: Field): Verdict {
  const walk = new Walk(field)
  for (const candidate of [...field.waiting.filter(c => c.uid !== claim.uid), claim].sort(compareClaims)) {
    const obstacle = walk.obstacle(candidate)
    if (candidate.uid === claim.uid) return obstacle ? {granted: false, ...obstacle} : {granted: true}
    if (obstacle) walk.queueUp(obstacle)
    else walk.take(candidate)
  }
  throw new Error('a claim is always among the candidates')
}

interface Obstacle {
  readonly position: number
  readonly holder: string
  readonly message: string
  /** what is waited for, as key of the queue */
  readonly queue: string
}

/** The resources while the waiting claims are walked. */
class Walk {
  readonly #field: Field
  readonly #byApplication = new Map<string, Claim>()
  readonly #storageUsed = new Map<string, number>()
  readonly #queued = new Map<string, number>()
  #slotsUsed = 0

  constructor(field: Field) {
    this.#field = field
    for (const claim of field.granted) this.take(claim)
  }

  take(claim: Claim): void {
    this.#byApplication.set(claim.application, claim)
    this.#slotsUsed += 1
    if (claim.storage !== undefined) this.#storageUsed.set(claim.storage, this.#usedOf(claim.storage) + 1)
  }

  queueUp(obstacle: Obstacle): void {
    this.#queued.set(obstacle.queue, (this.#queued.get(obstacle.queue) ?? 0) + 1)
  }

  /** The first thing in the way of the claim, or undefined. */
  obstacle(claim: Claim): Obstacle | undefined {
    return this.#applicationTaken(claim) ?? this.#modelFull() ?? this.#storageFull(claim)
  }

  #applicationTaken(claim: Claim): Obstacle | undefined {
    const queue = `application ${claim.application}`
    const other = this.#byApplication.get(claim.application)
    if (other) {
      const who = `${other.kind} ${other.namespace}/${other.name}`
      return this.#blocked(queue, who, `${who} is working on ${claim.application}`)
    }
    const task = this.#field.juju.find(
      t => t.application === claim.application && !(claim.ignoredTasks ?? []).includes(t.taskID),
    )
    if (!task) return undefined
    return this.#blocked(queue, task.who, task.doing)
  }

  #modelFull(): Obstacle | undefined {
    const slots = this.#field.capacity.modelSlots
    if (this.#slotsUsed < slots) return undefined
    return this.#blocked('model', 'model', `all ${slots} slots of the model are in use (limits.maxConcurrentJobs)`)
  }

  #storageFull(claim: Claim): Obstacle | undefined {
    if (claim.storage === undefined) return undefined
    const limit = this.#field.capacity.storage.get(claim.storage)?.limit
    if (limit === undefined || this.#usedOf(claim.storage) < limit) return undefined
    const who = `BackupStorage ${claim.storage}`
    return this.#blocked(who, who, `all ${limit} slots of ${who} are in use (limits.maxConcurrentJobs)`)
  }

  #usedOf(storage: string): number {
    return this.#storageUsed.get(storage) ?? this.#field.capacity.storage.get(storage)?.used ?? 0
  }

  #blocked(queue: string, holder: string, what: string): Obstacle {
    const position = (this.#queued.get(queue) ?? 0) + 1
    return {queue, holder, position, message: `${what}; position ${position} in the queue`}
  }
}
