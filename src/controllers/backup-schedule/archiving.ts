import type {ArchivingReason, Recoverability} from '../../api/backup-schedule.ts'
import type {ConditionStatus} from '../../api/meta.ts'
import {firstAfter} from '../backup-job/restore/window.ts'
import type {Span} from './archive-read.ts'
import {timeOf} from './child.ts'

/** What is known of the archive of an application. */
export type ArchiveLook =
  /** `at`: when the look began, ms since the epoch */
  | {readonly kind: 'seen'; readonly at: number; readonly backups: number; readonly span: Span | undefined}
  | {readonly kind: 'unread'}
  /** `since`: when the first of the looks failed that have failed since, ms since the epoch; `span`: what was seen before */
  | {readonly kind: 'unreadable'; readonly since: number; readonly message: string; readonly span?: Span | undefined}
  /** the charm archives nothing between backups, or nobody knows where */
  | {readonly kind: 'NotApplicable'}

/** Everything that decides what is said of the archive. */
export interface ArchivingQuestion {
  /** spec.objective.maxArchiveLagSeconds */
  readonly maxLagSeconds: number | undefined
  readonly look: ArchiveLook
  /** what the status says already */
  readonly said: Recoverability | undefined
  /** ms since the epoch */
  readonly now: number
}

/** What the condition Archiving says. */
export interface ArchivingCondition {
  readonly status: ConditionStatus
  readonly reason: ArchivingReason
  readonly message: string
}

export interface ArchivingVerdict {
  /** `Keep`: nothing new is known, and what was said stays; `None`: it is not watched */
  readonly condition: ArchivingCondition | 'Keep' | 'None'
  readonly recoverability: Recoverability | undefined
  /** when it turns unless something is archived, ms since the epoch */
  readonly changesAt?: number
}

/** The end of the window moves with every look; it is written this often, ms, unless something else is written. */
const writeEveryMs = 3600_000

/** Whether what the database archives reaches the store in time, and to which moments it can be brought back. Pure. */
export function archiving(question: ArchivingQuestion): ArchivingVerdict {
  const {look, said, maxLagSeconds} = question
  const recoverability = look.kind === 'seen' ? worthSaying(said, look.span) : said
  if (maxLagSeconds === undefined) return {condition: 'None', recoverability}
  const verdict = judge(question, maxLagSeconds)
  // A window that is out of date beside a bad message would be read as the truth.
  const exact = verdict.condition !== 'Keep' && verdict.condition.status === 'False' && look.kind === 'seen'
  return {...verdict, recoverability: exact ? shown(look.span) : recoverability}
}

type Judgement = Pick<ArchivingVerdict, 'changesAt'> & {readonly condition: ArchivingCondition | 'Keep'}

function judge({look, said, now}: ArchivingQuestion, maxLagSeconds: number): Judgement {
  switch (look.kind) {
    case 'NotApplicable':
      return unknown(
        'NotApplicable',
        'the charm archives nothing between backups that could be looked for in the store',
      )
    case 'unread':
      return said === undefined ? unknown('NotSeenYet', 'the store has not been read yet') : {condition: 'Keep'}
    case 'unreadable':
      return unreadable(look, said, maxLagSeconds, now)
    case 'seen':
      return seen(look, maxLagSeconds, now)
  }
}

const unknown = (reason: ArchivingReason, message: string): Judgement => ({
  condition: {status: 'Unknown', reason, message},
})

function seen(
  {at, backups, span}: Extract<ArchiveLook, {kind: 'seen'}>,
  maxLagSeconds: number,
  now: number,
): Judgement {
  if (backups === 0)
    return unknown('NotSeenYet', 'the store holds no finished backup of this application that changes could follow')
  if (span === undefined)
    return {
      condition: {
        status: 'False',
        reason: 'NothingArchived',
        message: `none of the ${backups} backups in the store can be replayed: what was archived after them is missing or has a gap; look at the archiving of the database`,
      },
    }
  const until = span.last + maxLagSeconds * 1000
  if (now < until) return {condition: inTime(maxLagSeconds), changesAt: until}
  // What was not looked at since then may well have been archived; the next look is due.
  if (at < until) return {condition: 'Keep'}
  const message = `nothing was archived after ${timeOf(span.last)}, which is more than ${maxLagSeconds} s ago (objective.maxArchiveLagSeconds); changes since then would be lost with the database`
  return {condition: {status: 'False', reason: 'ArchiveLag', message}}
}

const inTime = (maxLagSeconds: number): ArchivingCondition => ({
  status: 'True',
  reason: 'Archiving',
  message: `changes reach the store within ${maxLagSeconds} s`,
})

/** What was seen before is good for as long as the objective allows, and proves nothing afterwards. */
function unreadable(
  {since, message, span}: Extract<ArchiveLook, {kind: 'unreadable'}>,
  said: Recoverability | undefined,
  maxLagSeconds: number,
  now: number,
): Judgement {
  const last = span?.last ?? (said === undefined ? undefined : Date.parse(said.last))
  const until = last === undefined ? now : last + maxLagSeconds * 1000
  if (now < until) return {condition: 'Keep', changesAt: until}
  return unknown('StoreUnavailable', `since ${timeOf(since)} the store cannot be read: ${message}`)
}

/** No window, if nothing was archived after the backup itself. */
function shown(span: Span | undefined): Recoverability | undefined {
  const first = span && firstAfter(span.first)
  return span === undefined || first === undefined || first > span.last
    ? undefined
    : {first: timeOf(first), last: timeOf(span.last)}
}

function worthSaying(said: Recoverability | undefined, span: Span | undefined): Recoverability | undefined {
  const next = shown(span)
  if (said === undefined || next === undefined) return next
  const moved = Date.parse(next.last) - Date.parse(said.last)
  return next.first === said.first && moved >= 0 && moved < writeEveryMs ? said : next
}
