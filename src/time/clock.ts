/** A timer that has not fired can be cancelled; cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void
}

/** Wall and monotonic time, and timers; handed in everywhere so that tests own time. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. It may jump; never measure a duration with it. */
  now(): number
  /** Monotonic milliseconds; only differences mean anything. */
  monotonic(): number
  /**
   * Calls `fire` once after `ms`. Delays beyond what the platform's timers can hold are chunked.
   *
   * @throws RangeError when `ms` is NaN, infinite or negative (Node would fire such a timer at once)
   */
  setTimer(ms: number, fire: () => void): Timer
}

/** A source of randomness in [0, 1). */
export type Random = () => number

/** Node fires a timer of 2^31 ms or more at once; a day is far below that and keeps long waits honest after a suspend. */
const longestTimerMs = 86_400_000

/** @throws RangeError unless `ms` is a finite number of at least zero */
export function assertDelay(ms: number): void {
  if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`a timer needs a delay of zero or more ms, not ${ms}`)
}

function setChunkedTimer(ms: number, fire: () => void): Timer {
  assertDelay(ms)
  const deadline = performance.now() + ms
  let handle: NodeJS.Timeout
  const arm = (): void => {
    const left = deadline - performance.now()
    handle = left > longestTimerMs ? setTimeout(arm, longestTimerMs) : setTimeout(fire, Math.max(0, left))
  }
  arm()
  return {cancel: () => clearTimeout(handle)}
}

/** The machine's own time. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer: setChunkedTimer,
})

/**
 * Resolves after `ms`.
 *
 * @throws the signal's reason as soon as it aborts
 */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error)
      return
    }
    const abort = (): void => {
      timer.cancel()
      reject(signal?.reason as Error)
    }
    const timer = clock.setTimer(ms, () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    })
    signal?.addEventListener('abort', abort, {once: true})
  })
}
