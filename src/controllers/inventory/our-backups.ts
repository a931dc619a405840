import type {StoreEvent, Store} from '../../runtime/store.ts'
import {applicationKeyOf, type CachedBackupJob} from '../backup-job/cache.ts'
import {holdsGrant, isFinished} from '../backup-job/rules/state.ts'

/** The backups of one application that BackupJobs here know. */
export interface OursOfApplication {
  /** the charm's ids, of unfinished and failed jobs too */
  readonly ids: ReadonlySet<string>
  /** when the newest job that succeeded ended, RFC 3339 */
  readonly lastBackupTime: string | undefined
  /** since when a backup is made that is not known by its id yet, wall clock, ms: what was listed since may hold it */
  readonly madeSince: number | undefined
}

/** The cache of BackupJobs, with its index `byApplication`. */
export interface JobsByApplication {
  readonly store: Store<CachedBackupJob>
  onEvent(listener: (event: StoreEvent<CachedBackupJob>) => void): void
}

/** Which backups are ours, worked out when somebody asks, and again only after a job of the application has changed. */
export class OurBackups {
  readonly #jobs: Store<CachedBackupJob>
  readonly #known = new Map<string, {readonly modelUUID: string; readonly ours: OursOfApplication}>()

  constructor(jobs: JobsByApplication) {
    this.#jobs = jobs.store
    jobs.onEvent(({object}) => this.#known.delete(applicationKeyOf(object)))
  }

  /** @param application `namespace/JujuModel/application` */
  of(application: string, modelUUID: string): OursOfApplication {
    const known = this.#known.get(application)
    if (known?.modelUUID === modelUUID) return known.ours
    const ours = oursAmong(this.#jobs.byIndex('byApplication', application), modelUUID)
    this.#known.set(application, {modelUUID, ours})
    return ours
  }
}

function oursAmong(jobs: readonly CachedBackupJob[], modelUUID: string): OursOfApplication {
  const made = jobs.filter(({spec, status}) => spec?.type !== 'Restore' && status?.modelUUID === modelUUID)
  const ids = new Set(made.map(({status}) => status?.backupID).filter(id => id !== undefined))
  const ends = made.filter(hasMadeABackup).map(({status}) => status?.completionTime ?? '')
  const newest = ends.reduce((one, other) => (other > one ? other : one), '')
  return {ids, lastBackupTime: newest === '' ? undefined : newest, madeSince: beginningOf(made.filter(holdsGrant))}
}

function beginningOf(jobs: readonly CachedBackupJob[]): number | undefined {
  const times = jobs.map(({status}) => Date.parse(status?.intent?.time ?? '')).filter(time => !Number.isNaN(time))
  return times.length === 0 ? undefined : Math.min(...times)
}

/** The job succeeded, and says which backup it made. */
export function hasMadeABackup({spec, status}: CachedBackupJob): boolean {
  if (spec?.type === 'Restore' || !isFinished(status) || status?.backupID === undefined) return false
  return status.conditions?.some(({type, status: value}) => type === 'Succeeded' && value === 'True') ?? false
}
