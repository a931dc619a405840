import type {ObjectKey} from './directory.ts'

/** What the JujuModel controller counts; Ready itself is read off the cache. */
export interface JujuModelMetrics {
  /** a session came back after it had been lost */
  sessionReconnected(model: ObjectKey): void
  /** `in-use` was taken off a JujuModel although jobs held it: no session was open and the credentials were gone */
  finalizerReleased(model: ObjectKey): void
}

const nothing = (): void => undefined

/** Counts nothing. */
export const noJujuModelMetrics: JujuModelMetrics = Object.freeze({
  sessionReconnected: nothing,
  finalizerReleased: nothing,
})
