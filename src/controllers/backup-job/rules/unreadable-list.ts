import type {Observed} from '../observed.ts'
import {finish, wait, type Step} from '../step.ts'
import {readAgain} from './needs.ts'

/** A list that cannot be read is read again after this, ms. */
const listAgainMs = 60_000
/** What cannot be read for so long, ms, is not merely cut off. */
const listPatienceMs = 10 * 60_000

const reason = 'ListUnreadable'

/** What the list is read for: what a task has made, or what is to be imported. */
type Wanted = 'after' | 'before'

/**
 * The list of the charm makes no sense, after the task of a backup or for an import. Since when, the condition Verified tells, so that an operator that starts anew
 * goes on counting. Nobody knows then whether there is a backup: the job does not say Succeeded, and makes no second one.
 */
export function unreadableList(o: Observed, wanted: Wanted, why: string): Step {
  const going = wanted === 'after' ? 'Verifying' : 'Preparing'
  const message = `The list of backups cannot be read: ${why}`
  const since = saidAt(o)
  if (since === undefined) {
    const unproved = {type: 'Verified', status: 'Unknown', reason, message} as const
    return wait(going, message, {conditions: [unproved], afterMs: listAgainMs})
  }
  if (o.now - since <= listPatienceMs) return readAgain(o, {reason: going, message}, listAgainMs, wanted)
  const end = `Whether ${subject(o)} is not known: the list of the charm cannot be read for ${listPatienceMs / 60_000} minutes. ${remedy(o)} It says: ${why}`
  return finish('VerificationFailed', end, {
    conditions: [{type: 'Verified', status: 'Unknown', reason, message: end}],
    event: {type: 'Warning', reason: 'VerificationFailed', note: end},
  })
}

const subject = ({job, status}: Observed): string =>
  job.spec.backup.importID === undefined
    ? `task ${status.taskID ?? 'unknown'} (${status.taskStatus ?? 'over'}) made a backup`
    : `backup ${job.spec.backup.importID} is there`

/** What was made before is not lost with this job. */
function remedy({job, status}: Observed): string {
  const {application, backup} = job.spec
  const look = `Look at juju run ${status.unit ?? `${application}/leader`} list-backups.`
  return backup.importID === undefined
    ? `${look} If the backup is listed there, a new BackupJob with backup.importID proves it; else a new one makes another.`
    : `${look} Once it can be read, create a new BackupJob.`
}

/** The list can be read again: what was said of it does not hold any more. */
export function isReadable(o: Observed, step: Step | undefined): Step | undefined {
  if (saidAt(o) === undefined || step === undefined || !('report' in step)) return step
  return {...step, report: {...step.report, drop: [...(step.report.drop ?? []), 'Verified']}}
}

/** ms since the epoch; undefined: it could be read the last time */
function saidAt({status}: Observed): number | undefined {
  const said = status.conditions?.find(condition => condition.type === 'Verified' && condition.reason === reason)
  return said && Date.parse(said.lastTransitionTime)
}
