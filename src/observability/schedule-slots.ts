import type {BackupSchedule} from '../api/backup-schedule.ts'
import {scheduleLabels, type ScheduleSources} from './schedule-gauges.ts'
import type {WrittenFamily} from './written-families.ts'

/**
 * What became of slots, as the statuses count it: so the sum over a schedule is the number of its slots since it was created, also
 * after a restart and whoever leads. What has not happened has no series: of ten thousand schedules that would be the most of a page.
 */
export function slotCounter(sourcesOf: () => Pick<ScheduleSources, 'schedules'> | undefined): WrittenFamily {
  return {
    name: 'charmkeeper_schedule_slots_total',
    help: 'Slots since the creation of the schedule, by outcome and reason; the reason is empty unless the slot was skipped.',
    type: 'counter',
    *samples() {
      for (const schedule of sourcesOf()?.schedules.list() ?? []) yield* slotsOf(schedule)
    },
  }
}

function* slotsOf({metadata, status}: BackupSchedule): Generator<readonly [labels: string, count: number]> {
  if (status?.slots === undefined) return
  const {ran, late, skipped} = status.slots
  const labels = scheduleLabels(metadata)
  if (ran > 0) yield [`${labels},outcome="Ran",reason=""`, ran]
  if (late > 0) yield [`${labels},outcome="Late",reason=""`, late]
  for (const [reason, count = 0] of Object.entries(skipped))
    if (count > 0) yield [`${labels},outcome="Skipped",reason="${reason}"`, count]
}
