/** What the scheduler measures beside the state of its objects. */
export interface ScheduleMetrics {
  /** a child was created so long after its time, s */
  slotStarted(latenessSeconds: number): void
}

/** Measures nothing. */
export const noScheduleMetrics: ScheduleMetrics = Object.freeze({slotStarted: () => undefined})
