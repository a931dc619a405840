import {longestGapMs} from '../../calendar/index.ts'
import type {Observed} from './observed.ts'

const hourMs = 3_600_000

/**
 * The age in seconds that the newest verified backup may reach: the spec's, else the longest gap between slots in the next 90 days
 * plus the larger of an hour and half of it. Undefined for a pattern without slots.
 *
 * What was worked out for this generation stays, so that it does not wander from day to day.
 */
export function objectiveOf({schedule, pattern, windows, now, memo}: Observed): number | undefined {
  const {spec, status, metadata} = schedule
  if (spec.objective?.maxAgeSeconds !== undefined) return spec.objective.maxAgeSeconds
  if (pattern !== undefined || windows !== undefined) return undefined
  if (status?.objectiveSeconds !== undefined && status.observedGeneration === metadata.generation)
    return status.objectiveSeconds
  const gapMs = longestGapMs(spec.schedule, spec.timeZone, now, memo)
  return Math.ceil((gapMs + Math.max(hourMs, gapMs / 2)) / 1000)
}
