/** How late things were, ms. */
export interface Lateness {
  readonly first: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly count: number
}

/** @param times when each of them came, ms since the epoch, in any order @param since when they should have come */
export function latenessOf(times: Iterable<number>, since: number): Lateness {
  const sorted = [...times].map(time => time - since).toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
  return {first: at(0), p50: at(0.5), p99: at(0.99), max: at(1), count: sorted.length}
}

/** The run in the middle by its p99: machines have good and bad moments. */
export function middle(runs: readonly Lateness[]): Lateness {
  const [found] = runs.toSorted((a, b) => a.p99 - b.p99).slice(Math.floor(runs.length / 2))
  if (found === undefined) throw new RangeError('there was no run')
  return found
}
