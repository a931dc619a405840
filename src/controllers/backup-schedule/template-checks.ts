import {backupJobResource} from '../../api/backup-job.ts'
import type {BackupSchedule} from '../../api/backup-schedule.ts'
import type {KubeClient} from '../../kube/client.ts'
import {ApiError, isForbidden, isInvalid} from '../../kube/errors.ts'
import {keyOf} from '../../kube/resources.ts'
import {getCondition} from '../../runtime/conditions.ts'
import type {Clock} from '../../time/clock.ts'
import {childOf} from './child.ts'

/** A refusal counts for so long, ms: a quota or a policy may change without a word to us. */
const refusalCountsMs = 60_000

export interface Refusal {
  readonly message: string
  /** ms since the epoch */
  readonly until: number
}

/**
 * Whether the API server takes children of a template. It is asked before the first slot (a create that changes nothing), for
 * schema, policies and quotas are known to it alone.
 */
export class TemplateChecks {
  readonly #client: KubeClient
  readonly #clock: Clock
  /** by key: the generation that was asked about, and what was said against it */
  readonly #asked = new Map<string, {readonly generation: number; readonly refusal?: Refusal}>()

  constructor(client: KubeClient, clock: Clock) {
    this.#client = client
    this.#clock = clock
  }

  /** What is known to be wrong; undefined when the template is taken, or has not been refused for a while. */
  refusalOf(schedule: BackupSchedule): Refusal | undefined {
    const known = this.#asked.get(keyOf(schedule))
    if (known?.refusal === undefined || known.generation !== schedule.metadata.generation) return undefined
    return known.refusal.until > this.#clock.now() ? known.refusal : undefined
  }

  /** Whether a template is new, or was refused when it was last looked at. */
  isDue(schedule: BackupSchedule): boolean {
    const {generation = 0} = schedule.metadata
    const known = this.#asked.get(keyOf(schedule))
    if (known?.generation === generation) return known.refusal !== undefined && known.refusal.until <= this.#clock.now()
    const {observedGeneration = -1, conditions} = schedule.status ?? {}
    return observedGeneration !== generation || getCondition(conditions, 'Ready')?.reason === 'TemplateRefused'
  }

  /** Asks. @throws what is no answer: the API server is away, for example */
  async ask(schedule: BackupSchedule, signal: AbortSignal): Promise<void> {
    const child = childOf(schedule, {slot: 0})
    try {
      await this.#client.create(backupJobResource, schedule.metadata.namespace, child, {signal, dryRun: true})
      this.taken(schedule)
    } catch (error) {
      if (!isRefusal(error)) throw error
      this.refused(schedule, error)
    }
  }

  /** A child has been created. */
  taken(schedule: BackupSchedule): void {
    this.#asked.set(keyOf(schedule), {generation: schedule.metadata.generation ?? 0})
  }

  /** A child has been refused. */
  refused(schedule: BackupSchedule, error: ApiError): void {
    const refusal = {message: error.message, until: this.#clock.now() + refusalCountsMs}
    this.#asked.set(keyOf(schedule), {generation: schedule.metadata.generation ?? 0, refusal})
  }

  forget(key: string): void {
    this.#asked.delete(key)
  }
}

/** The API server does not take this object, and will not take it the next moment either. */
export const isRefusal = (error: unknown): error is ApiError => isInvalid(error) || isForbidden(error)
