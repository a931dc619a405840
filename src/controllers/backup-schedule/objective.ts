import {allowed, longestGapMs, nextAllowed, nextSlot} from '../../calendar/index.ts'
import type {Observed} from './observed.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const horizonMs = 90 * 24 * hourMs
/** With windows, slots are looked at this far apart: an error of that size is less than what an objective forgives anyway. */
const stepMs = 30 * minuteMs
/** And so many of them: windows come round every week, and this is two of steps. */
const mostSteps = 720

/**
 * The age in seconds that the newest verified backup may reach: the spec's, else the longest gap between slots in the next 90 days,
 * as far as windows allow them, plus the larger of an hour and half of it, plus the jitter. Undefined for a pattern without slots.
 *
 * What was worked out for this generation stays, so that it does not wander from day to day.
 */
export function objectiveOf(observed: Observed): number | undefined {
  const {schedule, pattern, windows, now, jitterMs, memo} = observed
  const {spec, status, metadata} = schedule
  if (spec.objective?.maxAgeSeconds !== undefined) return spec.objective.maxAgeSeconds
  if (pattern !== undefined || windows !== undefined) return undefined
  if (status?.objectiveSeconds !== undefined && status.observedGeneration === metadata.generation)
    return status.objectiveSeconds
  const gapMs = Math.max(longestGapMs(spec.schedule, spec.timeZone, now, memo), longestWithinWindows(observed))
  if (!Number.isFinite(gapMs)) return undefined
  return Math.ceil((gapMs + Math.max(hourMs, gapMs / 2) + jitterMs) / 1000)
}

/** The longest gap between slots that the windows allow; 0 where there are no windows, or fewer than two such slots. */
function longestWithinWindows({schedule, now, jitterMs, memo}: Observed): number {
  const {schedule: pattern, timeZone, windows = []} = schedule.spec
  let [longest, last, after] = [0, Number.POSITIVE_INFINITY, now]
  for (let step = 0; step < mostSteps && windows.length > 0; step++) {
    const slot = nextSlot(pattern, timeZone, after, memo)
    if (slot === undefined || slot > now + horizonMs) break
    const due = slot + jitterMs
    if (allowed(windows, due, timeZone, memo)) {
      longest = Math.max(longest, slot - last)
      last = slot
      after = slot + stepMs
    } else after = Math.max(slot, (nextAllowed(windows, due, timeZone, memo) ?? Infinity) - jitterMs - 1)
  }
  return longest
}
