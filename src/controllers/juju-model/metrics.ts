import type {ObjectKey} from './directory.ts'

/** What the JujuModel controller counts; the process turns it into metrics. */
export interface JujuModelMetrics {
  /** Ready of a JujuModel was judged; `reason` is its reason */
  modelJudged(model: ObjectKey, reason: string): void
  /** the JujuModel is gone; its series end */
  modelForgotten(model: ObjectKey): void
  /** a session came back after it had been lost */
  sessionReconnected(model: ObjectKey): void
  /** `in-use` was taken off a JujuModel although jobs held it: no session was open and the credentials were gone */
  finalizerReleased(model: ObjectKey): void
}

const nothing = (): void => undefined

/** Counts nothing. */
export const noJujuModelMetrics: JujuModelMetrics = Object.freeze({
  modelJudged: nothing,
  modelForgotten: nothing,
  sessionReconnected: nothing,
  finalizerReleased: nothing,
})
