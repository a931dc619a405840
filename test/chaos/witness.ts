import assert from 'node:assert/strict'
import {backupJobResource, type BackupJob} from '../../src/api/backup-job.ts'
import {holdsGrant} from '../../src/controllers/backup-job/rules/state.ts'
import type {Transport} from '../../src/kube/transport.ts'
import {hasEnded} from '../juju-simulator/world/operations.ts'
import type {Operation} from '../juju-simulator/world/operations.ts'
import type {AnyWorld} from './story.ts'

/** Actions that work on the data: at most one of them of ours at a time on one application, and once for each attempt. */
const effects: ReadonlySet<string> = new Set(['create-backup', 'restore'])

/**
 * Watches a world for what must never be, at each request of the operator to either side. What it finds is kept for `assertClean`:
 * an exception in the middle would only be another fault to the operator.
 */
export class Witness {
  readonly #found = new Set<string>()
  readonly #seen = new Set<string>()
  /** by job and attempt: the operations that Juju made of it */
  readonly #operations = new Map<string, string[]>()
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
    const holders = jobs.filter(holdsGrant).map(job => job.metadata.name)
    if (holders.length > 1) this.#found.add(`${holders.join(' and ')} hold the application together`)
    for (const operation of world.juju.control.model().model.operations.all.values()) this.#note(operation, jobs)
  }

  /** @throws AssertionError that names everything that was seen */
  assertClean(): void {
    this.look()
    for (const [attempt, operations] of this.#operations)
      if (operations.length > 1) this.#found.add(`${attempt} was enqueued as ${operations.join(' and ')}`)
    assert.deepEqual([...this.#found], [])
  }

  /** An operation that the operator asked for belongs to the one job that has its intent open at that moment. */
  #note(operation: Operation, jobs: readonly BackupJob[]): void {
    const {id, action, user} = operation
    if (user !== this.#world?.juju.username || !effects.has(action) || this.#seen.has(id)) return
    this.#seen.add(id)
    const open = jobs.filter(({status}) => status?.intent !== undefined && status.operationID === undefined)
    const owners = open.filter(({status}) => operation.tasks.some(task => task.unit === status?.intent?.unit))
    const [owner] = owners
    if (owner === undefined || owners.length > 1)
      this.#found.add(`operation ${id} (${action}) belongs to ${owners.length} jobs: no intent was written for it`)
    const attempt = `attempt ${owner?.status?.attempt} of ${owner?.metadata.name} (${owner?.metadata.uid})`
    this.#operations.set(attempt, [...(this.#operations.get(attempt) ?? []), id])
    const others = [...(this.#world?.juju.control.model().model.operations.all.values() ?? [])].filter(
      other => other.id !== id && effects.has(other.action) && other.user === user && !other.tasks.every(hasEnded),
    )
    if (others.length > 0)
      this.#found.add(`operation ${id} began while ${others.map(other => other.id).join(', ')} ran`)
  }
}
