import type {BackupJobReason} from '../../../api/backup-job.ts'
import type {Observed, ReadingName, ReadingValues} from '../observed.ts'
import {read, wait, type Step} from '../step.ts'

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
  said: {reason: BackupJobReason; message: string},
  pauseMs: number,
  ...names: readonly ReadingName[]
): Step {
  const last = Math.max(...names.map(name => ageOf(o, name)))
  if (last >= pauseMs) return read(said.reason, said.message, ...names)
  return wait(said.reason, said.message, {afterMs: pauseMs - last})
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
