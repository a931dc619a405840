import type {HookRun} from '../../../api/backup-job.ts'
import type {Observed} from '../observed.ts'
import {stepOf} from '../restore/story.ts'
import {wait, type Report, type Step} from '../step.ts'
import {hookDeadlineOf} from './deadline.ts'
import {resolveCommand} from './person.ts'

/** After so long a person is told what may be done about a hook that does not begin, or does not end, ms. */
const longMs = 3600_000
/** A leader is looked for again after this at the latest, ms. */
const lookAgainMs = 30_000

/** Whether activeDeadlineSeconds have ended the waiting for post hooks. */
export function postHooksAreOverdue({job, status, now}: Pick<Observed, 'job' | 'status' | 'now'>): boolean {
  const finishedAt = stepOf({status}, 'PostHooks')?.finishedAt
  const until = finishedAt === undefined ? now : Date.parse(finishedAt)
  return until >= hookDeadlineOf({job, status})
}

/** A task of a hook that goes on. @param what the hook and its task, the beginning of a sentence */
export function hookGoesOn(o: Observed, run: HookRun, what: string, report: Pick<Report, 'patch'>): Step {
  if (o.now - Date.parse(run.time) < longMs) return wait('Running', `${what}.`, report)
  const message = `${what} since ${run.time}. Look at it with juju show-task ${run.taskID}; cancel it there, or end the job with: ${resolveCommand(o, 'Abandon')}`
  return wait('ActionRequired', message, report)
}

/** Nobody leads the application, so that no hook can begin. @param path of the hook in the spec */
export function waitForALeader(o: Observed, phase: HookRun['phase'], path: string): Step {
  const {application} = o.job.spec
  const message = `spec.${path}: ${application} has no leader at present; waiting for one.`
  if (!(o.now - turnOf(o, phase) > longMs)) return wait('Running', message, {afterMs: lookAgainMs})
  const advice = `Look at juju status ${application}: a leader needs a unit whose agent is up. Or end the job with: ${resolveCommand(o, 'Abandon')}`
  return wait('ActionRequired', `${message} ${advice}`, {afterMs: lookAgainMs})
}

/** When it was the turn of the hook that is next, ms. */
function turnOf({status}: Observed, phase: HookRun['phase']): number {
  const last = status.hooks?.findLast(run => run.phase === phase)?.time
  const first =
    phase === 'Pre'
      ? (stepOf({status}, 'PreHooks')?.startedAt ?? status.grantedAt)
      : (stepOf({status}, 'PostHooks')?.startedAt ?? status.conclusion?.time)
  return Date.parse(last ?? first ?? '')
}
