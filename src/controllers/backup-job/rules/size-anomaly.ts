import type {ExtraCondition} from '../step.ts'
import {median} from './median.ts'

/** Of so many backups before the usual size is taken, and without so many there is no usual one. */
const [most, least] = [5, 3]

/**
 * Compares the size of a backup with that of the backups before it: much smaller may mean that data is missing, much larger that something
 * grows that should not.
 *
 * @param size bytes; undefined: not known, then nothing is said
 * @param lastSizes bytes of earlier backups of the same application and type, newest first
 */
export function sizeAnomaly(size: number | undefined, lastSizes: readonly number[]): ExtraCondition | undefined {
  const last = lastSizes.slice(0, most)
  const usual = median(last)
  if (size === undefined || usual === undefined || last.length < least) return undefined
  const told = `${size} bytes, while the last ${last.length} backups of this type had ${usual} bytes at the median`
  if (size < usual / 2)
    return anomaly(
      'MuchSmaller',
      `The backup is much smaller than usual: ${told}. Look whether all databases are there.`,
    )
  if (size > usual * 2)
    return anomaly('MuchLarger', `The backup is much larger than usual: ${told}. Look what has grown.`)
  return undefined
}

function anomaly(reason: 'MuchSmaller' | 'MuchLarger', message: string): ExtraCondition {
  return {type: 'SizeAnomaly', status: 'True', reason, message}
}
