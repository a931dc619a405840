import type {ScheduleMetrics} from '../controllers/backup-schedule/metrics.ts'
import type {Families} from './families.ts'

/** Seconds from the time of a slot to its job. */
const latenessBuckets = [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600] as const

/** What the scheduler measures beside the state of its objects. */
export function scheduleMetrics(f: Families): ScheduleMetrics {
  const lateness = f.histogram(
    'charmkeeper_schedule_slot_lateness_seconds',
    'How long after its time, jitter included, the job of a slot was created.',
    latenessBuckets,
  )
  return {slotStarted: latenessSeconds => lateness.observe(Math.max(0, latenessSeconds))}
}
