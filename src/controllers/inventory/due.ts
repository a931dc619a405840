import type {KnownListing} from './listings.ts'

const minute = 60_000
/** An application's backups are listed for the inventory at most this often, in ms (api.md rule 11). */
export const listEveryMs = 15 * minute
/** And up to this share later, so that applications which came together do not come together for ever. */
const spreadShare = 0.2

/** What decides whether the backups of an application are to be listed now. */
export interface ListQuestion {
  readonly known: Pick<KnownListing, 'seenAt' | 'triedAt' | 'spread'>
  /** figures of an earlier process are in the status of the JujuModel */
  readonly hasFigures: boolean
  /** a granted job works on the application */
  readonly granted: boolean
  /** units that could be asked */
  readonly units: number
  /** monotonic ms */
  readonly now: number
}

/**
 * Whether it is time. Figures that an earlier process has read count as read a moment ago: however often the operator is
 * started anew, the charm is not asked more often for that.
 */
export function isDue({known, hasFigures, granted, units, now}: ListQuestion): boolean {
  if (granted || units === 0) return false
  const since = known.triedAt ?? (hasFigures ? known.seenAt : undefined)
  return since === undefined || now - since >= listEveryMs * (1 + spreadShare * known.spread)
}
