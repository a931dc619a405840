import {backupJobResource, type BackupJob} from '../../api/backup-job.ts'
import type {BackupSchedule} from '../../api/backup-schedule.ts'
import type {KubeClient} from '../../kube/client.ts'
import {ApiError, isAlreadyExists, TransportError} from '../../kube/errors.ts'
import {keyOf} from '../../kube/resources.ts'
import {getCondition} from '../../runtime/conditions.ts'
import type {Clock} from '../../time/clock.ts'
import {childOf} from './child.ts'

/** A refusal counts for so long, ms: a quota or a policy may change without a word to us. */
const refusalCountsMs = 60_000
/** Whoever could not be asked is asked again after so long, ms. */
const askAgainMs = 60_000

export interface Refusal {
  readonly message: string
  /** ms since the epoch */
  readonly until: number
}

/** What is known of one template; of an object of the same name that was made later nothing is. */
interface Asked {
  readonly uid: string | undefined
  readonly generation: number
  readonly refusal?: Refusal
  /** there was no answer; when to ask again, ms since the epoch */
  readonly againAt?: number
}

/**
 * Whether the API server takes children of a template. It is asked before the first slot (a create that changes nothing), for
 * schema, policies and quotas are known to it alone.
 */
export class TemplateChecks {
  readonly #client: KubeClient
  readonly #clock: Clock
  /** by key */
  readonly #asked = new Map<string, Asked>()

  constructor(client: KubeClient, clock: Clock) {
    this.#client = client
    this.#clock = clock
  }

  /** What is known to be wrong; undefined when the template is taken, or has not been refused for a while. */
  refusalOf(schedule: BackupSchedule): Refusal | undefined {
    const refusal = this.#known(schedule)?.refusal
    return refusal !== undefined && refusal.until > this.#clock.now() ? refusal : undefined
  }

  /** Whether a template is new, was refused when it was last looked at, or could not be asked about a while ago. */
  isDue(schedule: BackupSchedule): boolean {
    const known = this.#known(schedule)
    if (known !== undefined) return (known.refusal?.until ?? known.againAt ?? Infinity) <= this.#clock.now()
    const {observedGeneration = -1, conditions} = schedule.status ?? {}
    return (
      observedGeneration !== schedule.metadata.generation ||
      getCondition(conditions, 'Ready')?.reason === 'TemplateRefused'
    )
  }

  /** When to ask again after there was no answer, ms since the epoch. */
  againAt(schedule: BackupSchedule): number | undefined {
    return this.#known(schedule)?.againAt
  }

  /**
   * Asks, once. Nothing that is planned or said waits for an answer: it is asked again, and the first slot brings one as well.
   *
   * @returns why there was no answer: the API server is away, for example
   * @throws what ends the process, or its turn to write
   */
  async ask(schedule: BackupSchedule, signal: AbortSignal): Promise<ApiError | TransportError | undefined> {
    try {
      await this.#client.create(backupJobResource, schedule.metadata.namespace, sampleOf(schedule), {
        signal,
        dryRun: true,
        attempts: 1,
      })
      this.taken(schedule)
    } catch (error) {
      signal.throwIfAborted()
      if (isAlreadyExists(error) || isNoTrial(error)) this.taken(schedule)
      else if (isRefusal(error)) this.refused(schedule, error)
      else if (error instanceof ApiError || error instanceof TransportError) {
        this.#learn(schedule, {againAt: this.#clock.now() + askAgainMs})
        return error
      } else throw error
    }
    return undefined
  }

  /** A child has been created. */
  taken(schedule: BackupSchedule): void {
    this.#learn(schedule, {})
  }

  /** A child has been refused. */
  refused(schedule: BackupSchedule, error: ApiError): void {
    this.#learn(schedule, {refusal: {message: error.message, until: this.#clock.now() + refusalCountsMs}})
  }

  forget(key: string): void {
    this.#asked.delete(key)
  }

  #known(schedule: BackupSchedule): Asked | undefined {
    const {uid, generation = 0} = schedule.metadata
    const known = this.#asked.get(keyOf(schedule))
    return known?.uid === uid && known?.generation === generation ? known : undefined
  }

  #learn(schedule: BackupSchedule, answer: Pick<Asked, 'refusal' | 'againAt'>): void {
    const {uid, generation = 0} = schedule.metadata
    this.#asked.set(keyOf(schedule), {uid, generation, ...answer})
  }
}

/** A child as they are, under a name that none of them has and nobody else is likely to have taken. */
const sampleOf = (schedule: BackupSchedule): BackupJob =>
  childOf(schedule, {runNow: `whether the template of ${schedule.metadata.uid} is taken`, at: 0})

/** The API server's words for a webhook with side effects: it is not asked in a trial, so that only a slot can tell. */
const isNoTrial = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 400 && error.message.includes('does not support dry run')

/** Webhooks refuse with a code of their choice, mostly 400 or 403; 413 is a body that is too large, 422 what the schema refuses. */
const refusals: ReadonlySet<number> = new Set([400, 403, 413, 422])

/** The API server does not take this object, and will not take it the next moment either. */
export const isRefusal = (error: unknown): error is ApiError => error instanceof ApiError && refusals.has(error.status)
