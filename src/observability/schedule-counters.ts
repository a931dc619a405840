import type {ScheduleMetrics, SlotLabels} from '../controllers/backup-schedule/metrics.ts'
import type {Families} from './families.ts'
import type {WrittenFamily} from './written-families.ts'

/** Seconds from the time of a slot to its job. */
const latenessBuckets = [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600] as const

/** Counts what became of slots, as this process writes it into the statuses; the series of a schedule go with it. */
export class ScheduleCounters implements ScheduleMetrics {
  readonly #lateness
  /** by `namespace/name`, then by labels */
  readonly #slots = new Map<string, Map<string, number>>()

  constructor(f: Families) {
    this.#lateness = f.histogram(
      'charmkeeper_schedule_slot_lateness_seconds',
      'How long after its time, jitter included, the job of a slot was created.',
      latenessBuckets,
    )
  }

  get families(): readonly WrittenFamily[] {
    const slots = this.#slots
    return [
      {
        name: 'charmkeeper_schedule_slots_total',
        help: 'Slots that have their outcome, by outcome and reason; the reason is empty unless the slot was skipped.',
        type: 'counter',
        *samples() {
          for (const series of slots.values()) yield* series
        },
      },
    ]
  }

  slotAccounted({namespace, schedule, outcome, reason}: SlotLabels, count: number): void {
    const key = `${namespace}/${schedule}`
    const all = this.#slots.get(key) ?? new Map<string, number>()
    this.#slots.set(key, all)
    // None of these can hold anything that would have to be escaped.
    const labels = `namespace="${namespace}",schedule="${schedule}",outcome="${outcome}",reason="${reason}"`
    all.set(labels, (all.get(labels) ?? 0) + count)
  }

  slotStarted(latenessSeconds: number): void {
    this.#lateness.observe(Math.max(0, latenessSeconds))
  }

  scheduleGone(key: string): void {
    this.#slots.delete(key)
  }
}
