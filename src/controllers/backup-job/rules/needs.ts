import type {BackupJobReason} from '../../../api/backup-job.ts'
import type {Observed, ReadingName, ReadingValues} from '../observed.ts'
import {read, type Step} from '../step.ts'

/** The value of a reading, or undefined while it is not there. */
export function valueOf<K extends ReadingName>(o: Observed, name: K): ReadingValues[K] | undefined {
  const reading = o.readings[name]
  return reading.state === 'ready' ? reading.value : undefined
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
