import type {Clock, Timer} from '../time/clock.ts'

export interface RaceOptions<T> {
  /** the next candidate starts this long after the one before, or at once when that failed */
  readonly staggerMs: number
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  /** lets go of a result that came after the race was won */
  readonly discard: (late: T) => void
}

export type RaceResult<C, T> =
  | {readonly won: true; readonly candidate: C; readonly value: T}
  | {readonly won: false; readonly failures: readonly {readonly candidate: C; readonly error: unknown}[]}

/**
 * Tries the candidates together, each a little after the one before; the first that answers wins, the others are aborted.
 *
 * @param attempt must settle soon after its signal aborts
 * @throws the signal's reason when it aborts
 */
export function firstToAnswer<C, T>(
  candidates: readonly C[],
  attempt: (candidate: C, signal: AbortSignal) => Promise<T>,
  options: RaceOptions<T>,
): Promise<RaceResult<C, T>> {
  return new Promise((resolve, reject) => {
    const race = new AbortController()
    const failures: {candidate: C; error: unknown}[] = []
    let next = 0
    let stagger: Timer | undefined
    let over = false

    const end = (settle: () => void): void => {
      if (over) return
      over = true
      stagger?.cancel()
      options.signal?.removeEventListener('abort', onAbort)
      race.abort(new Error('another endpoint answered first'))
      settle()
    }
    const onAbort = (): void => end(() => reject(options.signal?.reason as Error))
    const onValue = (candidate: C, value: T): void => {
      if (over) options.discard(value)
      else end(() => resolve({won: true, candidate, value}))
    }
    const onFailure = (candidate: C, error: unknown): void => {
      if (over) return
      failures.push({candidate, error})
      if (failures.length === candidates.length) end(() => resolve({won: false, failures}))
      else startNext()
    }
    const startNext = (): void => {
      stagger?.cancel()
      const candidate = candidates[next++]
      if (over || candidate === undefined) return
      stagger = options.clock.setTimer(options.staggerMs, startNext)
      attempt(candidate, race.signal).then(
        value => onValue(candidate, value),
        (error: unknown) => onFailure(candidate, error),
      )
    }

    if (options.signal?.aborted === true) return onAbort()
    options.signal?.addEventListener('abort', onAbort, {once: true})
    if (candidates.length === 0) end(() => resolve({won: false, failures}))
    else startNext()
  })
}
