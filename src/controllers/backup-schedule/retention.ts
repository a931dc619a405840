import type {RetentionReason} from '../../api/backup-schedule.ts'
import type {ConditionStatus} from '../../api/meta.ts'
import {daysOf, expiryOption} from '../../charms/expiry.ts'

/** A schedule of an application behind the integrator, as far as retention is concerned. */
export interface RetainingSchedule {
  readonly name: string
  readonly application: string
  /** undefined: it has no spec.retention */
  readonly mode: 'Plan' | 'Enforce' | undefined
  readonly maxAgeSeconds: number | undefined
  /** the age with which it was in force last at this integrator; undefined: it never was */
  readonly handledSeconds: number | undefined
}

/** Everything that decides what the integrator's option has to be. */
export interface RetentionQuestion {
  /** of the schedule that is looked at, which has mode Enforce */
  readonly name: string
  readonly integrator: string
  /** applications of this model that are integrated with the integrator */
  readonly applications: readonly string[]
  /** others that are, and cannot be seen: of other models */
  readonly foreign: readonly string[]
  /** all schedules of these applications, this one among them */
  readonly schedules: readonly RetainingSchedule[]
  /** the option as Juju has it, in days; undefined: it is not set, and nothing expires */
  readonly current: number | undefined
}

/** What the condition Retention says. */
export interface RetentionSaid {
  readonly status: ConditionStatus
  readonly reason: RetentionReason
  readonly message: string
}

export type RetentionDecision =
  | {readonly do: 'Say'; readonly said: RetentionSaid; readonly isInForce: boolean}
  /** `shortens`: data may go that was kept until now */
  | {readonly do: 'Set'; readonly days: number; readonly shortens: boolean; readonly why: string}

/**
 * What the option has to be. Pure. It is the longest of all schedules behind the integrator, whatever their mode; raising it is
 * always right. It is lowered for one reason alone: a person has lowered maxAgeSeconds of an existing schedule, and it was that
 * schedule's age that was in force. So no deletion, suspension or change of mode shortens the life of a backup.
 */
export function decideRetention(question: RetentionQuestion): RetentionDecision {
  const {current, schedules} = question
  const conflict = conflictIn(question)
  if (conflict !== undefined) return said('False', 'RetentionConflict', `${conflict}; nothing is written`)
  const days = Math.max(...schedules.flatMap(({maxAgeSeconds}) => (maxAgeSeconds ? [daysOf(maxAgeSeconds)] : [])))
  if (current === days) return inForce(question, days)
  if (current === undefined) return unset(question, days)
  if (current < days)
    return {do: 'Set', days, shortens: false, why: `was ${current}, and ${longestOf(question, days)} asks for more`}
  const lowered = schedules.find(one => isLowered(one, current))
  if (lowered === undefined) return keptLonger(question, current, days)
  if (lowered.name !== question.name)
    return said(
      'Unknown',
      'RetentionWaiting',
      `BackupSchedule ${lowered.name} is about to lower ${expiryOption} to ${days}`,
    )
  return {do: 'Set', days, shortens: true, why: `was ${current}, and maxAgeSeconds of ${lowered.name} was lowered`}
}

/** Who would lose backups without having asked for it. */
function conflictIn({integrator, applications, foreign, schedules}: RetentionQuestion): string | undefined {
  if (foreign.length > 0)
    return `${integrator} also serves ${foreign.join(', ')}, of another model, whose backups would expire as well; use an integrator of its own for each`
  const enforced = new Set(schedules.filter(({mode}) => mode === 'Enforce').map(({application}) => application))
  const silent = applications.filter(name => !enforced.has(name))
  if (silent.length === 0) return undefined
  return `${integrator} also serves ${silent.join(', ')}, of which no BackupSchedule has retention.mode Enforce, and whose backups would expire as well; give it such a schedule, or an integrator of its own`
}

/** Nothing expires so far. Where a schedule was in force before, somebody has taken the option away, and it stays away. */
function unset(question: RetentionQuestion, days: number): RetentionDecision {
  const before = question.schedules.find(({handledSeconds}) => handledSeconds !== undefined)
  if (before === undefined) return {do: 'Set', days, shortens: true, why: 'was not set'}
  const message = `${expiryOption} of ${question.integrator} was taken away in Juju, so nothing expires; ${commandFor(question, days)}`
  return said('False', 'RetentionKeptLonger', message)
}

const isLowered = ({mode, maxAgeSeconds, handledSeconds}: RetainingSchedule, current: number): boolean =>
  mode === 'Enforce' &&
  maxAgeSeconds !== undefined &&
  handledSeconds !== undefined &&
  maxAgeSeconds < handledSeconds &&
  current <= daysOf(handledSeconds)

function inForce(question: RetentionQuestion, days: number): RetentionDecision {
  const longest = longestOf(question, days)
  const own = longest === question.name ? '' : `, as ${longest} asks`
  const message = `the charm expires backups that are older than ${days} days${own}, each time after its next backup (${expiryOption} of ${question.integrator})`
  return {...said('True', 'RetentionEnforced', message), isInForce: true}
}

function keptLonger(question: RetentionQuestion, current: number, days: number): RetentionDecision {
  const message = `backups are kept for ${current} days, longer than any schedule asks, and are not shortened for a schedule that is gone or was not there before; ${commandFor(question, days)}`
  return said('False', 'RetentionKeptLonger', message)
}

const commandFor = ({integrator}: RetentionQuestion, days: number): string =>
  `to have them expire after ${days} days, run: juju config ${integrator} ${expiryOption}=${days}`

function longestOf({schedules, name}: RetentionQuestion, days: number): string {
  const longest = schedules.filter(({maxAgeSeconds}) => maxAgeSeconds !== undefined && daysOf(maxAgeSeconds) === days)
  return longest.find(one => one.name === name)?.name ?? longest[0]?.name ?? name
}

function said(status: ConditionStatus, reason: RetentionReason, message: string): RetentionDecision & {do: 'Say'} {
  return {do: 'Say', said: {status, reason, message}, isInForce: false}
}
