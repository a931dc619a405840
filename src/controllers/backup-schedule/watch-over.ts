import {scheduleStatusLimits, type BackupScheduleStatus} from '../../api/backup-schedule.ts'
import type {Condition} from '../../api/meta.ts'
import {removeCondition, setCondition, trimMessage} from '../../runtime/conditions.ts'
import {isChildOf, timeOf} from './child.ts'
import {freshness} from './fresh.ts'
import {objectiveOf} from './objective.ts'
import type {Observed} from './observed.ts'
import {chainWarnings} from './parents.ts'
import {isOfStorage, knownOf} from './target.ts'
import {cadenceWarnings} from './warnings.ts'

/** What is watched beside the slots: conditions, and what the status says with them. */
export interface Watched {
  readonly conditions: readonly Condition[] | undefined
  readonly said: Partial<BackupScheduleStatus>
  /** when something of it has to be looked at again, ms since the epoch */
  readonly changesAt: number
}

/** The conditions that watch whether the schedule reaches what it is for. Pure. */
export function watchOver(observed: Observed): Watched {
  const {now, archive} = observed
  const {recoverability, againMs = Infinity} = archive
  const fresh = watchAge(observed)
  const warnings = warningsOf(observed)
  return {
    conditions: withArchiving(observed, fresh.conditions),
    said: {
      ...fresh.said,
      ...(recoverability === undefined ? {} : {recoverability}),
      ...(warnings.length === 0 ? {} : {warnings}),
    },
    changesAt: Math.min(fresh.changesAt, now + againMs),
  }
}

function watchAge(observed: Observed): Watched {
  const {schedule, now, children} = observed
  const {metadata, spec} = schedule
  const objectiveSeconds = objectiveOf(observed)
  const {status, reason, message, lastVerifiedTime, changesAt} = freshness({
    now,
    createdAt: Date.parse(metadata.creationTimestamp ?? ''),
    objectiveSeconds,
    children: children.filter(child => isChildOf(child, schedule) && isOfStorage(child, schedule)),
    known: knownOf(schedule),
    inStore: spec.jobTemplate.spec.storageRef !== undefined,
  })
  const fresh = {type: 'Fresh', status, reason, message, observedGeneration: metadata.generation}
  return {
    conditions: setCondition(schedule.status?.conditions, fresh, timeOf(now)),
    said: {
      ...(objectiveSeconds === undefined ? {} : {objectiveSeconds}),
      ...(lastVerifiedTime === undefined ? {} : {lastVerifiedTime}),
    },
    changesAt: changesAt ?? Infinity,
  }
}

function withArchiving(
  {schedule, now, archive: {condition}}: Observed,
  conditions: Watched['conditions'],
): Watched['conditions'] {
  if (condition === 'Keep') return conditions
  if (condition === 'None') return removeCondition(conditions, 'Archiving')
  const observedGeneration = schedule.metadata.generation
  return setCondition(conditions, {type: 'Archiving', ...condition, observedGeneration}, timeOf(now))
}

/** A pattern that cannot be read has other troubles. */
function warningsOf(observed: Observed): BackupScheduleStatus['warnings'] & {} {
  const isReadable = observed.pattern === undefined && observed.windows === undefined
  const found = isReadable ? [...chainWarnings(observed), ...cadenceWarnings(observed)] : []
  return found
    .slice(0, scheduleStatusLimits.warnings)
    .map(({reason, message}) => ({reason, message: trimMessage(message, scheduleStatusLimits.message)}))
}
