/** Another clock, read at some moment between a request and its reply. */
export interface ClockReading {
  /** what it showed, ms since the epoch */
  readonly theirs: number
  /** our wall clock when the reply came, ms since the epoch */
  readonly receivedAt: number
  /** from the request to the reply, by a clock that does not jump */
  readonly roundTripMs: number
}

export interface ClockSkew {
  /** their clock minus ours: above zero when theirs is ahead */
  readonly skewMs: number
  /** the truth lies at most this far from `skewMs`, either way */
  readonly uncertaintyMs: number
}

/** What one reading tells: the clock was read in the middle of the round trip, give or take half of it. */
export function skewOf({theirs, receivedAt, roundTripMs}: ClockReading): ClockSkew {
  const uncertaintyMs = roundTripMs / 2
  return {skewMs: theirs - (receivedAt - uncertaintyMs), uncertaintyMs}
}

/** Readings that count: clocks drift, and a slow controller may give no good one for a while. */
const readingsKept = 8

/**
 * How far another clock is from ours, from several readings: the most certain one of the latest that do not contradict the
 * newest. One that contradicts it was taken before somebody set a clock, and is forgotten.
 */
export class ClockSkewEstimator {
  #skews: readonly ClockSkew[] = []

  get estimate(): ClockSkew | undefined {
    return this.#skews.reduce<ClockSkew | undefined>(
      (best, skew) => (best === undefined || skew.uncertaintyMs <= best.uncertaintyMs ? skew : best),
      undefined,
    )
  }

  /** @returns the estimate with this reading in it */
  observe(reading: ClockReading): ClockSkew {
    const newest = skewOf(reading)
    const agreeing = this.#skews.filter(skew => mayBeTheSame(skew, newest))
    this.#skews = [...agreeing, newest].slice(-readingsKept)
    return this.estimate ?? newest
  }
}

function mayBeTheSame(a: ClockSkew, b: ClockSkew): boolean {
  return Math.abs(a.skewMs - b.skewMs) <= a.uncertaintyMs + b.uncertaintyMs
}

/** Times of one task: `enqueued` is the controller's, the others are of the agent that ran it. RFC 3339. */
export interface TaskTimes {
  readonly enqueued?: string | undefined
  readonly started?: string | undefined
  readonly completed?: string | undefined
}

/** Juju 3 cuts the times of tasks to seconds. */
const taskResolutionMs = 1000

/**
 * What the times of a task tell of the clock of its unit's agent: a start before the enqueue, or an end in the future, cannot
 * be; so its clock is at least this far from the controller's.
 *
 * @param readAt the controller's time when the task was read, ms since the epoch
 * @returns ms, above zero when the agent's clock is ahead; 0 when the times are in order
 */
export function agentSkewAtLeast({enqueued, started, completed}: TaskTimes, readAt: number): number {
  const [begin, start, end] = [enqueued, started, completed].map(time =>
    time === undefined ? undefined : Date.parse(time),
  )
  const latest = Math.max(start ?? Number.NEGATIVE_INFINITY, end ?? Number.NEGATIVE_INFINITY)
  if (latest - readAt > taskResolutionMs) return latest - readAt
  const behind = begin === undefined || start === undefined ? 0 : begin - start
  return behind > taskResolutionMs ? -behind : 0
}

/** The units whose agents' clocks are certainly wrong by the times of these tasks: ms, see `agentSkewAtLeast`. */
export function agentSkews(
  tasks: readonly (TaskTimes & {readonly receiver: string})[],
  readAt: number,
): ReadonlyMap<string, number> {
  const skews = new Map<string, number>()
  for (const task of tasks) {
    const skew = agentSkewAtLeast(task, readAt)
    if (Math.abs(skew) > Math.abs(skews.get(task.receiver) ?? 0)) skews.set(task.receiver, skew)
  }
  return skews
}
