import type {BackupSchedule} from '../api/backup-schedule.ts'
import type {Clock} from '../time/clock.ts'
import {conditionOf} from './job-counters.ts'
import type {WrittenFamily} from './written-families.ts'

/** What is read to tell the state of all schedules. */
export interface ScheduleSources {
  /** the cache of the process */
  readonly schedules: {list(): readonly BackupSchedule[]}
  /** when the newest change was archived, of a schedule by `namespace/name`, ms since the epoch; undefined: not seen yet */
  readonly archivedAt: (key: string) => number | undefined
  readonly clock: Clock
}

/** A value of a schedule, with a label of its own where it has one; undefined: no series. */
type Value = number | {readonly value: number; readonly reason: string} | undefined

interface Definition {
  readonly name: string
  readonly help: string
  readonly of: (schedule: BackupSchedule, sources: ScheduleSources) => Value
}

const definitions: readonly Definition[] = [
  {
    name: 'charmkeeper_schedule_created_timestamp_seconds',
    help: 'When the schedule was created.',
    of: ({metadata}) => timestamp(metadata.creationTimestamp),
  },
  {
    name: 'charmkeeper_schedule_last_success_timestamp_seconds',
    help: 'End of the newest run that made a backup; no series: none has.',
    of: ({status}) => timestamp(status?.lastSuccessTime),
  },
  {
    name: 'charmkeeper_schedule_last_verified_timestamp_seconds',
    help: 'End of the newest run whose backup was proved and is not known to be gone; no series: there is none.',
    of: ({status}) => timestamp(status?.lastVerifiedTime),
  },
  {
    name: 'charmkeeper_schedule_next_timestamp_seconds',
    help: 'When the next run starts; no series: none is planned.',
    of: ({status}) => timestamp(status?.nextScheduleTime),
  },
  {
    name: 'charmkeeper_schedule_objective_seconds',
    help: 'Age that the newest verified backup may reach.',
    of: ({status}) => status?.objectiveSeconds,
  },
  {
    name: 'charmkeeper_schedule_suspended',
    help: '1 while spec.suspend is true.',
    of: ({spec}) => (spec.suspend ? 1 : 0),
  },
  {
    name: 'charmkeeper_schedule_fresh',
    help: '1: the newest verified backup is within the objective; 0: it is not; no series: not known, as before the first run.',
    of: schedule => truth(schedule, 'Fresh'),
  },
  {
    name: 'charmkeeper_schedule_archiving',
    help: '1: changes are archived within the objective; 0: they are not, or not at all; no series: not known, or not watched.',
    of: schedule => truth(schedule, 'Archiving'),
  },
  {
    name: 'charmkeeper_schedule_ready',
    help: '1 while Ready, by reason.',
    of: schedule => {
      const ready = conditionOf(schedule, 'Ready')
      return ready && {value: ready.status === 'True' ? 1 : 0, reason: ready.reason}
    },
  },
  {
    name: 'charmkeeper_schedule_archive_lag_seconds',
    help: 'How long ago the newest change was archived that can be replayed; no series: not known, or nothing is archived.',
    of: archiveLag,
  },
  {
    name: 'charmkeeper_schedule_archive_objective_seconds',
    help: 'How far the archive may lag behind; no series: it is not watched.',
    of: ({spec}) => spec.objective?.maxArchiveLagSeconds,
  },
]

/** The state of the schedules, worked out from the cache while a scrape is written; nothing is kept. */
export function scheduleGauges(sourcesOf: () => ScheduleSources | undefined): readonly WrittenFamily[] {
  return definitions.map(({name, help, of}) => ({
    name,
    help,
    type: 'gauge',
    *samples() {
      const sources = sourcesOf()
      if (sources === undefined) return
      for (const schedule of sources.schedules.list()) {
        const value = of(schedule, sources)
        if (value === undefined) continue
        const labels = scheduleLabels(schedule.metadata)
        if (typeof value === 'number') yield [labels, value]
        else yield [`${labels},reason="${value.reason}"`, value.value]
      }
    },
  }))
}

/** The labels of each series of a schedule. Neither names nor reasons can hold anything that would have to be escaped. */
export const scheduleLabels = ({namespace = '', name}: BackupSchedule['metadata']): string =>
  `namespace="${namespace}",schedule="${name}"`

function archiveLag({metadata, status}: BackupSchedule, {archivedAt, clock}: ScheduleSources): number | undefined {
  const isBehind = status?.conditions?.some(({type, status: value}) => type === 'Archiving' && value === 'False')
  const said = isBehind === true ? status?.recoverability?.last : undefined
  const last =
    archivedAt(`${metadata.namespace}/${metadata.name}`) ?? (said === undefined ? undefined : Date.parse(said))
  return last === undefined ? undefined : Math.max(0, (clock.now() - last) / 1000)
}

function truth(schedule: BackupSchedule, type: string): number | undefined {
  const condition = conditionOf(schedule, type)
  if (condition === undefined || condition.status === 'Unknown') return undefined
  return condition.status === 'True' ? 1 : 0
}

function timestamp(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time) / 1000
}
