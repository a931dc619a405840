/** Labels of a slot that has its outcome; `reason` is '' unless it was skipped. */
export interface SlotLabels {
  readonly namespace: string
  readonly schedule: string
  readonly outcome: string
  readonly reason: string
}

/** What the scheduler counts beside the state of its objects. */
export interface ScheduleMetrics {
  /** so many slots have their outcome, as the status says by now */
  slotAccounted(labels: SlotLabels, count: number): void
  /** a child was created so long after its time, s */
  slotStarted(latenessSeconds: number): void
  /** the schedule `namespace/name` is gone, and with it what was counted for it */
  scheduleGone(key: string): void
}

/** Counts nothing. */
export const noScheduleMetrics: ScheduleMetrics = Object.freeze({
  slotAccounted: () => undefined,
  slotStarted: () => undefined,
  scheduleGone: () => undefined,
})
