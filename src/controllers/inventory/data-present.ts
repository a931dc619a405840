import type {Condition, ConditionStatus} from '../../api/meta.ts'
import type {dataPresentReasons} from '../../api/backup-job-reasons.ts'
import type {Look} from './looks.ts'

const hour = 3_600_000
/**
 * A store that is away for less than this, in ms, changes nothing: for an hour's outage there would be two writes for each of
 * thousands of finished jobs, and its BackupStorage says it all the same.
 */
export const unreadableGraceMs = 3 * hour

/** What the condition DataPresent says. */
export interface DataVerdict {
  readonly status: ConditionStatus
  readonly reason: keyof typeof dataPresentReasons
  readonly message: string
}

export interface DataQuestion {
  readonly backupID: string
  /** what the job says so far */
  readonly said: Pick<Condition, 'status'> | undefined
  readonly look: Look
  /** where was looked, for people: `BackupStorage backups`, `the list of the charm` */
  readonly where: string
  /** ms since the epoch */
  readonly now: number
}

/**
 * What is to be said of the data of a finished job from now on; undefined: what is said already. Missing is what two looks in
 * a row did not see, and never what could not be looked for.
 */
export function verdictOn({backupID, said, look, where, now}: DataQuestion): DataVerdict | undefined {
  if (look.kind === 'unread') return undefined
  if (look.kind === 'unreadable') {
    if (said?.status !== 'True' || now - look.since < unreadableGraceMs) return undefined
    const since = new Date(look.since).toISOString()
    const message = `since ${since} it cannot be told whether backup ${backupID} is in ${where}: ${look.message}`
    return {status: 'Unknown', reason: 'StoreUnavailable', message}
  }
  if (look.ids.has(backupID)) {
    if (said?.status === 'True') return undefined
    return {status: 'True', reason: 'Present', message: `backup ${backupID} is in ${where}`}
  }
  if (said?.status === 'False' || isUnconfirmed(backupID, look)) return undefined
  const message =
    `backup ${backupID} is not in ${where} any more: it has expired, was deleted, or the repository has moved; ` +
    'it cannot be restored from there'
  return {status: 'False', reason: 'Missing', message}
}

/** The last look was the first that did not see the backup. */
export function isUnconfirmed(backupID: string, look: Look): boolean {
  return look.kind === 'seen' && !look.ids.has(backupID) && (look.before === undefined || look.before.has(backupID))
}
