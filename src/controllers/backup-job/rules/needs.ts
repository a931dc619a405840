import type {BackupJobReason} from '../../../api/backup-job.ts'
import type {Observed, ReadingName, ReadingValues} from '../observed.ts'
import {read, type Step} from '../step.ts'

/** The value of a reading, or undefined while it is not there. */
export function valueOf<K extends ReadingName>(o: Observed, name: K): ReadingValues[K] | undefined {
  const reading = o.readings[name]
  return reading.state === 'ready' ? reading.value : undefined
}

/** What is read before an effect must still be true when the effect happens: older than this it is read again. */
const FRESH_MS = 120_000

/** Whether a reading is there and of this moment. */
const isFresh = (o: Observed, name: ReadingName): boolean => {
  const reading = o.readings[name]
  return reading.state === 'ready' && o.now - reading.at <= FRESH_MS
}

/** As `needs`, for what must be of this moment. */
export function needsFresh(o: Observed, message: string, ...names: readonly ReadingName[]): Step | undefined {
  const stale = names.filter(name => o.readings[name].state === 'ready' && !isFresh(o, name))
  return (
    needs(o, 'Preparing', message, ...names) ?? (stale.length > 0 ? read('Preparing', message, ...stale) : undefined)
  )
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
  const said = failed?.state === 'failed' ? `${message}; the last try failed: ${failed.message}` : message
  return read(reason, said, ...missing)
}
