import type {BackupJob} from '../api/backup-job.ts'
import type {Condition} from '../api/meta.ts'
import type {Families} from './families.ts'

/** An application as metrics name it: the JujuModel by its object name, and the application in it. */
export interface ApplicationLabels extends Record<'namespace' | 'model' | 'application', string> {}

export function applicationOf(job: BackupJob): ApplicationLabels {
  const {namespace = ''} = job.metadata
  // The cache also has objects that are older than a rule.
  return {namespace, model: job.spec?.modelRef?.name ?? '', application: job.spec?.application ?? ''}
}

export function conditionOf(
  object: {status?: {conditions?: Condition[] | undefined}},
  type: string,
): Condition | undefined {
  return object.status?.conditions?.find(condition => condition.type === type)
}

/** The Succeeded condition of a job that has ended, or undefined while it goes on. */
export function endOf(job: BackupJob): Condition | undefined {
  const outcome = conditionOf(job, 'Succeeded')
  return outcome === undefined || outcome.status === 'Unknown' ? undefined : outcome
}

/** Seconds between two RFC 3339 times; undefined when one is missing, 0 when the clocks disagree. */
export function secondsBetween(start: string | undefined, end: string | undefined): number | undefined {
  if (start === undefined || end === undefined) return undefined
  return Math.max(0, (Date.parse(end) - Date.parse(start)) / 1000)
}

const minute = 60
const hour = 60 * minute
const durationBuckets = [
  10,
  30,
  minute,
  5 * minute,
  15 * minute,
  hour,
  3 * hour,
  6 * hour,
  12 * hour,
  24 * hour,
  72 * hour,
]

/**
 * Counts jobs as they end. The series of an application go when its last job and its JujuModel are gone
 * (`forget`), so that they never grow without bound.
 */
export class JobCounters {
  readonly #finished
  readonly #seconds
  readonly #waited
  /** application -> the reasons that were counted for it, to be able to remove exactly those series */
  readonly #known = new Map<string, {labels: ApplicationLabels; reasons: Set<string>}>()

  constructor(f: Families) {
    this.#finished = f.counter(
      'charmkeeper_jobs_finished_total',
      'Jobs that ended, by the reason of their condition Succeeded.',
      'namespace',
      'model',
      'application',
      'reason',
    )
    this.#seconds = f.histogram(
      'charmkeeper_job_duration_seconds',
      'How long backups took in Juju, from the start of the task to the end of the job.',
      durationBuckets,
      'type',
      'reason',
    )
    this.#waited = f.histogram(
      'charmkeeper_job_wait_seconds',
      'How long jobs waited for their application, from creation to the grant.',
      durationBuckets,
    )
  }

  /** To be told every change of a job; counts it once, when it ends. */
  changed(job: BackupJob, before: BackupJob | undefined): void {
    const end = endOf(job)
    if (before === undefined || end === undefined || endOf(before) !== undefined) return
    const labels = applicationOf(job)
    const known = this.#known.get(keyOf(labels)) ?? {labels, reasons: new Set()}
    this.#known.set(keyOf(labels), known)
    known.reasons.add(end.reason)
    this.#finished.inc({...labels, reason: end.reason})
    const took = secondsBetween(job.status?.startTime, job.status?.completionTime)
    if (took !== undefined)
      this.#seconds.observe({type: job.status?.type ?? job.spec?.backup?.type ?? 'Full', reason: end.reason}, took)
    const waited = secondsBetween(job.metadata.creationTimestamp, job.status?.grantedAt)
    if (waited !== undefined) this.#waited.observe(waited)
  }

  /** Drops the series of applications that `stillThere` does not know any more. */
  forget(stillThere: (labels: ApplicationLabels) => boolean): void {
    for (const [key, {labels, reasons}] of this.#known) {
      if (stillThere(labels)) continue
      for (const reason of reasons) this.#finished.remove({...labels, reason})
      this.#known.delete(key)
    }
  }
}

export function keyOf({namespace, model, application}: ApplicationLabels): string {
  return `${namespace}/${model}/${application}`
}
