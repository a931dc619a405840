import type {BackupJobReason} from '../../../api/backup-job.ts'
import {trimMessage} from '../../../runtime/conditions.ts'
import type {Observed} from '../observed.ts'
import {finish, wait, type Announcement, type Finish, type Report, type Rule, type Step, type Wait} from '../step.ts'
import {isFinished} from './state.ts'

/**
 * The outcome of the backup or restore itself is known and is written down; what still has to be done (post hooks, units that are
 * added again, the ledger) follows, and then the job ends with it.
 */
export function conclude(
  o: Observed,
  reason: BackupJobReason,
  message: string,
  {scaleUp, ...more}: Omit<Report, 'reason' | 'message' | 'event'> & {scaleUp?: boolean} = {},
): Wait {
  const time = new Date(o.now).toISOString()
  const conclusion = {reason, message: trimMessage(message), time, ...(scaleUp === true ? {scaleUp} : {})}
  return wait('Running', `${message} Finishing.`, {
    ...more,
    patch: {...more.patch, conclusion, completionTime: o.status.completionTime ?? time},
    afterMs: 0,
  })
}

/** The end of a concluded job, with the event that its outcome deserves. */
export function finishConcluded(o: Observed, reason: BackupJobReason, message: string): Finish {
  // A restore goes on after its task; until now the time was that of the task's end.
  const ended = o.job.spec.type === 'Restore' ? {completionTime: undefined} : {}
  return finish(reason, message, {
    patch: {conclusion: undefined, ...ended},
    event: announce(o, reason, message),
  })
}

const ends: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Cancelled'])

/** The event of an outcome. */
export function announce(o: Observed, reason: BackupJobReason, note: string): Announcement {
  const type = reason === 'Succeeded' || reason === 'Cancelled' ? 'Normal' : 'Warning'
  return {type, reason: ends.has(reason) ? `${o.job.spec.type}${reason}` : reason, note}
}

/** Whether the job got so far that its post hooks have something to undo. */
export const hasBegun = ({status}: Pick<Observed, 'status'>): boolean =>
  status.hooks !== undefined || status.intent !== undefined || status.enqueuedAt !== undefined

/**
 * Keeps a job from ending, or from being let go, before its post hooks have run: the outcome is written down instead.
 *
 * @param rules of a kind of job; they see a concluded job only where they ask for `status.conclusion`
 */
export function afterItsHooks(rules: Rule<Observed>): Rule<Observed> {
  return o => {
    const step = rules(o)
    return step === undefined || !owesHooks(o) ? step : (concludedInstead(o, step) ?? step)
  }
}

function owesHooks(o: Observed): boolean {
  // What a person has abandoned is not waited for, and its hooks would wait behind it.
  if (o.answer === 'Abandon') return false
  return (
    (o.job.spec.hooks?.post ?? []).length > 0 &&
    hasBegun(o) &&
    o.status.conclusion === undefined &&
    !isFinished(o.status)
  )
}

function concludedInstead(o: Observed, step: Step): Step | undefined {
  if (step.do === 'finish') {
    const {reason, message, event: _later, ...more} = step.report
    return conclude(o, reason, message, more)
  }
  if (step.do === 'release' && !step.lost && o.deleting)
    return conclude(
      o,
      'Cancelled',
      'The object was deleted before anything else was started.',
      step.patch === undefined ? {} : {patch: step.patch},
    )
  return undefined
}
