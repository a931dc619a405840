import type {BackupJobReason} from '../../../api/backup-job.ts'
import type {Observed, ReadingName, ReadingValues} from '../observed.ts'
import {read, wait, type Report, type Step} from '../step.ts'

/** The value of a reading, or undefined while it is not there. */
export function valueOf<K extends ReadingName>(o: Observed, name: K): ReadingValues[K] | undefined {
  const reading = o.readings[name]
  return reading.state === 'ready' ? reading.value : undefined
}

/** What is read before an effect must still be true when the effect happens: older than this it is read again. */
const freshMs = 120_000

/** As `needs`, for what must be of this moment. */
export function needsFresh(o: Observed, message: string, ...names: readonly ReadingName[]): Step | undefined {
  return needsFreshAs(o, 'Preparing', message, ...names)
}

/** The same with another reason. */
export function needsFreshAs(
  o: Observed,
  reason: BackupJobReason,
  message: string,
  ...names: readonly ReadingName[]
): Step | undefined {
  const stale = names.filter(name => o.readings[name].state === 'ready' && ageOf(o, name) > freshMs)
  return needs(o, reason, message, ...names) ?? (stale.length > 0 ? read(reason, message, ...stale) : undefined)
}

/**
 * What was read says something that cannot last: it is said, and read again when `pauseMs` are over. Dropping the reading at once
 * would turn every look at the job into a call to Juju.
 */
export function readAgain(
  o: Observed,
  {reason, message, weight}: Pick<Report, 'reason' | 'message' | 'weight'>,
  pauseMs: number,
  ...names: readonly ReadingName[]
): Step {
  const last = Math.max(...names.map(name => ageOf(o, name)))
  if (last >= pauseMs) return {do: 'read', readings: names, report: {reason, message, weight: weight ?? 'Brief'}}
  return wait(reason, message, {...(weight && {weight}), afterMs: pauseMs - last})
}

/** What units say of themselves is progress; that it is said with another reason than before is more. */
export function asProgress(
  o: Observed,
  said: {reason: BackupJobReason; message: string},
): typeof said & {weight?: 'Progress'} {
  const current = o.status.conditions?.find(({type}) => type === 'Succeeded')?.reason
  return current === said.reason ? {...said, weight: 'Progress'} : said
}

/** How long ago it was read, in ms; for ever, if it is not there. */
export function ageOf(o: Observed, name: ReadingName): number {
  const reading = o.readings[name]
  return reading.state === 'ready' ? o.now - reading.at : Number.POSITIVE_INFINITY
}

/**
 * Asks for readings that are not there yet. A reading that failed is tried again when it is due, and its words are in
 * the message meanwhile: nobody has to guess why a job waits.
 */
export function needs(
  o: Observed,
  reason: BackupJobReason,
  message: string,
  ...names: readonly ReadingName[]
): Step | undefined {
  const missing = names.filter(name => o.readings[name].state !== 'ready')
  if (missing.length === 0) return undefined
  const failed = missing.map(name => o.readings[name]).find(reading => reading.state === 'failed')
  if (failed?.state !== 'failed') return read(reason, message, ...missing)
  const said = `${message}; the last try failed: ${failed.message}`
  return {do: 'read', readings: missing, report: {reason, message: said}}
}
